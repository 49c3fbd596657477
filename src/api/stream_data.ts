/**
 * stream(), the readings of a stream as columns, read back page by page.
 *
 * @module
 */
import { formatMicros, parseMicros } from "../codec/timestamps.ts";
import { inspectable } from "../_inspect.ts";
import { checkNames } from "../_options.ts";
import type { ReadingColumns, SummaryData } from "../readings/reading_columns.ts";
import { ArchFxStreamSlug } from "../slugs/mod.ts";
import { clientOf } from "./api.ts";
import type { ApiBase } from "./api.ts";
import { RestBaseException } from "./errors/rest_base_exception.ts";
import { answerJson } from "./_answer.ts";
import { parseExact } from "./_exact_json.ts";
import type { CallOptions } from "./options.ts";
import { readPages } from "./pages.ts";
import { rangeMicros, type TimeRange } from "./time_range.ts";

const OPTIONS = ["start", "end", "last", "pageSize", "signal", "timeoutMs", "retries", "headers"];

/** Rows a page: half of what the server gives at most, some 1.5 MB of JSON. */
const PAGE_SIZE = 5000;

/** Which readings, and how they are read. */
export interface ReadingsOptions extends CallOptions, TimeRange {
  /**
   * Readings a page, at most 10,000.
   *
   * @default {5000}
   */
  pageSize?: number;
}

/**
 * The data of one stream. Made by {@linkcode stream}.
 *
 * @example
 * ```ts
 * import { Api, stream, type StreamData } from "@archfx/cloud";
 * import { assertEquals } from "@std/assert";
 *
 * const api = new Api("https://arch.archfx.io");
 * const data: StreamData = stream(api, "sl--1--2--5051");
 * assertEquals(String(data.slug), "sl--0000-0001--0000-0000-0000-0002--0000-5051");
 * ```
 */
export class StreamData {
  static {
    inspectable(this.prototype, (it) => `StreamData ${it.slug}`);
  }

  /** The stream. */
  readonly slug: ArchFxStreamSlug;
  readonly #api: ApiBase;

  /** Use {@linkcode stream}. */
  constructor(api: ApiBase, slug: string | ArchFxStreamSlug) {
    this.#api = api;
    this.slug = new ArchFxStreamSlug(slug);
  }

  /**
   * The readings of a range of time, a page at a time, the next one asked for when it is needed.
   *
   * @param options The range, and options of the calls.
   * @returns Columns, one set a page; none where there is no reading.
   * @throws {DataError} A limit is not a time, or the server sends an invalid reading.
   */
  async *readings(
    options: ReadingsOptions = {},
  ): AsyncGenerator<ReadingColumns, void, undefined> {
    checkNames(options, OPTIONS, "option of readings");
    const { start, end, last, pageSize = PAGE_SIZE, ...callOptions } = options;
    const range = rangeMicros({ start, end, last });
    const params = {
      filter: String(this.slug),
      start: timeText(range.start),
      end: timeText(range.end),
      page_size: pageSize,
    };
    const pages = readPages<WireReading>(
      clientOf(this.#api),
      "data/",
      params,
      callOptions,
      (answer) => answerJson("GET", answer, (text) => parseExact(text, "streamer_local_id")),
    );
    for await (const { results } of pages) {
      if (results.length > 0) yield columnsOf(results, this.slug.variable.id);
    }
  }

  /**
   * The slug.
   *
   * @returns Its text.
   */
  toString(): string {
    return String(this.slug);
  }

  /**
   * The slug for JSON.
   *
   * @returns Its text.
   */
  toJSON(): string {
    return String(this.slug);
  }
}

/**
 * The data of one stream, to read back.
 *
 * @param api The Api, logged in.
 * @param slug The stream.
 * @returns Its data; nothing is asked for yet.
 * @throws {SlugError} The slug is not one of a stream.
 *
 * @example
 * ```ts
 * import { Api, stream } from "@archfx/cloud";
 * import { assertEquals } from "@std/assert";
 *
 * const data = stream(new Api(), "sl--0000-0001--0000-0000-0000-0001--0000-5051");
 * assertEquals(data.slug.variable.id, 0x5051);
 * // for await (const columns of data.readings({ start: "2026-01-01" })) ...
 * ```
 */
export function stream(api: ApiBase, slug: string | ArchFxStreamSlug): StreamData {
  return new StreamData(api, slug);
}

/** A row of `data`; long integers are text. */
interface WireReading {
  readonly timestamp: string;
  readonly value: number | string | null;
  readonly int_value?: number | string | null;
  readonly streamer_local_id?: number | string | null;
  readonly extra_data?: SummaryData | null;
  readonly data?: unknown;
}

function columnsOf(rows: readonly WireReading[], variable: number): ReadingColumns {
  const { length } = rows;
  const timestamps = new BigInt64Array(length);
  const values = new Float64Array(length);
  const readingIds = new BigUint64Array(length);
  let summaryData: (SummaryData | null)[] | undefined;
  let rawData: unknown[] | undefined;
  for (let row = 0; row < length; row++) {
    const { timestamp, value, int_value, streamer_local_id, extra_data, data } = rows[row];
    const micros = parseMicros(timestamp);
    const number = Number(value ?? int_value ?? NaN);
    if (micros === undefined || Number.isNaN(number)) {
      throw new RestBaseException(
        `Cannot read a reading as the server gives ${JSON.stringify(rows[row])}`,
      );
    }
    timestamps[row] = micros;
    values[row] = number;
    readingIds[row] = BigInt(streamer_local_id ?? 0);
    if (extra_data && Object.keys(extra_data).length > 0) {
      (summaryData ??= new Array(length).fill(null))[row] = extra_data;
    }
    if (data !== undefined && data !== null) (rawData ??= new Array(length).fill(null))[row] = data;
  }
  const streams = new Uint32Array(length).fill(variable);
  const columns = { length, streams, readingIds, timestamps, values };
  return { ...columns, ...(summaryData && { summaryData }), ...(rawData && { rawData }) };
}

/** ISO 8601 in UTC, to the microsecond. */
function timeText(micros: bigint | undefined): string | undefined {
  return micros === undefined ? undefined : formatMicros(micros).replace("+00:00", "Z");
}
