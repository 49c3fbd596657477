/**
 * Converts times, in any of the forms that callers use, to microseconds since the Unix epoch, and to text.
 *
 * A time is kept as a number while numbers are exact, since a bigint for every reading costs more than
 * the rest of its encoding.
 *
 * @module
 */
import { highHalf } from "../_integers.ts";
import { isRecord } from "../_is_record.ts";
import { shown } from "../_shown.ts";
import { arena } from "./arena.ts";
import { DataError } from "./data_error.ts";
import { Time } from "./wasm_constants.ts";

/** A point in time: a number is milliseconds, a bigint microseconds since the Unix epoch. */
export type Timestamp = Date | { readonly epochNanoseconds: bigint } | string | number | bigint;

// The first and the last valid time, in microseconds and in milliseconds.
const FIRST = -Time.epoch;
const LAST = Time.end - Time.epoch - 1n;
const FIRST_MS = Number(FIRST / 1000n);
const LAST_MS = Number(LAST / 1000n);
/** Milliseconds of which every microsecond is a safe integer: from 1684 to 2255. */
const SAFE_MS = Math.floor(Number.MAX_SAFE_INTEGER / 1000) - 1;

/** Microseconds since the Unix epoch: a number up to 2^53−1 on either side, a bigint beyond. */
export type Micros = number | bigint;

function reject(timestamp: unknown): never {
  throw new DataError(
    `Cannot read ${
      shown(timestamp)
    } as a timestamp: it must be YYYY-MM-DDThh:mm, a Date, an instant, milliseconds or a ` +
      "bigint of microseconds, from year 1 to 9999",
  );
}

/**
 * A time as microseconds since the Unix epoch.
 *
 * @throws {DataError} If it is not a valid timestamp, or outside the years 1 to 9999.
 */
export function microsOf(timestamp: Timestamp): Micros {
  if (typeof timestamp === "number") {
    const millis = Math.floor(timestamp);
    return joined(
      millis,
      millis === timestamp ? 0 : Math.round((timestamp - millis) * 1000),
      timestamp,
    );
  }
  if (timestamp instanceof Date) return joined(timestamp.getTime(), 0, timestamp);
  const micros = wholeMicros(timestamp);
  const number = Number(micros);
  if (Number.isSafeInteger(number)) return number;
  if (micros < FIRST || micros > LAST) reject(timestamp);
  return micros;
}

function joined(millis: number, micros: number, timestamp: Timestamp): Micros {
  if (Math.abs(millis) <= SAFE_MS) return millis * 1000 + micros;
  if (!(millis >= FIRST_MS && millis <= LAST_MS)) reject(timestamp);
  const sum = BigInt(millis) * 1000n + BigInt(micros);
  return sum <= LAST ? sum : reject(timestamp);
}

function wholeMicros(timestamp: unknown): bigint {
  if (typeof timestamp === "bigint") return timestamp;
  if (typeof timestamp === "string") return parseMicros(timestamp) ?? reject(timestamp);
  const nanoseconds = isRecord(timestamp) ? timestamp.epochNanoseconds : undefined;
  if (typeof nanoseconds !== "bigint") reject(timestamp);
  return (nanoseconds - (nanoseconds % 1000n + 1000n) % 1000n) / 1000n;
}

/**
 * A time as microseconds since the Unix epoch.
 *
 * @throws {DataError} If it is not a valid timestamp, or outside the years 1 to 9999.
 */
export function timestampMicros(timestamp: Timestamp): bigint {
  return BigInt(microsOf(timestamp));
}

/** The high halves of times that are certainly in the years 1 to 9999. */
const FIRST_HIGH = highHalf(FIRST) + 1;
const LAST_HIGH = highHalf(LAST) - 1;

/**
 * Checks times without making a bigint for each.
 *
 * @param times Microseconds since the Unix epoch.
 * @returns A function that returns whether the time of a row is in the years 1 to 9999.
 */
export function timeChecker(times: BigInt64Array): (row: number) => boolean {
  const halves = new Int32Array(times.buffer, times.byteOffset, 2 * times.length);
  return (row) => {
    const high = halves[2 * row + 1];
    if (high >= FIRST_HIGH && high <= LAST_HIGH) return true;
    return times[row] >= FIRST && times[row] <= LAST;
  };
}

/** The first row from `from` to `to` whose time is not in the years 1 to 9999; `to` if all are. */
export function firstBadTime(times: BigInt64Array, from: number, to: number): number {
  const isTime = timeChecker(times);
  let row = from;
  while (row < to && isTime(row)) row++;
  return row;
}

/** Reads `YYYY-MM-DD`, `T` or a space, `hh:mm[:ss[.f]]` and an offset; undefined if it is not a valid timestamp. */
export function parseMicros(text: string): bigint | undefined {
  const { kernel, text: target } = arena();
  const { length } = text;
  if (length > target.length) {
    // Digits below the microsecond are cut off, however many the text has.
    const short = text.replace(/(\.\d{6})\d+/, "$1");
    return short.length > target.length ? undefined : parseMicros(short);
  }
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i);
    if (code > 0x7f) return undefined;
    target[i] = code;
  }
  const micros = kernel.parseTimeText(length);
  return micros === Time.none ? undefined : micros;
}

/** A time in the years 1 to 9999 as `2021-01-20T00:00:00.100000+00:00`, without microseconds if they are 0. */
export function formatMicros(micros: bigint): string {
  const { kernel, text } = arena();
  const length = kernel.formatTime(micros);
  let result = "";
  for (let i = 0; i < length; i++) result += String.fromCharCode(text[i]);
  return result;
}
