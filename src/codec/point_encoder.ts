/**
 * Data points straight to the bytes of a report: the way that most reports go, with nothing between the
 * points and linear memory.
 *
 * @module
 */
import { type Arena, arena } from "./arena.ts";
import { fittingRows, type FreeForm, loadFreeForm } from "./event_encoder.ts";

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
 * @param freeForm Their summary and raw data, where any has some.
 * @param header Gives the header, once the ids are known.
 */
export function encodePoints(
  length: number,
  load: LoadRows,
  freeForm: FreeForm | undefined,
  header: (ids: IdRange) => Uint8Array,
): EncodedPoints | undefined {
  const memory = arena();
  const { exports, chunk, out } = memory;
  const ids = { lowest: 0, highest: 0 };
  // As long as it can get: what is too much is never touched, so it costs addresses, not memory.
  const room = LONGEST_HEADER + length * LONGEST_EVENT + (freeForm?.bytes.length ?? 0);
  const buffer = new Uint8Array(room);
  let at = LONGEST_HEADER;
  let free = 0;
  for (let from = 0; from < length;) {
    let to = Math.min(from + chunk, length);
    if (freeForm !== undefined) {
      to = fittingRows(freeForm, from, to, memory.free.length);
      if (to === from) return undefined;
    }
    if (!load(memory, from, to, ids)) return undefined;
    exports.prepare(to - from, 2, true);
    if (freeForm !== undefined) free = loadFreeForm(memory, freeForm, from, to, free);
    const size = exports.encodeEvents(to - from, freeForm !== undefined);
    buffer.set(out.subarray(0, size), at);
    at += size;
    from = to;
  }
  const head = header(ids);
  const start = LONGEST_HEADER - head.length;
  buffer.set(head, start);
  return { bytes: buffer.subarray(start, at), eventsAt: head.length };
}
