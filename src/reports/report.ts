/**
 * ArchFXFlexibleDictionaryReport, readings in the v200 format.
 *
 * @module
 */
import { displayableColumns } from "../_display.ts";
import { displayable, inspectable } from "../_inspect.ts";
import { isMap } from "../_is_record.ts";
import { type DecodedEvents, decodeEvents } from "../codec/event_decoder.ts";
import { DataError } from "../codec/data_error.ts";
import { timestampMicros } from "../codec/timestamps.ts";
import { ValueReader } from "../codec/value_reader.ts";
import { MAX_DEPTH } from "../codec/wasm_constants.ts";
import type { Id, ReadingColumns } from "../readings/reading_columns.ts";
import { columnsOf } from "./_body.ts";
import { checkColumns } from "./_columns.ts";
import { decodeHeader, FORMAT_TAG, type Header, headerJson } from "./_header.ts";
import { decodeLimits } from "./_limits.ts";
import {
  checkedData,
  checkReportOptions,
  type DecodeOptions,
  headerOf,
  type ReportOptions,
  type ReportSendOptions,
} from "./report_options.ts";
import { readingWith } from "./_facts.ts";
import { BYTES, FACTS, HEADER, ReportParts } from "./_report_parts.ts";
import type { ArchFXDataPoint, ArchFXDataPointFields } from "./data_point.ts";
import { ByteSource, ColumnSource, type Source } from "./_source.ts";
import type { ReportCloud, ReportFacts } from "./report_cloud.ts";
import { uploadReport, writePieces } from "./_send.ts";

/**
 * A streamer report: readings of one device in the v200 format, with exactly the bytes that the Python package
 * writes.
 *
 * @example
 * ```ts
 * import { ArchFXDataPoint, ArchFXFlexibleDictionaryReport } from "@archfx/cloud";
 * import { assertEquals } from "@std/assert";
 *
 * const report = ArchFXFlexibleDictionaryReport.fromReadings({
 *   device: "d--0000-0000-0000-1234",
 *   data: [
 *     new ArchFXDataPoint({
 *       timestamp: "2021-01-20T00:00:00Z",
 *       stream: "0000-5001",
 *       value: 20.5,
 *       readingId: 1,
 *     }),
 *   ],
 * });
 *
 * const copy = ArchFXFlexibleDictionaryReport.decode(report.encode());
 * assertEquals(copy.visibleData[0].value, 20.5);
 * ```
 */
export class ArchFXFlexibleDictionaryReport {
  /** The version of the format. */
  static readonly FORMAT_TAG: string = FORMAT_TAG;

  readonly #source: Source;
  readonly #receivedMillis: number;
  #columns: ReadingColumns | undefined;
  #points: readonly ArchFXDataPoint[] | undefined;
  /** The time of the first attempt to upload it, which all later attempts use as well. */
  #firstSentMicros: bigint | undefined;

  /** @ignore */
  constructor(parts?: ReportParts) {
    if (!(parts instanceof ReportParts)) {
      throw new TypeError(
        "Cannot make a report with new: use fromReadings, fromColumns or decode",
      );
    }
    this.#source = parts.source;
    this.#receivedMillis = parts.receivedTime?.getTime() ?? Date.now();
  }

  /**
   * Makes a report from data points, or from plain objects with the same fields.
   *
   * @param options The device, the readings and the other fields of the report.
   * @returns The report.
   * @throws {DataError} If a reading cannot be encoded.
   * @throws {SlugError} If the device is not valid.
   * @throws {TypeError} If an option or a value is of the wrong type.
   */
  static fromReadings(
    options: ReportOptions & {
      readonly data: Iterable<ArchFXDataPoint | ArchFXDataPointFields>;
    },
  ): ArchFXFlexibleDictionaryReport {
    checkReportOptions(options, ["receivedTime", "data"]);
    const source = ByteSource.ofPoints(headerOf(options), [...checkedData(options.data)]);
    return reportOf(source, options.receivedTime);
  }

