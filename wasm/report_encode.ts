// Encodes columns as v200 events, which docs/v200.md describes. An event is written in stores of 16 bytes, each of
// which overwrites the excess of the one before. With `free`, free-form data takes the place of 80 and c0.
//
//   61 c0 86 a6 "stream"  int        the end of the event before, and 1 to 5 bytes
//   a9 "dev_seqid"  int              1 to 9 bytes
//   a9 "timestamp" d9 20             b9 without the 20, if there are no microseconds
//   "2021-01-20T00:00"               the same for a minute
//   ":00.100000+00:00"               ":00+00:00" without microseconds
//   a5 "value" cb  f64  aa
//   "extra_data" 80 a4 "data"        and c0
//
// Consecutive readings mostly have integers of one width and are in one minute: an inner loop encodes them while this
// is true, and the outer loop prepares the inner one.
import { DATA_LENGTHS, EXTRA_LENGTHS, FREE, IDS, OUT, RESULTS, STREAMS, TIMES, VALUES } from "./layout";
import { copySwapped, swapBytes16, swapBytes32, swapBytes64 } from "./bytes";
import { COARSE_SIGNS, FINE_SIGNS, ID_KEY, KEY, STAMP_KEY, STREAM_KEY, TAIL, VALUE_KEY } from "./event_text";
import { END, EPOCH, minuteText, MINUTE, secondDigits } from "./timestamp";

// The places of the eight digits of seconds and microseconds, and of the bytes of a value, in reverse order.
const FINE_PLACES: usize = memory.data<u8>([255, 0, 1, 255, 2, 3, 4, 5, 6, 7, 255, 255, 255, 255, 255, 255], 16);
const VALUE_PLACES: usize = memory.data<u8>([255, 255, 255, 255, 255, 255, 255, 7, 6, 5, 4, 3, 2, 1, 0, 255], 16);
// Integers by width: the first number of this width, how many numbers have it, its bytes with the key; then the
// byte for the type, which is behind the key, and the places of the integer's bytes, in reverse order.
const WIDTH_1: usize = memory.data<u64>([0, 0x80, KEY + 1, 0, 0, 0, u64.MAX_VALUE, 0xffffffffff_00_ffff], 16);
const WIDTH_2: usize = memory.data<u64>([0x80, 0x80, KEY + 2, 0, 0, 0xcc0000, u64.MAX_VALUE, 0xffffffff_00_ffffff], 16);
const WIDTH_3: usize = memory.data<u64>([0x100, 0xff00, KEY + 3, 0, 0, 0xcd0000, u64.MAX_VALUE, 0xffffff_0001_ffffff], 16);
const WIDTH_5: usize = memory.data<u64>([0x10000, 0xffff0000, KEY + 5, 0, 0, 0xce0000, u64.MAX_VALUE, 0xff_00010203_ffffff], 16);
const WIDTH_9: usize = memory.data<u64>([0x100000000, 0xffffffff00000000, KEY + 9, 0, 0, 0xcf0000, u64.MAX_VALUE, 0x0304050607_ffffff], 16);
// The fields of these tables.
const FIRST: usize = 0, COUNT: usize = 8, SIZE: usize = 16, TYPE: usize = 32, PLACES: usize = 48;

function widthOf(value: u64): usize {
  if (value < 0x80) return WIDTH_1;
  if (value < 0x100) return WIDTH_2;
  if (value < 0x10000) return WIDTH_3;
  return value < 0x100000000 ? WIDTH_5 : WIDTH_9;
}

/**
 * Writes `n` events without free-form data at `OUT`. Returns the number of bytes, or −1 − row for the first row whose
 * time is not in the years 1 to 9999. Writes the lowest and highest id to `RESULTS`, 0 if all ids are 0.
 */
export function encodeEvents(n: u32): i32 {
  return encode(n, false);
}

/** The same with the free-form data at `FREE`. */
export function encodeFreeEvents(n: u32): i32 {
  return encode(n, true);
}

