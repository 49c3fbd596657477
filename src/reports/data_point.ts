/**
 * ArchFXDataPoint, one reading with its summary and raw data.
 *
 * @module
 */
import { inspectable, jsonData } from "../_inspect.ts";
import { narrowed } from "../_integers.ts";
import { isMap } from "../_is_record.ts";
import { checkNames } from "../_options.ts";
import { shown } from "../_shown.ts";
import { DataError } from "../codec/data_error.ts";
import type { EventRows } from "../codec/event_rows.ts";
import { formatMicros, type Micros, microsOf } from "../codec/timestamps.ts";
import type { Id, SummaryData, Timestamp } from "../readings/reading_columns.ts";
import { ArchFxVariableID } from "../slugs/variable_id.ts";
import { CHECKED, IS_POINT, LOAD_BARE, LOAD_POINTS, SUMMARY, TO_POINTS } from "./_point_access.ts";

/** A stream: a number of 32 bits, text, a pair of scope and variable, or a variable id. */
export type StreamId =
  | number
  | bigint
  | string
  | readonly [scope: number | string, variable: number | string]
  | { readonly id: number };

/** The fields of a data point. */
export interface ArchFXDataPointFields {
  /** When the data was acquired. Text without an offset is UTC. */
  readonly timestamp: Timestamp;
  /** The variable that the reading is part of. */
  readonly stream: StreamId;
  /** The value. A bigint is rounded to the nearest number. */
  readonly value: number | bigint;
  /**
   * Summary data, a small map of text keys without `value`.
   *
   * @default {{}}
   */
  readonly summaryData?: SummaryData | null;
  /**
   * All data that belongs to the reading, of any size.
   *
   * @default {null}
   */
  readonly rawData?: unknown;
  /**
   * Identifies the reading within its streamer. 0 means that it has no id; the cloud never counts such a reading.
   *
   * @default {0}
   */
  readonly readingId?: Id | null;
}

/** A data point as a dictionary: an event of a report. */
export interface ArchFXDataPointDict {
  /** The variable. */
  stream: number;
  /** The reading id, 0 for none. */
  dev_seqid: Id;
  /** The time as ISO 8601 text, exact to the microsecond. */
  timestamp: string;
  /** The value. */
  value: number;
  /** Summary data. */
  extra_data: SummaryData;
  /** Raw data. */
  data: unknown;
}

const FIELDS = ["timestamp", "stream", "value", "summaryData", "rawData", "readingId"];

/**
 * One reading: a time, a stream, a value, and any additional data. It is immutable.
 *
 * @example
 * ```ts
 * import { ArchFXDataPoint } from "@archfx/cloud";
 * import { assertEquals } from "@std/assert";
 *
 * const point = new ArchFXDataPoint({
 *   timestamp: "2021-01-20T00:00:00.100000Z",
 *   stream: "0000-5001",
 *   value: 20.5,
 *   summaryData: { unit: "C" },
 *   readingId: 1,
 * });
 *
 * assertEquals(point.stream, 0x5001);
 * assertEquals(point.timestampMicros, 1611100800100000n);
 * ```
 */
export class ArchFXDataPoint {
  /** The raw time of a reading without a raw time. */
  static readonly InvalidRawTime = 0xffffffff;
  /** The id of a reading without an id. */
  static readonly InvalidReadingID = 0;

  // The initial value of a field decides how an engine stores it: fields that start as floats are read at half the
  // cost.
  readonly #time: Micros = NaN;
  readonly #stream: number = 0;
  readonly #value: number = NaN;
  readonly #id: Id = 0;
  readonly #summary: SummaryData | null = null;
  readonly #raw: unknown = null;

