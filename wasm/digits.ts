// Decimal digits of several numbers at once, without division: each lane of an integer has one number, and one
// multiplication works on all lanes. tests/codec/digits_test.ts tests each of these over its whole range.

/**
 * x / 10 for x from 0 to 99: x * 103 / 2^10. 103 is 2^10 / 10 rounded up: x * 103 / 1024 exceeds x / 10 by
 * x * 0.6 / 1024, less than 0.06; anything below 0.1 would be small enough. The product has 14 bits.
 */
export const TENTH: u64 = 103;
export const TENTH_SHIFT: u64 = 10;
/**
 * x / 100 for x from 0 to 9999: x * 10486 / 2^20. 10486 is 2^20 / 100 rounded up: the excess is x * 0.24 / 2^20, less
 * than 0.0023; anything below 0.01 would be small enough. The product has 27 bits.
 */
export const HUNDREDTH: u64 = 10486;
export const HUNDREDTH_SHIFT: u64 = 20;
/**
 * x / 10000 for x from 0 to 59 999 999, the microseconds of a minute: x * 109951163 / 2^40. 109951163 is 2^40 / 10^4
 * rounded up: the excess is x * 0.2224 / 2^40, less than 0.000013; anything below 0.0001 would be small enough.
 */
export const TEN_THOUSANDTH: u64 = 109951163;
export const TEN_THOUSANDTH_SHIFT: u64 = 40;
/**
 * Splits a lane: x = 10 t + r becomes t in its low byte and r in the next. (x << 8) - t * (10 * 2^8 - 1) is
 * (10 t + r) * 2^8 - 10 t * 2^8 + t, which is r * 2^8 + t.
 */
export const SPLIT_TEN: u64 = 10 * 256 - 1;
/** The same with 100 and lanes of 16 bits: x = 100 t + r becomes r * 2^16 + t. */
export const SPLIT_HUNDRED: u64 = 100 * 65536 - 1;
