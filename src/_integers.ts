/**
 * Integers of 64 bits: as numbers if they are safe, and as two halves of 32 bits.
 *
 * @module
 */

/** The high half of 2^53. */
const SAFE_HIGH = 0x200000;

/** Converts a bigint to a number if it is a safe integer; otherwise returns it unchanged. */
export function narrowed(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/** `Number.isSafeInteger` as a type guard. */
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

/** Whether an integer of 64 bits with this high half is a safe number; with a sign, −2^53 counts as not safe. */
export function isSafeHigh(high: number): boolean {
  return high < SAFE_HIGH && high > -SAFE_HIGH;
}

/** A safe integer from its halves. Both may be signed 32-bit numbers. */
export function safeOf(high: number, low: number): number {
  return high * 0x100000000 + (low >>> 0);
}

/**
 * Reads an array of integers of 64 bits without making a bigint for each, which would cost more than most
 * uses of the number.
 *
 * @param integers With or without a sign.
 * @returns A function that returns the integer of a row: a number if it is safe, otherwise a bigint.
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
