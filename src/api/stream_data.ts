/**
 * stream(), the readings of a stream as columns, read back page by page.
 *
 * @module
 */
import { isMap } from "../_is_record.ts";
import { formatMicros, parseMicros } from "../codec/timestamps.ts";
import { exactJson, parseExactJson } from "../_exact_json.ts";
import { displayableColumns } from "../_display.ts";
import { inspectable } from "../_inspect.ts";
import { checkNames } from "../_options.ts";
import type { ReadingColumns, SummaryData } from "../readings/reading_columns.ts";
import { ArchFxStreamSlug } from "../slugs/mod.ts";
import { clientOf } from "./_api_state.ts";
import type { ApiBase } from "./api_base.ts";
import { RestBaseException } from "./errors/rest_base_exception.ts";
import { answerJson } from "./_answer.ts";
import type { JsonMap } from "./_error_body.ts";
import type { CallOptions } from "./options.ts";
import { readPages } from "./pages.ts";
import type { Answered } from "./_types.ts";
import { PageScanner } from "./_data_page.ts";
import { rangeMicros, type TimeRange } from "./time_range.ts";

const OPTIONS = ["start", "end", "last", "pageSize", "signal", "timeoutMs", "retries", "headers"];

/** Rows per page: half of the maximum of the server, about 1.5 MB of JSON. */
const PAGE_SIZE = 5000;

/** After this many consecutive pages with rows that are not plain, JSON.parse reads all further pages. */
const MISSES = 2;
/** The key under which a page keeps its rows as columns. */
const SCANNED: unique symbol = Symbol("scanned");

/** Which readings, and how they are read. */
export interface ReadingsOptions extends CallOptions, TimeRange {
  /**
   * Readings per page, at most 10,000.
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

  /** Internal: use {@linkcode stream}. */
  constructor(api: ApiBase, slug: string | ArchFxStreamSlug) {
    this.#api = api;
    this.slug = new ArchFxStreamSlug(slug);
  }

  /**
   * The readings of a range of time, page by page. The next page is requested while one is in use.
   *
   * @param options The range, and options of the calls.
   * @returns Columns, one set for each page; nothing if there are no readings.
   * @throws {DataError} If a limit is not a valid time.
   * @throws {RestBaseException} If the server sends an invalid reading: its row and field are named.
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
    const { variable } = this.slug;
    const scanner = new PageScanner(variable.id, pageSize);
    let misses = 0;
    const read = (answer: Answered) => {
      const scanned = misses < MISSES ? scanner.scan(answer.bytes) : undefined;
      if (scanned === undefined) {
        misses++;
        return answerJson("GET", answer, parseExactJson);
      }
      misses = 0;
      return { ...scanned.body, [SCANNED]: scanned.columns };
    };
    const pages = readPages<unknown>(
      clientOf(this.#api),
      "data/",
      params,
      callOptions,
      { read, ahead: true },
    );
    let page = 0;
    for await (const { results, ...more } of pages) {
      const name = `page ${++page} of the readings of ${this.slug}`;
      const columns = (more as { [SCANNED]?: ReadingColumns })[SCANNED];
      if (columns !== undefined) yield columns;
      else if (results.length > 0) yield columnsOf(results, variable.id, name);
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
 * @returns Its data; nothing is requested yet.
 * @throws {SlugError} If the slug is not that of a stream.
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

/** Values that JSON has no number for, as the emulator and `archfx report decode` write them. */
const WORDS: Readonly<Record<string, number>> = {
  NaN: NaN,
  Infinity: Infinity,
  "-Infinity": -Infinity,
};

const MAX_ID = 2n ** 64n - 1n;

/** `name` is the name of the page, for errors. */
function columnsOf(rows: readonly unknown[], variable: number, name: string): ReadingColumns {
  const { length } = rows;
  const timestamps = new BigInt64Array(length);
  const values = new Float64Array(length);
  const readingIds = new BigUint64Array(length);
  let summaryData: (SummaryData | null)[] | undefined;
  let rawData: unknown[] | undefined;
  for (let at = 0; at < length; at++) {
    const row = rows[at];
    const fail = (field: string, rule: string) => invalidRow(name, at, row, field, rule);
    if (!isMap(row)) throw fail("", "a row must be an object");
    const { timestamp, extra_data, data } = row;
    const micros = typeof timestamp === "string" ? parseMicros(timestamp) : undefined;
    if (micros === undefined) throw fail("timestamp", "it must be ISO 8601 text");
    const value = valueOf(row);
    if (value === undefined) throw fail("value", "it must be a number that a double can hold");
    const id = idOf(row.streamer_local_id);
    if (id === undefined) throw fail("streamer_local_id", "it must be an integer from 0 to 2^64-1");
    timestamps[at] = micros;
    values[at] = value;
    readingIds[at] = id;
    if (extra_data !== undefined && extra_data !== null) {
      if (!isMap(extra_data)) throw fail("extra_data", "it must be an object");
      if (Object.keys(extra_data).length > 0) {
        (summaryData ??= new Array(length).fill(null))[at] = extra_data;
      }
    }
    if (data !== undefined && data !== null) (rawData ??= new Array(length).fill(null))[at] = data;
  }
  const streams = new Uint32Array(length).fill(variable);
  const columns = { length, streams, readingIds, timestamps, values };
  return displayableColumns({
    ...columns,
    ...(summaryData && { summaryData }),
    ...(rawData && { rawData }),
  });
}

/** The value of a row; null stands for NaN, which JSON cannot represent. */
function valueOf({ value, int_value }: JsonMap): number | undefined {
  const given = value ?? int_value;
  if ((given ?? null) === null && value === null) return NaN;
  if (typeof given === "bigint") return Number(given);
  if (typeof given === "string") return Object.hasOwn(WORDS, given) ? WORDS[given] : undefined;
  // JSON has no infinity, so this was a number that is too large, such as 1e400.
  return typeof given === "number" && Number.isFinite(given) ? given : undefined;
}

/** The reading id of a row; 0 without an id. */
function idOf(id: unknown): bigint | undefined {
  if (id === undefined || id === null) return 0n;
  if (typeof id === "bigint") return id >= 0n && id <= MAX_ID ? id : undefined;
  return typeof id === "number" && Number.isSafeInteger(id) && id >= 0 ? BigInt(id) : undefined;
}

function invalidRow(
  name: string,
  at: number,
  row: unknown,
  field: string,
  rule: string,
): RestBaseException {
  const what = isMap(row) && field !== "" ? row[field] : row;
  const said = exactJson(what) ?? "nothing";
  const shown = said.length > 200 ? `${said.slice(0, 200)}...` : said;
  return new RestBaseException(
    `Cannot read row ${at + 1} of ${name}: ${field && `${field} is `}${shown}, but ${rule}`,
  );
}

/** ISO 8601 in UTC, to the microsecond. */
function timeText(micros: bigint | undefined): string | undefined {
  return micros === undefined ? undefined : formatMicros(micros).replace("+00:00", "Z");
}
