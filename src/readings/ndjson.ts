/**
 * Readings from newline-delimited JSON.
 *
 * @module
 */
import { checkNames } from "../_options.ts";
import { DataError } from "../codec/data_error.ts";
import { Role } from "../codec/csv_region.ts";
import { byteChunks, isByteSource } from "./_byte_chunks.ts";
import { checkOptions, optionTypeError } from "./_check_options.ts";
import { FREE_FORM, type Key } from "./_ndjson_line.ts";
import { NdjsonScanner } from "./_ndjson_scan.ts";
import type { ByteSource, ReadingChunk, ReadingsReader, ReadOptions } from "./read_options.ts";

/** Which key of a line is what. */
export interface NdjsonKeys {
  /**
   * Time: ISO 8601 text, or a number of milliseconds since the Unix epoch.
   *
   * @default {"timestamp"}
   */
  timestamp?: string;
  /**
   * Value: a number.
   *
   * @default {"value"}
   */
  value?: string;
  /**
   * Stream: a number, or a variable id as text (`"0001-5090"`, hexadecimal).
   *
   * @default {"stream"}
   */
  stream?: string;
  /**
   * Reading id: a number up to 2^53-1, or decimal text; 0 where a line has none.
   *
   * @default {"readingId"} or `reading_id` or `dev_seqid`
   */
  readingId?: string;
  /**
   * Summary data: an object.
   *
   * @default {"summaryData"} or `summary_data` or `extra_data`
   */
  summaryData?: string;
  /**
   * Raw data: anything.
   *
   * @default {"rawData"} or `raw_data` or `data`
   */
  rawData?: string;
  /** Device: a device slug or a number; not read unless it is named here. */
  device?: string;
}

/** Options of {@linkcode readNdjson}. */
export interface NdjsonOptions extends ReadOptions {
  /** Which key of a line is what. */
  keys?: NdjsonKeys;
}

/** The names of the keys where none is given: those of ArchFXDataPoint, here and in Python, and of v200 events. */
const NAMES: Record<keyof NdjsonKeys, readonly string[]> = {
  timestamp: ["timestamp"],
  stream: ["stream"],
  value: ["value"],
  readingId: ["readingId", "reading_id", "dev_seqid"],
  summaryData: ["summaryData", "summary_data", "extra_data"],
  rawData: ["rawData", "raw_data", "data"],
  device: [],
};

const ROLES: Record<keyof NdjsonKeys, number> = {
  timestamp: Role.time,
  stream: Role.stream,
  value: Role.value,
  readingId: Role.id,
  summaryData: FREE_FORM,
  rawData: FREE_FORM,
  device: Role.device,
};

/** The bit of raw data; that of summary data is the one of FREE_FORM. */
const RAW_BIT = FREE_FORM + 1;

/**
 * Reads readings from newline-delimited JSON into columns. A line is an object with the fields of a reading, by the names
 * of ArchFXDataPoint or of the events of a v200 report; other keys are passed over. Lines of plain numbers and texts are
 * read in WebAssembly, without an object a line.
 *
 * @param source The bytes, or a stream of them.
 * @param options Which key is what, and what to do with lines that are no readings. Options `stream` and
 * `firstReadingId` stand in place of the keys, which are not read then.
 * @returns The readings, a chunk at a time; it can be iterated once, and counts what it reads and skips.
 * @throws {DataError} While iterating: if the text is empty, or a line is no reading and `skipBadRows` is not set. The
 * error says line, key and text.
 * @throws {RangeError} If an option is out of its range.
 * @throws {TypeError} If the source or an option is of another type.
 *
 * @example
 * ```ts
 * import { readNdjson } from "@archfx/cloud";
 * import { assertEquals } from "@std/assert";
 *
 * const text = `{"timestamp":"2021-01-20T00:00:00.1Z","stream":20624,"value":73.5,"readingId":1}
 * {"timestamp":1611100801000,"stream":"0000-5090","value":74,"summaryData":{"n":5}}
 * `;
 * for await (const columns of readNdjson(new TextEncoder().encode(text))) {
 *   assertEquals(columns.streams, Uint32Array.of(0x5090, 0x5090));
 *   assertEquals(columns.readingIds, BigUint64Array.of(1n, 0n));
 *   assertEquals(columns.summaryData, [undefined, { n: 5 }]);
 * }
 * ```
 */
export function readNdjson(source: ByteSource, options: NdjsonOptions = {}): ReadingsReader {
  if (!isByteSource(source)) {
    throw new TypeError("Cannot read NDJSON: the source must be a Uint8Array or a stream of them");
  }
  return new NdjsonReader(source, options);
}

class NdjsonReader implements ReadingsReader {
  readonly #source: ByteSource;
  readonly #scanner: NdjsonScanner;
  readonly #onProgress: ReadOptions["onProgress"];
  #started = false;
  #bytes = 0;

  constructor(source: ByteSource, options: NdjsonOptions) {
    const checked = checkOptions(options, ["keys"]);
    const { keys = {} } = options;
    checkNames(keys, Object.keys(NAMES), "key of readNdjson");
    this.#source = source;
    this.#onProgress = checked.onProgress;
    const known: Key[] = [];
    const required: Key[] = [];
    for (const subject of Object.keys(NAMES) as (keyof NdjsonKeys)[]) {
      const name = keys[subject];
      if (name !== undefined && typeof name !== "string") {
        throw optionTypeError(`keys.${subject}`, name, "the name of a key");
      }
      if (subject === "stream" && checked.stream !== undefined) continue;
      if (subject === "readingId" && checked.firstId !== 0n) continue;
      const free = subject === "summaryData"
        ? "summary"
        : subject === "rawData"
        ? "raw"
        : undefined;
      const theirs = (name === undefined ? NAMES[subject] : [name]).map((name) => ({
        name,
        role: ROLES[subject],
        free,
        bit: free === "raw" ? 1 << RAW_BIT : 1 << ROLES[subject],
      })) satisfies Key[];
      known.push(...theirs);
      if (!free && subject !== "readingId" && theirs.length > 0) required.push(theirs[0]);
    }
    this.#scanner = new NdjsonScanner(checked, known, required, keys.device !== undefined);
  }

  get readings(): number {
    return this.#scanner.readings;
  }

  get skippedRows(): number {
    return this.#scanner.skippedRows;
  }

  get bytes(): number {
    return this.#bytes;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<ReadingChunk> {
    if (this.#started) throw new TypeError("Cannot read NDJSON twice from one reader");
    this.#started = true;
    for await (const bytes of byteChunks(this.#source)) {
      const piece = this.#bytes === 0 ? withoutMark(bytes) : bytes;
      this.#bytes += bytes.length;
      yield* this.#scanner.read(piece, false);
      this.#onProgress?.(this.#bytes);
    }
    if (this.#bytes === 0) throw new DataError("Cannot read the NDJSON as it is empty");
    yield* this.#scanner.read(new Uint8Array(), true);
  }
}

/** Without a byte order mark, where it stands in one piece. */
function withoutMark(bytes: Uint8Array): Uint8Array {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes;
}
