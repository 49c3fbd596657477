// Reads events in the form that this project and the Python package write, which is mostly the same from event to
// event. The constant parts are compared 16 bytes at a time, and the results are checked once per event.
//
// An inner loop reads events while the widths of their integers and the minute of their times stay the same, and
// while they have no free-form data. The outer loop prepares the inner one, and reads free-form data.
import { IDS, STREAMS, TIMES, VALUES, WINDOW } from "./layout";
import { COARSE_SIGNS, FINE_SIGNS, ID_KEY, KEY, STAMP_KEY, STREAM_KEY, TAIL, VALUE_KEY } from "./event_text";
import { at, beginSkip, skip } from "./msgpack";
import { base, dropSpans, keepSpan, rows, setRows, spans } from "./rows";
import { DAY, EPOCH, NO_TIME, readDate, readSecondDigits, readTime } from "./timestamp";

// Integers by width: number of bytes; the first byte, at its place behind a key; a mask of those of its bits that
// do not depend on the number; the places of the number's bytes in a vector that begins at the fourth byte of the key.
const WIDTH_1: usize = memory.data<u64>([1, 0, 0x800000, 0xffffffffffffff07], 16);
const WIDTH_2: usize = memory.data<u64>([2, 0xcc0000, 0xff0000, 0xffffffffffffff08], 16);
const WIDTH_3: usize = memory.data<u64>([3, 0xcd0000, 0xff0000, 0xffffffffffff0809], 16);
const WIDTH_5: usize = memory.data<u64>([5, 0xce0000, 0xff0000, 0xffffffff08090a0b], 16);
const WIDTH_9: usize = memory.data<u64>([9, 0xcf0000, 0xff0000, 0x08090a0b0c0d0e0f], 16);
const SIZE: usize = 0, TYPE: usize = 8, TYPE_MASK: usize = 16, PLACES: usize = 24;
const PLACES_FROM: usize = 3;

// Masks of the bytes that are compared with the vectors in event_text.ts, mostly less than 16.
const STREAM_MASK: usize = memory.data<u64>([0xffffffffffff0000, 0xffff], 16);
const ID_MASK: usize = memory.data<u64>([u64.MAX_VALUE, 0xffff], 16);
const STAMP_MASK: usize = memory.data<u64>([u64.MAX_VALUE, 0xffffffff], 16);
const COARSE_STAMP_KEY: usize = memory.data<u64>([0x617473656d6974a9, 0xb9_706d], 16);
const COARSE_STAMP_MASK: usize = memory.data<u64>([u64.MAX_VALUE, 0xffffff], 16);
const VALUE_MASK: usize = memory.data<u64>([0xffffffffffffff, 0xff00000000000000], 16);
const VALUE_PLACES: usize = memory.data<u64>([0x0708090a0b0c0d0e, u64.MAX_VALUE], 16);
/** Highest digit at each place of ":ss.ffffff+00:00" after an XOR with FINE_SIGNS; the places of the digits. */
const HIGHEST_DIGITS: usize = memory.data<u8>([0, 5, 9, 0, 9, 9, 9, 9, 9, 9, 0, 0, 0, 0, 0, 0], 16);
const DIGIT_PLACES: usize = memory.data<u8>([1, 2, 4, 5, 6, 7, 8, 9, 255, 255, 255, 255, 255, 255, 255, 255], 16);

/** The minute of the time that was read last: its text (invalid at first) and its start. */
const MINUTE_TEXT: usize = memory.data<u64>([u64.MAX_VALUE, u64.MAX_VALUE], 16);
let minuteStart: i64 = 0;

function widthOf(head: u32): usize {
  if (head < 0x80) return WIDTH_1;
  if (head == 0xcc) return WIDTH_2;
  if (head == 0xcd) return WIDTH_3;
  if (head == 0xce) return WIDTH_5;
  return head == 0xcf ? WIDTH_9 : 0;
}

/** A vector whose low half is 0. */
@inline
function high(bits: u64): v128 {
  return i64x2.replace_lane(i64x2.splat(0), 1, bits);
}

/** The start of the minute "YYYY-MM-DDThh:mm", or NO_TIME. */
function readMinute(p: usize): i64 {
  const day = readDate(p);
  if (day < 0 || load<u8>(p, 10) != 0x54) return NO_TIME;
  const second = readTime(load<u64>(p, 11) & 0xff_ffff_ffff | 0x3030_3a00_0000_0000);
  return second < 0 ? NO_TIME : <i64>(<u64>day * DAY - EPOCH) + <i64>second * 1000000;
}

/**
 * Reads the free-form data of an event and the key between them: from behind "extra_data" to the end of the
 * event. Returns the end, or 0 if there is something else or it does not fit the window.
 */
function readFreeForm(p: usize, end: usize, row: u32): usize {
  if (p >= end) return 0;
  const before = spans;
  const b = <u32>load<u8>(p);
  let q = p + 1;
  if (b != 0x80) {
    if (b >> 4 != 8 && b != 0xde && b != 0xdf) return 0;
    beginSkip(true);
    if (!skip(p, false)) return 0;
    q = at;
    keepSpan(row, 0, base + (p - WINDOW), base + (q - WINDOW));
  }
  // The next bytes may be past the window; its slack has room for these five.
  if (load<u32>(q) == 0x746164a4 && load<u8>(q, 4) == 0x61 && q + 5 < end) {
    q += 5;
    if (load<u8>(q) == 0xc0) return q + 1;
    beginSkip(false);
    if (skip(q, false)) {
      keepSpan(row, 1, base + (q - WINDOW), base + (at - WINDOW));
      return at;
    }
  }
  dropSpans(before);
  return 0;
}

