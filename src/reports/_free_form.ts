/**
 * Free-form data of readings: it is encoded when a report is made, and decoded when it is used.
 *
 * @module
 */
import type { Spans } from "../codec/event_decoder.ts";
import type { FreeForm } from "../codec/event_encoder.ts";
import { ValueReader } from "../codec/value_reader.ts";
import { ValueWriter } from "../codec/value_writer.ts";
import { writeMap } from "../codec/write_map.ts";
import { DataError } from "../codec/data_error.ts";
import type { SummaryData } from "../readings/reading_columns.ts";

/** Level of summary and raw data below the report's own map: events, event, data. */
const LEVEL = 3;

/** A reusable buffer for the encoded free-form data of readings. */
export class FreeFormWriter {
  readonly #writer: ValueWriter;
  readonly #extraLengths: Uint32Array;
  readonly #dataLengths: Uint32Array;
  #rows = 0;

  /** For up to `rows` readings. */
  constructor(rows: number) {
    this.#writer = new ValueWriter(Math.min(64 * rows, 1 << 20));
    this.#extraLengths = new Uint32Array(rows);
    this.#dataLengths = new Uint32Array(rows);
  }

  /** The number of bytes of its buffer. */
  get capacity(): number {
    return this.#writer.bytes.length;
  }

  /** Removes all readings. */
  clear(): void {
    this.#rows = 0;
    this.#writer.length = 0;
  }

  /**
   * Adds the data of a reading. It runs the caller's getters and `toJSON`.
   *
   * @returns The number of bytes of the data.
   * @throws {Error} If the data cannot be encoded; then nothing is added.
   */
  add(summary: SummaryData | null | undefined, raw: unknown): number {
    const writer = this.#writer;
    const start = writer.length;
    let middle = start;
    try {
      if (summary !== null && summary !== undefined) writeSummary(writer, summary);
      middle = writer.length;
      if (raw !== null && raw !== undefined) writer.write(raw, LEVEL);
    } catch (error) {
      writer.length = start;
      throw error;
    }
    this.#extraLengths[this.#rows] = middle - start;
    this.#dataLengths[this.#rows++] = writer.length - middle;
    return writer.length - start;
  }

  /** Adds readings without data until there are `rows`. */
  fillTo(rows: number): void {
    if (rows <= this.#rows) return;
    this.#extraLengths.fill(0, this.#rows, rows);
    this.#dataLengths.fill(0, this.#rows, rows);
    this.#rows = rows;
  }

  /** Removes the last reading. */
  dropLast(): void {
    const row = --this.#rows;
    this.#writer.length -= this.#extraLengths[row] + this.#dataLengths[row];
  }

  /** Removes the last reading; returns its data. */
  takeLast(): FreeForm {
    const { bytes, length } = this.#writer;
    this.dropLast();
    return {
      bytes: bytes.slice(this.#writer.length, length),
      extraLengths: this.#extraLengths.slice(this.#rows, this.#rows + 1),
      dataLengths: this.#dataLengths.slice(this.#rows, this.#rows + 1),
    };
  }

  /** Adds the encoded data of one reading; returns the number of its bytes. */
  addEncoded({ bytes, extraLengths, dataLengths }: FreeForm): number {
    this.#writer.raw(bytes);
    this.#extraLengths[this.#rows] = extraLengths[0];
    this.#dataLengths[this.#rows++] = dataLengths[0];
    return bytes.length;
  }

  /** The data, valid until `clear`; undefined if no reading has data. */
  freeForm(): FreeForm | undefined {
    const { bytes, length } = this.#writer;
    if (length === 0) return undefined;
    return {
      bytes: bytes.subarray(0, length),
      extraLengths: this.#extraLengths,
      dataLengths: this.#dataLengths,
    };
  }
}

/** Adds the data of one reading to a writer; returns the number of its bytes. */
export type AddFreeForm = (writer: FreeFormWriter) => number;

/** Returns a function that adds the data of a reading; undefined if the reading has no data. */
export function freeFormOf(
  summary: SummaryData | null | undefined,
  raw: unknown,
): AddFreeForm | undefined {
  const hasNone = (summary === null || summary === undefined) &&
    (raw === null || raw === undefined);
  return hasNone ? undefined : (writer) => writer.add(summary, raw);
}

/**
 * Writes summary data. An empty map is left out, since an event without summary data has an empty map.
 *
 * @throws {TypeError} If the encoded value is not a map: a `toJSON` may return anything.
 * @throws {DataError} If it has a key `value`.
 */
function writeSummary(writer: ValueWriter, summary: SummaryData): void {
  const start = writer.length;
  const { constructor, toJSON, value } = summary as Record<string, unknown>;
  if (constructor === Object && toJSON === undefined && value === undefined) {
    // Most summary data is a plain object.
    writeMap(writer, summary as Record<string, unknown>, LEVEL);
  } else {
    writer.write(summary, LEVEL);
    const head = writer.bytes[start];
    if ((head & 0xf0) !== 0x80 && head !== 0xde && head !== 0xdf) {
      throw new TypeError("Cannot encode the summary data of a reading: it is not a map");
    }
    // A map may have changed since its point was made.
    const written = typeof toJSON !== "function"
      ? summary
      : new ValueReader(writer.bytes.subarray(start, writer.length)).read() as SummaryData;
    checkKeys(written, "a reading");
  }
  if (writer.bytes[start] === 0x80) writer.length = start;
}

/** Rejects the key `value`. */
function checkKeys(summary: object, reading: string): void {
  if (summary instanceof Map ? !summary.has("value") : !Object.hasOwn(summary, "value")) return;
  throw new DataError(`Cannot encode ${reading}: value is not a valid field for summary_data`);
}

/** Checks the summary data of a column's row: it must be a map without `value`. */
export function checkSummary(summary: unknown, row: number): void {
  if (summary === null || summary === undefined) return;
  if (typeof summary !== "object" || Array.isArray(summary) || ArrayBuffer.isView(summary)) {
    throw new TypeError(`Cannot encode the summary data of reading ${row}: it is not a map`);
  }
  checkKeys(summary, `reading ${row}`);
}

/** The positions of the free-form data in its bytes. */
export function spansOf({ extraLengths, dataLengths }: FreeForm): { extra: Spans; data: Spans } {
  const extra = spansWith(extraLengths);
  const data = spansWith(dataLengths);
  let offset = 0;
  for (let row = 0; row < extraLengths.length; row++) {
    for (const [spans, length] of [[extra, extraLengths[row]], [data, dataLengths[row]]] as const) {
      if (length === 0) continue;
      const at = spans.length++;
      spans.rows[at] = row;
      spans.places[2 * at] = offset;
      spans.places[2 * at + 1] = offset += length;
    }
  }
  return { extra, data };
}

function spansWith(lengths: Uint32Array): Spans {
  let count = 0;
  for (const length of lengths) if (length > 0) count++;
  return { length: 0, rows: new Uint32Array(count), places: new Float64Array(2 * count) };
}

/** Reads the value of a span. */
export function readSpan(reader: ValueReader, { places }: Spans, index: number): unknown {
  return reader.readAt(places[2 * index], places[2 * index + 1]);
}

/** Values by row, `null` for a row without data. */
export function spanValues(
  bytes: Uint8Array,
  spans: Spans,
  length: number,
  maxDepth: number,
): unknown[] {
  const values = new Array<unknown>(length).fill(null);
  const reader = new ValueReader(bytes, { maxDepth });
  for (let i = 0; i < spans.length; i++) {
    values[spans.rows[i]] = readSpan(reader, spans, i);
  }
  return values;
}
