/**
 * Readings from JSON: one object per line, or an array of objects.
 *
 * @module
 */
import { checkNames } from "../_options.ts";
import { isByteSource } from "./_byte_chunks.ts";
import { JsonArray } from "./_json_array.ts";
import { jsonKeys } from "./_json_keys.ts";
import { NdjsonScanner } from "./_ndjson_scan.ts";
import { type ReadPlan, readPlan, together } from "./_plan.ts";
import { COLUMN_RULES, KEY_RULES, NDJSON_RULES, optionFaults, throwFault } from "./_rules.ts";
import { Counted, textPieces } from "./_text_pieces.ts";
import { readWarnings } from "./_warnings.ts";
import type { NdjsonOptions } from "./ndjson_options.ts";
import { problemError } from "./problem.ts";
import type {
  ByteSource,
  FoundColumns,
  LeftOut,
  ReadingChunk,
  ReadingsReader,
  ReadWarning,
} from "./read_options.ts";

/**
 * Reads readings from newline-delimited JSON, or from a JSON array, into columns. An object has the fields of a reading, by
 * the names of ArchFXDataPoint or of the events of a v200 report; other keys are ignored. Lines of plain numbers and texts
 * are read in WebAssembly, without an object for each line. Integers of free-form data stay exact: beyond 2^53 they are
 * bigints.
 *
 * @param source The bytes, or a stream of them; also packed by gzip or zstd.
 * @param options Which key is what, and what to do with lines that are not readings.
 * @returns The readings, a chunk at a time; it can be iterated once, and counts what it reads and skips.
 * @throws {DataError} While iterating: if the text is empty, an option contradicts it, or a line is not a reading and bad
 * rows are not skipped. The error says line, key, text, rule, and the option that may help.
 * @throws {RangeError} If an option is out of its range.
 * @throws {TypeError} If the source or an option is of another type, or options contradict each other.
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
  readonly #plan: ReadPlan;
  readonly #scanner: NdjsonScanner;
  readonly #counted: Counted;
  #started = false;

  constructor(source: ByteSource, options: NdjsonOptions) {
    this.#plan = readPlan(options, ["keys", "columns", "numberTexts"]);
    const { keys = {}, columns = {}, numberTexts = false } = options;
    checkNames(keys, Object.keys(KEY_RULES), "key of readNdjson");
    checkNames(columns, Object.keys(COLUMN_RULES), "column of readNdjson");
    throwFault([
      ...optionFaults(options, NDJSON_RULES),
      ...optionFaults(keys, KEY_RULES, "keys."),
      ...optionFaults(columns, COLUMN_RULES, "columns."),
    ]);
    const known = jsonKeys(this.#plan, keys, columns);
    if (known.quality === undefined && this.#plan.good) {
      throw together("good", "it needs columns.quality, the key that is compared with it");
    }
    if (known.quality !== undefined && !this.#plan.good) {
      throw together("columns.quality", "it needs good, the qualities that a reading is taken for");
    }
    this.#source = source;
    this.#counted = new Counted(this.#plan.onProgress);
    this.#scanner = new NdjsonScanner(this.#plan, known, numberTexts);
  }

  get readings(): number {
    return this.#scanner.readings;
  }

  get skippedRows(): number {
    return this.#scanner.bad.count;
  }

  get leftOut(): LeftOut {
    return { ...this.#scanner.maker.left };
  }

  get bytes(): number {
    return this.#counted.bytes;
  }

  get found(): FoundColumns | undefined {
    return this.#scanner.found;
  }

  get warnings(): readonly ReadWarning[] {
    return readWarnings(this.#scanner.maker);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<ReadingChunk> {
    if (this.#started) throw new TypeError("Cannot read NDJSON twice from one reader");
    this.#started = true;
    let array: JsonArray | undefined;
    let begun = false;
    for await (const piece of textPieces(this.#counted.of(this.#source), this.#plan.encoding)) {
      if (!begun) {
        const first = piece.find((byte) => byte > 0x20);
        if (first === 0x5b) array = new JsonArray();
        begun = first !== undefined;
      }
      yield* this.#scanner.read(array ? array.lines(piece) : piece, false);
    }
    if (this.#counted.bytes === 0) throw problemError({ message: "it is empty" });
    array?.end();
    yield* this.#scanner.read(new Uint8Array(), true);
  }
}

export type { NdjsonKeys, NdjsonOptions } from "./ndjson_options.ts";
