/**
 * Formats a time for the query parameters of the cloud.
 *
 * @module
 */

/**
 * Formats a time to the second, in UTC, for the query parameters of the cloud.
 *
 * @param time A Date, or an instant (such as `Temporal.Instant`).
 * @returns Text such as `2021-01-20T00:00:00Z`; fractions of a second are cut off.
 * @throws {RangeError} If the time is an invalid Date, or outside the years 1 to 9999.
 * @throws {TypeError} If `time` is of another type.
 *
 * @example
 * ```ts
 * import { datetimeToStr } from "@archfx/cloud/slugs";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(datetimeToStr(new Date("2021-01-20T01:00:00.9+01:00")), "2021-01-20T00:00:00Z");
 * ```
 */
export function datetimeToStr(time: Date | { readonly epochNanoseconds: bigint }): string {
  let seconds: number;
  if (time instanceof Date) {
    seconds = Math.floor(time.getTime() / 1000);
  } else if (typeof time?.epochNanoseconds === "bigint") {
    const nanoseconds = time.epochNanoseconds;
    seconds = Number(
      (nanoseconds - (nanoseconds % 1000000000n + 1000000000n) % 1000000000n) / 1000000000n,
    );
  } else {
    throw new TypeError(
      `Cannot format a time of type ${
        time === null ? "null" : typeof time
      }: it must be a Date or an instant`,
    );
  }
  if (!(seconds >= -62135596800 && seconds <= 253402300799)) {
    throw new RangeError(
      `Cannot format the time ${String(time)}: it must be in the years 1 to 9999`,
    );
  }
  return new Date(seconds * 1000).toISOString().replace(".000Z", "Z");
}
