/**
 * Finds options that contradict each other, or that have no effect together, before anything is read.
 *
 * @module
 */
import { notFinite } from "./_number_text.ts";
import { optionError } from "./_rules.ts";
import type { CsvColumns } from "./csv_options.ts";
import type { ReadOptions } from "./read_options.ts";

/** The error for options that cannot be used together. */
export function together(name: string, rule: string): TypeError {
  return new TypeError(`Cannot read with option ${name}: ${rule}`);
}

/** Checks the options that all readers have. */
export function checkShared(options: ReadOptions): void {
  const { words = {} } = options;
  if (options.blank !== undefined && Object.hasOwn(words, "")) {
    throw together("blank", "option words already defines blank values");
  }
  if (options.nan !== undefined) {
    const word = Object.keys(words).find((it) => notFinite(it) !== undefined);
    if (word !== undefined) throw together("nan", `option words already defines "${word}"`);
  }
  for (const name of ["stream", "tags"] as const) {
    if (options.map !== undefined && options[name] !== undefined) {
      throw together(name, "option map names the streams");
    }
  }
  if (options.tags !== undefined && options.stream !== undefined) {
    throw together("tags", "option stream already sets the stream of every reading");
  }
  const skips = options.onBadRow !== undefined || options.maxBadRows !== undefined;
  if (skips && options.skipBadRows === false) {
    throw together(
      options.onBadRow === undefined ? "maxBadRows" : "onBadRow",
      "it needs skipBadRows, which is false",
    );
  }
  if (options.keepBad && options.good === undefined) {
    throw together("keepBad", "it needs option good, since it keeps the rows of other qualities");
  }
}

/** Checks that option good has a column of qualities, and the column has option good. */
export function checkQuality(plan: { readonly good: unknown }, columns: CsvColumns): void {
  if (columns.quality !== undefined && !plan.good) {
    throw together(
      "columns.quality",
      "it needs option good, the list of good qualities",
    );
  }
  if (plan.good && columns.quality === undefined) {
    throw together("good", "it needs option columns.quality, the column of the qualities");
  }
}

/** Checks that a wide table does not use the columns of a long table. */
export function checkWide(plan: { readonly map: unknown }, columns: CsvColumns): void {
  if (!plan.map) return;
  for (const name of ["value", "stream", "readingId"] as const) {
    if (columns[name] !== undefined) {
      throw together(`columns.${name}`, "option map names the values and streams");
    }
  }
}

/** A column, and the option that names it. */
type NamedColumn = readonly [option: string, column: string | number];

/** Checks that no column or key has two meanings, and that a time of several columns has a format. */
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
      throw optionError(option, column, `a column that option ${other} does not use`);
    }
  }
}
