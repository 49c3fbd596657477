// Prepares the columns of a chunk for the encoder: converts ids and times, and computes the size of the events.
import { IDS, RESULTS, STREAMS, TIMES } from "./layout";
import { sizeOfInt32 } from "./bytes";
import { END, EPOCH } from "./timestamp";

/** Bytes of an event without its two integers, the microseconds and free-form data. */
const FIXED: u32 = 8 + 10 + 10 + 26 + 7 + 8 + 12 + 6;
/** Bytes that microseconds add: a longer text and a longer head. */
const FRACTION: u32 = 8;
/**
 * Whether 10^6 = 5^6 * 2^6 divides x, without division (Hacker's Delight, 10-17): INVERSE is the inverse of 5^6 modulo
 * 2^64, so x * INVERSE rotated right by TWOS is x / 10^6 if that is an integer, and otherwise above LIMIT, the largest
 * quotient.
 */
export const INVERSE: u64 = 0x790f_b656_68c2_6139;
export const TWOS: u64 = 6;
export const LIMIT: u64 = u64.MAX_VALUE / 1000000;

/** Converts the `n` u32 at `IDS` to u64. */
export function widenIds(n: u32): void {
// From the end, because the wide ids overwrite the narrow ones.
  for (let i = n; i-- > 0;) store<u64>(IDS + (<usize>i << 3), load<u32>(IDS + (<usize>i << 2)));
}

// A float up to 2^52, plus 2^52, has the whole number in its low bits, below those of 2^52 itself.
const TWO_52: f64 = 4503599627370496;
const TWO_52_BITS: i64 = 0x4330_0000_0000_0000;

/** Converts the `n` f64 at `IDS` to u64; returns the first row that is not an integer from 0 to 2^53−1, or −1. */
export function checkedIds(n: u32): i32 {
  const end = IDS + (<usize>n << 3);
  for (let at = IDS; at < end; at += 8) {
    if (at + 16 <= end) {
      const two = v128.load(at);
      const moved = f64x2.add(two, f64x2.splat(TWO_52));
      const good = v128.and(
        f64x2.eq(f64x2.sub(moved, f64x2.splat(TWO_52)), two),
        v128.and(f64x2.ge(two, f64x2.splat(0)), f64x2.lt(two, f64x2.splat(TWO_52))),
      );
      if (i64x2.all_true(good)) {
        v128.store(at, v128.xor(moved, i64x2.splat(TWO_52_BITS)));
        at += 8;
        continue;
      }
    }
    const id = load<f64>(at);
    if (!(id >= 0 && id <= 9007199254740991)) return <i32>(at - IDS >> 3);
    const whole = <i64>id;
    if (<f64>whole != id) return <i32>(at - IDS >> 3);
    store<i64>(at, whole);
  }
  return -1;
}

/** Converts the `n` f64 at `IDS` and at `TIMES`, which are known to be safe integers, to integers. */
export function takeIntegers(n: u32): void {
  toIntegers(IDS, n);
  toIntegers(TIMES, n);
}

function toIntegers(at: usize, n: u32): void {
  const end = at + (<usize>n << 3);
  const two52 = f64x2.splat(TWO_52), bits = i64x2.splat(TWO_52_BITS);
  for (; at + 32 <= end; at += 32) {
    const a = v128.xor(f64x2.add(v128.load(at), two52), bits);
    const b = v128.xor(f64x2.add(v128.load(at, 16), two52), bits);
    // The sum with a negative number, or one above 2^52, has other high bits than 2^52.
    if (v128.any_true(i64x2.shr_u(v128.or(a, b), 52))) {
      for (let i: usize = 0; i < 32; i += 8) store<i64>(at + i, <i64>load<f64>(at + i));
    } else {
      v128.store(at, a);
      v128.store(at, b, 16);
    }
  }
  for (; at < end; at += 8) store<i64>(at, <i64>load<f64>(at));
}

/**
 * Returns the number of bytes of `n` events without their free-form data, or −1 − row for the first row whose time is
 * not in the years 1 to 9999. Writes the lowest and highest id to `RESULTS`, 0 if all ids are 0.
 */
export function measure(n: u32): i32 {
  let size = n * FIXED;
  let lowestLess1: u64 = u64.MAX_VALUE, highest: u64 = 0;
  for (let i: u32 = 0; i < n; i++) {
    const time = load<u64>(TIMES + (<usize>i << 3)) + EPOCH;
    if (time >= END) return -1 - <i32>i;
    const id = load<u64>(IDS + (<usize>i << 3));
    // An id of 0, for none, wraps around and is above all others.
    lowestLess1 = id - 1 < lowestLess1 ? id - 1 : lowestLess1;
    highest = id > highest ? id : highest;
    size += id > 0xffffffff ? 9 : sizeOfInt32(<u32>id);
    size += FRACTION * u32(rotr<u64>(time * INVERSE, TWOS) > LIMIT);
  }
  // Four streams at a time: each lane counts down once for each limit that its number exceeds.
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
  store<u64>(RESULTS, lowestLess1 + 1);
  store<u64>(RESULTS, highest, 8);
  return size;
}
