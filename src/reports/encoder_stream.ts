/**
 * ReportEncoderStream, which encodes readings as reports while they arrive.
 *
 * @module
 */
import type { Id } from "../readings/reading_columns.ts";
import { inspectable, jsonInteger } from "../_inspect.ts";
import { Failure } from "./_after_failure.ts";
import { Encoder, type ReportEncoderInput, type ReportEncoderOptions } from "./_encoder.ts";
import type { ArchFXFlexibleDictionaryReport } from "./report.ts";

export type { ReportEncoderInput, ReportEncoderOptions };

/**
 * Splits a stream of readings into reports, by their number and their bytes, and assigns ids in sequence to
 * readings without an id. Readings are data points, arrays of data points or columns, in any mixture; arrays are
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
   * @param options The device, and the maximum size of reports.
   * @throws {DataError} If an id or a number in the options is out of range.
   * @throws {RangeError} If a limit is not an integer of at least 1.
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
          // The readings before it are valid.
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

  /** The id for the next reading without an id; undefined if every reading must have its own id. */
  get nextReadingId(): Id | undefined {
    const { next } = this.#encoder.ids;
    return next;
  }

  /** The device, the number of readings that wait for the end of a report, and the next id. */
  toJSON(): Record<string, unknown> {
    const { nextReadingId } = this;
    return {
      device: jsonInteger(this.#encoder.device),
      waiting: this.#encoder.waiting,
      ...(nextReadingId === undefined ? {} : { nextReadingId: jsonInteger(nextReadingId) }),
    };
  }

  /** The device, and the number of readings that wait for the end of a report. */
  override toString(): string {
    const { device, waiting } = this.#encoder;
    return `ReportEncoderStream (device: ${device}, readings waiting: ${waiting})`;
  }

  static {
    inspectable(ReportEncoderStream.prototype, String);
  }
}
