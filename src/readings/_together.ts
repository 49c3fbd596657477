/**
 * Options that contradict each other, or of which one has no effect beside the other: found before anything is read.
 *
 * @module
 */
import { notFinite } from "./_number_text.ts";
import { optionError } from "./_rules.ts";
import type { CsvColumns } from "./csv_options.ts";
import type { ReadOptions } from "./read_options.ts";

/** The error for options that do not go together. */
export function together(name: string, rule: string): TypeError {
  return new TypeError(`Cannot read with option ${name}: ${rule}`);
}

/** Checks the options that all readers have. */
export function checkShared(options: ReadOptions): void {
  const { words = {} } = options;
  if (options.blank !== undefined && Object.hasOwn(words, "")) {
    throw together("blank", "option words says what a blank value is");
  }
  if (options.nan !== undefined) {
    const word = Object.keys(words).find((it) => notFinite(it) !== undefined);
    if (word !== undefined) throw together("nan", `option words says what "${word}" is`);
  }
  for (const name of ["stream", "tags"] as const) {
    if (options.map !== undefined && options[name] !== undefined) {
      throw together(name, "option map says the streams");
    }
  }
  if (options.tags !== undefined && options.stream !== undefined) {
    throw together("tags", "option stream says the stream of every reading");
  }
  const skips = options.onBadRow !== undefined || options.maxBadRows !== undefined;
  if (skips && options.skipBadRows === false) {
    throw together(
      options.onBadRow === undefined ? "maxBadRows" : "onBadRow",
      "it needs skipBadRows, which is false",
    );
  }
  if (options.keepBad && options.good === undefined) {
    throw together("keepBad", "it needs option good, which says what the other qualities are");
  }
}

/** Checks that qualities come with a column of them, and the other way round. */
export function checkQuality(plan: { readonly good: unknown }, columns: CsvColumns): void {
  if (columns.quality !== undefined && !plan.good) {
    throw together(
      "columns.quality",
      "it needs option good, the qualities that a reading is taken for",
    );
  }
  if (plan.good && columns.quality === undefined) {
    throw together("good", "it needs option columns.quality, the column that is compared with it");
  }
}

/** Checks that a wide table has no columns that a long one has. */
export function checkWide(plan: { readonly map: unknown }, columns: CsvColumns): void {
  if (!plan.map) return;
  for (const name of ["value", "stream", "readingId"] as const) {
    if (columns[name] !== undefined) {
      throw together(`columns.${name}`, "option map says values and streams");
    }
  }
}

/** A column, and the option that names it. */
type NamedColumn = readonly [option: string, column: string | number];

/** Checks which column or key is what: none may be two things, and several columns of a time need a format for them. */
export function checkColumns(options: ReadOptions, columns: object): void {
  const named: NamedColumn[] = [];
  for (const [name, column] of Object.entries(columns)) {
    for (const one of Array.isArray(column) ? column : [column]) {
      if (one !== undefined) named.push([`columns.${name}`, one]);
    }
  }
  for (const name of Object.keys(options.map ?? {})) named.push([`map.${name}`, name]);
  for (const [i, [option, column]] of named.entries()) {
    const other = named.slice(0, i).find((it) => it[1] === column)?.[0];
    if (other !== undefined) {
      throw optionError(option, column, `another column than option ${other}`);
    }
  }
}
