/**
 * Times in the forms that callers have them: to microseconds since the Unix epoch, and to text.
 *
 * A time is kept as whole milliseconds and the microseconds beyond them, two small numbers, since a
 * bigint for every reading costs more than the rest of its encoding.
 *
 * @module
 */
import { arena } from "./arena.ts";
import { DataError } from "./data_error.ts";

/** A point in time: a number is milliseconds, a bigint microseconds since the Unix epoch. */
export type Timestamp = Date | { readonly epochNanoseconds: bigint } | string | number | bigint;

const FIRST_MS = -62135596800000;
const LAST_MS = 253402300799999;
const NO_TIME = -(2n ** 63n);

/** Milliseconds since the Unix epoch and microseconds (0 to 999) beyond them, of the last time split. */
export let splitMillis = 0;
export let splitMicros = 0;

function refuse(timestamp: unknown): never {
  const shown = typeof timestamp === "string" ? JSON.stringify(timestamp) : String(timestamp);
  throw new DataError(
    `Cannot read ${shown} as a time: it must be YYYY-MM-DDThh:mm, a Date, an instant, milliseconds or a ` +
      "bigint of microseconds, from year 1 to 9999",
  );
}

/**
 * Splits a time into {@linkcode splitMillis} and {@linkcode splitMicros}.
 *
 * @throws {DataError} If it is no time, or lies outside the years 1 to 9999.
 */
export function splitTimestamp(timestamp: Timestamp): void {
  let millis: number;
  let micros = 0;
  if (typeof timestamp === "number") {
    millis = Math.floor(timestamp);
    if (millis !== timestamp) {
      micros = Math.round((timestamp - millis) * 1000);
      if (micros === 1000) {
        micros = 0;
        millis++;
      }
    }
  } else if (timestamp instanceof Date) {
    millis = timestamp.getTime();
  } else {
    const total = wholeMicros(timestamp);
    // Divided towards minus infinity, so that the rest is never negative.
    micros = Number(BigInt.asUintN(64, (total % 1000n + 1000n) % 1000n));
    millis = Number((total - BigInt(micros)) / 1000n);
  }
  if (!(millis >= FIRST_MS && millis <= LAST_MS)) refuse(timestamp);
  splitMillis = millis;
  splitMicros = micros;
}

function wholeMicros(timestamp: unknown): bigint {
  if (typeof timestamp === "bigint") return timestamp;
  if (typeof timestamp === "string") return parseMicros(timestamp) ?? refuse(timestamp);
  const nanoseconds = (timestamp as { epochNanoseconds?: unknown } | null)?.epochNanoseconds;
  if (typeof nanoseconds !== "bigint") refuse(timestamp);
  return (nanoseconds - (nanoseconds % 1000n + 1000n) % 1000n) / 1000n;
}

/**
 * A time as microseconds since the Unix epoch.
 *
 * @throws {DataError} If it is no time, or lies outside the years 1 to 9999.
 */
export function timestampMicros(timestamp: Timestamp): bigint {
  splitTimestamp(timestamp);
  return BigInt(splitMillis) * 1000n + BigInt(splitMicros);
}

/** Reads `YYYY-MM-DD`, `T` or a space, `hh:mm[:ss[.f]]` and an offset; undefined where it is no time. */
export function parseMicros(text: string): bigint | undefined {
  const { exports, text: target } = arena();
  const { length } = text;
  if (length > target.length) return undefined;
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i);
    if (code > 0x7f) return undefined;
    target[i] = code;
  }
  const micros = exports.parseTimeText(length);
  return micros === NO_TIME ? undefined : micros;
}

/** A time in the years 1 to 9999 as `2021-01-20T00:00:00.100000+00:00`, without microseconds where they are 0. */
export function formatMicros(micros: bigint): string {
  const { exports, text } = arena();
  const length = exports.formatTime(micros);
  let result = "";
  for (let i = 0; i < length; i++) result += String.fromCharCode(text[i]);
  return result;
}
