// Reads decimal text to the nearest float64.
//
// Up to 15 digits and a power of ten up to 10^22 are both exact as floats, so that one multiplication or division
// rounds correctly. Beyond that, the digits are multiplied by 128 bits of the power of five, which decides the rounding
// in all cases for up to 19 digits (D. Lemire, "Number Parsing at a Gigabyte per Second", 2021; N. Mushtak and D.
// Lemire, "Fast Number Parsing Without Fallback", 2023). Longer numbers and larger exponents are left to the host.

/** The results of reading. */
export const NUMBER: i32 = 0;
/** A valid number that the host's parser must read. */
export const SLOW_NUMBER: i32 = 1;
export const NO_NUMBER: i32 = 2;

/** The number that was read. */
export let number: f64 = 0;

/** The decimal separator. */
let point: u32 = 0x2e;
/** The same in each byte. */
let points: u64 = 0x2e2e2e2e2e2e2e2e;

export function setPoint(code: u32): void {
  point = code;
  points = <u64>(code & 0xff) * 0x0101010101010101;
}

export const LEAST: i32 = -40;
export const MOST: i32 = 40;
/** log2(10) * 2^16, rounded: q * LOG2_TEN >> 16 is the binary exponent of 10^q for all q from LEAST to MOST. */
export const LOG2_TEN: i32 = 217706;
export const LOG2_SHIFT: i32 = 16;
/**
 * 128 bits of 5^q from q = LEAST to MOST, with the top bit set: high half, low half. They are rounded up from 5^-27 to
 * 5^-1, and cut off elsewhere. scripts/build_powers.ts writes the table.
 */
const FIVES: usize = memory.data<u64>([
  0x8b61313bbabce2c6, 0x2323ac4b3b3da015,
  0xae397d8aa96c1b77, 0xabec975e0a0d081a,
  0xd9c7dced53c72255, 0x96e7bd358c904a21,
  0x881cea14545c7575, 0x7e50d64177da2e54,
  0xaa242499697392d2, 0xdde50bd1d5d0b9e9,
  0xd4ad2dbfc3d07787, 0x955e4ec64b44e864,
  0x84ec3c97da624ab4, 0xbd5af13bef0b113e,
  0xa6274bbdd0fadd61, 0xecb1ad8aeacdd58e,
  0xcfb11ead453994ba, 0x67de18eda5814af2,
  0x81ceb32c4b43fcf4, 0x80eacf948770ced7,
  0xa2425ff75e14fc31, 0xa1258379a94d028d,
  0xcad2f7f5359a3b3e, 0x096ee45813a04330,
  0xfd87b5f28300ca0d, 0x8bca9d6e188853fc,
  0x9e74d1b791e07e48, 0x775ea264cf55347e,
  0xc612062576589dda, 0x95364afe032a819e,
  0xf79687aed3eec551, 0x3a83ddbd83f52205,
  0x9abe14cd44753b52, 0xc4926a9672793543,
  0xc16d9a0095928a27, 0x75b7053c0f178294,
  0xf1c90080baf72cb1, 0x5324c68b12dd6339,
  0x971da05074da7bee, 0xd3f6fc16ebca5e04,
  0xbce5086492111aea, 0x88f4bb1ca6bcf585,
  0xec1e4a7db69561a5, 0x2b31e9e3d06c32e6,
  0x9392ee8e921d5d07, 0x3aff322e62439fd0,
  0xb877aa3236a4b449, 0x09befeb9fad487c3,
  0xe69594bec44de15b, 0x4c2ebe687989a9b4,
  0x901d7cf73ab0acd9, 0x0f9d37014bf60a11,
  0xb424dc35095cd80f, 0x538484c19ef38c95,
  0xe12e13424bb40e13, 0x2865a5f206b06fba,
  0x8cbccc096f5088cb, 0xf93f87b7442e45d4,
  0xafebff0bcb24aafe, 0xf78f69a51539d749,
  0xdbe6fecebdedd5be, 0xb573440e5a884d1c,
  0x89705f4136b4a597, 0x31680a88f8953031,
  0xabcc77118461cefc, 0xfdc20d2b36ba7c3e,
  0xd6bf94d5e57a42bc, 0x3d32907604691b4d,
  0x8637bd05af6c69b5, 0xa63f9a49c2c1b110,
  0xa7c5ac471b478423, 0x0fcf80dc33721d54,
  0xd1b71758e219652b, 0xd3c36113404ea4a9,
  0x83126e978d4fdf3b, 0x645a1cac083126ea,
  0xa3d70a3d70a3d70a, 0x3d70a3d70a3d70a4,
  0xcccccccccccccccc, 0xcccccccccccccccd,
  0x8000000000000000, 0x0000000000000000,
  0xa000000000000000, 0x0000000000000000,
  0xc800000000000000, 0x0000000000000000,
  0xfa00000000000000, 0x0000000000000000,
  0x9c40000000000000, 0x0000000000000000,
  0xc350000000000000, 0x0000000000000000,
  0xf424000000000000, 0x0000000000000000,
  0x9896800000000000, 0x0000000000000000,
  0xbebc200000000000, 0x0000000000000000,
  0xee6b280000000000, 0x0000000000000000,
  0x9502f90000000000, 0x0000000000000000,
  0xba43b74000000000, 0x0000000000000000,
  0xe8d4a51000000000, 0x0000000000000000,
  0x9184e72a00000000, 0x0000000000000000,
  0xb5e620f480000000, 0x0000000000000000,
  0xe35fa931a0000000, 0x0000000000000000,
  0x8e1bc9bf04000000, 0x0000000000000000,
  0xb1a2bc2ec5000000, 0x0000000000000000,
  0xde0b6b3a76400000, 0x0000000000000000,
  0x8ac7230489e80000, 0x0000000000000000,
  0xad78ebc5ac620000, 0x0000000000000000,
  0xd8d726b7177a8000, 0x0000000000000000,
  0x878678326eac9000, 0x0000000000000000,
  0xa968163f0a57b400, 0x0000000000000000,
  0xd3c21bcecceda100, 0x0000000000000000,
  0x84595161401484a0, 0x0000000000000000,
  0xa56fa5b99019a5c8, 0x0000000000000000,
  0xcecb8f27f4200f3a, 0x0000000000000000,
  0x813f3978f8940984, 0x4000000000000000,
  0xa18f07d736b90be5, 0x5000000000000000,
  0xc9f2c9cd04674ede, 0xa400000000000000,
  0xfc6f7c4045812296, 0x4d00000000000000,
  0x9dc5ada82b70b59d, 0xf020000000000000,
  0xc5371912364ce305, 0x6c28000000000000,
  0xf684df56c3e01bc6, 0xc732000000000000,
  0x9a130b963a6c115c, 0x3c7f400000000000,
  0xc097ce7bc90715b3, 0x4b9f100000000000,
  0xf0bdc21abb48db20, 0x1e86d40000000000,
  0x96769950b50d88f4, 0x1314448000000000,
  0xbc143fa4e250eb31, 0x17d955a000000000,
  0xeb194f8e1ae525fd, 0x5dcfab0800000000,
]);

