/**
 * Microseconds since the Unix epoch as ISO 8601 text that ends in Z.
 *
 * @module
 */

/**
 * Formats a time as text such as `2021-01-20T00:00:00.100Z`.
 *
 * @param micros Microseconds since the Unix epoch, UTC; in the range of Date.
 * @param digits The number of digits after the second; further digits are cut off. By default 0, 3 or 6, as many as
 * the time needs.
 * @throws {RangeError} If the time is outside the range of a Date.
 */
export function isoTime(micros: bigint, digits?: number): string {
  const below = ((micros % 1000000n) + 1000000n) % 1000000n;
  const text = new Date(Number((micros - below) / 1000n)).toISOString().slice(0, -5);
  const shown = digits ?? (below === 0n ? 0 : below % 1000n === 0n ? 3 : 6);
  return shown === 0 ? `${text}Z` : `${text}.${String(below).padStart(6, "0").slice(0, shown)}Z`;
}
