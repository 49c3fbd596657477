/// <reference lib="dom" />
/**
 * Copies rows of a table so that they can be pasted as a table: with tabs between cells and a line for each row.
 *
 * @module
 */
import type { Column } from "./table_column.ts";

/** The most rows that are copied. */
const MOST = 100_000;

/** The rows of a table. */
interface Copied<Row> {
  /** First and last selected row; the last is smaller than the first if there is no selection. */
  selected(): [number, number];
  /** A row, or undefined if it is not loaded. */
  row(index: number): Row | undefined;
  load(from: number, count: number): Promise<readonly Row[]>;
}

/**
 * Enable copying of rows: the selected ones, or those with marked text.
 *
 * @param element the table
 * @param layer where its rows are
 */
export function copying<Row>(
  element: HTMLElement,
  layer: HTMLElement,
  columns: readonly Column<Row>[],
  rows: Copied<Row>,
): void {
  const line = (row: Row) =>
    columns.map(({ text, copy }) => (copy ?? text)(row).replace(/[\t\r\n]+/g, " ")).join("\t");
  const table = (list: readonly Row[]) =>
    [columns.map(({ title }) => title).join("\t"), ...list.map(line)].join("\n");

  element.addEventListener("copy", (event) => {
    const marked = getSelection();
    const cells = marked === null || marked.isCollapsed
      ? []
      : [...layer.children].filter((row) => marked.containsNode(row, true));
    // Text within one row is copied as it is.
    if (cells.length === 1) return;
    const indexes = cells.map((row) => Number(row.getAttribute("data-index")));
    const [low, high] = indexes.length > 0
      ? [Math.min(...indexes), Math.max(...indexes)]
      : rows.selected();
    if (high < low) return;
    event.preventDefault();
    const length = Math.min(MOST, high - low + 1);
    const here = Array.from({ length }, (_, at) => rows.row(low + at));
    if (here.every((row) => row !== undefined)) {
      event.clipboardData!.setData("text/plain", table(here));
    } else {
      void rows.load(low, length).then((list) => navigator.clipboard.writeText(table(list)));
    }
  });
}