/** The powers of ten that a float64 holds exactly. */
export const TENS: usize = memory.data<f64>([
  1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
  1e21, 1e22,
]);

/** The high half of a product of 128 bits; the low half is a * b. */
function high(a: u64, b: u64): u64 {
  const a1 = a >> 32, a0 = a & 0xffffffff, b1 = b >> 32, b0 = b & 0xffffffff;
  const low = a0 * b0;
  const middle = a1 * b0 + (low >> 32);
  const other = a0 * b1 + (middle & 0xffffffff);
  return a1 * b1 + (middle >> 32) + (other >> 32);
}

/** digits * 10^q, for digits other than 0 and LEAST <= q <= MOST: overflow and subnormal numbers cannot occur. */
function scale(digits: u64, q: i32): f64 {
  const zeros = clz(digits);
  const left = digits << zeros;
  const power = FIVES + <usize>(q - LEAST) * 16;
  let top = high(left, load<u64>(power));
  let bottom = left * load<u64>(power);
  if ((top & 0x1ff) == 0x1ff) {
    // The bits below could carry: add the low half of the power.
    const carry = high(left, load<u64>(power, 8));
    bottom += carry;
    if (bottom < carry) top++;
  }
  const upper = top >> 63;
  const shift = upper + 9;
  let mantissa = top >> shift; // 54 bits, one for rounding
  // An exact half is rounded to the even neighbour.
  if (bottom <= 1 && q >= -4 && q <= 23 && (mantissa & 3) == 1 && mantissa << shift == top) mantissa--;
  mantissa = (mantissa + (mantissa & 1)) >> 1;
  let exponent = <u64>((LOG2_TEN * q >> LOG2_SHIFT) + 1086) + upper - zeros;
  if (mantissa >> 53 != 0) {
    mantissa >>= 1;
    exponent++;
  }
  return reinterpret<f64>(exponent << 52 | mantissa & 0xfffffffffffff);
}