  /**
   * Makes a report from columns, which are referenced and not copied: do not change them while the report is in use.
   * Summary and raw data are encoded at once. The numbers are read when they are needed: `encode` and
   * everything else that depends on them throws for a time or an id that cannot be encoded.
   *
   * @param options The device, the columns and the other fields of the report.
   * @returns The report.
   * @throws {DataError} If summary or raw data cannot be encoded.
   * @throws {RangeError} If a column is too short.
   * @throws {SlugError} If the device is not valid.
   * @throws {TypeError} If an option or a column is of the wrong type.
   *
   * @example
   * ```ts
   * import { ArchFXFlexibleDictionaryReport } from "@archfx/cloud";
   *
   * const report = ArchFXFlexibleDictionaryReport.fromColumns({
   *   device: 0x1234,
   *   columns: {
   *     length: 2,
   *     streams: Uint32Array.of(0x5001, 0x5001),
   *     readingIds: Uint32Array.of(1, 2),
   *     timestamps: BigInt64Array.of(1611100800000000n, 1611100801000000n),
   *     values: Float64Array.of(20.5, 20.75),
   *   },
   * });
   * console.log(report.encode().length);
   * ```
   */
  static fromColumns(
    options: ReportOptions & { readonly columns: ReadingColumns },
  ): ArchFXFlexibleDictionaryReport {
    checkReportOptions(options, ["receivedTime", "columns"]);
    const columns = checkColumns(options.columns);
    return reportOf(new ColumnSource(headerOf(options), columns), options.receivedTime);
  }

  /**
   * Decodes a report. All of it is checked. Summary and raw data are decoded from these bytes when they are used:
   * do not change the bytes while the report is in use.
   *
   * @param bytes A v200 report.
   * @param options The limits of the decoder.
   * @returns The report.
   * @throws {DataError} If the bytes are not a report, or exceed a limit; the message names the byte.
   */
  static decode(bytes: Uint8Array, options: DecodeOptions = {}): ArchFXFlexibleDictionaryReport {
    const { maxDepth } = decodeLimits(bytes, options);
    let events: DecodedEvents | undefined;
    const header = decodeHeader(bytes, maxDepth, (offset, length) => {
      events = decodeEvents(bytes, offset, length, maxDepth);
      return events.end;
    });
    events ??= decodeEvents(bytes, bytes.length, 0, maxDepth);
    const source = new ByteSource(header, bytes, { length: events.length, maxDepth, events });
    return reportOf(source, options.receivedTime);
  }

