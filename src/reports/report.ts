/**
 * ArchFXFlexibleDictionaryReport, readings in the v200 format.
 *
 * @module
 */
import { inspectable } from "../_inspect.ts";
import { type DecodedEvents, decodeEvents } from "../codec/event_decoder.ts";
import { DataError } from "../codec/data_error.ts";
import type { EventColumns } from "../codec/event_columns.ts";
import { timestampMicros } from "../codec/timestamps.ts";
import { ValueReader } from "../codec/value_reader.ts";
import type { Id, ReadingColumns } from "../readings/reading_columns.ts";
import { type Body, builtBody, columnsOf, decodedBody, pointsOf } from "./_body.ts";
import { checkColumns } from "./_columns.ts";
import { decodeHeader, encodeHeader, FORMAT_TAG, type Header, headerJson } from "./_header.ts";
import { decodeLimits } from "./_limits.ts";
import {
  checkedData,
  checkReportOptions,
  type DecodeOptions,
  type DeviceId,
  headerOf,
  type ReportOptions,
  type ReportSendOptions,
} from "./report_options.ts";
import { encodePoints } from "../codec/point_encoder.ts";
import { factsOf, firstWithoutId } from "./_facts.ts";
import { ReportPoints } from "./_points.ts";
import type { ArchFXDataPoint, ArchFXDataPointFields } from "./data_point.ts";
import {
  checkRoom,
  encodeColumns,
  encodeColumnsInto,
  eventsOf,
  measured,
  piecesOf,
  type Source,
} from "./_source.ts";
import type { ReportCloud, ReportFacts } from "./report_cloud.ts";
import { uploadReport, writePieces } from "./_send.ts";

/** Hands header and source to the constructor, which callers do not use. */
let incoming: { header: Header; source: Source; receivedMillis: number } | undefined;

function reportOf(
  header: Header,
  source: Source,
  receivedTime: Date | undefined,
): ArchFXFlexibleDictionaryReport {
  incoming = { header, source, receivedMillis: receivedTime?.getTime() ?? Date.now() };
  return new ArchFXFlexibleDictionaryReport();
}

/** A report of columns whose readings are checked now. */
export function builtReport(header: Header, columns: EventColumns): ArchFXFlexibleDictionaryReport {
  const source = { columns };
  measured(header, source);
  return reportOf(header, source, undefined);
}

/** What a report says of its format and of the time it was sent, as far as it can be read. */
export let headerFacts: (
  report: ArchFXFlexibleDictionaryReport,
) => Pick<Header, "format" | "unreadSentTimestamp">;

/** What an upload needs to know of a report. */
export let reportFacts: (report: ArchFXFlexibleDictionaryReport) => Required<ReportFacts>;