/** Whether a number rounds to infinity: 1.797693134862315808e308 is half a step above the largest float64. */
function tooLarge(digits: u64, significant: i32, q: i32): bool {
  if (q + significant != 309) return q + significant > 309 && digits != 0;
  // A number that begins like the limit and has more digits is taken to be above it.
  const limit: u64 = significant <= 19 ? 1797693134862315808 : 1797693134862315807;
  for (; significant < 19; significant++) digits *= 10;
  return digits >= limit;
}

/**
* Reads [+-]digits[.digits][e[+-]digits], with the separator of setPoint, from `at` up to exactly `end`. A digit on one
* side of the point is enough.
*/
export function readNumber(at: usize, end: usize): i32 {
  let code = at < end ? <u32>load<u8>(at) : 0;
  const negative = code == 0x2d;
  if (negative || code == 0x2b) at++;
  let digits: u64 = 0;
  let significant: i32 = 0; // digits from the first other than 0 on
  let q: i32 = 0;
  const first = at;
  for (; at < end; at++) {
    code = <u32>load<u8>(at) - 48;
    if (code > 9) break;
    if (significant < 19) digits = digits * 10 + code;
    significant += i32(significant > 0 || code > 0);
  }
  let count = at - first;
  if (at < end && <u32>load<u8>(at) == point) {
    const point = ++at;
    for (; at < end; at++) {
      code = <u32>load<u8>(at) - 48;
      if (code > 9) break;
      if (significant < 19) digits = digits * 10 + code;
      significant += i32(significant > 0 || code > 0);
    }
    q = -<i32>(at - point);
    count += at - point;
  }
  if (count == 0) return NO_NUMBER;
  if (at < end) {
    if ((load<u8>(at) | 0x20) != 0x65) return NO_NUMBER;
    at++;
    const down = at < end && load<u8>(at) == 0x2d;
    if (at < end && (down || load<u8>(at) == 0x2b)) at++;
    if (at == end) return NO_NUMBER;
    let exponent: i32 = 0;
    for (; at < end; at++) {
      code = <u32>load<u8>(at) - 48;
      if (code > 9) return NO_NUMBER;
      if (exponent < 100000000) exponent = exponent * 10 + <i32>code;
    }
    q += down ? -exponent : exponent;
  }
  if (tooLarge(digits, significant, q)) return NO_NUMBER;
  if (significant > 19) return SLOW_NUMBER;
  let result: f64;
  if (digits <= 9007199254740992 && q >= -22 && q <= 22) {
    result = <f64>digits;
    result = q < 0 ? result / load<f64>(TENS + (<usize>-q << 3)) : result * load<f64>(TENS + (<usize>q << 3));
  } else if (digits == 0) {
    result = 0;
  } else if (q >= LEAST && q <= MOST) {
    result = scale(digits, q);
  } else {
    return SLOW_NUMBER;
  }
  number = negative ? -result : result;
  return NUMBER;
}

const ZEROS: u64 = 0x3030303030303030;

/**
 * Reads up to eight characters at once: digits, perhaps with the separator of setPoint among them and a minus in front.
 * Returns false for any other text, which `readNumber` may be able to read. Reads up to 8 bytes past the end.
 */
@inline
export function readShort(from: usize, to: usize): bool {
  const negative = load<u8>(from) == 0x2d;
  if (negative) from++;
  const length = <u32>(to - from);
  if (length - 1 > 7) return false;
  const shift = <u64>(8 - length) << 3;
  // The text in the high bytes, with leading zeros.
  let text = load<u64>(from) << shift | ZEROS & ((<u64>1 << shift) - 1);
  const others = text ^ points;
  const found = others - 0x0101010101010101 & ~others & 0x8080808080808080;
  let places: usize = 0;
  if (found != 0) {
    if (length == 1) return false;
    const at = <u64>ctz(found) & 56;
    // The digits before the point move up by one byte.
    const below = (<u64>1 << at) - 1;
    text = text & ~(below << 8 | 0xff) | (text & below) << 8 | 0x30;
    places = <usize>(56 - at) >> 3;
  }
  const digits = text ^ ZEROS;
  if (((digits | digits + 0x7676767676767676) & 0x8080808080808080) != 0) return false;
  const pairs = digits * 10 + (digits >> 8);
  const value = ((pairs & 0xff_000000ff) * (100 + (1000000 << 32)) + (pairs >> 16 & 0xff_000000ff) * (1 + (10000 << 32))) >> 32;
  const result = <f64>value / load<f64>(TENS + (places << 3));
  number = negative ? -result : result;
  return true;
}
