/**
 * What a report is made of.
 *
 * @module
 */
import { narrowed } from "../_integers.ts";
import { CHANGED } from "../codec/arena.ts";
import type { EventColumns } from "../codec/event_columns.ts";
import { type DecodedEvents, decodeEvents } from "../codec/event_decoder.ts";
import { EventEncoder } from "../codec/event_encoder.ts";
import type { IdRange } from "../codec/id_range.ts";
import { DataError } from "../codec/data_error.ts";
import { encodeHeader, type Header } from "./_header.ts";

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
  /** Whether the header came with the bytes, so that its ids may be anything. */
  readonly isDecoded: boolean;
  /** The first reading without an id, or −1; undefined until somebody asks. */
  firstWithoutId?: number;
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
    throw new DataError(CHANGED);
  }
  return end;
}

/**
 * Leaves out the pass that measures. The header has the lowest and the highest id, which are known when the
 * last piece is: until then it has those of the first and the last reading, and what stands behind it is
 * moved where that was wrong and took another length. Nothing is written beyond the end of the report.
 */
function encodeUnmeasured(header: Header, source: ColumnSource, target: Uint8Array): number {
  const { columns } = source;
  const { length } = columns;
  let head: Uint8Array | undefined;
  let eventsAt = 0;
  let at = 0;
  let idsKnown = false;
  const encoder = new EventEncoder(columns);
  for (let piece = encoder.next(); piece !== undefined; piece = encoder.next()) {
    if (head === undefined || encoder.isLast && !idsKnown) {
      idsKnown = encoder.isLast;
      if (idsKnown) setIds(header, encoder.ids);
      else guessIds(header, columns);
      head = encodeHeader(header, length);
      if (head.length !== eventsAt) target.copyWithin(head.length, eventsAt, at);
      at += head.length - eventsAt;
      eventsAt = head.length;
    }
    if (at + piece.length > target.length) {
      return encodeMeasured(header, source, measured(header, source), target);
    }
    target.set(piece, at);
    at += piece.length;
  }
  if (head === undefined) return encodeMeasured(header, source, measured(header, source), target);
  target.set(head);
  source.size = at - eventsAt;
  return at;
}

/** The ids of the first and the last reading; what is no id is for the encoder to say. */
function guessIds(header: Header, { ids, length }: EventColumns): void {
  const guess = (id: number | bigint) =>
    typeof id === "bigint" ? narrowed(id) : Number.isSafeInteger(id) && id >= 0 ? id : 0;
  header.lowestId = guess(ids[0]);
  header.highestId = guess(ids[length - 1]);
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
