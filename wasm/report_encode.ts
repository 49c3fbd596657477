// Columns to v200 events. An event without free-form data, its times in microseconds:
//
//   86 a6 "stream"      int
//      a9 "dev_seqid"   int
//      a9 "timestamp"   d9 20 "2021-01-20T00:00:00.100000+00:00"  (b9 and 25 bytes without microseconds)
//      a5 "value"       cb f64
//      aa "extra_data"  80
//      a4 "data"        c0
//
// A key goes out with the head of the value that follows it, in one store of 8 or 16 bytes where that
// reaches; what a store writes too much, the next one covers.
import {
  DATA_LENGTHS, EXTRA_LENGTHS, FREE, IDS, MICROS, OUT, RESULTS, STREAMS, TIMES, VALUES,
} from "./layout";
import { copyTurned, sizeOfInt32, writeInt32, writeInt64 } from "./bytes";
import { dateText, DAY, END, EPOCH, fineTimeText, lastYear, timeText } from "./timestamp";

// Vectors in memory: one load is cheaper than what an engine makes of a constant of 16 bytes.
// a9 "dev_seqid", a9 "timestamp" d9 20, aa "extra_data" 80 a4 "dat"
const ID_KEY: usize = memory.data<u64>([0x7165735f766564a9, 0x6469], 16);
const STAMP_KEY: usize = memory.data<u64>([0x617473656d6974a9, 0x20d9_706d], 16);
const TAIL: usize = memory.data<u64>([0x645f6172747865aa, 0x746164a4_80_617461], 16);

/** Bytes of an event beside its two integers and the microseconds. */
const FIXED: u32 = 8 + 10 + 10 + 26 + 7 + 8 + 12 + 6;
/** What microseconds add: a longer text and a longer head. */
const FRACTION: u32 = 8;
/** The inverse of 5^6 modulo 2^64: 10^6 divides x where (x * INVERSE), turned right by 6, stays within LIMIT. */
const INVERSE: u64 = 0x790f_b656_68c2_6139;
const LIMIT: u64 = u64.MAX_VALUE / 1000000;

/**
 * Brings the ids and times of `n` readings into the form that the rest reads: u64 ids from u32 (kind 1)
 * or f64 (kind 2), microseconds from f64 milliseconds and u16 microseconds (`split`). Gives the first
 * row whose id is no integer from 0 to 2^53−1, or −1.
 */
export function prepare(n: u32, kind: u32, split: u32): i32 {
  if (kind == 1) {
    // From the back, as the wide ids lie over the narrow ones.
    for (let i = n; i-- > 0;) store<u64>(IDS + (<usize>i << 3), load<u32>(IDS + (<usize>i << 2)));
  } else if (kind == 2) {
    // Up to 2^52 a float plus 2^52 has the whole number in its low bits.
    const magic = f64x2.splat(4503599627370496);
    const bits = i64x2.splat(0x4330_0000_0000_0000);
    for (let i: u32 = 0; i < n; i++) {
      const at = IDS + (<usize>i << 3);
      if (i + 2 <= n) {
        const two = v128.load(at);
        const moved = f64x2.add(two, magic);
        const good = v128.and(
          f64x2.eq(f64x2.sub(moved, magic), two),
          v128.and(f64x2.ge(two, f64x2.splat(0)), f64x2.lt(two, magic)),
        );
        if (i64x2.all_true(good)) {
          v128.store(at, v128.xor(moved, bits));
          i++;
          continue;
        }
      }
      const id = load<f64>(at);
      if (!(id >= 0 && id <= 9007199254740991)) return i;
      const whole = <i64>id;
      if (<f64>whole != id) return i;
      store<i64>(at, whole);
    }
  }
  if (split) {
    for (let i: u32 = 0; i < n; i++) {
      const at = TIMES + (<usize>i << 3);
      store<i64>(at, <i64>load<f64>(at) * 1000 + load<u16>(MICROS + (<usize>i << 1)));
    }
  }
  return -1;
}

/**
 * How many bytes `n` events take without their free-form data; the first row whose time is not in the
 * years 1 to 9999 as −1 − row. Lowers the lowest and raises the highest id at `RESULTS`.
 */
