/**
 * Data points straight to the bytes of a report: nothing stands between the points and linear memory.
 *
 * @module
 */
import { arena } from "./arena.ts";
import { EventEncoder, LONGEST_EVENT, type Rows } from "./event_encoder.ts";
import { IdRange } from "./id_range.ts";

/** The longest header. */
export const LONGEST_HEADER = 192;

/** Bytes of a report, and where its events begin. */
export interface EncodedPoints {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly eventsAt: number;
}

/**
 * Encodes points a chunk at a time.
 *
 * @param length How many there are.
 * @param rows Gives the points from one row to another, made ready. It may run the caller's code.
 * @param header Gives the header, once the ids are known.
 */
export function encodePoints(
  length: number,
  rows: (from: number, to: number) => Rows,
  header: (ids: IdRange) => Uint8Array,
): EncodedPoints {
  // As long as it can get: what is too much is never touched, so it costs addresses, not memory.
  let buffer = new Uint8Array(LONGEST_HEADER + length * LONGEST_EVENT);
  let at = LONGEST_HEADER;
  const { chunk } = arena();
  const ids = new IdRange();
  for (let from = 0; from < length; from += chunk) {
    const to = Math.min(from + chunk, length);
    const part = rows(from, to);
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
