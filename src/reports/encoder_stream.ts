/**
 * ReportEncoderStream, readings into reports as they come.
 *
 * @module
 */
import type { Id, ReadingColumns } from "../readings/reading_columns.ts";
import { inspectable, jsonInteger } from "../_inspect.ts";
import { narrowed } from "../_integers.ts";
import { shown } from "../_shown.ts";
import { DataError } from "../codec/data_error.ts";
import { timeChecker } from "../codec/timestamps.ts";
import { Failure } from "./_after_failure.ts";
import { checkSummary } from "./_free_form.ts";
import { checkNumbers } from "./_columns.ts";
import { IS_POINT, SUMMARY } from "./_point_access.ts";
import { ReadingIds } from "./_reading_ids.ts";
import { ReportBuilder } from "./_report_builder.ts";
import { ArchFXDataPoint, type ArchFXDataPointFields, checkedId } from "./data_point.ts";
import type { ArchFXFlexibleDictionaryReport } from "./report.ts";
import { checkReportOptions, headerOf, type ReportOptions } from "./report_options.ts";

/** Options of a {@linkcode ReportEncoderStream}. */
export interface ReportEncoderOptions extends Omit<ReportOptions, "receivedTime"> {
  /**
   * The id of the first reading that has none; the others count up. Required unless every reading has an
   * id. The cloud counts a reading only if its id is above the last one that it has of the streamer.
   */
  readonly nextReadingId?: Id;
  /**
   * How many readings a report has at most.
   *
   * @default {100_000}
   */
  readonly maxPoints?: number;
  /**
   * How many bytes a report has at most, unless a single reading has more.
   *
   * @default {8 * 1024 * 1024}
   */
  readonly maxBytes?: number;
  /**
   * Called with each reading that cannot be encoded, and why; the stream continues without it. A row of
   * columns is passed as an object with the fields of a data point. Without it, the first such reading ends
   * the stream, after the readings before it.
   */
  readonly onBadReading?: (
    reading: ArchFXDataPoint | ArchFXDataPointFields,
    error: unknown,
  ) => void;
}

/** What a {@linkcode ReportEncoderStream} takes: a point, many of them, or columns. */
export type ReportEncoderInput =
  | ArchFXDataPoint
  | ArchFXDataPointFields
  | readonly (ArchFXDataPoint | ArchFXDataPointFields)[]
  | ReadingColumns;

function checkLimit(value: unknown, name: string): number {
  if (!Number.isSafeInteger(value) || (value as number) < 1) {
    throw new RangeError(
      `Cannot make a ReportEncoderStream with ${name} ${
        String(value)
      }: it must be an integer from 1 on`,
    );
  }
  return value as number;
}

/** Puts readings into reports. */
class Encoder {
  readonly #options: ReportEncoderOptions;
  readonly #builder: ReportBuilder;
  readonly ids: ReadingIds;
  /** Reports that are full. */
  readonly reports: ArchFXFlexibleDictionaryReport[] = [];

  constructor(options: ReportEncoderOptions) {
    checkReportOptions(options, ["nextReadingId", "maxPoints", "maxBytes", "onBadReading"]);
    const { onBadReading } = options;
    if (onBadReading !== undefined && typeof onBadReading !== "function") {
      throw new TypeError(
        `Cannot make a ReportEncoderStream with onBadReading ${
          shown(onBadReading)
        }: it must be a function`,
      );
    }
    this.#options = options;
    const limits = {
      maxPoints: checkLimit(options.maxPoints ?? 100_000, "maxPoints"),
      maxBytes: checkLimit(options.maxBytes ?? 8 * 1024 * 1024, "maxBytes"),
    };
    this.ids = new ReadingIds(options.nextReadingId, { increasing: true });
    headerOf(options);
    const onReport = (report: ArchFXFlexibleDictionaryReport) => void this.reports.push(report);
    this.#builder = new ReportBuilder(() => headerOf(options), limits, onReport);
  }

  get device(): Id {
    return headerOf(this.#options).origin;
  }

  get waiting(): number {
    return this.#builder.length;
  }

  /** Adds whatever was written to the stream. */
  add(item: ReportEncoderInput): void {
    if (Array.isArray(item)) this.#addPoints(item);
    else if (isColumns(item)) this.#addColumns(item);
    else this.#addPoints([item as ArchFXDataPoint | ArchFXDataPointFields]);
  }

  #addPoints(items: readonly (ArchFXDataPoint | ArchFXDataPointFields)[]): void {
    const { length } = items;
    for (let i = 0; i < length;) {
      const next = this.#builder.addBarePoints(items, i, length, this.ids);
      if (next === i) this.#try(items[i], () => this.#addPoint(items[i++]));
      else i = next;
    }
  }

