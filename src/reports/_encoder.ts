/**
 * Encodes readings of one device as reports, while the readings arrive.
 *
 * @module
 */
import type { Id, ReadingColumns } from "../readings/reading_columns.ts";
import { isSafeInteger, narrowed } from "../_integers.ts";
import { shown } from "../_shown.ts";
import { DataError } from "../codec/data_error.ts";
import type { EventColumns } from "../codec/event_columns.ts";
import { firstBadTime, timeChecker } from "../codec/timestamps.ts";
import { checkSummary, freeFormOf, type FreeFormWriter } from "./_free_form.ts";
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
   * The id of the first reading without an id; the next ones get the ids after it. Required unless every reading has
   * an id. The cloud counts a reading only if its id is above the last one that it has of the streamer.
   */
  readonly nextReadingId?: Id;
  /**
   * The maximum number of readings in a report.
   *
   * @default {100_000}
   */
  readonly maxPoints?: number;
  /**
   * The maximum number of bytes of a report. A report of a single reading may have more.
   *
   * @default {8 * 1024 * 1024}
   */
  readonly maxBytes?: number;
  /**
   * Called with each reading that cannot be encoded, and the reason; the stream continues without the reading. A row of
   * columns is passed as an object with the fields of a data point. Without this option, the first such reading ends
   * the stream, after the readings before it.
   */
  readonly onBadReading?: (
    reading: ArchFXDataPoint | ArchFXDataPointFields,
    error: unknown,
  ) => void;
}

/** The input of a {@linkcode ReportEncoderStream}: a point, many points, or columns. */
export type ReportEncoderInput =
  | ArchFXDataPoint
  | ArchFXDataPointFields
  | readonly (ArchFXDataPoint | ArchFXDataPointFields)[]
  | ReadingColumns;

function checkLimit(value: unknown, name: string): number {
  if (!isSafeInteger(value) || value < 1) {
    throw new RangeError(
      `Cannot make a ReportEncoderStream with ${name} ${
        String(value)
      }: it must be an integer of at least 1`,
    );
  }
  return value;
}

/** Encodes readings as reports. */
export class Encoder {
  readonly #options: ReportEncoderOptions;
  readonly #builder: ReportBuilder;
  readonly ids: ReadingIds;
  /** The full reports. */
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

  /** Adds an item that was written to the stream. */
  add(item: ReportEncoderInput): void {
    if (isList(item)) this.#addPoints(item);
    else if (isColumns(item)) this.#addColumns(item);
    else this.#addPoints([item]);
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
    const { stream, value, rawData } = point;
    const time = narrowed(point.timestampMicros);
    const summary = ArchFXDataPoint[SUMMARY](point);
    this.#builder.add(
      { time, stream, value },
      () => this.ids.take(point.readingId),
      freeFormOf(summary, rawData),
    );
  }

  /** Adds a reading, or calls `onBadReading` with the error. */
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
    const { length, timestamps, summaryData, rawData } = columns;
    const isTime = timeChecker(timestamps);
    const checkTime = (row: number) => {
      if (!isTime(row)) throw timeError(row);
    };
    if (summaryData !== undefined || rawData !== undefined) {
      for (let row = 0; row < length; row++) {
        const fields = fieldsOf(columns, row);
        this.#try(fields, () => {
          checkTime(row);
          checkSummary(fields.summaryData, row);
          const { stream, value } = fields;
          const time = narrowed(fields.timestamp);
          const own = checkedId(fields.readingId, `the id of reading ${row}`);
          const free = freeFormOf(fields.summaryData, fields.rawData);
          this.#builder.add({ time, stream, value }, () => this.ids.take(own), free);
        });
      }
      return;
    }
    this.addNumbers(numbers, (row) => fieldsOf(columns, row));
  }

  /** Adds columns without summary and raw data; `fieldsAt` returns a row for `onBadReading`. */
  addNumbers(numbers: EventColumns, fieldsAt?: (row: number) => ArchFXDataPointFields): void {
    const { length, times } = numbers;
    let timesEnd = firstBadTime(times, 0, length);
    for (let row = 0; row < length;) {
      const { ids, end, error } = this.ids.fillFrom(numbers.ids, row, timesEnd);
      this.#builder.addColumns(numbers.slice(row, end).with({ ids: ids.subarray(0, end - row) }));
      row = end;
      if (end === length) break;
      const fault = end < timesEnd ? error : timeError(end);
      if (fieldsAt === undefined) throw fault;
      this.#try(fieldsAt(row++), () => {
        throw fault;
      });
      if (row > timesEnd) timesEnd = firstBadTime(times, row, length);
    }
  }

  /** Adds columns whose numbers are not checked yet, and whose summary and raw data is already encoded. */
  addEncoded(columns: EventColumns): void {
    const { freeForm, length, streams, ids, times, values } = columns;
    const isTime = timeChecker(times);
    let at = 0;
    for (let row = 0; row < length; row++) {
      if (!isTime(row)) throw timeError(row);
      const extra = freeForm!.extraLengths[row];
      const data = freeForm!.dataLengths[row];
      const bytes = freeForm!.bytes.subarray(at, at += extra + data);
      const own = checkedId(ids[row], `the id of reading ${row}`);
      this.#builder.add(
        { time: narrowed(times[row]), stream: streams[row], value: values[row] },
        () => this.ids.take(own),
        bytes.length === 0 ? undefined : (writer: FreeFormWriter) =>
          writer.addEncoded({
            bytes,
            extraLengths: Uint32Array.of(extra),
            dataLengths: Uint32Array.of(data),
          }),
      );
    }
  }

  /** Ends the last report. */
  end(): void {
    this.#builder.end();
  }
}

function timeError(row: number): DataError {
  return new DataError(`Cannot encode reading ${row}: its time must be in the years 1 to 9999`);
}

/** `Array.isArray`, whose type does not narrow to a readonly array. */
function isList(
  item: ReportEncoderInput,
): item is readonly (ArchFXDataPoint | ArchFXDataPointFields)[] {
  return Array.isArray(item);
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
