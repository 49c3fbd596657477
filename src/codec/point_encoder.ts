/**
 * Data points straight to the bytes of a report: nothing stands between the points and linear memory.
 *
 * @module
 */
import { type Arena, arena } from "./arena.ts";
import { EventEncoder, LONGEST_EVENT, type Rows } from "./event_encoder.ts";
import { IdRange } from "./id_range.ts";

/** The longest header. */
export const LONGEST_HEADER = 192;

const NOTHING = new Uint8Array(0);

/** Bytes of a report, and where its events begin. */
export interface EncodedPoints {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly eventsAt: number;
}

/** The points of a report. */
export interface Points {
  readonly length: number;
  /**
   * Brings points into linear memory; false where one of them has summary or raw data, or is not all of
   * numbers. It runs no code but the program's own.
   */
  loadBare(memory: Arena, from: number, to: number): boolean;
  /** Any points, made ready. It may run the caller's code. */
  rows(from: number, to: number): Rows;
}

/**
 * Encodes points a chunk at a time.
 *
 * @param points The points.
 * @param header Gives the header, once the ids are known.
 */
export function encodePoints(points: Points, header: (ids: IdRange) => Uint8Array): EncodedPoints {
  const { length } = points;
  const memory = arena();
  const { chunk } = memory;
  const ids = new IdRange();
  if (length > 0 && length <= chunk) {
    // Most reports: an array of their own length.
    const events = encodeBare(memory, points, 0, length, ids);
    if (events !== undefined) {
      const head = header(ids);
      const bytes = new Uint8Array(head.length + events.length);
      bytes.set(head);
      bytes.set(events, head.length);
      return { bytes, eventsAt: head.length };
    }
  }
  let buffer = NOTHING;
  let at = LONGEST_HEADER;
  for (let from = 0; from < length; from += chunk) {
    const to = Math.min(from + chunk, length);
    const events = length > chunk ? encodeBare(memory, points, from, to, ids) : undefined;
    if (events !== undefined) {
      buffer = withRoom(buffer, at, length - from, 0, 0);
      buffer.set(events, at);
      at += events.length;
      continue;
    }
    const rows = points.rows(from, to);
    const free = rows.freeForm?.bytes.length ?? 0;
    buffer = withRoom(buffer, at, length - from, free, free * (length - to) / (to - from));
    const encoder = new EventEncoder(rows, ids);
    for (let piece = encoder.next(); piece !== undefined; piece = encoder.next()) {
      buffer.set(piece, at);
      at += piece.length;
    }
  }
  const head = header(ids);
  const start = LONGEST_HEADER - head.length;
  buffer = withRoom(buffer, at, 0, 0, 0);
  buffer.set(head, start);
  return { bytes: buffer.subarray(start, at), eventsAt: head.length };
}

/** Events of points without free-form data as a view of linear memory; undefined where some have it. */
function encodeBare(
  memory: Arena,
  points: Points,
  from: number,
  to: number,
  ids: IdRange,
): Uint8Array | undefined {
  if (!points.loadBare(memory, from, to)) return undefined;
  const size = memory.kernel.encodeEvents(to - from);
  ids.include(memory);
  return memory.out.subarray(0, size);
}

/**
 * A buffer with room for what is left, as long as that can get: what is too much is never touched, so it
 * costs addresses, not memory. The last chunks are taken to have as much free-form data as this one, as
 * far as that does not more than double the buffer.
 */
function withRoom(
  buffer: Uint8Array<ArrayBuffer>,
  at: number,
  readings: number,
  free: number,
  likelyFree: number,
): Uint8Array<ArrayBuffer> {
  const need = at + readings * LONGEST_EVENT + free;
  if (need <= buffer.length) return buffer;
  const wider = new Uint8Array(need + Math.min(need, Math.ceil(1.1 * likelyFree)));
  wider.set(buffer.subarray(0, at));
  return wider;
}
