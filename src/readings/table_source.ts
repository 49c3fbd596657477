/**
 * The interface of tables that `TableReader` reads: an opened table, its batches of rows and their columns.
 *
 * @module
 */

/** A column of a batch. */
export interface TableColumn {
  /** The kind of its cells: points in time, with or without a zone; dates or times of day; or anything else. */
  readonly kind: "time" | "local time" | "part of a time" | "other";
  /** A point in time in microseconds since 1970, if the cells are such; undefined for a missing cell. */
  micros(row: number): bigint | undefined;
  /** A cell: a number, bigint, text, boolean or free-form data; undefined for a missing cell. */
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
