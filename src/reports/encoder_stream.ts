/**
 * ReportEncoderStream, readings into reports as they come.
 *
 * @module
 */
import type { Id, ReadingColumns } from "../readings/reading_columns.ts";
import { inspectable, jsonInteger } from "../_inspect.ts";
import { Batch } from "./_batch.ts";
import { checkSummary } from "./_free_form.ts";
import { checkNumbers } from "./_columns.ts";
import { ReadingIds } from "./_reading_ids.ts";
import {
  ArchFXDataPoint,
  type ArchFXDataPointFields,
  checkedId,
  isPoint,
  summaryOf,
} from "./data_point.ts";
import { type ArchFXFlexibleDictionaryReport, builtReport } from "./report.ts";
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
}

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
  readonly #maxPoints: number;
  readonly #maxBytes: number;
  readonly ids: ReadingIds;
  #batch = new Batch();

  constructor(options: ReportEncoderOptions) {
    checkReportOptions(options, ["nextReadingId", "maxPoints", "maxBytes"]);
    this.#options = options;
    this.#maxPoints = checkLimit(options.maxPoints ?? 100_000, "maxPoints");
    this.#maxBytes = checkLimit(options.maxBytes ?? 8 * 1024 * 1024, "maxBytes");
    this.ids = new ReadingIds(options.nextReadingId);
    headerOf(options);
  }

  get device(): Id {
    return headerOf(this.#options).origin!;
  }

  get waiting(): number {
    return this.#batch.length;
  }

  *add(
    item: ArchFXDataPoint | ArchFXDataPointFields | ReadingColumns,
  ): Generator<ArchFXFlexibleDictionaryReport> {
    if (typeof item !== "object" || item === null) {
      throw new TypeError(
        `Cannot encode ${String(item)} as a reading: it must be a data point or columns`,
      );
    }
    if (!isPoint(item) && "streams" in item) {
      yield* this.#addColumns(item);
      return;
    }
    const point = isPoint(item) ? item : new ArchFXDataPoint(item);
    yield* this.#push(
      point.stream,
      point.readingId,
      point.timestampMicros,
      point.value,
      summaryOf(point),
      point.rawData,
    );
  }

  *#addColumns(columns: ReadingColumns): Generator<ArchFXFlexibleDictionaryReport> {
    const numbers = checkNumbers(columns);
    const { length, streams, readingIds, timestamps, values, summaryData, rawData } = columns;
    if (summaryData === undefined && rawData === undefined) {
      const all = numbers.with({ ids: this.ids.fill(readingIds, length) });
      for (let row = 0; row < length;) {
        const batch = this.#batch;
        const room = Math.min(this.#maxPoints - batch.length, batch.roomIn(this.#maxBytes));
        if (room < 1 && batch.length > 0) {
          yield this.#report();
          continue;
        }
        const end = Math.min(length, row + Math.max(1, room));
        batch.append(all, row, end);
        row = end;
        if (this.#isFull) yield this.#report();
      }
      return;
    }
    for (let row = 0; row < length; row++) {
      checkSummary(summaryData?.[row], row);
      yield* this.#push(
        streams[row],
        checkedId(readingIds[row]),
        timestamps[row],
        values[row],
        summaryData?.[row],
        rawData?.[row],
      );
    }
  }

  /** Whether nothing more goes into the report. */
  get #isFull(): boolean {
    return this.#batch.length >= this.#maxPoints || this.#batch.bytes > this.#maxBytes;
  }

  *#push(
    ...[stream, id, time, value, summary, raw]: Parameters<Batch["push"]>
  ): Generator<ArchFXFlexibleDictionaryReport> {
    this.#batch.push(stream, this.ids.take(id), time, value, summary, raw);
    if (this.#batch.bytes > this.#maxBytes && this.#batch.length > 1) {
      const last = this.#batch.splitLast();
      yield this.#report();
      this.#batch = last;
    }
    if (this.#isFull) yield this.#report();
  }

  #report(): ArchFXFlexibleDictionaryReport {
    const columns = this.#batch.columns();
    this.#batch = new Batch();
    return builtReport(headerOf(this.#options), columns);
  }

  *end(): Generator<ArchFXFlexibleDictionaryReport> {
    if (this.#batch.length > 0) yield this.#report();
  }
}

/**
 * Cuts a stream of readings into reports, by their number and their bytes, and gives ids in sequence to
 * those that have none. Readings come as data points or as columns, in any mixture.
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
  ArchFXDataPoint | ArchFXDataPointFields | ReadingColumns,
  ArchFXFlexibleDictionaryReport
> {
  readonly #encoder: Encoder;

  /**
   * Makes the stream.
   *
   * @param options The device, and where reports are cut.
   * @throws {DataError} If an id or a number in the options is out of range.
   * @throws {RangeError} If a limit is no integer from 1 on.
   * @throws {SlugError} If the device is none.
   */
  constructor(options: ReportEncoderOptions) {
    const encoder = new Encoder(options);
    super({
      transform(item, controller) {
        for (const report of encoder.add(item)) controller.enqueue(report);
      },
      flush(controller) {
        for (const report of encoder.end()) controller.enqueue(report);
      },
    });
    this.#encoder = encoder;
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
