// Columns of a chunk before they are encoded: one form for all, and how long their events are going to be.
import { IDS, RESULTS, STREAMS, TIMES } from "./layout";
import { sizeOfInt32 } from "./bytes";
import { END, EPOCH } from "./timestamp";

/** Bytes of an event beside its two integers, the microseconds and free-form data. */
const FIXED: u32 = 8 + 10 + 10 + 26 + 7 + 8 + 12 + 6;
/** What microseconds add: a longer text and a longer head. */
const FRACTION: u32 = 8;
/** The inverse of 5^6 modulo 2^64: 10^6 divides x where (x * INVERSE), turned right by 6, stays within LIMIT. */
const INVERSE: u64 = 0x790f_b656_68c2_6139;
const LIMIT: u64 = u64.MAX_VALUE / 1000000;
const MAX_SAFE: f64 = 9007199254740991;

/** Makes u64 of the `n` u32 at `IDS`. */
export function widenIds(n: u32): void {
  // From the back, as the wide ids lie over the narrow ones.
  for (let i = n; i-- > 0;) store<u64>(IDS + (<usize>i << 3), load<u32>(IDS + (<usize>i << 2)));
}

/** Makes u64 of the `n` f64 at `IDS`; gives the first row that is no integer from 0 to 2^53−1, or −1. */
export function roundIds(n: u32): i32 {
  return toIntegers(IDS, n, 0);
}

/** Makes i64 of the `n` f64 at `TIMES`; gives the first row that is no integer of up to 53 bits, or −1. */
export function roundTimes(n: u32): i32 {
  return toIntegers(TIMES, n, -MAX_SAFE);
}

function toIntegers(from: usize, n: u32, least: f64): i32 {
  // Up to 2^52 a float plus 2^52 has the whole number in its low bits.
  const magic = f64x2.splat(4503599627370496);
  const bits = i64x2.splat(0x4330_0000_0000_0000);
  const end = from + (<usize>n << 3);
  for (let at = from; at < end; at += 8) {
    if (at + 16 <= end) {
      const two = v128.load(at);
      const moved = f64x2.add(two, magic);
      const good = v128.and(
        f64x2.eq(f64x2.sub(moved, magic), two),
        v128.and(f64x2.ge(two, f64x2.splat(0)), f64x2.lt(two, magic)),
      );
      if (i64x2.all_true(good)) {
        v128.store(at, v128.xor(moved, bits));
        at += 8;
        continue;
      }
    }
    const value = load<f64>(at);
    if (!(value >= least && value <= MAX_SAFE)) return <i32>(at - from >> 3);
    const whole = <i64>value;
    if (<f64>whole != value) return <i32>(at - from >> 3);
    store<i64>(at, whole);
  }
  return -1;
}

/**
 * How many bytes `n` events take without their free-form data; the first row whose time is not in the
 * years 1 to 9999 as −1 − row. Leaves the lowest and highest id at `RESULTS`, 0 where there is none.
 */
export function measure(n: u32): i32 {
  let size = n * FIXED;
  let lowestLess1: u64 = u64.MAX_VALUE, highest: u64 = 0;
  for (let i: u32 = 0; i < n; i++) {
    const time = load<u64>(TIMES + (<usize>i << 3)) + EPOCH;
    if (time >= END) return -1 - <i32>i;
    const id = load<u64>(IDS + (<usize>i << 3));
    // A missing id, 0, is above every other one less 1.
    lowestLess1 = id - 1 < lowestLess1 ? id - 1 : lowestLess1;
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
  store<u64>(RESULTS, lowestLess1 + 1);
  store<u64>(RESULTS, highest, 8);
  return size;
}
