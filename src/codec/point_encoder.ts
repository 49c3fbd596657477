/**
 * Data points without summary and raw data straight to the bytes of a report: the way that most reports
 * go, with nothing between the points and linear memory.
 *
 * @module
 */
import { type Arena, arena } from "./arena.ts";

/** The longest event without free-form data. */
export const LONGEST_EVENT = 109;
/** The longest header. */
export const LONGEST_HEADER = 192;

/** The lowest and the highest id that a loader has met, 0 where there is none. */
export interface IdRange {
  lowest: number;
  highest: number;
}

/**
 * Puts rows `from` to `to` into streams, millis, micros, values and floatIds of linear memory, and widens
 * the range. False where a row cannot go this way. It runs no code but the program's own.
 */
export type LoadRows = (memory: Arena, from: number, to: number, ids: IdRange) => boolean;

/** Bytes of a report, and where its events begin. */
export interface EncodedPoints {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly eventsAt: number;
}

/**
 * Encodes points; undefined where one of them cannot go this way.
 *
 * @param length How many there are.
 * @param load Brings them into linear memory.
 * @param header Gives the header, once the ids are known.
 */
export function encodePoints(
  length: number,
  load: LoadRows,
  header: (ids: IdRange) => Uint8Array,
): EncodedPoints | undefined {
  const memory = arena();
  const { exports, chunk, out } = memory;
  const ids = { lowest: 0, highest: 0 };
  // As long as it can get: what is too much is never touched, so it costs addresses, not memory.
  const buffer = new Uint8Array(LONGEST_HEADER + length * LONGEST_EVENT);
  let at = LONGEST_HEADER;
  for (let from = 0; from < length; from += chunk) {
    const to = Math.min(from + chunk, length);
    if (!load(memory, from, to, ids)) return undefined;
    exports.prepare(to - from, 2, true);
    const size = exports.encodeEvents(to - from, false);
    buffer.set(out.subarray(0, size), at);
    at += size;
  }
  const head = header(ids);
  const start = LONGEST_HEADER - head.length;
  buffer.set(head, start);
  return { bytes: buffer.subarray(start, at), eventsAt: head.length };
}
