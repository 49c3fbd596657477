/**
 * Reads readings from delimited text.
 *
 * @module
 */
import { isByteSource } from "./_byte_chunks.ts";
import { checkCsv } from "./_check_csv.ts";
import { LazyReader } from "./_lazy_reader.ts";
import type { CsvOptions } from "./csv_options.ts";
import type { ByteSource, ReadingsReader } from "./read_options.ts";

/**
 * Reads readings from delimited text (CSV) into columns, without an object for each row. Plain files need no options.
 * For other files there are options for the dialect, the format and zone of times, decimal and thousands separators,
 * one column per stream, tags, qualities and more.
 *
 * @param source The bytes, or a stream of them, such as the body of a response or the `readable` of an opened file.
 * They may be compressed with gzip or zstd.
 * @param options How to read the text, and what to do with rows that are not readings.
 * @returns The readings, a chunk at a time; it can be iterated once, and counts what it reads and skips.
 * @throws {DataError} While iterating: if the text is empty, a column is missing, an option contradicts the text, or a
 * row is not a reading and bad rows are not skipped. The error names line, column, text, rule, and the option that may
 * help.
 * @throws {RangeError} If an option is out of its range.
 * @throws {TypeError} If the source or an option is of another type, or options contradict each other.
 *
 * @example
 * ```ts
 * import { readCsv } from "@archfx/cloud";
 * import { assertEquals } from "@std/assert";
 *
 * const text = "Zeit;Temperatur\n02.03.2026 06:00:00;1.020,5\n02.03.2026 06:00:01;n/a\n";
 * const readings = readCsv(new TextEncoder().encode(text), {
 *   columns: { timestamp: "Zeit", value: "Temperatur" },
 *   delimiter: ";",
 *   decimal: ",",
 *   thousands: ".",
 *   timeFormat: "%d.%m.%Y %H:%M:%S",
 *   timeZone: "Europe/Berlin",
 *   stream: "0001-5090",
 *   firstReadingId: 1,
 *   skipBadRows: true,
 * });
 * for await (const columns of readings) {
 *   assertEquals(columns.values, Float64Array.of(1020.5));
 *   assertEquals(new Date(Number(columns.timestamps[0] / 1000n)), new Date("2026-03-02T05:00:00Z"));
 *   assertEquals(columns.streams, Uint32Array.of(0x15090));
 * }
 * assertEquals(readings.skippedRows, 1);
 * ```
 */
export function readCsv(source: ByteSource, options: CsvOptions = {}): ReadingsReader {
  if (!isByteSource(source)) {
    throw new TypeError("Cannot read CSV: the source must be a Uint8Array or a stream of them");
  }
  checkCsv(options);
  return new LazyReader(async () =>
    new (await import("./_csv_reader.ts")).CsvReader(source, options)
  );
}
