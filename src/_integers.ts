/**
 * Integers of 64 bits: as numbers where they are safe, and as two halves of 32 bits.
 *
 * @module
 */

/** The high half of 2^53. */
const SAFE_HIGH = 0x200000;

/** A bigint as a number where it is a safe integer, otherwise as it is. */
export function narrowed(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/** `Number.isSafeInteger`, which tells the compiler nothing. */
export function isSafeInteger(value: unknown): value is number {
  return Number.isSafeInteger(value);
}

/** The high 32 bits of an integer from 0 to 2^64−1. */
export function highHalf(value: bigint): number {
  return Number(value >> 32n);
}

/** The low 32 bits of an integer from 0 to 2^64−1. */
export function lowHalf(value: bigint): number {
  return Number(value & 0xffffffffn);
}

/** The integer from 0 to 2^64−1 that has these halves. */
export function joinHalves(high: number, low: number): bigint {
  return BigInt(high) << 32n | BigInt(low);
}

/** Whether an integer of 64 bits with this high half is safe as a number; with a sign, −2^53 counts as not safe. */
export function isSafeHigh(high: number): boolean {
  return high < SAFE_HIGH && high > -SAFE_HIGH;
}

/** A safe integer from its halves. The high one may have a sign, the low one may be given with a sign. */
export function safeOf(high: number, low: number): number {
  return high * 0x100000000 + (low >>> 0);
}

/**
 * Reads an array of integers of 64 bits without making a bigint for each, which would cost more than most
 * uses of it.
 *
 * @param integers With or without a sign.
 * @returns Gives the integer in a row: a number where it is safe, otherwise a bigint.
 */
export function integerReader(
  integers: BigInt64Array | BigUint64Array,
): (row: number) => number | bigint {
  const { buffer, byteOffset, length } = integers;
  const halves = integers instanceof BigUint64Array
    ? new Uint32Array(buffer, byteOffset, 2 * length)
    : new Int32Array(buffer, byteOffset, 2 * length);
  return (row) => {
    const high = halves[2 * row + 1];
    return isSafeHigh(high) ? safeOf(high, halves[2 * row]) : narrowed(integers[row]);
  };
}
