// Writes columns as lines of CSV: the text in front of the line, time, variable, id, value.
//
//   d--0000-0000-0000-1234,2021-01-20T00:00:00.100Z,0001-5090,4711,20.5
//
// Consecutive lines are mostly in the same minute and often have the same stream: the text of both is kept. A store may
// write up to 16 bytes; the next store overwrites the excess.
import { FREE, IDS, OUT, RESULTS, STREAMS, TIMES, VALUES } from "./layout";
import { HUNDREDTH, HUNDREDTH_SHIFT, SPLIT_HUNDRED, SPLIT_TEN, TENTH, TENTH_SHIFT } from "./digits";
import { END, EPOCH, MINUTE, minuteText, secondDigits } from "./timestamp";

/** The longest line without the text in front: time 28, variable 10, id 21, value 25, each with its separator. */
export const LONGEST_LINE: u32 = 84;
/** The longest text in front of a line. */
export const LONGEST_LEAD: u32 = 32;

// Reasons why a line is not complete.
export const NEEDS_VALUE: u32 = 1;
export const NEEDS_TIME: u32 = 2;

const ZEROS: u64 = 0x3030_3030_3030_3030;
const EIGHT: u64 = 100000000;

/** The eight digits of a number below 10^8, one in each byte, the first digit in the lowest byte. */
@inline
function eightDigits(value: u32): u64 {
  const high = value / 10000;
  const fours = <u64>high | <u64>(value - high * 10000) << 32;
  const hundreds = fours * HUNDREDTH >> HUNDREDTH_SHIFT & 0x7f_0000007f;
  const twos = (fours << 16) - hundreds * SPLIT_HUNDRED;
  const tens = twos * TENTH >> TENTH_SHIFT & 0x000f_000f_000f_000f;
  return (twos << 8) - tens * SPLIT_TEN;
}

/** Writes an integer in decimal; returns its end. */
function putInteger(o: usize, value: u64): usize {
  if (value < EIGHT) return putHead(o, <u32>value);
  const high = value / EIGHT;
  o = high < EIGHT ? putHead(o, <u32>high) : putInteger(o, high);
  store<u64>(o, eightDigits(<u32>(value - high * EIGHT)) + ZEROS);
  return o + 8;
}

/** Writes a number below 10^8 without leading zeros. */
@inline
function putHead(o: usize, value: u32): usize {
  const digits = eightDigits(value);
  // The last digit is written even if it is 0.
  const zeros = ctz<u64>(digits | <u64>1 << 56) >> 3;
  store<u64>(o, digits + ZEROS >> (zeros << 3));
  return o + 8 - <usize>zeros;
}

/** The variable of a stream, "0001-5090,". */
function variableText(stream: u32): v128 {
  // One nibble in each byte, the lowest first; then in reading order.
  let x = <u64>stream;
  x = (x | x << 16) & 0x0000ffff0000ffff;
  x = (x | x << 8) & 0x00ff00ff00ff00ff;
  x = (x | x << 4) & 0x0f0f0f0f0f0f0f0f;
  x = bswap<u64>(x);
  x += ZEROS + (x + 0x7676767676767676 >> 7 & 0x0101010101010101) * 39;
  return i64x2.replace_lane(i64x2.splat(x & 0xffffffff | 0x2d00000000 | x >> 32 << 40), 1, x >> 56 | 0x2c00);
}

/**
 * Writes a value as JavaScript does, if it is an integer below 10^15 or has at most nine decimals and fifteen digits.
 * Two decimal numbers with so few digits are never the same float, so a text that reads back as the value is its
 * shortest text. Returns its end, 0 for any other value.
 */