  /** @ignore */
  constructor(
    token: typeof CHECKED,
    time: Micros,
    stream: number,
    value: number,
    id: Id,
    summary: SummaryData | null,
    raw: unknown,
  );
  /**
   * Makes a data point.
   *
   * @param fields The fields.
   * @throws {DataError} If the timestamp is not valid, the id is not an integer of 64 bits, the value is a bigint
   * outside the range of a number, or `value` is a key of the summary data.
   * @throws {SlugError} If the stream is not a variable.
   * @throws {TypeError} If the value is not a number, or the summary data is not a map.
   */
  constructor(fields: ArchFXDataPointFields);
  constructor(
    fields: ArchFXDataPointFields | typeof CHECKED,
    time?: Micros,
    stream?: number,
    value?: number,
    id?: Id,
    summary?: SummaryData | null,
    raw?: unknown,
  ) {
    if (fields === CHECKED) {
      this.#time = time!;
      this.#stream = stream!;
      this.#value = value!;
      this.#id = id!;
      this.#summary = summary!;
      this.#raw = raw;
      return;
    }
    if (typeof fields !== "object" || fields === null) {
      checkNames(fields, FIELDS, "data point field");
    }
    const { timestamp, summaryData, rawData, readingId } = fields;
    // Counting is cheap; the keys are compared one by one only if there are more keys than fields with a value.
    let unknown = -3;
    for (const _ in fields) unknown++;
    if (summaryData !== undefined) unknown--;
    if (rawData !== undefined) unknown--;
    if (readingId !== undefined) unknown--;
    if (unknown > 0) checkNames(fields, FIELDS, "data point field");
    this.#stream = streamOf(fields.stream);
    this.#value = typeof fields.value === "number" ? fields.value : wholeValue(fields.value);
    this.#id = readingId === undefined || readingId === null ? 0 : checkedId(readingId);
    this.#summary = summaryData === undefined || summaryData === null
      ? null
      : checkedSummary(summaryData);
    this.#raw = rawData === undefined ? null : rawData;
    this.#time = microsOf(timestamp);
  }

  /**
   * Makes a data point from a dictionary, in the form that {@linkcode asDict} or {@linkcode toJSON} returns or that an
   * event of a report has.
   *
   * @param dict The dictionary. If it was JSON, the value may be `"NaN"`, `"Infinity"` or `"-Infinity"`, and the id
   * may be decimal text.
   * @returns The data point.
   * @throws {DataError} Like the constructor.
   */
  static fromDict(
    dict: Partial<Omit<ArchFXDataPointDict, "timestamp" | "stream" | "dev_seqid">> & {
      timestamp: Timestamp;
      stream: StreamId;
      value: number | bigint | "NaN" | "Infinity" | "-Infinity";
      dev_seqid?: Id | string;
    },
  ): ArchFXDataPoint {
    const { value, dev_seqid: id } = dict;
    return new ArchFXDataPoint({
      timestamp: dict.timestamp,
      stream: dict.stream,
      value: typeof value === "string" && isNumberName(value) ? Number(value) : value,
      summaryData: dict.extra_data,
      rawData: dict.data,
      readingId: typeof id === "string" && /^\d{1,20}$/.test(id) ? BigInt(id) : id as Id,
    });
  }

