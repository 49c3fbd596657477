/**
 * The tables that `TableReader` reads: an opened table, its batches of rows and their columns.
 *
 * @module
 */

/** A column of a batch. */
export interface TableColumn {
  /** What its cells are: moments, with or without a zone; days or times of day; or anything else. */
  readonly kind: "time" | "local time" | "part of a time" | "other";
  /** A moment in microseconds since 1970, where that is what cells are; undefined where one is missing. */
  micros(row: number): bigint | undefined;
  /** A cell: a number, bigint, text, boolean or free-form data; undefined where it is missing. */
  cell(row: number): unknown;
  /** A cell as text. */
  text(row: number): string;
}

/** Rows of a table. */
export interface TableBatch {
  readonly length: number;
  /** The columns by their positions in the table; those that are not read may be absent. */
  column(place: number): TableColumn;
}

/** A table that has been opened. */
export interface TableSource {
  /** The names of its columns. */
  readonly names: readonly string[];
  /** Its rows, with at least the columns at these places. */
  batches(places: readonly number[]): AsyncIterable<TableBatch>;
}
