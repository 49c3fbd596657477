/**
 * The source of a report: columns, which are encoded when needed, or bytes.
 *
 * @module
 */
import { CHANGED, DataError } from "../codec/data_error.ts";
import type { EventColumns } from "../codec/event_columns.ts";
import { type DecodedEvents, decodeEvents } from "../codec/event_decoder.ts";
import { EventEncoder } from "../codec/event_encoder.ts";
import type { IdRange } from "../codec/id_range.ts";
import { narrowed } from "../_integers.ts";
import type { Id } from "../readings/reading_columns.ts";
import { type Body, builtBody, decodedBody, pointsOf } from "./_body.ts";
import { encodeHeader, type Header } from "./_header.ts";
import { firstWithoutId, type IdPair, idRange, type Readings } from "./_facts.ts";
import { encodePoints, type KeptData, type PointItem } from "./_points.ts";
import type { ArchFXDataPoint } from "./data_point.ts";

/** Bytes of a report that is written piece by piece. */
const PIECE = 1 << 18;

/** A source of a report's header, readings and bytes. */
export interface Source {
  /** The number of readings. */
  readonly length: number;
  /** The header, whose ids may not be known yet. */
  readonly header: Header;
  /** The header with the ids of the readings. */
  readonly fullHeader: Header;
  /** The lowest and the highest id of the readings, which may differ from those in the header. */
  readonly ids: IdPair;
  /** The number of bytes of the report. */
  readonly byteLength: number;
  /** The first reading without an id, −1 if every reading has one. */
  readonly firstWithoutId: number;
  /** The report in an array that must not be changed: for callers that read it and keep no reference to it. */
  bytes(): Uint8Array;
  /** The report in an array that the caller may change. */
  encode(): Uint8Array;
  /** Encodes the report into an existing array; returns the number of bytes. */
  encodeInto(target: Uint8Array): number;
  /** The report in pieces that the receiver may keep. */
  pieces(): Iterable<Uint8Array>;
  /** Ids, streams, times and values, not checked. */
  readings(): Readings;
  /** The readings. */
  body(): Body;
  /** The readings as points. */
  points(): readonly ArchFXDataPoint[];
}

/** Throws a RangeError if a target is too small. */
function checkRoom(target: Uint8Array, size: number): void {
  if (size > target.length) {
    throw new RangeError(
      `Cannot encode the report into ${target.length} bytes: it needs ${size}`,
    );
  }
}

function setIds(header: Header, { lowest, highest }: IdRange): void {
  header.lowestId = lowest;
  header.highestId = highest;
}

function pairOf({ lowestId, highestId }: Header): IdPair {
  return { lowest: lowestId ?? 0, highest: highestId ?? 0 };
}

/** Columns that are referenced, not copied. */
export class ColumnSource implements Source {
  readonly header: Header;
  readonly #columns: EventColumns;
  /** The number of bytes of the events, once it is known; then the header has the ids as well. */
  #size: number | undefined;
  #body: Body | undefined;

  constructor(header: Header, columns: EventColumns) {
    this.header = header;
    this.#columns = columns;
  }

  get length(): number {
    return this.#columns.length;
  }

  get fullHeader(): Header {
    this.#measure();
    return this.header;
  }

  get ids(): IdPair {
    try {
      return pairOf(this.fullHeader);
    } catch (error) {
      if (!(error instanceof DataError)) throw error;
      // The report cannot be encoded, but no report with higher ids may be sent before it all the same.
      return idRange(this.#columns);
    }
  }

  get byteLength(): number {
    const size = this.#measure();
    return encodeHeader(this.header, this.length).length + size;
  }

  get firstWithoutId(): number {
    return firstWithoutId(this.#columns);
  }

  /** Returns the number of bytes of the events, and completes the header. */
  #measure(): number {
    if (this.#size === undefined) {
      const { size, ids } = this.#columns.measure();
      setIds(this.header, ids);
      this.#size = size;
    }
    return this.#size;
  }

  bytes(): Uint8Array {
    return this.encode();
  }

  encode(): Uint8Array {
    const bytes = new Uint8Array(this.byteLength);
    this.#encodeMeasured(bytes);
    return bytes;
  }

  encodeInto(target: Uint8Array): number {
    return this.#size === undefined ? this.#encodeUnmeasured(target) : this.#encodeMeasured(target);
  }

  #encodeMeasured(target: Uint8Array): number {
    const size = this.#measure();
    const head = encodeHeader(this.header, this.length);
    const end = head.length + size;
    checkRoom(target, end);
    target.set(head);
    let at = head.length;
    const encoder = new EventEncoder(this.#columns);
    const room = (size: number) => at + size > end ? undefined : target.subarray(at, at += size);
    while (!encoder.done && encoder.next(room));
    if (at !== end) throw new DataError(CHANGED);
    return end;
  }

  /**
   * Encodes without measuring first. The header has the lowest and the highest id, which are known after the last
   * chunk. Until then it has the ids of the first and the last reading, and if these lead to another length, the
   * events are moved. Nothing is written beyond the end of the report.
   */
  #encodeUnmeasured(target: Uint8Array): number {
    const { length } = this;
    const header = this.header;
    let head: Uint8Array | undefined;
    let eventsAt = 0;
    let at = 0;
    const encoder = new EventEncoder(this.#columns);
    const setHeader = () => {
      head = encodeHeader(header, length);
      if (head.length !== eventsAt) target.copyWithin(head.length, eventsAt, at);
      at += head.length - eventsAt;
      eventsAt = head.length;
    };
    const room = (size: number) => {
      if (encoder.done) {
        setIds(header, encoder.ids);
        setHeader();
      } else if (head === undefined) {
        this.#guessIds();
        setHeader();
      }
      return at + size > target.length ? undefined : target.subarray(at, at += size);
    };
    while (!encoder.done) if (!encoder.next(room)) return this.#encodeMeasured(target);
    if (head === undefined) return this.#encodeMeasured(target);
    target.set(head);
    this.#size = at - eventsAt;
    return at;
  }

  /** Sets the ids of the first and the last reading. They may be invalid: the encoder checks them. */
  #guessIds(): void {
    const { ids, length } = this.#columns;
    const guess = (id: Id) =>
      typeof id === "bigint" ? narrowed(id) : Number.isSafeInteger(id) && id >= 0 ? id : 0;
    this.header.lowestId = guess(ids[0]);
    this.header.highestId = guess(ids[length - 1]);
  }

