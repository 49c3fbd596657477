/**
 * What a report is made of.
 *
 * @module
 */
import type { EventColumns } from "../codec/event_columns.ts";
import { type DecodedEvents, decodeEvents } from "../codec/event_decoder.ts";
import { EventEncoder } from "../codec/event_encoder.ts";
import type { IdRange } from "../codec/id_range.ts";
import { DataError } from "../codec/data_error.ts";
import { encodeHeader, type Header, narrowed } from "./_header.ts";

/** What a report is made of: columns that are yet to be encoded, or bytes. */
export type Source = ColumnSource | ByteSource;

/** Columns. */
export interface ColumnSource {
  readonly columns: EventColumns;
  /** How many bytes their events take, once that is known; the header then has their ids. */
  size?: number;
}

/** Bytes. */
export interface ByteSource {
  readonly bytes: Uint8Array;
  readonly length: number;
  readonly eventsAt: number;
  readonly maxDepth: number;
  /** Decoded at the first use where the report was made here. */
  events?: DecodedEvents;
}

/** The events of a report that has its bytes. */
export function eventsOf(source: ByteSource): DecodedEvents {
  const { bytes, eventsAt, length, maxDepth } = source;
  return source.events ??= decodeEvents(bytes, eventsAt, length, maxDepth);
}

/**
 * How many bytes the events take, and the ids for the header.
 *
 * @throws {DataError} If a reading cannot be encoded.
 */
export function measured(header: Header, source: ColumnSource): number {
  if (source.size === undefined) {
    const { size, ids } = source.columns.measure();
    setIds(header, ids);
    source.size = size;
  }
  return source.size;
}

function setIds(header: Header, { lowest, highest }: IdRange): void {
  header.lowestId = lowest;
  header.highestId = highest;
}

/** Encodes header and events to an array of their own. */
export function encodeColumns(header: Header, source: ColumnSource): Uint8Array {
  const size = measured(header, source);
  const head = encodeHeader(header, source.columns.length);
  const bytes = new Uint8Array(head.length + size);
  encodeMeasured(header, source, size, bytes);
  return bytes;
}

/**
 * Encodes header and events into `target`; gives the bytes.
 *
 * @throws {RangeError} If they do not fit.
 * @throws {DataError} If a reading cannot be encoded.
 */
export function encodeColumnsInto(
  header: Header,
  source: ColumnSource,
  target: Uint8Array,
): number {
  return source.size === undefined
    ? encodeUnmeasured(header, source, target)
    : encodeMeasured(header, source, source.size, target);
}

function encodeMeasured(
  header: Header,
  { columns }: ColumnSource,
  size: number,
  target: Uint8Array,
): number {
  const head = encodeHeader(header, columns.length);
  const end = head.length + size;
  checkRoom(target, end);
  target.set(head);
  let at = head.length;
  const encoder = new EventEncoder(columns);
  for (let piece = encoder.next(); piece !== undefined; piece = encoder.next()) {
    if (at + piece.length > end) break;
    target.set(piece, at);
    at += piece.length;
  }
  if (at !== end) {
    throw new DataError("Cannot encode the report as its columns have been changed since");
  }
  return end;
}

/**
 * Leaves out the pass that measures. The header has the lowest and the highest id, which are known last:
 * the events are written behind one with the ids of the first and the last reading, and moved before the
 * last piece where that has another length, so that nothing is written beyond the end of the report.
 */
function encodeUnmeasured(header: Header, source: ColumnSource, target: Uint8Array): number {
  const { columns } = source;
  const { length, ids } = columns;
  if (length > 0) {
    header.lowestId = likelyId(ids[0]);
    header.highestId = likelyId(ids[length - 1]);
  }
  const eventsAt = encodeHeader(header, length).length;
  let at = eventsAt;
  let moved: number | undefined;
  const encoder = new EventEncoder(columns);
  for (let piece = encoder.next(); piece !== undefined; piece = encoder.next()) {
    if (encoder.isLast && moved === undefined) {
      setIds(header, encoder.ids);
      moved = encodeHeader(header, length).length - eventsAt;
      if (moved !== 0) target.copyWithin(eventsAt + moved, eventsAt, at);
      at += moved;
    }
    if (at + piece.length > target.length) {
      return encodeMeasured(header, source, measured(header, source), target);
    }
    target.set(piece, at);
    at += piece.length;
  }
  const head = encodeHeader(header, length);
  checkRoom(target, head.length);
  target.set(head);
  source.size = at - head.length;
  return at;
}

/** An id for a header that is replaced: what is no id is for the encoder to say. */
function likelyId(id: number | bigint): number | bigint {
  if (typeof id === "bigint") return narrowed(id);
  return Number.isSafeInteger(id) && id >= 0 ? id : 0;
}

/** Refuses a target that is too small. */
export function checkRoom(target: Uint8Array, size: number): void {
  if (size > target.length) {
    throw new RangeError(
      `Cannot encode the report into ${target.length} bytes as it takes ${size}`,
    );
  }
}

/** The report in pieces that are the receiver's to keep. */
export function* piecesOf(header: Header, source: Source): Generator<Uint8Array> {
  if ("bytes" in source) {
    yield source.bytes;
    return;
  }
  measured(header, source);
  yield encodeHeader(header, source.columns.length).slice();
  const encoder = new EventEncoder(source.columns);
  for (let piece = encoder.next(); piece !== undefined; piece = encoder.next()) {
    yield piece.slice();
  }
}
