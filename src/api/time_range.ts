/**
 * Ranges of time in the forms that callers use: a Date, text, or a length of time before now.
 *
 * @module
 */
import { DURATION_FORM, durationMicros } from "../_duration.ts";
import { shown } from "../_shown.ts";
import { DataError } from "../codec/data_error.ts";
import { timestampMicros } from "../codec/timestamps.ts";
import type { Timestamp } from "../readings/reading_columns.ts";

/** A range of time. */
export interface TimeRange {
  /**
   * The start of the range, included: any timestamp, a date such as `"2026-03-02"` (from 00:00 UTC), or a length
   * of time before now, such as `"-2h"`.
   */
  readonly start?: Timestamp;
  /** The end of the range, not included; in the same forms as `start`. */
  readonly end?: Timestamp;
  /** A length of time up to now, such as `"90s"`, `"15m"`, `"2h"` or `"7d"`; instead of `start` and `end`. */
  readonly last?: string;
}

/**
 * The limits of a range in microseconds since the Unix epoch.
 *
 * @param range The range.
 * @param now The current time.
 * @returns The limits; `undefined` for no limit.
 * @throws {DataError} If a limit is not a time, or `end` is before `start`.
 * @throws {TypeError} If `last` is given beside `start` or `end`.
 */
export function rangeMicros(
  { start, end, last }: TimeRange,
  now: Date = new Date(),
): { start: bigint | undefined; end: bigint | undefined } {
  const nowMicros = BigInt(now.getTime()) * 1000n;
  if (last !== undefined) {
    if (start !== undefined || end !== undefined) {
      throw new TypeError(
        `Cannot use last ${shown(last)} with start or end: it is a range on its own`,
      );
    }
    const length = typeof last === "string" ? durationMicros(last) : undefined;
    if (length === undefined) {
      throw new DataError(`Cannot read ${shown(last)} as last: it must be ${DURATION_FORM}`);
    }
    return { start: nowMicros - length, end: undefined };
  }
  const limits = { start: limit("start", start, nowMicros), end: limit("end", end, nowMicros) };
  if (limits.start !== undefined && limits.end !== undefined && limits.end < limits.start) {
    throw new DataError(
      `Cannot read from ${shown(start)} to ${shown(end)}: the end is before the start`,
    );
  }
  return limits;
}

function limit(name: string, time: Timestamp | undefined, now: bigint): bigint | undefined {
  if (time === undefined) return undefined;
  if (typeof time !== "string") return timestampMicros(time);
  if (time.startsWith("-")) {
    const length = durationMicros(time.slice(1));
    if (length !== undefined) return now - length;
  } else {
    try {
      return timestampMicros(/^\d{4}-\d\d-\d\d$/.test(time) ? `${time}T00:00Z` : time);
    } catch {
      // The error below lists all forms that are possible here.
    }
  }
  throw new DataError(
    `Cannot read ${shown(time)} as ${name}: it must be a time like 2026-03-02, 2026-03-02T06:00, ` +
      "2026-03-02T06:00:00.5Z or 2026-03-02T08:00+02:00, UTC unless it has a zone, or a length of time " +
      "before now like -2h",
  );
}
