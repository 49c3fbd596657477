/**
 * What a report is made of.
 *
 * @module
 */
import { type DecodedEvents, decodeEvents } from "../codec/event_decoder.ts";
import { type EventColumns, EventEncoder } from "../codec/event_encoder.ts";
import { encodeHeader, type Header } from "./_header.ts";

/** What a report is made of: columns that are yet to be encoded, or bytes. */
export type Source =
  | { readonly columns: EventColumns; readonly size: number }
  | {
    readonly bytes: Uint8Array;
    readonly length: number;
    readonly eventsAt: number;
    readonly maxDepth: number;
    /** Decoded at the first use where the report was made here. */
    events?: DecodedEvents;
  };

/** The events of a report that has its bytes. */
export function eventsOf(source: Extract<Source, { bytes: Uint8Array }>): DecodedEvents {
  const { bytes, eventsAt, length, maxDepth } = source;
  return source.events ??= decodeEvents(bytes, eventsAt, length, maxDepth);
}

/** The report in pieces that are the receiver's to keep. */
export function* piecesOf(header: Header, source: Source): Generator<Uint8Array> {
  if ("bytes" in source) {
    yield source.bytes;
    return;
  }
  yield encodeHeader(header, source.columns.length).slice();
  const encoder = new EventEncoder(source.columns);
  for (let piece = encoder.next(); piece !== undefined; piece = encoder.next()) {
    yield piece.slice();
  }
}
