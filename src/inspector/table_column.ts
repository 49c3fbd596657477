/**
 * A column of a table.
 *
 * @module
 */

/** A column of the table. */
export interface Column<Row> {
  readonly key: string;
  readonly title: string;
  /** CSS width, such as `10ch`. */
  readonly width: string;
  /** Whether it takes the remaining width. */
  readonly grow?: boolean;
  readonly align?: "end";
  /** Whether a click on its head sorts the rows by it. */
  readonly sortable?: boolean;
  text(row: Row): string;
  /** The cell in a copy, if it differs from the shown text. */
  copy?(row: Row): string;
}