  #addPoint(item: ArchFXDataPoint | ArchFXDataPointFields): void {
    if (typeof item !== "object" || item === null) {
      throw new TypeError(
        `Cannot encode ${shown(item)} as a reading: it must be a data point or columns`,
      );
    }
    const point = ArchFXDataPoint[IS_POINT](item) ? item : new ArchFXDataPoint(item);
    const reading = {
      time: narrowed(point.timestampMicros),
      stream: point.stream,
      value: point.value,
      summary: ArchFXDataPoint[SUMMARY](point),
      raw: point.rawData,
    };
    this.#builder.add(reading, () => this.ids.take(point.readingId));
  }

  /** Adds a reading, or calls back with what is wrong with it. */
  #try(reading: ArchFXDataPoint | ArchFXDataPointFields, add: () => void): void {
    try {
      add();
    } catch (error) {
      const { onBadReading } = this.#options;
      if (onBadReading === undefined) throw error;
      onBadReading(reading, error);
    }
  }

  #addColumns(columns: ReadingColumns): void {
    const numbers = checkNumbers(columns);
    const { length, timestamps, readingIds, summaryData, rawData } = columns;
    const isTime = timeChecker(timestamps);
    const checkTime = (row: number) => {
      if (isTime(row)) return;
      throw new DataError(
        `Cannot encode reading ${row}: its time must be in the years 1 to 9999`,
      );
    };
    if (summaryData !== undefined || rawData !== undefined) {
      for (let row = 0; row < length; row++) {
        const fields = fieldsOf(columns, row);
        this.#try(fields, () => {
          checkTime(row);
          checkSummary(fields.summaryData, row);
          const reading = {
            time: narrowed(fields.timestamp),
            stream: fields.stream,
            value: fields.value,
            summary: fields.summaryData,
            raw: fields.rawData,
          };
          const own = checkedId(fields.readingId, `the id of reading ${row}`);
          this.#builder.add(reading, () => this.ids.take(own));
        });
      }
      return;
    }
    for (let row = 0; row < length;) {
      const { ids, end, error } = this.ids.fillFrom(readingIds, row, length, checkTime);
      this.#builder.addColumns(numbers.with({ ids }), row, end);
      row = end;
      if (end === length) break;
      this.#try(fieldsOf(columns, row++), () => {
        throw error;
      });
    }
  }

  /** Ends the last report. */
  end(): void {
    this.#builder.end();
  }
}

function isColumns(item: ReportEncoderInput): item is ReadingColumns {
  return typeof item === "object" && item !== null && "streams" in item &&
    !ArchFXDataPoint[IS_POINT](item);
}

/** A row of columns as the fields of a point. */
function fieldsOf(columns: ReadingColumns, row: number) {
  return {
    timestamp: columns.timestamps[row],
    stream: columns.streams[row],
    value: columns.values[row],
    readingId: columns.readingIds[row],
    summaryData: columns.summaryData?.[row],
    rawData: columns.rawData?.[row],
  };
}

/**
 * Cuts a stream of readings into reports, by their number and their bytes, and gives ids in sequence to
 * those that have none. Readings come as data points, arrays of them or columns, in any mixture; arrays are
 * much cheaper than a write for each point. A reading that cannot be encoded, or whose id is not above the one
 * before, ends the stream after the readings before it, unless `onBadReading` is set.
 *
 * @example
 * ```ts
 * import { ArchFXDataPoint, ReportEncoderStream } from "@archfx/cloud";
 * import { assertEquals } from "@std/assert";
 *
 * const points = ReadableStream.from(
 *   [1, 2, 3].map((value) => new ArchFXDataPoint({ timestamp: value, stream: 0x5001, value })),
 * );
 * const reports = points.pipeThrough(
 *   new ReportEncoderStream({ device: 0x1234, nextReadingId: 1, maxPoints: 2 }),
 * );
 *
 * const lengths: number[] = [];
 * for await (const report of reports) lengths.push(report.length);
 * assertEquals(lengths, [2, 1]);
 * ```
 */
export class ReportEncoderStream extends TransformStream<
  ReportEncoderInput,
  ArchFXFlexibleDictionaryReport
> {
  readonly #encoder: Encoder;
  readonly #readable: ReadableStream<ArchFXFlexibleDictionaryReport>;

  /**
   * Makes the stream.
   *
   * @param options The device, and where reports are cut.
   * @throws {DataError} If an id or a number in the options is out of range.
   * @throws {RangeError} If a limit is not an integer from 1 on.
   * @throws {SlugError} If the device is not valid.
   * @throws {TypeError} If `onBadReading` is not a function.
   */
  constructor(options: ReportEncoderOptions) {
    const encoder = new Encoder(options);
    const failure = new Failure<ArchFXFlexibleDictionaryReport>();
    const emit = (controller: TransformStreamDefaultController<ArchFXFlexibleDictionaryReport>) => {
      if (encoder.reports.length === 0) return;
      for (const report of encoder.reports.splice(0)) controller.enqueue(report);
    };
    super({
      transform(item, controller) {
        let raised: Promise<never> | undefined;
        try {
          encoder.add(item);
        } catch (error) {
          // The readings before it are good.
          encoder.end();
          emit(controller);
          raised = failure.raise(error, controller);
        }
        emit(controller);
        return raised;
      },
      flush(controller) {
        encoder.end();
        emit(controller);
      },
    });
    this.#encoder = encoder;
    this.#readable = failure.unwrap(super.readable);
  }

  /** The reports. An error comes after the reports of the readings before it. */
  override get readable(): ReadableStream<ArchFXFlexibleDictionaryReport> {
    return this.#readable;
  }

  /** The id that the next reading without one is going to get; undefined where every reading has its own. */
  get nextReadingId(): Id | undefined {
    const { next } = this.#encoder.ids;
    return next;
  }

  /** The device, how many readings wait for the end of a report, and the next id. */
  toJSON(): Record<string, unknown> {
    const { nextReadingId } = this;
    return {
      device: jsonInteger(this.#encoder.device),
      waiting: this.#encoder.waiting,
      ...(nextReadingId === undefined ? {} : { nextReadingId: jsonInteger(nextReadingId) }),
    };
  }

  /** The device, and how many readings wait for the end of a report. */
  override toString(): string {
    const { device, waiting } = this.#encoder;
    return `ReportEncoderStream (device: ${device}, readings waiting: ${waiting})`;
  }

  static {
    inspectable(ReportEncoderStream.prototype, String);
  }
}
