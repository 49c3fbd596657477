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
  // As long as it can get: what is too much is never touched, so it costs addresses, not memory.
  let buffer = new Uint8Array(LONGEST_HEADER + length * LONGEST_EVENT);
  let at = LONGEST_HEADER;
  const memory = arena();
  const { chunk } = memory;
  const ids = new IdRange();
  for (let from = 0; from < length; from += chunk) {
    const to = Math.min(from + chunk, length);
    if (points.loadBare(memory, from, to)) {
      const size = memory.exports.encodeEvents(to - from);
      ids.include(memory);
      buffer.set(memory.out.subarray(0, size), at);
      at += size;
      continue;
    }
    const part = points.rows(from, to);
    if (part.freeForm !== undefined) {
      const size = part.freeForm.bytes.length;
      const need = at + size + (length - from) * LONGEST_EVENT;
      if (need > buffer.length) {
        // The rest is taken to be like this chunk, as long as that does not more than double it.
        const rest = (length - to) * Math.ceil(1.1 * size / (to - from));
        const wider = new Uint8Array(need + Math.min(need, rest));
        wider.set(buffer.subarray(0, at));
        buffer = wider;
      }
    }
    const encoder = new EventEncoder(part, ids);
    for (let piece = encoder.next(); piece !== undefined; piece = encoder.next()) {
      buffer.set(piece, at);
      at += piece.length;
    }
  }
  const head = header(ids);
  const start = LONGEST_HEADER - head.length;
  buffer.set(head, start);
  return { bytes: buffer.subarray(start, at), eventsAt: head.length };
}
