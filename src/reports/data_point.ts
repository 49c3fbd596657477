/**
 * ArchFXDataPoint, one reading with its summary and raw data.
 *
 * @module
 */
import { inspectable, jsonData } from "../_inspect.ts";
import { checkNames } from "../_options.ts";
import { DataError } from "../codec/data_error.ts";
import { formatMicros, splitMicros, splitMillis, splitTimestamp } from "../codec/timestamps.ts";
import type { LoadRows } from "../codec/point_encoder.ts";
import type { Id, SummaryData, Timestamp } from "../readings/reading_columns.ts";
import { ArchFxVariableID } from "../slugs/variable_id.ts";

/** What a stream may be given as: a number of 32 bits, text, scope and variable, or a variable id. */
export type StreamId =
  | number
  | bigint
  | string
  | readonly [scope: number | string, variable: number | string]
  | { readonly id: number };

/** What a data point is made of. */
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
   * All data that belongs to the reading, as large as need be.
   *
   * @default {null}
   */
  readonly rawData?: unknown;
  /**
   * Tells readings of a streamer apart; 0 where there is none, and the cloud never counts such a reading.
   *
   * @default {0}
   */
  readonly readingId?: Id | null;
}

/** A data point as a dictionary: an event of a report. */
export interface ArchFXDataPointDict {
  /** The variable. */
  stream: number;
  /** The reading id, 0 where there is none. */
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

/** The fields of a point as they are kept. */
interface Kept {
  millis: number;
  micros: number;
  stream: number;
  value: number;
  id: Id;
  summary: SummaryData | null;
  raw: unknown;
}

const kept: Kept = { millis: 0, micros: 0, stream: 0, value: 0, id: 0, summary: null, raw: null };

/** Makes a point of what `kept` holds, unchecked. */
export function pointOf(
  millis: number,
  micros: number,
  stream: number,
  value: number,
  id: Id,
  summary: SummaryData | null,
  raw: unknown,
): ArchFXDataPoint {
  kept.millis = millis;
  kept.micros = micros;
  kept.stream = stream;
  kept.value = value;
  kept.id = id;
  kept.summary = summary;
  kept.raw = raw;
  return new ArchFXDataPoint(kept as unknown as ArchFXDataPointFields);
}

/** Columns that points are gathered into; `ids` may turn out to need bigints. */
export interface Gathered {
  streams: Uint32Array;
  millis: Float64Array;
  micros: Uint16Array;
  values: Float64Array;
  ids: Float64Array | BigUint64Array;
}

/** Puts points into rows. */
export let gatherPoints: (points: readonly ArchFXDataPoint[], columns: Gathered) => void;

/** A loader of points for `encodePoints`; it gives up at an id above 2^53−1. */
export let pointLoader: (points: readonly ArchFXDataPoint[]) => LoadRows;

/** Points of what may be plain objects, and whether any has summary or raw data. */
export let toPoints: (
  items: readonly (ArchFXDataPoint | ArchFXDataPointFields)[],
) => { points: readonly ArchFXDataPoint[]; hasData: boolean };

/** Whether it is a data point (of this copy of the module). */
export let isPoint: (it: unknown) => it is ArchFXDataPoint;

/** Summary data of a point, null where it has none. */
export let summaryOf: (point: ArchFXDataPoint) => SummaryData | null;

/**
 * One reading: a time, a stream, a value, and any data beside it. It does not change.
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
  /** The raw time of a reading that has none. */
  static readonly InvalidRawTime = 0xffffffff;
  /** The id of a reading that has none. */
  static readonly InvalidReadingID = 0;

  readonly #millis: number;
  readonly #micros: number;
  readonly #stream: number;
  readonly #value: number;
  readonly #id: Id;
  readonly #summary: SummaryData | null;
  readonly #raw: unknown;

  /**
   * Makes a data point.
   *
   * @param fields What it is made of.
   * @throws {DataError} If the timestamp is no time, the id no integer of 64 bits, the value a bigint
   * beyond what a number holds, or `value` a key of the summary data.
   * @throws {SlugError} If the stream is no variable.
   * @throws {TypeError} If the value is no number, or the summary data no map.
   */
  constructor(fields: ArchFXDataPointFields) {
    if (fields as unknown === kept) {
      this.#millis = kept.millis;
      this.#micros = kept.micros;
      this.#stream = kept.stream;
      this.#value = kept.value;
      this.#id = kept.id;
      this.#summary = kept.summary;
      this.#raw = kept.raw;
      return;
    }
    if (typeof fields !== "object" || fields === null) {
      checkNames(fields, FIELDS, "data point field");
    }
    const { timestamp, stream, value, summaryData, rawData, readingId } = fields;
    // Counting is cheap; only more keys than fields with a value are looked at one by one.
    let unknown = -3;
    for (const _ in fields) unknown++;
    if (summaryData !== undefined) unknown--;
    if (rawData !== undefined) unknown--;
    if (readingId !== undefined) unknown--;
    if (unknown > 0) checkNames(fields, FIELDS, "data point field");
    this.#stream = typeof stream === "number" && stream >>> 0 === stream
      ? stream
      : new ArchFxVariableID(stream as ArchFxVariableID).id;
    this.#value = typeof value === "number" ? value : wholeValue(value);
    this.#id = readingId === undefined || readingId === null ? 0 : checkedId(readingId);
    this.#summary = summaryData === undefined || summaryData === null
      ? null
      : checkedSummary(summaryData);
    this.#raw = rawData === undefined ? null : rawData;
    splitTimestamp(timestamp);
    this.#millis = splitMillis;
    this.#micros = splitMicros;
  }