export function measure(n: u32): i32 {
  let size = n * FIXED;
  let lowest = load<u64>(RESULTS), highest = load<u64>(RESULTS, 8);
  for (let i: u32 = 0; i < n; i++) {
    const time = load<u64>(TIMES + (<usize>i << 3)) + EPOCH;
    if (time >= END) return -1 - <i32>i;
    const id = load<u64>(IDS + (<usize>i << 3));
    // A missing id, 0, is above every other one less 1.
    lowest = id - 1 < lowest - 1 ? id : lowest;
    highest = id > highest ? id : highest;
    size += id > 0xffffffff ? 9 : sizeOfInt32(<u32>id);
    size += FRACTION * u32(rotr<u64>(time * INVERSE, 6) > LIMIT);
  }
  // Streams four at a time: a lane counts down for each limit that its number is above.
  let sizes = i32x4.splat(0);
  let i: u32 = 0;
  for (; i + 4 <= n; i += 4) {
    const four = v128.load(STREAMS + (<usize>i << 2));
    const wide = i32x4.gt_u(four, i32x4.splat(0xffff));
    sizes = i32x4.add(sizes, i32x4.add(wide, wide));
    sizes = i32x4.add(sizes, i32x4.gt_u(four, i32x4.splat(0xff)));
    sizes = i32x4.add(sizes, i32x4.gt_u(four, i32x4.splat(0x7f)));
  }
  size += i - i32x4.extract_lane(sizes, 0) - i32x4.extract_lane(sizes, 1) -
    i32x4.extract_lane(sizes, 2) - i32x4.extract_lane(sizes, 3);
  for (; i < n; i++) size += sizeOfInt32(load<u32>(STREAMS + (<usize>i << 2)));
  store<u64>(RESULTS, lowest);
  store<u64>(RESULTS, highest, 8);
  return size;
}

/** Writes `n` events at `OUT`, their free-form data (`free`) taken from `FREE`; gives the bytes. */
export function encodeEvents(n: u32, free: u32): u32 {
  let o = OUT;
  let f = FREE;
  let dayStart: u64 = 0, date: u64 = 0;
  let stampHead = i64x2.splat(0);
  let hasDay = false;
  const streamKey: u64 = 0x6d6165727473a686;
  for (let i: u32 = 0; i < n; i++) {
    store<u64>(o, streamKey);
    o = writeInt32(o + 8, load<u32>(STREAMS + (<usize>i << 2)));
    v128.store(o, v128.load(ID_KEY));
    o = writeInt64(o + 10, load<u64>(IDS + (<usize>i << 3)));
    const time = load<u64>(TIMES + (<usize>i << 3)) + EPOCH;
    let inDay = time - dayStart;
    if (inDay >= DAY || !hasDay) {
      const day = time / DAY;
      dayStart = day * DAY;
      inDay = time - dayStart;
      date = dateText(<u32>day);
      stampHead = i32x4.replace_lane(v128.load(STAMP_KEY), 3, lastYear);
      hasDay = true;
    }
    // 10^6 is 2^6 times 15625, and a day has less than 2^37 microseconds: 32 bits are enough.
    const second = <u32>(inDay >> 6) / 15625;
    const fraction = <u32>inDay - second * 1000000;
    v128.store(o, stampHead);
    if (fraction) {
      store<u64>(o, date, 16);
      v128.store(o, fineTimeText(second, fraction), 23);
      store<u64>(o, 0x6176a530303a3030, 39); // "00:00" a5 "va"
      store<u32>(o, 0xcb65756c, 47); // "lue" cb
      o += 51;
    } else {
      store<u8>(o, 0xb9, 10);
      store<u32>(o, i32x4.extract_lane(stampHead, 3), 11);
      store<u64>(o, date, 15);
      store<u64>(o, timeText(second), 22);
      store<u64>(o, 0x76a530303a30302b, 30); // "+00:00" a5 "v"
      store<u64>(o, 0xcb65756c61, 38); // "alue" cb
      o += 43;
    }
    copyTurned(o, VALUES + (<usize>i << 3));
    v128.store(o, v128.load(TAIL), 8);
    if (!free) {
      store<u16>(o, 0xc061, 24);
      o += 26;
      continue;
    }
    const extra = load<u32>(EXTRA_LENGTHS + (<usize>i << 2));
    o += 19;
    if (extra) {
      copy(o, f, extra);
      f += extra;
      o += extra;
    } else {
      o += 1;
    }
    store<u64>(o, 0xc0_61746164a4); // a4 "data" c0
    const data = load<u32>(DATA_LENGTHS + (<usize>i << 2));
    o += 5;
    if (data) {
      copy(o, f, data);
      f += data;
      o += data;
    } else {
      o += 1;
    }
  }
  return <u32>(o - OUT);
}

/** Copies, reading and writing up to 15 bytes past the end. */
function copy(to: usize, from: usize, length: u32): void {
  if (length > 256) {
    memory.copy(to, from, length);
    return;
  }
  const end = from + length;
  do {
    v128.store(to, v128.load(from));
    to += 16;
    from += 16;
  } while (from < end);
}

/** Writes the `n` floats at `VALUES` to `OUT` as values of msgpack, nine bytes each. */
export function encodeFloats(n: u32): void {
  let o = OUT;
  for (let at = VALUES, end = VALUES + (<usize>n << 3); at < end; at += 8) {
    store<u8>(o, 0xcb);
    copyTurned(o + 1, at);
    o += 9;
  }
}
