/**
 * Finds how a text is divided into rows and columns, from its first part. The result is a proposal for a person to
 * check.
 *
 * @module
 */
import { type Dialect, fieldText, RecordFields, splitRecord } from "./_csv_record.ts";
import { notFinite, numberOf } from "./_number_text.ts";
import { checkedReader, NAMED_FORMATS, patternsOf, usualPatterns } from "./_time_text.ts";

/** A row of the text. */
export interface SampleRow {
  readonly cells: readonly string[];
  /** The line on which it begins, counted from 0. */
  readonly line: number;
}

/** A combination of delimiter and quote that was tried. */
export interface TableGuess {
  readonly delimiter: string;
  readonly quote: string;
  readonly rows: readonly SampleRow[];
  /** The number of columns of most rows. */
  readonly width: number;
  /** The share of the rows with this number of columns. */
  readonly agreeing: number;
  /** Higher is better. */
  readonly score: number;
}

const DELIMITERS = [",", ";", "\t", "|", "||", "::", "~", " ", "^", "¦", "§"];
const encoder = new TextEncoder();

/** The rows of a text with a delimiter and a quote. */
function sampleRows(text: string, delimiter: string, quote: string): SampleRow[] {
  const bytes = encoder.encode(text);
  const dialect: Dialect = {
    delimiter: encoder.encode(delimiter),
    quote: quote === "" ? -1 : quote.charCodeAt(0),
    escape: -1,
    comment: new Uint8Array(),
  };
  const fields = new RecordFields();
  const rows: SampleRow[] = [];
  let line = 0;
  for (let at = 0; at < bytes.length && rows.length < 4000;) {
    splitRecord(bytes, at, bytes.length, true, dialect, fields);
    const cells = Array.from(
      { length: fields.count },
      (_, i) => fieldText(bytes, fields, i, dialect),
    );
    const isBlank = cells.length === 1 && cells[0] === "";
    if (!isBlank) rows.push({ cells: fields.fault ? ["\u0000"] : cells, line });
    line += fields.lines;
    at = fields.next;
  }
  return rows;
}

/** The number of columns that most rows have. */
function modalWidth(rows: readonly SampleRow[]): number {
  const counts = new Map<number, number>();
  for (const { cells } of rows) counts.set(cells.length, (counts.get(cells.length) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1] || b[0] - a[0])[0]?.[0] ?? 0;
}

/** Whether a text is a number in one of the usual notations. */
export function looksNumeric(text: string): boolean {
  // The number of a part or a measuring point.
  if (/^0\d+$/.test(text)) return false;
  if (notFinite(text) !== undefined) return true;
  return ([".", ","] as const).some((decimal) =>
    ([undefined, ",", ".", " ", "'"] as const).some((thousands) =>
      thousands !== decimal && Number.isFinite(numberOf(text, { decimal, thousands }))
    )
  );
}

const TIMELIKE =
  /^(?:\d{1,4}[-./ ](?:\d{1,2}|[A-Za-z]{3})[-./ ,]+\d{1,4}(?:[T ,]+\d{1,2}:\d{2}.*)?|\d{8}[T ]?\d{6}.*|\d{1,2}:\d{2}(?::\d{2}.*)?(?: ?[AaPp][Mm])?)$/;

/** Dates of East Asia, times of day with points or an h, and both joined by a dash. */
const LOCAL_TIME =
  /^\d{4}年\d{1,2}月\d{1,2}日|^\d{1,2}[-./]\d{1,2}[-./]\d{4}[ -]\d{1,2}[.h:]\d{2}|^\d{4}-\d\d-\d\d-\d\d:/;

/** Whether a text looks like a date, a time of day or both. */
export function looksLikeTime(text: string): boolean {
  return TIMELIKE.test(text) || LOCAL_TIME.test(text) ||
    /^[A-Z][a-z]{2} \d{1,2},? \d{4}/.test(text);
}

/** The ways to divide a text, best first. */
export function tableGuesses(text: string): TableGuess[] {
  const guesses: TableGuess[] = [];
  for (const quote of ['"', "'"]) {
    if (quote === "'" && !/(^|[,;\t|])'[^'\n]*'([,;\t|\r\n]|$)/m.test(text)) continue;
    for (const delimiter of DELIMITERS) {
      if (!text.includes(delimiter)) continue;
      const rows = sampleRows(text, delimiter, quote);
      const width = modalWidth(rows);
      if (width < 2) continue;
      const same = rows.filter(({ cells }) => cells.length === width);
      const typed = same.filter(({ cells }) => cells.some(isTimeCell) && cells.some(looksNumeric));
      const agreeing = same.length / rows.length;
      const kinds = typed.length / rows.length;
      // A cell that contains other delimiters and is not a number is probably not divided enough.
      const whole = typed.slice(0, 50).flatMap(({ cells }) => cells);
      const clean = whole.filter((cell) => cell === "" || !/[;\t|]|,[^\d ]/.test(cell)).length /
        Math.max(1, whole.length);
      const numbers = typed.slice(0, 50).map(({ cells }) => cells.filter(looksNumeric).length);
      const dates = typed.slice(0, 50).filter(({ cells }) => cells.some(wholeTime)).length /
        Math.max(1, Math.min(50, typed.length));
      const bonus = delimiter === " " ? -1.2 : delimiter === "," ? -0.02 : 0;
      const mean = numbers.reduce((sum, it) => sum + it, 0) / Math.max(1, numbers.length);
      guesses.push({
        delimiter,
        quote,
        rows,
        width,
        agreeing,
        score: 3 * kinds + agreeing + clean + 0.5 * dates + Math.min(0.2, mean / 100) + bonus +
          (delimiter.length > 1 ? 0.1 : 0) + (quote === "'" ? 0.05 : 0),
      });
    }
  }
  return guesses.sort((a, b) => b.score - a.score);
}

function wholeTime(text: string): boolean {
  const fits = (format: string) => fitsAll([text], format);
  if (NAMED_FORMATS.some(fits)) return true;
  for (const pattern of usualPatterns([text])) if (fits(pattern)) return true;
  return false;
}

/** Whether a cell may be a time, including numbers since 1970 and those of spreadsheets. */
export function isTimeCell(text: string): boolean {
  return looksLikeTime(text) || /^1[0-9]{9}(?:\d{3}|\d{6}|\d{9})?(?:[.,]\d+)?$/.test(text) ||
    /^[34]\d{4}[.,]\d+$/.test(text);
}

/** Whether all texts are times between 1990 and 2100 in a format. */
function fitsAll(texts: readonly string[], format: string): boolean {
  const read = checkedReader(format, ",");
  const plain = checkedReader(format, ".");
  return texts.every((text) => {
    const time = plain(text) ?? read(text);
    return time !== undefined && time.micros > 631152000000000n &&
      time.micros < 4102444800000000n;
  });
}

/** The formats with which all texts are times between 1990 and 2100, most usual first. */
export function timeFormats(texts: readonly string[]): string[] {
  const fits = (format: string) => fitsAll(texts, format);
  const named = NAMED_FORMATS.filter(fits);
  if (named.includes("iso")) return ["iso"];
  const patterns = patternsOf(texts.slice(0, 3)).filter(fits);
  return [...named, ...patterns];
}
