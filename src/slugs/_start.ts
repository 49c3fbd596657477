/**
 * Reads the start of a stream: microseconds, or a time that is exact to the microsecond.
 *
 * @module
 */
import type { Timestamp } from "../readings/reading_columns.ts";
import { readStart as readDigits, SlugFault } from "../codec/slugs.ts";
import { Slugs } from "../codec/wasm_constants.ts";
import { parseMicros, timestampMicros } from "../codec/timestamps.ts";
import { Expect, mustBeInteger, slugError, typeError } from "./_rules.ts";
import { SlugError } from "./slug_error.ts";

const TARGET = "the start of a stream";
const LAST = Slugs.lastStart;

/** The start in microseconds since the Unix epoch, from 0 to 16 digits. */
export function readStart(start: Timestamp): bigint {
  if (typeof start === "number" || typeof start === "bigint") {
    mustBeInteger(start, LAST, TARGET);
    return BigInt(start);
  }
  const micros = typeof start === "string" ? readText(start) : microsOf(start);
  if (micros < 0n || micros > LAST) {
    throw new SlugError(
      start,
      TARGET,
      "the time must be from 1970-01-01 to 2286-11-20T17:46:39.999999Z",
    );
  }
  return micros;
}

/** Reads up to 16 digits, or ISO 8601 text. */
function readText(start: string): bigint {
  if (/^[0-9]*$/.test(start)) {
    const micros = readDigits(start);
    if (micros instanceof SlugFault) throw slugError(micros, Expect.start, start);
    return micros;
  }
  const micros = parseMicros(start);
  if (micros === undefined) {
    throw new SlugError(start, TARGET, "it must be up to 16 digits or an ISO 8601 time");
  }
  return micros;
}

/** A Date or an instant in microseconds; digits below the microsecond are cut off. */
function microsOf(time: Date | { readonly epochNanoseconds: bigint }): bigint {
  if (!(time instanceof Date) && typeof time?.epochNanoseconds !== "bigint") {
    throw typeError(time, TARGET, "a number, a bigint, text, a Date or an instant");
  }
  try {
    return timestampMicros(time);
  } catch {
    throw new SlugError(time, TARGET, "the time must be in the years 1 to 9999");
  }
}