  /** When the data was acquired, to the millisecond. */
  get timestamp(): Date {
    return dateOf(this.#time);
  }

  /** When the data was acquired, in microseconds since the Unix epoch, UTC. */
  get timestampMicros(): bigint {
    return BigInt(this.#time);
  }

  /** The variable, 32 bits. */
  get stream(): number {
    return this.#stream;
  }

  /** The value. */
  get value(): number {
    return this.#value;
  }

  /** The id, 0 for none; a bigint above 2^53−1. */
  get readingId(): Id {
    return this.#id;
  }

  /** Summary data, an empty map for none. */
  get summaryData(): SummaryData {
    return this.#summary ?? {};
  }

  /** Raw data, or null. */
  get rawData(): unknown {
    return this.#raw;
  }

  /**
   * The event as a dictionary with the names that a report has. Summary and raw data are not copied.
   *
   * @returns The dictionary.
   */
  asDict(): ArchFXDataPointDict {
    return {
      stream: this.#stream,
      dev_seqid: this.#id,
      timestamp: formatMicros(this.timestampMicros),
      value: this.#value,
      extra_data: this.summaryData,
      data: this.#raw,
    };
  }

  /**
   * The dictionary for JSON. Also in summary and raw data, integers beyond 2^53−1 become decimal text, and NaN and
   * the infinities become their names.
   */
  toJSON(): Record<string, unknown> {
    const entries = Object.entries(this.asDict());
    return Object.fromEntries(entries.map(([name, value]) => [name, jsonData(value)]));
  }

  /** Stream, time and value. */
  toString(): string {
    const time = formatMicros(this.timestampMicros);
    return `Stream ${this.#stream}: Data at ${time}, value ${this.#value}`;
  }

  static {
    inspectable(ArchFXDataPoint.prototype, (it) => `ArchFXDataPoint { ${it} }`);
  }

  /** @ignore */
  static [IS_POINT](it: unknown): it is ArchFXDataPoint {
    return typeof it === "object" && it !== null && #time in it;
  }

  /** @ignore */
  static [SUMMARY](point: ArchFXDataPoint): SummaryData | null {
    return point.#summary;
  }

  /** @ignore */
  static [TO_POINTS](
    items: (ArchFXDataPoint | ArchFXDataPointFields)[],
    from: number,
    to: number,
  ): boolean {
    let hasData = false;
    for (let i = from; i < to; i++) {
      const item = items[i];
      const point = typeof item === "object" && item !== null && #time in item
        ? item
        : items[i] = new ArchFXDataPoint(item);
      if (point.#summary !== null || point.#raw !== null) hasData = true;
    }
    return hasData;
  }

  /** @ignore */
  static [LOAD_BARE](
    rows: EventRows,
    items: readonly unknown[],
    from: number,
    to: number,
  ): number {
    const { streams, times, values, ids } = rows;
    let row = rows.length;
    let i = from;
    for (; i < to; i++, row++) {
      const point = items[i];
      if (typeof point !== "object" || point === null || !(#time in point)) break;
      const time = point.#time;
      const id = point.#id;
      if (typeof time !== "number" || typeof id !== "number") break;
      if (point.#summary !== null || point.#raw !== null) break;
      streams[row] = point.#stream;
      times[row] = time;
      values[row] = point.#value;
      ids[row] = id;
    }
    rows.length = row;
    return i;
  }

  /** @ignore */
  static [LOAD_POINTS](
    rows: EventRows,
    points: readonly ArchFXDataPoint[],
    from: number,
    to: number,
  ): void {
    const { streams, times, values, ids, wide } = rows;
    let row = rows.length;
    for (let i = from; i < to; i++, row++) {
      const point = points[i];
      const time = point.#time;
      const id = point.#id;
      streams[row] = point.#stream;
      times[row] = Number(time);
      values[row] = point.#value;
      ids[row] = Number(id);
      if (typeof time !== "number" || typeof id !== "number") wide.set(row, { id, time });
    }
    rows.length = row;
  }
}

function streamOf(stream: StreamId): number {
  return typeof stream === "number" && stream >>> 0 === stream
    ? stream
    : new ArchFxVariableID(stream as ArchFxVariableID).id;
}

/** Whether it is the text that replaces a number in JSON: NaN or an infinity. */
function isNumberName(value: unknown): boolean {
  return value === "NaN" || value === "Infinity" || value === "-Infinity";
}

function dateOf(time: Micros): Date {
  if (typeof time === "number") return new Date(Math.floor(time / 1000));
  return new Date(Number((time - (time % 1000n + 1000n) % 1000n) / 1000n));
}

function wholeValue(value: unknown): number {
  if (typeof value !== "bigint") {
    throw new TypeError(
      `Cannot make a data point of a value of type ${
        value === null ? "null" : typeof value
      }: it must be a number or a bigint`,
    );
  }
  const number = Number(value);
  if (!Number.isFinite(number)) {
    throw new DataError(
      "Cannot make a data point of the value: it is outside the range of a number",
    );
  }
  return number;
}

/** Checks an id; returns a number up to 2^53−1, a bigint above. */
export function checkedId(id: unknown, what = "a reading id"): Id {
  if (typeof id === "number" && Number.isSafeInteger(id) && id >= 0) return id + 0;
  if (typeof id === "bigint" && id >= 0n && id < 2n ** 64n) {
    return narrowed(id);
  }
  throw new DataError(
    `Cannot use ${
      shown(id)
    } as ${what}: it must be an integer from 0 to 2^64-1 (a bigint above 2^53-1)`,
  );
}

function checkedSummary(summary: unknown): SummaryData {
  if (!isMap(summary) || ArrayBuffer.isView(summary)) {
    throw new TypeError("Cannot make a data point of the summary data: it must be a map");
  }
  if (summary instanceof Map ? summary.has("value") : Object.hasOwn(summary, "value")) {
    throw new DataError("value is not a valid field for summary_data");
  }
  return summary;
}
