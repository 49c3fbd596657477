/**
 * ArchFXDataPoint, one reading with its summary and raw data.
 *
 * @module
 */
import { inspectable, jsonData } from "../_inspect.ts";
import { narrowed } from "../_integers.ts";
import { checkNames } from "../_options.ts";
import { shown } from "../_shown.ts";
import { DataError } from "../codec/data_error.ts";
import type { Arena } from "../codec/arena.ts";
import { formatMicros, type Micros, microsOf } from "../codec/timestamps.ts";
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
  time: Micros;
  stream: number;
  value: number;
  id: Id;
  summary: SummaryData | null;
  raw: unknown;
}

const kept: Kept = { time: 0, stream: 0, value: 0, id: 0, summary: null, raw: null };

/** Makes a point of what `kept` holds, unchecked. */
export function pointOf(
  time: Micros,
  stream: number,
  value: number,
  id: Id,
  summary: SummaryData | null,
  raw: unknown,
): ArchFXDataPoint {
  kept.time = time;
  kept.stream = stream;
  kept.value = value;
  kept.id = id;
  kept.summary = summary;
  kept.raw = raw;
  return new ArchFXDataPoint(kept as unknown as ArchFXDataPointFields);
}

/** Brings points without summary and raw data into linear memory; false where an item is none. */
export let loadBarePoints: (
  memory: Arena,
  items: readonly unknown[],
  from: number,
  to: number,
) => boolean;

/** Brings any points into linear memory. */
export let loadPoints: (
  memory: Arena,
  points: readonly ArchFXDataPoint[],
  from: number,
  to: number,
) => void;

/** Makes points of plain objects, in place; whether any of them has summary or raw data. */
export let toPoints: (
  items: (ArchFXDataPoint | ArchFXDataPointFields)[],
  from: number,
  to: number,
) => boolean;

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

  // What a field begins as tells an engine how to keep it: floats as floats cost half as much to read.
  readonly #time: Micros = NaN;
  readonly #stream: number = 0;
  readonly #value: number = NaN;
  readonly #id: Id = 0;
  readonly #summary: SummaryData | null = null;
  readonly #raw: unknown = null;

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
      this.#time = kept.time;
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
    this.#time = microsOf(timestamp);
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
    isPoint = (it): it is ArchFXDataPoint => typeof it === "object" && it !== null && #time in it;
    summaryOf = (point) => point.#summary;
    toPoints = (items, from, to) => {
      let hasData = false;
      for (let i = from; i < to; i++) {
        let point = items[i] as ArchFXDataPoint;
        if (typeof point !== "object" || point === null || !(#time in point)) {
          point = items[i] = new ArchFXDataPoint(point);
        }
        if (point.#summary !== null || point.#raw !== null) hasData = true;
      }
      return hasData;
    };
    loadBarePoints = (memory, items, from, to) => {
      const { streams, floatTimes, values, floatIds } = memory;
      for (let i = from, row = 0; i < to; i++, row++) {
        const point = items[i];
        if (typeof point !== "object" || point === null || !(#time in point)) return false;
        const time = point.#time;
        const id = point.#id;
        if (typeof time !== "number" || typeof id !== "number") return false;
        if (point.#summary !== null || point.#raw !== null) return false;
        streams[row] = point.#stream;
        floatTimes[row] = time;
        values[row] = point.#value;
        floatIds[row] = id;
      }
      memory.kernel.takeIntegers(to - from);
      return true;
    };
    loadPoints = (memory, points, from, to) => {
      const { streams, times, floatTimes, values, ids, floatIds } = memory;
      let wide = false;
      for (let i = from, row = 0; i < to; i++, row++) {
        const point = points[i];
        const time = point.#time;
        const id = point.#id;
        streams[row] = point.#stream;
        values[row] = point.#value;
        if (typeof time !== "number" || typeof id !== "number") {
          wide = true;
        } else {
          floatTimes[row] = time;
          floatIds[row] = id;
        }
      }
      if (!wide) return memory.kernel.takeIntegers(to - from);
      for (let i = from, row = 0; i < to; i++, row++) {
        times[row] = BigInt(points[i].#time);
        ids[row] = BigInt(points[i].#id);
      }
    };
  }
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
      "Cannot make a data point of the value as it is beyond what a number holds",
    );
  }
  return number;
}

/** An id as it is kept: a number up to 2^53−1, a bigint above. */
export function checkedId(id: unknown, what = "a reading id"): Id {
  if (typeof id === "number" && Number.isSafeInteger(id) && id >= 0) return id + 0;
  if (typeof id === "bigint" && id >= 0n && id < 2n ** 64n) {
    return narrowed(id);
  }
  throw new DataError(
    `Cannot take ${
      shown(id)
    } as ${what}: it must be an integer from 0 to 2^64-1 (a bigint above 2^53-1)`,
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