/** Compiled twice, because the code that only one variant needs would slow down the other. */
@inline
function encode(n: u32, free: bool): i32 {
  const stampKey = v128.load(STAMP_KEY), valueKey = v128.load(VALUE_KEY), tail = v128.load(TAIL);
  const fineSigns = v128.load(FINE_SIGNS), finePlaces = v128.load(FINE_PLACES), valuePlaces = v128.load(VALUE_PLACES);
  const end = IDS + (<usize>n << 3);
  let lowestLess1: u64 = u64.MAX_VALUE, highest: u64 = 0;
  let p = IDS;
  let q = STREAMS;
  let o = OUT - 2;
  let f = FREE;
  while (p < end) {
    const time = load<u64>(p, TIMES - IDS) + EPOCH;
    if (time >= END) return -1 - <i32>(p - IDS >> 3);
    const minute = time / MINUTE;
    const minuteStart = minute * MINUTE - EPOCH;
    const minutes = minuteText(minute);
    const streamWidth = widthOf(load<u32>(q)), idWidth = widthOf(load<u64>(p));
    const firstStream = load<u32>(streamWidth, FIRST), streamCount = load<u32>(streamWidth, COUNT);
    const streamSize = load<u32>(streamWidth, SIZE);
    const streamKey = v128.or(v128.load(STREAM_KEY), v128.load(streamWidth, TYPE));
    const streamPlaces = v128.load(streamWidth, PLACES);
    const firstId = load<u64>(idWidth, FIRST), idCount = load<u64>(idWidth, COUNT);
    const idSize = load<u32>(idWidth, SIZE);
    const idKey = v128.or(v128.load(ID_KEY), v128.load(idWidth, TYPE));
    const idPlaces = v128.load(idWidth, PLACES);
    do {
      const inMinute = load<u64>(p, TIMES - IDS) - minuteStart;
      if (inMinute >= MINUTE) break;
      if (load<u32>(q) - firstStream >= streamCount) break;
      const id = load<u64>(p);
      if (id - firstId >= idCount) break;
      // An id of 0, for none, wraps around and is above all others.
      lowestLess1 = id - 1 < lowestLess1 ? id - 1 : lowestLess1;
      highest = id > highest ? id : highest;
      // With free-form data, an event may end in other bytes than "a" and nil.
      const lastBytes = free ? load<u16>(o) : 0;
      v128.store(o, v128.or(i8x16.swizzle(v128.load_splat<u32>(q), streamPlaces), streamKey));
      if (free) store<u16>(o, lastBytes);
      o += streamSize;
      v128.store(o, v128.or(i8x16.swizzle(v128.load_splat<u64>(p), idPlaces), idKey));
      if (idSize > 16) copySwapped(o + KEY + 1, p);
      o += idSize;
      v128.store(o, stampKey);
      const digits = secondDigits(inMinute);
      if (digits >> 16) {
        v128.store(o, minutes, 12);
        v128.store(o, v128.or(i8x16.swizzle(i64x2.splat(digits), finePlaces), fineSigns), 28);
        o += 44;
      } else {
        store<u8>(o, 0xb9, 10);
        v128.store(o, minutes, 11);
        store<u64>(o, COARSE_SIGNS + (digits << 8), 27);
        store<u8>(o, 0x30, 35);
        o += 36;
      }
      v128.store(o, v128.or(i8x16.swizzle(v128.load_splat<u64>(p, VALUES - IDS), valuePlaces), valueKey));
      v128.store(o, tail, 16);
      o += 31;
      if (free) {
        o -= 5;
        const row = p - IDS >> 1;
        const extra = load<u32>(row, EXTRA_LENGTHS);
        copyUnsafe(o, f, extra);
        f += extra;
        o += extra ? <usize>extra : 1;
        store<u64>(o, 0xc0_61746164a4); // a4 "data" c0
        o += 5;
        const data = load<u32>(row, DATA_LENGTHS);
        copyUnsafe(o, f, data);
        f += data;
        o += data ? <usize>data - 2 : -1;
      }
      p += 8;
      q += 4;
    } while (p < end);
  }
  if (!free) store<u16>(o, 0xc061);
  store<u64>(RESULTS, lowestLess1 + 1);
  store<u64>(RESULTS, highest, 8);
  return <i32>(o + 2 - OUT);
}

/** Copies, reading and writing up to 15 bytes past the end. */
@inline
function copyUnsafe(to: usize, from: usize, length: u32): void {
  for (const end = from + length; from < end; from += 16) {
    v128.store(to, v128.load(from));
    to += 16;
  }
}

/** Writes the `n` floats at `VALUES` to `OUT` as msgpack, nine bytes each. */
export function encodeFloats(n: u32): void {
  let o = OUT;
  for (let at = VALUES, end = VALUES + (<usize>n << 3); at < end; at += 8) {
    store<u8>(o, 0xcb);
    copySwapped(o + 1, at);
    o += 9;
  }
}

/** The largest safe integer of JavaScript plus 1. */
const SAFE: f64 = 9007199254740992;
/** 1.5 times 2^52: a number that is added to it is rounded to an integer in the lowest bits. */
const TO_INTEGER: f64 = 6755399441055744;

// For four integers: their lowest bytes; the two lower bytes of each in reverse order, behind room for a type; the
// types.
const LOWEST_PLACES: usize = memory.data<u8>([0, 4, 8, 12, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255], 16);
const HALF_PLACES: usize = memory.data<u8>([255, 1, 0, 255, 5, 4, 255, 9, 8, 255, 13, 12, 255, 255, 255, 255], 16);
const UINT16_TYPES: usize = memory.data<u8>([0xcd, 0, 0, 0xcd, 0, 0, 0xcd, 0, 0, 0xcd, 0, 0, 0, 0, 0, 0], 16);
const INT16_TYPES: usize = memory.data<u8>([0xd1, 0, 0, 0xd1, 0, 0, 0xd1, 0, 0, 0xd1, 0, 0, 0, 0, 0, 0], 16);