  /**
   * Makes a data point of a dictionary as {@linkcode asDict} gives it or an event of a report has it.
   *
   * @param dict The dictionary.
   * @returns The data point.
   * @throws {DataError} As the constructor does.
   */
  static fromDict(
    dict: Partial<Omit<ArchFXDataPointDict, "timestamp" | "stream">> & {
      timestamp: Timestamp;
      stream: StreamId;
      value: number | bigint;
    },
  ): ArchFXDataPoint {
    return new ArchFXDataPoint({
      timestamp: dict.timestamp,
      stream: dict.stream,
      value: dict.value,
      summaryData: dict.extra_data,
      rawData: dict.data,
      readingId: dict.dev_seqid,
    });
  }

  /** When the data was acquired, to the millisecond. */
  get timestamp(): Date {
    return new Date(this.#millis);
  }

  /** When the data was acquired, in microseconds since the Unix epoch, UTC. */
  get timestampMicros(): bigint {
    return BigInt(this.#millis) * 1000n + BigInt(this.#micros);
  }

  /** The variable, 32 bits. */
  get stream(): number {
    return this.#stream;
  }

  /** The value. */
  get value(): number {
    return this.#value;
  }

  /** The id, 0 where there is none; a bigint above 2^53−1. */
  get readingId(): Id {
    return this.#id;
  }

  /** Summary data, an empty map where there is none. */
  get summaryData(): SummaryData {
    return this.#summary ?? {};
  }

  /** Raw data, null where there is none. */
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

  /** The dictionary, with integers beyond 2^53−1 as decimal text, in summary and raw data too. */
  toJSON(): Record<string, unknown> {
    return jsonData(this.asDict()) as Record<string, unknown>;
  }

  /** Stream, time and value. */
  toString(): string {
    const time = formatMicros(this.timestampMicros);
    return `Stream ${this.#stream}: Data at ${time}, value ${this.#value}`;
  }

  static {
    inspectable(ArchFXDataPoint.prototype, (it) => `ArchFXDataPoint { ${it} }`);
    isPoint = (it): it is ArchFXDataPoint => typeof it === "object" && it !== null && #millis in it;
    summaryOf = (point) => point.#summary;
    toPoints = (items) => {
      let points = items as ArchFXDataPoint[];
      let hasData = false;
      for (let i = 0; i < items.length; i++) {
        let point = items[i] as ArchFXDataPoint;
        if (typeof point !== "object" || point === null || !(#millis in point)) {
          if (points === items) points = items.slice() as ArchFXDataPoint[];
          point = points[i] = new ArchFXDataPoint(point);
        }
        if (point.#summary !== null || point.#raw !== null) hasData = true;
      }
      return { points, hasData };
    };
    pointLoader = (points) => ({ streams, millis, micros, values, floatIds }, from, to, ids) => {
      let { lowest, highest } = ids;
      for (let i = from, row = 0; i < to; i++, row++) {
        const point = points[i];
        const id = point.#id;
        if (typeof id !== "number") return false;
        streams[row] = point.#stream;
        millis[row] = point.#millis;
        micros[row] = point.#micros;
        values[row] = point.#value;
        floatIds[row] = id;
        if (id > highest) highest = id;
        if (id < lowest && id !== 0 || lowest === 0) lowest = id;
      }
      ids.lowest = lowest;
      ids.highest = highest;
      return true;
    };
    gatherPoints = (points, columns) => {
      const { streams, millis, micros, values } = columns;
      let { ids } = columns;
      for (let row = 0; row < points.length; row++) {
        const point = points[row];
        streams[row] = point.#stream;
        millis[row] = point.#millis;
        micros[row] = point.#micros;
        values[row] = point.#value;
        const id = point.#id;
        if (typeof id === "number" && ids instanceof Float64Array) {
          ids[row] = id;
        } else {
          if (ids instanceof Float64Array) ids = columns.ids = widened(ids, row);
          ids[row] = BigInt(id);
        }
      }
    };
  }
}

/** The same ids as bigints, up to `row`. */
function widened(ids: Float64Array, row: number): BigUint64Array {
  const wide = new BigUint64Array(ids.length);
  for (let i = 0; i < row; i++) wide[i] = BigInt(ids[i]);
  return wide;
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
      "Cannot make a data point of the value as it is beyond what a number holds",
    );
  }
  return number;
}

/** An id as it is kept: a number up to 2^53−1, a bigint above. */
export function checkedId(id: unknown, what = "reading id"): Id {
  if (typeof id === "number" && Number.isSafeInteger(id) && id >= 0) return id + 0;
  if (typeof id === "bigint" && id >= 0n && id < 2n ** 64n) {
    return id <= 9007199254740991n ? Number(id) : id;
  }
  throw new DataError(
    `Cannot take ${
      String(id)
    } as a ${what}: it must be an integer from 0 to 2^64-1 (a bigint above 2^53-1)`,
  );
}

function checkedSummary(summary: unknown): SummaryData {
  if (typeof summary !== "object" || Array.isArray(summary) || ArrayBuffer.isView(summary)) {
    throw new TypeError("Cannot make a data point of the summary data: it must be a map");
  }
  if (summary instanceof Map ? summary.has("value") : Object.hasOwn(summary!, "value")) {
    throw new DataError("value is not a valid field for summary_data");
  }
  return summary as SummaryData;
}
