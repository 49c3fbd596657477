/**
 * The reader of delimited text: the text on its way to the scanner. `csv.ts` loads it when a text is read.
 *
 * @module
 */
import { type Dialect, textOf } from "./_csv_record.ts";
import { CsvScanner } from "./_csv_scan.ts";
import type { StartOptions } from "./_csv_start.ts";
import { checkCsv } from "./_check_csv.ts";
import { foundColumns } from "./_csv_layout.ts";
import { oneTable, withoutFooter } from "./_line_filters.ts";
import type { ReadPlan } from "./_plan.ts";
import { Counted, textPieces } from "./_text_pieces.ts";
import { readWarnings } from "./_warnings.ts";
import type { CsvOptions } from "./csv_options.ts";
import { looksLikeJson } from "./foreign.ts";
import { problemError } from "./problem.ts";
import type {
  ByteSource,
  FoundColumns,
  LeftOut,
  ReadingChunk,
  ReadingsReader,
  ReadWarning,
} from "./read_options.ts";

const encoder = new TextEncoder();

/** Reads a text once. */
export class CsvReader implements ReadingsReader {
  readonly #source: ByteSource;
  readonly #plan: ReadPlan;
  readonly #scanner: CsvScanner;
  readonly #counted: Counted;
  readonly #skipFooter: number;
  readonly #table: number | undefined;
  /** Whether the text begins with its header, which JSON must not pass for. */
  readonly #beginsWithHeader: boolean;
  #started = false;

  constructor(source: ByteSource, options: CsvOptions) {
    this.#plan = checkCsv(options);
    const { columns = {}, header = true } = options;
    const delimiter = options.delimiter === "tab" || options.delimiter === "\\t"
      ? "\t"
      : options.delimiter;
    const start: StartOptions = {
      skipLines: options.skipLines ?? 0,
      headerRows: header ? options.headerRows ?? 1 : 0,
      unitRow: options.unitRow === true,
      delimiter,
      left: (["table", "skipLines", "skipFooter"] as const).filter((name) => options[name]),
    };
    this.#source = source;
    this.#skipFooter = options.skipFooter ?? 0;
    this.#table = options.table;
    this.#beginsWithHeader = header && !options.skipLines;
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

  /** The text in UTF-8, without what is not read of it. A piece is valid until the next one is asked for. */
  async *#text(): AsyncGenerator<Uint8Array> {
    if (this.#started) throw new TypeError("Cannot read CSV twice from one reader");
    this.#started = true;
    let text = textPieces(this.#counted.of(this.#source), this.#plan.encoding);
    if (this.#skipFooter > 0) text = withoutFooter(text, this.#skipFooter);
    if (this.#table !== undefined) text = oneTable(text, this.#table);
    let isFirst = this.#beginsWithHeader;
    for await (const piece of text) {
      if (isFirst && looksLikeJson(textOf(piece, 0, Math.min(200, piece.length)))) {
        throw problemError({
          line: 1,
          message: "it is JSON, not CSV",
          hints: [{ option: "format", value: "ndjson" }],
        });
      }
      isFirst = false;
      yield piece;
    }
    if (this.#counted.bytes === 0) throw problemError({ message: "it is empty" });
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<ReadingChunk> {
    for await (const piece of this.#text()) yield* this.#scanner.read(piece, false);
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