/**
 * Writes the `n` numbers at `VALUES` to `OUT` as msgpack: safe integers in their shortest form, other numbers and -0 as
 * floats. Returns the number of bytes.
 */
export function encodeNumbers(n: u32): u32 {
  let o = OUT;
  let at = VALUES;
  const end = VALUES + (<usize>n << 3);
  while (at < end) {
    // Two floats at a time, while neither is whole.
    while (at + 16 <= end) {
      const two = v128.load(at);
      if (v128.any_true(f64x2.eq(f64x2.trunc(two), two))) break;
      const swapped = v128.shuffle<u8>(two, two, 7, 6, 5, 4, 3, 2, 1, 0, 15, 14, 13, 12, 11, 10, 9, 8);
      store<u8>(o, 0xcb);
      v128.store_lane<u64>(o, swapped, 0, 1);
      store<u8>(o, 0xcb, 9);
      v128.store_lane<u64>(o, swapped, 1, 10);
      o += 18;
      at += 16;
    }
    // Four integers at a time, while they have the same width.
    while (at + 32 <= end) {
      const two = v128.load(at), next = v128.load(at, 16);
      const a = i32x4.trunc_sat_f64x2_s_zero(two), b = i32x4.trunc_sat_f64x2_s_zero(next);
      // Compared by their bits: -0 is a float.
      const whole = v128.and(
        i64x2.eq(f64x2.convert_low_i32x4_s(a), two),
        i64x2.eq(f64x2.convert_low_i32x4_s(b), next),
      );
      if (!i64x2.all_true(whole)) break;
      const four = v128.shuffle<i32>(a, b, 0, 1, 4, 5);
      if (i32x4.all_true(i32x4.lt_u(four, i32x4.splat(0x80)))) {
        store<u32>(o, v128.extract_lane<u32>(i8x16.swizzle(four, v128.load(LOWEST_PLACES)), 0));
        o += 4;
      } else {
        let type = v128.load(UINT16_TYPES);
        if (!i32x4.all_true(i32x4.lt_u(i32x4.sub(four, i32x4.splat(0x100)), i32x4.splat(0xff00)))) {
          if (!i32x4.all_true(i32x4.lt_u(i32x4.add(four, i32x4.splat(0x8000)), i32x4.splat(0x7f80)))) break;
          type = v128.load(INT16_TYPES);
        }
        v128.store(o, v128.or(i8x16.swizzle(four, v128.load(HALF_PLACES)), type));
        o += 12;
      }
      at += 32;
    }
    if (at >= end) break;
    const value = load<f64>(at);
    // The lower half of the sum's bits is the number, if it is an integer of 32 bits.
    const whole = <i32>reinterpret<u64>(value + TO_INTEGER);
    if (<f64>whole == value && (whole || !load<u64>(at))) {
      o = putInt32(o, whole);
    } else if (abs<f64>(value) < SAFE && trunc<f64>(value) == value && value != 0) {
      o = putLong(o, <i64>value);
    } else {
      store<u8>(o, 0xcb);
      copySwapped(o + 1, at);
      o += 9;
    }
    at += 8;
  }
  return <u32>(o - OUT);
}

/** Writes an integer of up to 32 bits with a sign; returns its end. */
@inline
function putInt32(o: usize, value: i32): usize {
  if (<u32>value < 0x80 || value < 0 && value >= -0x20) {
    store<u8>(o, value);
    return o + 1;
  }
  if (value >= 0) {
    if (value < 0x100) {
      store<u16>(o, value << 8 | 0xcc);
      return o + 2;
    }
    if (value < 0x10000) {
      store<u32>(o, swapBytes16(value) << 8 | 0xcd);
      return o + 3;
    }
    store<u8>(o, 0xce);
  } else {
    if (value >= -0x80) {
      store<u16>(o, value << 8 | 0xd0);
      return o + 2;
    }
    if (value >= -0x8000) {
      store<u32>(o, swapBytes16(value & 0xffff) << 8 | 0xd1);
      return o + 3;
    }
    store<u8>(o, 0xd2);
  }
  store<u32>(o, swapBytes32(value), 1);
  return o + 5;
}

/** Writes a safe integer of more than 31 bits; returns its end. */
function putLong(o: usize, value: i64): usize {
  if (value > 0 && value < 0x100000000) {
    store<u8>(o, 0xce);
    store<u32>(o, swapBytes32(<u32>value), 1);
    return o + 5;
  }
  store<u8>(o, value < 0 ? 0xd3 : 0xcf);
  store<u64>(o, swapBytes64(value), 1);
  return o + 9;
}
