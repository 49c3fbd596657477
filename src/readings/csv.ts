/**
 * Readings from comma-separated values.
 *
 * @module
 */
import { checkNames } from "../_options.ts";
import { DataError } from "../codec/data_error.ts";
import { byteChunks, isByteSource } from "./_byte_chunks.ts";
import { checkBoolean, checkOptions, optionError } from "./_check_options.ts";
import { csvLayout, headerFields, recordEnd } from "./_csv_header.ts";
import { CsvScanner } from "./_csv_scan.ts";
import type { CsvOptions } from "./csv_options.ts";
import type { ByteSource, ReadingChunk, ReadingsReader } from "./read_options.ts";

/** The longest header, in bytes. */
const LONGEST_HEADER = 131072;

/**
 * Reads readings from comma-separated values (RFC 4180) into columns, without an object a row: the scanner runs in
 * WebAssembly. Quotes, CRLF, empty lines and a byte order mark are understood; space around a field is passed over.
 *
 * @param source The bytes, or a stream of them, such as the body of a response or the `readable` of an opened file.
 * @param options Which column is what, and what to do with rows that are none.
 * @returns The readings, a chunk at a time; it can be iterated once, and counts what it reads and skips.
 * @throws {DataError} While iterating: if the text is empty, a column is missing, or a row is no reading and `skipBadRows`
 * is not set. The error says line, column and text.
 * @throws {RangeError} If an option is out of its range.
 * @throws {TypeError} If the source or an option is of another type.
 *
 * @example
 * ```ts
 * import { readCsv } from "@archfx/cloud";
 * import { assertEquals } from "@std/assert";
 *
 * const text = "time,celsius\n2021-01-20 00:00:00.1,73.5\n2021-01-20T00:00:01Z,n/a\n";
 * const readings = readCsv(new TextEncoder().encode(text), {
 *   columns: { timestamp: "time", value: "celsius" },
 *   stream: "0001-5090",
 *   firstReadingId: 1,
 *   skipBadRows: true,
 * });
 * for await (const columns of readings) {
 *   assertEquals(columns.values, Float64Array.of(73.5));
 *   assertEquals(columns.timestamps, BigInt64Array.of(1611100800100000n));
 *   assertEquals(columns.streams, Uint32Array.of(0x15090));
 * }
 * assertEquals(readings.skippedRows, 1);
 * ```
 */
export function readCsv(source: ByteSource, options: CsvOptions = {}): ReadingsReader {
  if (!isByteSource(source)) {
    throw new TypeError("Cannot read CSV: the source must be a Uint8Array or a stream of them");
  }
  return new CsvReader(source, options);
}

const COLUMN_NAMES = ["timestamp", "value", "stream", "readingId", "device"];

class CsvReader implements ReadingsReader {
  readonly #source: ByteSource;
  readonly #options: ReturnType<typeof checkOptions>;
  readonly #columns: NonNullable<CsvOptions["columns"]>;
  readonly #header: boolean;
  readonly #delimiter: string;
  #scanner: CsvScanner | undefined;
  #started = false;
  #bytes = 0;

  constructor(source: ByteSource, options: CsvOptions) {
    this.#options = checkOptions(options, ["columns", "header", "delimiter"]);
    const { columns = {}, header, delimiter = "," } = options;
    this.#source = source;
    checkNames(columns, COLUMN_NAMES, "column of readCsv");
    this.#header = checkBoolean("header", header, true);
    if (typeof delimiter !== "string" || !/^[\t -~]$/.test(delimiter) || delimiter === '"') {
      throw optionError("delimiter", delimiter, "one character of ASCII other than a quote");
    }
    this.#delimiter = delimiter;
    this.#columns = columns;
    // What does not depend on the header is found wrong at once.
    if (!this.#header) csvLayout(columns, this.#options, null);
  }

  get readings(): number {
    return this.#scanner?.readings ?? 0;
  }

  get skippedRows(): number {
    return this.#scanner?.skippedRows ?? 0;
  }

  get bytes(): number {
    return this.#bytes;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<ReadingChunk> {
    if (this.#started) throw new TypeError("Cannot read CSV twice from one reader");
    this.#started = true;
    let head: Uint8Array | undefined = new Uint8Array();
    for await (const bytes of byteChunks(this.#source)) {
      this.#bytes += bytes.length;
      let piece: Uint8Array | undefined = bytes;
      if (head) {
        head = joined(head, bytes);
        piece = this.#begin(head, false);
        if (piece) head = undefined;
      }
      if (piece) yield* this.#scanner!.read(piece, false);
      this.#options.onProgress?.(this.#bytes);
    }
    const rest = head ? this.#begin(head, true)! : new Uint8Array();
    yield* this.#scanner!.read(rest, true);
  }

  /** Reads the header, where there is one: the bytes behind it, or nothing where it is not whole yet. */
  #begin(head: Uint8Array, last: boolean): Uint8Array | undefined {
    if (head.length === 0 && last) throw new DataError("Cannot read the CSV as it is empty");
    if (head.length < 3 && !last) return undefined;
    const marked = head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf;
    const text = marked ? head.subarray(3) : head;
    let names: string[] | null = null;
    let end = 0;
    if (this.#header) {
      const start = text.subarray(0, LONGEST_HEADER);
      end = recordEnd(start, this.#delimiter);
      if (end < 0 && start.length === LONGEST_HEADER) {
        throw new DataError(
          `Cannot read the CSV as its header is longer than ${LONGEST_HEADER} bytes`,
        );
      }
      if (end < 0 && !last) return undefined;
      if (end < 0) end = text.length;
      names = headerFields(new TextDecoder().decode(start.subarray(0, end)), this.#delimiter);
      if (names.length === 1 && names[0] === "") {
        throw new DataError("Cannot read the CSV as its first line, the header, is empty");
      }
    }
    const layout = csvLayout(this.#columns, this.#options, names);
    const line = names ? 1 + countFeeds(text.subarray(0, end)) : 1;
    this.#scanner = new CsvScanner(layout, this.#options, this.#delimiter.charCodeAt(0), line);
    return text.subarray(end);
  }
}

function joined(head: Uint8Array, tail: Uint8Array): Uint8Array {
  if (head.length === 0) return tail;
  const bytes = new Uint8Array(head.length + tail.length);
  bytes.set(head);
  bytes.set(tail, head.length);
  return bytes;
}

function countFeeds(bytes: Uint8Array): number {
  let count = 0;
  for (const byte of bytes) if (byte === 0x0a) count++;
  return count;
}