  /** The device, 64 bits. */
  get origin(): Id {
    return this.#source.header.origin;
  }
  /** The id of the report itself. */
  get reportId(): Id {
    return this.#source.header.reportId;
  }
  /** When the device sent it, to the millisecond; null if the report does not say. */
  get sentTimestamp(): Date | null {
    const { sentMicros } = this.#source.header;
    return sentMicros === null ? null : new Date(Number(sentMicros / 1000n));
  }
  /** When the device sent it, in microseconds since the Unix epoch, UTC. */
  get sentTimestampMicros(): bigint | null {
    return this.#source.header.sentMicros;
  }
  /** When it was received: the time from the options, otherwise the time when this object was made. */
  get receivedTime(): Date {
    return new Date(this.#receivedMillis);
  }
  /** The streamer that sent it. */
  get originStreamer(): Id | null {
    return this.#source.header.originStreamer;
  }
  /** How the streamer selects readings. */
  get streamerSelector(): Id | null {
    return this.#source.header.streamerSelector;
  }
  /** The lowest reading id, without ids of 0; 0 if no reading has an id. */
  get lowestId(): Id | null {
    return this.#source.fullHeader.lowestId;
  }
  /** The highest reading id, 0 if no reading has an id. */
  get highestId(): Id | null {
    return this.#source.fullHeader.highestId;
  }
  /** The number of readings. */
  get length(): number {
    return this.#source.length;
  }
  /** The number of bytes that {@linkcode encode} returns. */
  get byteLength(): number {
    return this.#source.byteLength;
  }

  /** The readings as data points, which are made at the first use. */
  get visibleData(): readonly ArchFXDataPoint[] {
    return this.#points ??= this.#source.points();
  }

  /**
   * The readings as columns, the same object every time. Summary and raw data are decoded when they are read.
   *
   * @returns The columns; the ids are in a `BigUint64Array`.
   */
  columns(): ReadingColumns {
    return this.#columns ??= displayableColumns(columnsOf(this.#source.body()));
  }

  /**
   * Encodes the report in the v200 format, into an array that you may change. A decoded report returns a copy of the
   * bytes that it was decoded from, including unknown fields.
   *
   * @returns The bytes.
   * @throws {DataError} If a column has a time or an id that cannot be encoded.
   */
  encode(): Uint8Array {
    return this.#source.encode();
  }

  /**
   * Encodes the report into an existing array, which is cheaper than a new one, above all for large reports.
   *
   * @param target The array to write to, from its beginning; it must not share memory with the columns. After an
   * error its contents are undefined.
   * @returns The number of bytes that were written.
   * @throws {DataError} If a column has a time or an id that cannot be encoded.
   * @throws {RangeError} If the report does not fit.
   */
  encodeInto(target: Uint8Array): number {
    return this.#source.encodeInto(target);
  }

  /**
   * Writes the report to a stream in pieces and closes it.
   *
   * @param stream The stream to write to.
   */
  async writeTo(stream: WritableStream<Uint8Array>): Promise<void> {
    await writePieces(stream, this.#source.pieces());
  }

  /**
   * Writes the report to a file: to a temporary one beside it, which is then renamed.
   *
   * @param path The file.
   */
  async write(path: string | URL): Promise<void> {
    const { writeBytes } = await import("../_node_files.ts");
    await writeBytes(path, this.#source.bytes());
  }

  /**
   * Writes the report to a file, like {@linkcode write}.
   *
   * @param path The file.
   */
  async save(path: string | URL): Promise<void> {
    await this.write(path);
  }

  /**
   * Uploads the report, after the earlier uploads of its streamer have ended. A report may be sent again: the cloud
   * counts a reading only if its id is above the last one that it has of the streamer.
   *
   * If the upload fails (also because of an abort, or because the report cannot be encoded), this Api does not send
   * any report of the streamer with higher ids until this one is counted or given up (`skipFailed`): otherwise the
   * cloud could never count its readings.
   *
   * @param api The API, logged in.
   * @param options Progress, whether to wait for proof, and whether failed reports are given up.
   * @returns The number of readings that were new. If the response was lost, this is the number of the retry: 0.
   * @throws {DataError} If a reading has no id, unless allowed: the cloud never counts such a reading. With
   * `confirm`, if its ids are too low to be counted.
   * @throws {RestBaseException} If it was not sent because an earlier report of the streamer failed, whose
   * error is the `cause`; with `confirm`, if there was no proof in time.
   */
  async upload(api: ReportCloud, options: ReportSendOptions = {}): Promise<number> {
    this.#firstSentMicros ??= this.sentTimestampMicros ?? timestampMicros(new Date());
    return await uploadReport(api, options, {
      facts: this[FACTS],
      encode: () => this.#source.bytes(),
      sentMicros: this.#firstSentMicros,
      firstWithoutId: this.#source.firstWithoutId,
    });
  }

  /**
   * The whole report as a dictionary, decoded from its bytes.
   *
   * @returns The dictionary.
   */
  asDict(): Record<string, unknown> {
    const dict = new ValueReader(this.#source.bytes(), { maxDepth: MAX_DEPTH }).read();
    return isMap(dict) ? dict : {}; // A report is a map, which was checked when it was read.
  }

  /** The header, and the number of readings. */
  toJSON(): Record<string, unknown> {
    return headerJson(this.#source.fullHeader, this.length);
  }

  /** Device, number of readings and length, which is unknown if a column has a value that cannot be encoded. */
  toString(): string {
    let length: number | string;
    try {
      length = this.byteLength;
    } catch (error) {
      if (!(error instanceof DataError)) throw error;
      length = "unknown";
    }
    return `ArchFX Report (device: ${this.origin}, readings: ${this.length}, length: ${length})`;
  }

  static {
    inspectable(ArchFXFlexibleDictionaryReport.prototype, (it) => String(it));
    displayable(
      ArchFXFlexibleDictionaryReport.prototype,
      async (it) =>
        (await import("../_deno_notebook.ts")).readingsDisplay(it.columns(), String(it)),
    );
  }

  /** @ignore */
  get [HEADER](): Header {
    return this.#source.header;
  }

  /** @ignore */
  [BYTES](): Uint8Array {
    return this.#source.bytes();
  }

  /** @ignore */
  get [FACTS](): Required<ReportFacts> {
    const source = this.#source;
    const { origin, originStreamer } = source.header;
    const { lowest, highest } = source.ids;
    return {
      origin,
      originStreamer,
      length: source.length,
      lowestId: lowest,
      highestId: highest,
      ends: () => {
        const readings = source.readings();
        return [readingWith(lowest, readings), readingWith(highest, readings)];
      },
    };
  }
}

function reportOf(
  source: Source,
  receivedTime: Date | undefined,
): ArchFXFlexibleDictionaryReport {
  return new ArchFXFlexibleDictionaryReport(new ReportParts(source, receivedTime));
}

/** The facts that an upload needs about a report. */
export function reportFacts(report: ArchFXFlexibleDictionaryReport): Required<ReportFacts> {
  return report[FACTS];
}