/**
 * A streamer report: readings of one device in the v200 format, byte for byte what the Python package
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

  readonly #header: Header;
  readonly #source: Source;
  readonly #receivedMillis: number;
  #body: Body | undefined;
  #columns: ReadingColumns | undefined;
  #points: ArchFXDataPoint[] | undefined;
  /** The time of the first attempt to upload it, the same for all later ones. */
  #firstSentMicros: bigint | undefined;

  /**
   * Reports come from {@linkcode fromReadings}, {@linkcode fromColumns} and {@linkcode decode}.
   *
   * @throws {TypeError} Always, when called directly.
   */
  constructor() {
    if (incoming === undefined) {
      throw new TypeError(
        "Cannot make a report with new as it comes from fromReadings, fromColumns or decode",
      );
    }
    this.#header = incoming.header;
    this.#source = incoming.source;
    this.#receivedMillis = incoming.receivedMillis;
    incoming = undefined;
  }

  /**
   * Makes a report of data points, or of plain objects of the same shape.
   *
   * @param options The device, the readings and what else the report says.
   * @returns The report.
   * @throws {DataError} If a reading cannot be encoded.
   * @throws {SlugError} If the device is none.
   * @throws {TypeError} If an option or a value is of the wrong type.
   */
  static fromReadings(
    options: ReportOptions & {
      readonly data: Iterable<ArchFXDataPoint | ArchFXDataPointFields>;
    },
  ): ArchFXFlexibleDictionaryReport {
    checkReportOptions(options, ["receivedTime", "data"]);
    const header = headerOf(options);
    // The caller's iterator runs here, his getters and toJSON between chunks: nothing is in linear memory.
    const points = new ReportPoints([...checkedData(options.data)]);
    const { length } = points;
    const { bytes, eventsAt } = encodePoints(points, ({ lowest, highest }) => {
      header.lowestId = lowest;
      header.highestId = highest;
      return encodeHeader(header, length);
    });
    const missing = points.firstWithoutId();
    points.release();
    const source = {
      bytes,
      length,
      eventsAt,
      isDecoded: false,
      firstWithoutId: missing,
      maxDepth: 512,
    };
    return reportOf(header, source, options.receivedTime);
  }

  /**
   * Makes a report of columns, which are held and not copied: they stay as they are while the report is
   * in use. Summary and raw data are encoded at once. The numbers are read when they are needed: a time
   * or an id that cannot be encoded is refused by `encode` and by all else that depends on it.
   *
   * @param options The device, the columns and what else the report says.
   * @returns The report.
   * @throws {DataError} If summary or raw data cannot be encoded.
   * @throws {RangeError} If a column is too short.
   * @throws {SlugError} If the device is none.
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
    return reportOf(headerOf(options), { columns }, options.receivedTime);
  }

  /**
   * Decodes a report. All of it is checked; summary and raw data are made when they are asked for, from
   * these bytes, which stay as they are while the report is in use.
   *
   * @param bytes A v200 report.
   * @param options Limits on what is accepted.
   * @returns The report.
   * @throws {DataError} If the bytes are no report, or exceed a limit; the message has the byte.
   */
  static decode(bytes: Uint8Array, options: DecodeOptions = {}): ArchFXFlexibleDictionaryReport {
    const { maxDepth } = decodeLimits(bytes, options);
    let events: DecodedEvents | undefined;
    const header = decodeHeader(bytes, maxDepth, (offset, length) => {
      events = decodeEvents(bytes, offset, length, maxDepth);
      return events.end;
    });
    events ??= decodeEvents(bytes, bytes.length, 0, maxDepth);
    const { length } = events;
    const source = { bytes, length, eventsAt: 0, isDecoded: true, maxDepth, events };
    return reportOf(header, source, options.receivedTime);
  }

  /** The device, 64 bits. */
  get origin(): Id {
    return this.#header.origin;
  }
  /** The id of the report itself. */
  get reportId(): Id {
    return this.#header.reportId;
  }
  /** When the device sent it, to the millisecond; null where it does not say. */
  get sentTimestamp(): Date | null {
    const { sentMicros } = this.#header;
    return sentMicros === null ? null : new Date(Number(sentMicros / 1000n));
  }
  /** When the device sent it, in microseconds since the Unix epoch, UTC. */
  get sentTimestampMicros(): bigint | null {
    return this.#header.sentMicros;
  }
  /** When it was received: when it was made here, unless the options said. */
  get receivedTime(): Date {
    return new Date(this.#receivedMillis);
  }
  /** The streamer that sent it. */
  get originStreamer(): Id | null {
    return this.#header.originStreamer;
  }
  /** What the streamer picked readings by. */
  get streamerSelector(): Id | null {
    return this.#header.streamerSelector;
  }
  /** The lowest id of a reading that has one, 0 where none has. */
  get lowestId(): Id | null {
    return this.#complete().lowestId;
  }
  /** The highest id of a reading, 0 where none has one. */
  get highestId(): Id | null {
    return this.#complete().highestId;
  }
  /** How many readings there are. */
  get length(): number {
    return "bytes" in this.#source ? this.#source.length : this.#source.columns.length;
  }
  /** How many bytes {@linkcode encode} gives. */
  get byteLength(): number {
    if ("bytes" in this.#source) return this.#source.bytes.length;
    const size = measured(this.#header, this.#source);
    return encodeHeader(this.#header, this.length).length + size;
  }

  /** The header with its ids. */
  #complete(): Header {
    if (!("bytes" in this.#source)) measured(this.#header, this.#source);
    return this.#header;
  }

  /** The readings as data points, made at the first use. */
  get visibleData(): readonly ArchFXDataPoint[] {
    return this.#points ??= pointsOf(this.#readings());
  }

  /**
   * The readings as columns, the same every time. Summary and raw data are made when they are read.
   *
   * @returns The columns; ids in a `BigUint64Array`.
   */
  columns(): ReadingColumns {
    return this.#columns ??= columnsOf(this.#readings());
  }

  #readings(): Body {
    if (this.#body !== undefined) return this.#body;
    const source = this.#source;
    if ("bytes" in source) {
      return this.#body = decodedBody(source.bytes, eventsOf(source), source.maxDepth);
    }
    measured(this.#header, source);
    return this.#body = builtBody(source.columns);
  }

  /**
   * The report in the v200 format. A report of columns is encoded at every call, into an array of its
   * own; a decoded report gives the bytes that it was decoded from, one of data points may give the same
   * bytes every time: copy them before you change them.
   *
   * @returns The bytes.
   * @throws {DataError} If a column has a time or an id that cannot be encoded.
   */
  encode(): Uint8Array {
    const source = this.#source;
    return "bytes" in source ? source.bytes : encodeColumns(this.#header, source);
  }

  /**
   * Writes the report into bytes that are there already: cheaper than a fresh array, above all for
   * large reports.
   *
   * @param target Where to write, from its beginning; not where the columns of the report are. What an
   * error leaves in it is of no use.
   * @returns How many bytes were written.
   * @throws {DataError} If a column has a time or an id that cannot be encoded.
   * @throws {RangeError} If it does not fit.
   */
  encodeInto(target: Uint8Array): number {
    const source = this.#source;
    if (!("bytes" in source)) return encodeColumnsInto(this.#header, source, target);
    checkRoom(target, source.bytes.length);
    target.set(source.bytes);
    return source.bytes.length;
  }

  /**
   * Writes the report to a stream in pieces and closes it.
   *
   * @param stream Where to write.
   */
  async writeTo(stream: WritableStream<Uint8Array>): Promise<void> {
    await writePieces(stream, piecesOf(this.#header, this.#source));
  }

  /**
   * Writes the report to a file: to a temporary one beside it, which is then renamed.
   *
   * @param path The file.
   */
  async write(path: string | URL): Promise<void> {
    const { writeBytes } = await import("../_node_files.ts");
    await writeBytes(path, this.encode());
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
   * Uploads the report, when the uploads of its streamer that were called before have ended. It may be sent
   * again: the cloud counts a reading only if its id is above the last one that it has of the streamer.
   *
   * If it fails (also by an abort, or because it cannot be encoded), no report of the streamer with higher
   * ids is sent by this Api, until this one is counted or given up (`skipFailed`): they would make its
   * readings uncountable.
   *
   * @param api The API, logged in.
   * @param options Progress, the proof, and what may be given up.
   * @returns How many readings were new. After a response that was lost it is the retry's: 0.
   * @throws {DataError} If a reading has no id, unless allowed: the cloud never counts such a reading. With
   * `confirm`, if its ids are too low to be counted.
   * @throws {RestBaseException} If it was not sent because an earlier report of the streamer failed, whose
   * error is the `cause`; with `confirm`, if the proof did not come in time.
   */
  async upload(api: ReportCloud, options: ReportSendOptions = {}): Promise<number> {
    this.#firstSentMicros ??= this.#header.sentMicros ?? timestampMicros(new Date());
    return await uploadReport(api, options, {
      facts: reportFacts(this),
      encode: () => this.encode(),
      sentMicros: this.#firstSentMicros,
      firstWithoutId: this.#firstWithoutId(),
    });
  }

  #firstWithoutId(): number {
    const source = this.#source;
    if (!("bytes" in source)) return firstWithoutId(source.columns);
    return source.firstWithoutId ??= firstWithoutId(eventsOf(source));
  }

  /**
   * The report as the dictionary that its bytes hold, all of it decoded.
   *
   * @returns The dictionary.
   */
  asDict(): Record<string, unknown> {
    return new ValueReader(this.encode(), { maxDepth: 4096 }).read() as Record<string, unknown>;
  }

  /** The header, and how many readings there are. */
  toJSON(): Record<string, unknown> {
    return headerJson(this.#complete(), this.length);
  }

  /** Device, readings and length; that is not known where a column has what cannot be encoded. */
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
    headerFacts = (report) => report.#header;
    reportFacts = (report) => factsOf(report.#header, report.#source);
  }
}

export type { DecodeOptions, DeviceId, ReportOptions, ReportSendOptions };
