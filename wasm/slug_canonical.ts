// Reads slugs in their canonical layout, sixteen digits at a time. The cloud and this package write this layout, so
// nearly all slugs have it. Anything else (short ids, a wrong digit) is left to the byte by byte reader: nothing is
// rejected here.
//
//   0         1         2         3         4         5         6
//   012345678901234567890123456789012345678901234567890123456789012
//   hhhh-hhhh                                                          variable
//   pl--hhhh-hhhh                                                      parent
//   d--hhhh-hhhh-hhhh-hhhh                                             device
//   sl--hhhh-hhhh--hhhh-hhhh-hhhh-hhhh--hhhh-hhhh                      stream
//   sl--hhhh-hhhh--hhhh-hhhh-hhhh-hhhh--hhhh-hhhh--dddddddddddddddd    stream with a start

/** The number that was read. */
export let digits: u64 = 0;
export let device: u64 = 0;
export let start: i64 = -1;
/** Whether every digit was in lower case. */
export let lower: bool = true;

/** The values of sixteen hexadecimal digits in either case; above 15 for other characters. */
function nibbles(text: v128): v128 {
  // '0' to '9' become 0xf6 to 0xff. After subtracting 6 with saturation, only they are above 0xef.
  const top = i8x16.sub_sat_u(i8x16.add(text, i8x16.splat(-58)), i8x16.splat(6));
  const decimal = i8x16.sub(top, i8x16.splat(-16));
  const letter = i8x16.sub(v128.and(text, i8x16.splat(-33)), i8x16.splat(65));
  return i8x16.min_u(decimal, i8x16.add_sat_u(letter, i8x16.splat(10)));
}

/** Whether all values of `nibbles` are digits. */
function areDigits(values: v128): bool {
  return i8x16.bitmask(i8x16.add_sat_u(values, i8x16.splat(0x70))) == 0;
}

/** Whether the digits of a text are in lower case: decimal ones have that bit as well. */
function areLower(text: v128): bool {
  return (i8x16.bitmask(i16x8.shl(text, 2)) & 0xffff) == 0xffff;
}

/** Sixteen digits as one number. */
function joined(values: v128): u64 {
  const pairs = v128.and(v128.or(i16x8.shl(values, 4), i16x8.shr_u(values, 8)), i16x8.splat(255));
  return bswap<u64>(i64x2.extract_lane(i8x16.narrow_i16x8_u(pairs, pairs), 0));
}

/** Reads sixteen hexadecimal digits into `digits`; false if a character is not a digit. */
function hexadecimal(text: v128): bool {
  const values = nibbles(text);
  if (!areDigits(values)) return false;
  lower = areLower(text);
  digits = joined(values);
  return true;
}

/** Reads sixteen decimal digits into `start`. */
function decimal(text: v128): bool {
  const value = i8x16.sub(text, i8x16.splat(48));
  if (!i8x16.all_true(i8x16.lt_u(value, i8x16.splat(10)))) return false;
  const twos = i16x8.add(i16x8.mul(v128.and(value, i16x8.splat(255)), i16x8.splat(10)), i16x8.shr_u(value, 8));
  const fours = i32x4.dot_i16x8_s(twos, i16x8(100, 1, 100, 1, 100, 1, 100, 1));
  const eights = i32x4.dot_i16x8_s(i16x8.narrow_i32x4_u(fours, fours), i16x8(10000, 1, 10000, 1, 10000, 1, 10000, 1));
  start = <i64>i32x4.extract_lane(eights, 0) * 100000000 + i32x4.extract_lane(eights, 1);
  return true;
}

/** Zero if `text` has a dash wherever `mask` has ones. */
function dashes(text: v128, mask: v128): v128 {
  return v128.and(v128.xor(text, i8x16.splat(0x2d)), mask);
}

/** Reads hhhh-hhhh. */
export function canonicalPair(at: usize): bool {
  const text = v128.load(at);
  if (load<u8>(at + 4) != 0x2d) return false;
  // The eight digits are used twice, to make sixteen.
  if (!hexadecimal(i8x16.shuffle(text, text, 0, 1, 2, 3, 5, 6, 7, 8, 0, 1, 2, 3, 5, 6, 7, 8))) return false;
  digits &= 0xffffffff;
  return true;
}

/** Reads hhhh-hhhh-hhhh-hhhh. */
export function canonicalQuad(at: usize): bool {
  const low = v128.load(at);
  const high = v128.load(at + 3);
  if (load<u8>(at + 4) != 0x2d || load<u8>(at + 9) != 0x2d || load<u8>(at + 14) != 0x2d) return false;
  return hexadecimal(i8x16.shuffle(low, high, 0, 1, 2, 3, 5, 6, 7, 8, 10, 11, 12, 13, 28, 29, 30, 31));
}

/**
 * Reads a stream from its prefix on, `length` 45 or 63: parent and variable into `digits`, then `device` and `start`.
 */
export function canonicalStream(at: usize, length: u32): bool {
  start = -1;
  const head = v128.load(at);
  const middle = v128.load(at + 15);
  const tail = v128.load(at + 29);
  let wrong = dashes(head, i8x16(0, 0, -1, -1, 0, 0, 0, 0, -1, 0, 0, 0, 0, -1, -1, 0));
  wrong = v128.or(wrong, dashes(middle, i8x16(0, 0, 0, 0, -1, 0, 0, 0, 0, -1, 0, 0, 0, 0, -1, 0)));
  wrong = v128.or(wrong, dashes(tail, i8x16(-1, 0, 0, 0, 0, -1, -1, 0, 0, 0, 0, -1, 0, 0, 0, 0)));
  if (v128.any_true(wrong)) return false;
  const first = i8x16.shuffle(middle, tail, 0, 1, 2, 3, 5, 6, 7, 8, 10, 11, 12, 13, 15, 18, 19, 20);
  const second = i8x16.shuffle(head, tail, 4, 5, 6, 7, 9, 10, 11, 12, 23, 24, 25, 26, 28, 29, 30, 31);
  const high = nibbles(first);
  const low = nibbles(second);
  if (!areDigits(i8x16.max_u(high, low))) return false;
  lower = areLower(v128.and(first, second));
  device = joined(high);
  digits = joined(low);
  return length == 45 || (load<u16>(at + 45) == 0x2d2d && decimal(v128.load(at + 47)));
}
