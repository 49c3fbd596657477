/**
 * Reads the start of a CSV text, before its rows: lines to skip, `sep=;`, comments, the header, a row of units.
 *
 * @module
 */
import {
  type Dialect,
  fieldText,
  nextLine,
  RecordFields,
  splitRecord,
  textOf,
} from "./_csv_record.ts";
import type { CsvHeader } from "./_csv_layout.ts";
import { problemError, quoted, type ReadHint } from "./problem.ts";

/** The layout of the start of a text. */
export interface StartOptions {
  readonly skipLines: number;
  /** 0 without a header. */
  readonly headerRows: number;
  readonly unitRow: boolean;
  /** The delimiter of the options; without it, the line `sep=;` may name one. */
  readonly delimiter: string | undefined;
  /** The options that skip parts of the text: they may skip all of it. */
  readonly left?: readonly string[];
}

/** The longest line that may be `sep=;`, in bytes. */
const LONGEST_SEP = 40;

/** Reads the start of a text while its bytes arrive. */
export class CsvStart {
  readonly #options: StartOptions;
  #dialect: Dialect;
  #skipped = 0;
  #sepDone = false;
  #rows: string[][] = [];
  #headerLine = 0;
  #headerText = "";
  #unitsDone: boolean;
  readonly #fields = new RecordFields();
  /** The number of the next line. */
  line = 1;

  constructor(options: StartOptions, dialect: Dialect) {
    this.#options = options;
    this.#dialect = dialect;
    this.#unitsDone = !options.unitRow;
  }

  /** The dialect, with the delimiter that the text names. */
  get dialect(): Dialect {
    return this.#dialect;
  }

  /** The header; null if the text has no header. */
  get header(): (CsvHeader & { readonly line: number }) | null {
    if (this.#options.headerRows === 0) return null;
    const width = Math.max(...this.#rows.map((row) => row.length));
    const names = Array.from(
      { length: width },
      (_, place) => this.#rows.map((row) => row[place] ?? "").filter((it) => it !== "").join(" "),
    );
    return { names, line: this.#headerLine, hints: (column) => this.#hints(names, column) };
  }

  /** The options that skip parts of the text. */
  get left(): readonly string[] {
    return this.#options.left ?? [];
  }

  /** Whether everything before the rows has been read. */
  get done(): boolean {
    return this.#sepDone && this.#rows.length >= this.#options.headerRows && this.#unitsDone;
  }

  /**
   * Continues to read.
   *
   * @returns The start of the rows; if more bytes are needed, the end of the part that was read.
   */
  read(bytes: Uint8Array, end: number, last: boolean): number {
    let at = 0;
    while (!this.done) {
      const next = this.#step(bytes, at, end, last);
      if (next < 0) break;
      at = next;
    }
    return at;
  }

  /** Reads one line or record; -1 if more bytes are needed. */
  #step(bytes: Uint8Array, at: number, end: number, last: boolean): number {
    if (this.#skipped < this.#options.skipLines) {
      if (at >= end) return -1;
      const next = nextLine(bytes, at, end, last);
      if (next >= 0) {
        this.#skipped++;
        this.line++;
      }
      return next;
    }
    if (!this.#sepDone) return this.#readSep(bytes, at, end, last);
    if (at >= end) return -1;
    const fields = this.#fields;
    if (!splitRecord(bytes, at, end, last, this.#dialect, fields)) return -1;
    const line = this.line;
    this.line += fields.lines;
    const isBlank = fields.empty ||
      (fields.count === 1 && fieldText(bytes, fields, 0, this.#dialect) === "");
    if (isBlank) return fields.next;
    if (fields.fault) {
      throw problemError({
        line,
        message: `the header has ${
          fields.fault === "open" ? "a quote that is not closed" : "text after a closing quote"
        }`,
        hints: [{ option: "quote" }],
      });
    }
    if (this.#rows.length < this.#options.headerRows) {
      if (this.#rows.length === 0) this.#headerLine = line;
      this.#headerText += textOf(bytes, at, fields.next);
      this.#rows.push(
        Array.from({ length: fields.count }, (_, i) => fieldText(bytes, fields, i, this.#dialect)),
      );
    } else {
      this.#unitsDone = true;
    }
    return fields.next;
  }

  /** Reads the line by which spreadsheets name the delimiter. */
  #readSep(bytes: Uint8Array, at: number, end: number, last: boolean): number {
    const start = textOf(bytes, at, Math.min(end, at + 5)).toLowerCase();
    const wanted = start.startsWith('"') ? '"sep=' : "sep=";
    if (!last && end - at < 5 && wanted.startsWith(start)) return -1;
    if (!start.startsWith(wanted)) {
      this.#sepDone = true;
      return at;
    }
    const next = nextLine(bytes, at, end, last);
    if (next < 0 && end - at < LONGEST_SEP) return -1;
    this.#sepDone = true;
    const text = textOf(bytes, at, next < 0 ? at : next).replace(/[\r\n]+$/, "");
    const delimiter = /^"sep=(.{1,4})"$/iu.exec(text)?.[1] ?? /^sep=(.{1,4})$/iu.exec(text)?.[1];
    if (delimiter === undefined) return at;
    const given = this.#options.delimiter;
    if (given !== undefined && given !== delimiter) {
      throw problemError({
        line: this.line,
        message: `${quoted(text)} contradicts option delimiter, ${quoted(given)}`,
        hints: [{ option: "delimiter", value: delimiter }],
      });
    }
    this.line++;
    this.#dialect = { ...this.#dialect, delimiter: new TextEncoder().encode(delimiter) };
    return next;
  }

  /** The options that may help if a column is not in the header. */
  #hints(names: readonly string[], column: string): ReadHint[] {
    const text = this.#headerText;
    const wide = utf16Of(text);
    if (wide !== undefined) return [{ option: "encoding", value: wide }];
    if (text.includes("\ufffd")) return [{ option: "encoding" }];
    if (names.length > 2) return [];
    const delimiter = textOf(this.#dialect.delimiter, 0, this.#dialect.delimiter.length);
    const others = DELIMITERS.filter((it) => it !== delimiter);
    const wanted = column.toLowerCase();
    const better = others.find((it) => {
      const parts = text.split(it).map((part) => part.trim().replace(/^"|"$/g, "").toLowerCase());
      return parts.length > 1 && parts.includes(wanted);
    }) ?? others.find((it) => it !== " " && text.split(it).length > names.length);
    if (better !== undefined) {
      return [{ option: "delimiter", value: better === "\t" ? "tab" : better }];
    }
    // A title before the header has no columns.
    return names.length === 1 ? [{ option: "skipLines" }] : [];
  }
}

/** The usual delimiters, most likely first. */
const DELIMITERS = [";", "\t", ",", "|", " "];

/** The encoding of UTF-16 that was read as UTF-8, recognised by its NULs. */
function utf16Of(text: string): string | undefined {
  if (/^(?:[^\0]\0){4}/.test(text)) return "utf-16le";
  return /^(?:\0[^\0]){4}/.test(text) ? "utf-16be" : undefined;
}