/**
 * Reads events from `p` on, up to `wanted` rows. Returns the start of the first event that it does not read, for
 * example because the event does not fit the window. Reads up to 160 bytes past `end`.
 */
export function readCanonicalUnsafe(p: usize, end: usize, wanted: u32): usize {
  let row = rows;
  const valueKey = v128.load(VALUE_KEY), valueMask = v128.load(VALUE_MASK), valuePlaces = v128.load(VALUE_PLACES);
  const stampKey = v128.load(STAMP_KEY), stampMask = v128.load(STAMP_MASK), tail = v128.load(TAIL);
  const fineSigns = v128.load(FINE_SIGNS), highest = v128.load(HIGHEST_DIGITS), digitPlaces = v128.load(DIGIT_PLACES);
  while (row < wanted && p < end) {
    const streamWidth = widthOf(load<u8>(p, 8));
    if (!streamWidth || streamWidth == WIDTH_9) break;
    const streamSize = KEY + load<u32>(streamWidth, SIZE);
    const idAt = p - 2 + streamSize;
    const idWidth = widthOf(load<u8>(idAt, KEY));
    if (!idWidth) break;
    const idSize = KEY + load<u32>(idWidth, SIZE);
    const stampAt = idAt + idSize;
    const minuteAt = stampAt + (load<u8>(stampAt, 10) == 0xb9 ? 11 : 12);
    const minutes = v128.load(minuteAt);
    if (v128.any_true(v128.xor(minutes, v128.load(MINUTE_TEXT)))) {
      const start = readMinute(minuteAt);
      if (start == NO_TIME) break;
      minuteStart = start;
      v128.store(MINUTE_TEXT, minutes);
    }
    const start = minuteStart;
    const streamKey = v128.or(v128.load(STREAM_KEY), high(load<u64>(streamWidth, TYPE)));
    const streamMask = v128.or(v128.load(STREAM_MASK), high(load<u64>(streamWidth, TYPE_MASK)));
    const streamPlaces = v128.load_zero<u64>(streamWidth, PLACES);
    const idKey = v128.or(v128.load(ID_KEY), high(load<u64>(idWidth, TYPE)));
    const idMask = v128.or(v128.load(ID_MASK), high(load<u64>(idWidth, TYPE_MASK)));
    const idPlaces = v128.load_zero<u64>(idWidth, PLACES);
    const begun = row;
    let q: usize = 0;
    let freeForm = false;
    do {
      q = p - 2;
      // Collects all differences.
      let wrong = v128.and(v128.xor(v128.load(q), streamKey), streamMask);
      const stream = i8x16.swizzle(v128.load(q, PLACES_FROM), streamPlaces);
      q += streamSize;
      wrong = v128.or(wrong, v128.and(v128.xor(v128.load(q), idKey), idMask));
      const id = i8x16.swizzle(v128.load(q, PLACES_FROM), idPlaces);
      q += idSize;
      let inMinute: u64;
      if (load<u8>(q, 10) == 0xd9) {
        wrong = v128.or(wrong, v128.and(v128.xor(v128.load(q), stampKey), stampMask));
        wrong = v128.or(wrong, v128.xor(v128.load(q, 12), minutes));
        const digits = v128.xor(v128.load(q, 28), fineSigns);
        wrong = v128.or(wrong, i8x16.sub_sat_u(digits, highest));
        inMinute = readSecondDigits(i64x2.extract_lane(i8x16.swizzle(digits, digitPlaces), 0));
        q += 44;
      } else {
        wrong = v128.or(
          wrong,
          v128.and(v128.xor(v128.load(q), v128.load(COARSE_STAMP_KEY)), v128.load(COARSE_STAMP_MASK)),
        );
        wrong = v128.or(wrong, v128.xor(v128.load(q, 11), minutes));
        const digits = load<u64>(q, 27) ^ COARSE_SIGNS;
        const tens = <u32>(digits >> 8 & 0xff), ones = <u32>(digits >> 16 & 0xff);
        if (digits & ~0xffff00 || tens > 5 || ones > 9 || load<u8>(q, 35) != 0x30) break;
        inMinute = <u64>(tens * 10 + ones) * 1000000;
        q += 36;
      }
      const value = v128.load(q);
      wrong = v128.or(wrong, v128.and(v128.xor(value, valueKey), valueMask));
      // These are not used until the row is counted.
      v128.store_lane<u32>(STREAMS + (<usize>row << 2), stream, 0);
      v128.store_lane<u64>(IDS + (<usize>row << 3), id, 0);
      store<i64>(TIMES + (<usize>row << 3), start + <i64>inMinute);
      v128.store_lane<u64>(VALUES + (<usize>row << 3), i8x16.swizzle(value, valuePlaces), 0);
      q += 16;
      const tailWrong = v128.xor(v128.load(q), tail);
      if (v128.any_true(v128.or(wrong, tailWrong)) || load<u8>(q, 16) != 0xc0 || q + 17 > end) {
        freeForm = !v128.any_true(wrong);
        break;
      }
      p = q + 17;
      row++;
    } while (row < wanted);
    if (freeForm && load<u64>(q) == 0x61645f6172747865 && load<u16>(q, 8) == 0x6174) {
      const next = readFreeForm(q + 10, end, row);
      if (!next) break;
      p = next;
      row++;
      continue;
    }
    if (row == begun) break;
  }
  setRows(row);
  return p;
}