  *pieces(): Generator<Uint8Array> {
    yield encodeHeader(this.fullHeader, this.length).slice();
    const encoder = new EventEncoder(this.#columns);
    let piece = new Uint8Array();
    while (!encoder.done) {
      encoder.next((size) => piece = new Uint8Array(size));
      yield piece;
    }
  }

  readings(): Readings {
    return this.#columns;
  }

  body(): Body {
    if (this.#body === undefined) {
      this.#measure();
      this.#body = builtBody(this.#columns);
    }
    return this.#body;
  }

  points(): readonly ArchFXDataPoint[] {
    return pointsOf(this.body());
  }
}

/** The bytes of a report that was decoded or made from points. */
export class ByteSource implements Source {
  readonly header: Header;
  readonly length: number;
  readonly byteLength: number;
  readonly #maxDepth: number;
  readonly #eventsAt: number;
  /** Undefined after the caller has received the bytes; then they are encoded again if needed. */
  #bytes: Uint8Array | undefined;
  /** Points, whose numbers cannot change, and their original data, from which the bytes can be encoded again. */
  readonly #points: PointItem[] | undefined;
  readonly #data: KeptData | undefined;
  #firstWithoutId: number | undefined;
  #events: DecodedEvents | undefined;
  #body: Body | undefined;

  constructor(
    header: Header,
    bytes: Uint8Array,
    { length, maxDepth, eventsAt = 0, events, points, data, firstWithoutId }: {
      length: number;
      maxDepth: number;
      eventsAt?: number;
      events?: DecodedEvents;
      points?: PointItem[];
      data?: KeptData;
      firstWithoutId?: number;
    },
  ) {
    this.header = header;
    this.length = length;
    this.byteLength = bytes.length;
    this.#bytes = bytes;
    this.#maxDepth = maxDepth;
    this.#eventsAt = eventsAt;
    this.#events = events;
    this.#points = points;
    this.#data = data;
    this.#firstWithoutId = firstWithoutId;
  }

  /** The bytes of points. */
  static ofPoints(header: Header, items: PointItem[]): ByteSource {
    const { length } = items;
    const makeHeader = (ids: IdRange) => {
      setIds(header, ids);
      return encodeHeader(header, length);
    };
    const { bytes, eventsAt, firstWithoutId, data } = encodePoints(items, makeHeader);
    const points = data === undefined ? undefined : items;
    return new ByteSource(header, bytes, {
      length,
      maxDepth: 512,
      eventsAt,
      firstWithoutId,
      points,
      data,
    });
  }

  get fullHeader(): Header {
    return this.header;
  }

  get ids(): IdPair {
    // The header of a report that was made here is correct.
    return this.#eventsAt > 0 ? pairOf(this.header) : idRange(this.readings());
  }

  get firstWithoutId(): number {
    return this.#firstWithoutId ??= firstWithoutId(this.readings());
  }

  bytes(): Uint8Array {
    return this.#bytes ??= encodePoints(
      this.#points!,
      () => encodeHeader(this.header, this.length),
      this.#data,
    ).bytes;
  }

  /** A copy, or the bytes themselves if they can be encoded again: a copy costs more than keeping the points. */
  encode(): Uint8Array {
    const bytes = this.bytes();
    if (this.#points === undefined) return bytes.slice();
    this.#bytes = undefined;
    return bytes;
  }

  encodeInto(target: Uint8Array): number {
    const bytes = this.bytes();
    checkRoom(target, bytes.length);
    target.set(bytes);
    return bytes.length;
  }

  *pieces(): Generator<Uint8Array> {
    const bytes = this.bytes();
    for (let at = 0; at < bytes.length; at += PIECE) yield bytes.slice(at, at + PIECE);
  }

  readings(): DecodedEvents {
    return this.#events ??= decodeEvents(
      this.bytes(),
      this.#eventsAt,
      this.length,
      this.#maxDepth,
    );
  }

  body(): Body {
    return this.#body ??= decodedBody(this.bytes(), this.readings(), this.#maxDepth);
  }

  points(): readonly ArchFXDataPoint[] {
    // Points with data may have changed since.
    const areBare = this.#data?.every((data) => data === undefined);
    return areBare ? this.#points as readonly ArchFXDataPoint[] : pointsOf(this.body());
  }
}
