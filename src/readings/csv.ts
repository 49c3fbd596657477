/**
 * Readings from delimited text.
 *
 * @module
 */
import { checkNames } from "../_options.ts";
import { isByteSource } from "./_byte_chunks.ts";
import type { Dialect } from "./_csv_record.ts";
import { CsvScanner } from "./_csv_scan.ts";
import type { StartOptions } from "./_csv_start.ts";
import { csvLayout, foundColumns } from "./_csv_layout.ts";
import { oneTable, withoutFooter } from "./_line_filters.ts";
import { type ReadPlan, readPlan, together } from "./_plan.ts";
import { COLUMN_RULES, CSV_RULES, optionError, optionFaults, throwFault } from "./_rules.ts";
import { Counted, textPieces } from "./_text_pieces.ts";
import { readWarnings } from "./_warnings.ts";
import type { CsvOptions } from "./csv_options.ts";
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
 * Reads readings from delimited text (CSV) into columns, without an object for each row. Plain files need no options; for
 * the others there are the dialect, the format and zone of times, decimal and thousands separators, one column per stream,
 * tags, qualities and more.
 *
 * @param source The bytes, or a stream of them, such as the body of a response or the `readable` of an opened file; also
 * packed by gzip or zstd.
 * @param options How the text is to be understood, and what to do with rows that are not readings.
 * @returns The readings, a chunk at a time; it can be iterated once, and counts what it reads and skips.
 * @throws {DataError} While iterating: if the text is empty, a column is missing, an option contradicts the text, or a row
 * is not a reading and bad rows are not skipped. The error says line, column, text, rule, and the option that may help.
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
  return new CsvReader(source, options);
}

const encoder = new TextEncoder();

class CsvReader implements ReadingsReader {
  readonly #source: ByteSource;
  readonly #plan: ReadPlan;
  readonly #scanner: CsvScanner;
  readonly #counted: Counted;
  readonly #skipFooter: number;
  readonly #table: number | undefined;
  #started = false;

  constructor(source: ByteSource, options: CsvOptions) {
    this.#plan = readPlan(options, ["columns", ...Object.keys(CSV_RULES)]);
    const { columns = {}, header = true } = options;
    checkNames(columns, Object.keys(COLUMN_RULES), "column of readCsv");
    throwFault([
      ...optionFaults(options, CSV_RULES),
      ...optionFaults(columns, COLUMN_RULES, "columns."),
    ]);
    checkTogether(options, this.#plan);
    // What does not depend on the header is found wrong at once.
    if (!header) csvLayout(columns, this.#plan, null);
    const delimiter = options.delimiter === "tab" || options.delimiter === "\\t"
      ? "\t"
      : options.delimiter;
    const start: StartOptions = {
      skipLines: options.skipLines ?? 0,
      headerRows: header ? options.headerRows ?? 1 : 0,
      unitRow: options.unitRow === true,
      delimiter,
    };
    this.#source = source;
    this.#skipFooter = options.skipFooter ?? 0;
    this.#table = options.table;
    this.#counted = new Counted(this.#plan.onProgress);
    this.#scanner = new CsvScanner(this.#plan, columns, start, dialectOf(options, delimiter));
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
    const { layout } = this.#scanner;
    return layout && foundColumns(layout);
  }

  get warnings(): readonly ReadWarning[] {
    return readWarnings(this.#scanner.maker);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<ReadingChunk> {
    if (this.#started) throw new TypeError("Cannot read CSV twice from one reader");
    this.#started = true;
    let text = textPieces(this.#counted.of(this.#source), this.#plan.encoding);
    if (this.#skipFooter > 0) text = withoutFooter(text, this.#skipFooter);
    if (this.#table !== undefined) text = oneTable(text, this.#table);
    for await (const piece of text) yield* this.#scanner.read(piece, false);
    if (this.#counted.bytes === 0) throw problemError({ message: "it is empty" });
    yield* this.#scanner.read(new Uint8Array(), true);
  }
}

function dialectOf(options: CsvOptions, delimiter: string | undefined): Dialect {
  const { quote = '"', escape, comment = "" } = options;
  const none = quote === "" || quote === "none";
  return {
    delimiter: encoder.encode(delimiter ?? ","),
    quote: none ? -1 : quote.charCodeAt(0),
    escape: escape === undefined || escape === quote || (escape === '"' && none)
      ? -1
      : escape.charCodeAt(0),
    comment: encoder.encode(comment),
  };
}

/** Options that contradict each other. */
function checkTogether(options: CsvOptions, plan: ReadPlan): void {
  const { columns = {}, header = true } = options;
  if (columns.quality !== undefined && !plan.good) {
    throw together("columns.quality", "it needs good, the qualities that a reading is taken for");
  }
  if (plan.good && columns.quality === undefined) {
    throw together("good", "it needs columns.quality, the column that is compared with it");
  }
  if (plan.map) {
    for (const name of ["value", "stream", "readingId"] as const) {
      if (columns[name] !== undefined) {
        throw together(`columns.${name}`, "map says values and streams");
      }
    }
  }
  if (!header) {
    for (const name of ["headerRows", "unitRow"] as const) {
      if (options[name]) throw together(name, "header is false");
    }
  }
  const { quote = '"', delimiter = "," } = options;
  if (quote !== "" && quote !== "none" && delimiter.includes(quote)) {
    throw optionError("delimiter", delimiter, "another character than option quote");
  }
  if (options.comment !== undefined && options.comment === delimiter) {
    throw optionError("comment", options.comment, "another text than option delimiter");
  }
}