@inline
function putValue(o: usize, value: f64): usize {
  const size = abs<f64>(value);
  if (!(size < 1e15)) return 0;
  if (reinterpret<i64>(value) < 0) {
    store<u8>(o, 0x2d);
    o++;
  }
  const whole = <u64>size;
  if (<f64>whole == size) return putInteger(o, whole);
  let decimals: u32 = 4;
  let scaled = nearest<f64>(size * 1e4);
  if (scaled >= 1e15 || scaled / 1e4 != size) {
    decimals = 9;
    scaled = nearest<f64>(size * 1e9);
    // JavaScript writes values below a millionth with an exponent.
    if (scaled >= 1e15 || scaled / 1e9 != size || size < 1e-6) return 0;
  }
  let digits = <u64>scaled;
  for (let tenth = digits / 10; tenth * 10 == digits; tenth = digits / 10) {
    digits = tenth;
    decimals--;
  }
  let unit: u64 = 1;
  for (let i: u32 = 0; i < decimals; i++) unit *= 10;
  o = putInteger(o, whole);
  store<u8>(o, 0x2e);
  o++;
  let fraction = digits - whole * unit;
  if (decimals == 9) {
    const first = fraction / EIGHT;
    store<u8>(o, <u8>first + 0x30);
    o++;
    fraction -= first * EIGHT;
    decimals = 8;
  }
  store<u64>(o, eightDigits(<u32>fraction) + ZEROS >> (64 - (decimals << 3)));
  return o + decimals;
}

/**
 * Writes the lines of rows `from` to `to` to `OUT`, from byte `at` on. Each begins with the `lead` bytes at `FREE`.
 * Returns the end. `RESULTS` has the row after the last one that was written and, if not all were written, the
 * reason: NEEDS_VALUE if the line lacks its value and line feed; NEEDS_TIME if the whole line is missing because its
 * time is not in the years 1 to 9999.
 */
export function formatCsv(from: u32, to: u32, at: u32, lead: u32): u32 {
  let o = OUT + at;
  let minuteStart: u64 = 0;
  let isKnown = false;
  let minutes = i64x2.splat(0);
  let lastStream = load<u32>(STREAMS + (<usize>from << 2));
  let variable = variableText(lastStream);
  const front = v128.load(FREE), rest = v128.load(FREE, 16);
  let row = from;
  let why: u32 = 0;
  for (; row < to; row++) {
    const time = load<u64>(TIMES + (<usize>row << 3)) + EPOCH;
    let inMinute = time - minuteStart;
    if (!isKnown || inMinute >= MINUTE) {
      if (time >= END) {
        why = NEEDS_TIME;
        break;
      }
      const minute = time / MINUTE;
      minuteStart = minute * MINUTE;
      inMinute = time - minuteStart;
      minutes = minuteText(minute);
      isKnown = true;
    }
    v128.store(o, front);
    v128.store(o, rest, 16);
    o += lead;
    v128.store(o, minutes);
    // ":" and two digits, then 0, 3 or 6 digits of the fraction, as many as the time needs.
    const digits = secondDigits(inMinute);
    const text = digits + ZEROS;
    store<u32>(o, <u32>(text << 8) & 0xffff00 | 0x2e00003a, 16);
    if (digits >> 16) {
      store<u64>(o, text >> 16, 20);
      o += digits >> 40 ? 26 : 23;
    } else {
      o += 19;
    }
    store<u16>(o, 0x2c5a); // "Z,"
    o += 2;
    const stream = load<u32>(STREAMS + (<usize>row << 2));
    if (stream != lastStream) {
      lastStream = stream;
      variable = variableText(stream);
    }
    v128.store(o, variable);
    o = putInteger(o + 10, load<u64>(IDS + (<usize>row << 3)));
    store<u8>(o, 0x2c);
    o++;
    const end = putValue(o, load<f64>(VALUES + (<usize>row << 3)));
    if (!end) {
      why = NEEDS_VALUE;
      row++;
      break;
    }
    store<u8>(end, 0x0a);
    o = end + 1;
  }
  store<u32>(RESULTS, row);
  store<u32>(RESULTS, why, 4);
  return <u32>(o - OUT);
}
