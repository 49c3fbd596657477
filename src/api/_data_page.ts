/**
 * Reads pages of readings in WebAssembly: from bytes to columns, without an object for each row.
 *
 * @module
 */
import { isMap } from "../_is_record.ts";
import { NdjsonKernel } from "../codec/ndjson_kernel.ts";
import type { StagedChunk } from "../codec/reading_chunks.ts";
import { ReadingStage } from "../codec/reading_stage.ts";
import { ScanCounts } from "../codec/scan_counts.ts";
import { Role } from "../codec/wasm_constants.ts";
import type { ReadingColumns } from "../readings/reading_columns.ts";
import type { JsonMap } from "./_error_body.ts";

/** The rows of a page begin within this many bytes, after the count and the addresses of other pages. */
const HEAD_BYTES = 4096;
/** The largest number of rows in a page; the columns have space for the requested number. */
const MOST_ROWS = 1 << 14;
const BRACKET = 0x5d;

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** A page whose rows have been read. */
interface ScannedPage {
  /** The body, with an empty array instead of the rows. */
  readonly body: JsonMap;
  readonly columns: ReadingColumns;
}

/** Reads pages of one stream. */
export class PageScanner {
  readonly #kernel: NdjsonKernel | undefined;

  readonly #rows: number;

  /**
   * @param variable The variable of the stream.
   * @param rows How many rows are requested for a page. JSON.parse reads a page that has more.
   */
  constructor(variable: number, rows: number = MOST_ROWS) {
    this.#rows = rows > 0 && rows < MOST_ROWS ? Math.floor(rows) || 1 : MOST_ROWS;
    this.#kernel = NdjsonKernel.for({
      keys: [
        { name: "timestamp", role: Role.time },
        { name: "value", role: Role.value },
        { name: "streamer_local_id", role: Role.id },
        { name: "extra_data", role: Role.summary },
        { name: "data", role: Role.raw },
      ],
      required: [Role.time, Role.value],
      fixedStream: variable,
      fixedDevice: undefined,
      ids: "slug",
      millis: false,
      warnFrom: -(2n ** 63n),
      warnTo: 2n ** 63n - 1n,
      isArray: true,
    });
  }

  /**
   * Reads a page.
   *
   * @param bytes The body of the response.
   * @returns The page, or undefined if it has no rows or a row that is not plain: JSON.parse then reads all of it.
   */
  scan(bytes: Uint8Array): ScannedPage | undefined {
    const kernel = this.#kernel;
    const begin = rowsBegin(bytes);
    if (kernel === undefined || begin < 0) return undefined;
    const stage = new ReadingStage(this.#rows);
    const counts = new ScanCounts();
    let at = begin;
    do {
      const rows = kernel.scan(bytes, at, bytes.length, false, stage, 0n, 0n, counts);
      if (rows <= 0 || counts.naive) return undefined;
      at = kernel.at;
    } while (bytes[at - 1] !== BRACKET);
    try {
      const head = decoder.decode(bytes.subarray(0, begin));
      const body: unknown = JSON.parse(`${head}]${decoder.decode(bytes.subarray(at))}`);
      stage.flush();
      const [columns, ...more] = stage.take(true);
      return columns && more.length === 0 && isMap(body) && isEmpty(body.results)
        ? { body, columns: withNulls(columns) }
        : undefined;
    } catch {
      return undefined; // JSON.parse reports what is wrong in the whole body.
    }
  }
}

/** Rows without data have null, like those from JSON.parse. */
function withNulls(columns: StagedChunk): ReadingColumns {
  for (const rows of [columns.summaryData, columns.rawData]) {
    rows?.forEach((data: unknown, row) => (rows as unknown[])[row] = data ?? null);
  }
  return columns as ReadingColumns;
}

/** Whether the array that was found is the list of rows, and not an array within another field. */
function isEmpty(results: unknown): boolean {
  return Array.isArray(results) && results.length === 0;
}

/** Where the first row begins, after the bracket; −1 if it is not found. */
function rowsBegin(bytes: Uint8Array): number {
  // Quotes within a string are escaped, so this is a key.
  const head = new TextDecoder("latin1").decode(bytes.subarray(0, HEAD_BYTES));
  const found = /"results"\s*:\s*\[/.exec(head);
  return found ? found.index + found[0].length : -1;
}
