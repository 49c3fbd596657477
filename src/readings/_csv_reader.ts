/**
 * The reader of delimited text, which passes the text to the scanner. `csv.ts` loads it when a text is read.
 *
 * @module
 */
import { type Dialect, textOf } from "./_csv_record.ts";
import { CsvScanner } from "./_csv_scan.ts";
import type { StartOptions } from "./_csv_start.ts";
import { checkCsv } from "./_check_csv.ts";
import { oneTable, withoutFooter } from "./_line_filters.ts";
import { TextReader } from "./_text_reader.ts";
import type { CsvOptions } from "./csv_options.ts";
import { looksLikeJson } from "./foreign.ts";
import { problemError } from "./problem.ts";
import type { ByteSource } from "./read_options.ts";

const encoder = new TextEncoder();

/** Reads a text once. */
export class CsvReader extends TextReader {
  constructor(source: ByteSource, options: CsvOptions) {
    const plan = checkCsv(options);
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
    super(source, {
      name: "CSV",
      plan,
      scanner: new CsvScanner(plan, columns, start, dialectOf(options, delimiter)),
      text(pieces) {
        let text = pieces;
        if (options.skipFooter) text = withoutFooter(text, options.skipFooter);
        if (options.table !== undefined) text = oneTable(text, options.table);
        // Only a text that begins with its header can be distinguished from JSON.
        return header && !options.skipLines ? withoutJson(text) : text;
      },
    });
  }
}

/** Rejects a text that is JSON, whose first line could be mistaken for a header. */
async function* withoutJson(text: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let isFirst = true;
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
