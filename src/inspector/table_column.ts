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
  /** Whether it takes the width that is left. */
  readonly grow?: boolean;
  readonly align?: "end";
  /** Whether a press on its head orders the rows by it. */
  readonly sortable?: boolean;
  text(row: Row): string;
  /** The cell in a copy, where that differs from what is shown. */
  copy?(row: Row): string;
}
