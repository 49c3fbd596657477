/**
 * Reads readings from JSON: one object per line, or an array of objects.
 *
 * @module
 */
import { isByteSource } from "./_byte_chunks.ts";
import { checkNdjson } from "./_check_ndjson.ts";
import { LazyReader } from "./_lazy_reader.ts";
import type { NdjsonOptions } from "./ndjson_options.ts";
import type { ByteSource, ReadingsReader } from "./read_options.ts";

/**
 * Reads readings from newline-delimited JSON, or from a JSON array, into columns. An object has the fields of a
 * reading, with the names of ArchFXDataPoint or of the events of a v200 report; other keys are ignored. Lines of plain
 * numbers and texts are read in WebAssembly, without an object for each line. Integers in free-form data stay exact:
 * beyond 2^53 they are bigints.
 *
 * @param source The bytes, or a stream of them. They may be compressed with gzip or zstd.
 * @param options The meaning of the keys, and what to do with lines that are not readings.
 * @returns The readings, a chunk at a time; it can be iterated once, and counts what it reads and skips.
 * @throws {DataError} While iterating: if the text is empty, an option contradicts it, or a line is not a reading and
 * bad rows are not skipped. The error names line, key, text, rule, and the option that may help.
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
  checkNdjson(options);
  return new LazyReader(async () =>
    new (await import("./_ndjson_reader.ts")).NdjsonReader(source, options)
  );
}

export type { NdjsonKeys, NdjsonOptions } from "./ndjson_options.ts";
