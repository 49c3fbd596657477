/// <reference lib="dom" />
/**
 * Simple tables for a few dozen rows.
 *
 * @module
 */
import { type Child, el } from "../../../inspector/dom.ts";

/** Sorting by a click on the head of a column. */
interface Sorting {
  /** The column by which the rows are ordered; −1 for none. */
  readonly by: number;
  readonly descending: boolean;
  onSort(column: number): void;
}

/**
 * Make a table that scrolls sideways if it does not fit.
 *
 * @param caption the name of the table, for a screen reader
 * @param columns title of each column, and `end` for columns of numbers
 * @param rows cells of each row; an extra cell at the end is a note below the row
 * @param sorting how the rows are ordered, if a click on a head sorts them
 */
export function plainTable(
  caption: string,
  columns: readonly (readonly [title: string, align?: "end"])[],
  rows: readonly (readonly Child[])[],
  sorting?: Sorting,
): HTMLElement {
  const cell = (tag: "td" | "th", at: number, ...children: Child[]) =>
    el(columns[at][1] === "end" ? `${tag}.number` : tag, tag === "th" ? head(at) : {}, ...children);
  const order = (at: number) =>
    sorting?.by !== at ? "none" : sorting.descending ? "descending" : "ascending";
  const head = (at: number) => ({
    scope: "col",
    "aria-sort": sorting === undefined ? undefined : order(at),
  });
  const title = (at: number): Child => {
    const [text] = columns[at];
    if (sorting === undefined || text === "") return text;
    const arrow = { ascending: " \u2191", descending: " \u2193", none: "" }[order(at)];
    return el(
      "button.table-sort",
      { type: "button", "data-column": at, onclick: () => sorting.onSort(at) },
      text + arrow,
    );
  };
  return el(
    "div.plain-table",
    { tabindex: "0", role: "region", "aria-label": `${caption}, table` },
    el(
      "table",
      {},
      el("caption.visually-hidden", {}, caption),
      el("thead", {}, el("tr", {}, ...columns.map((_, at) => cell("th", at, title(at))))),
      el(
        "tbody",
        {},
        ...rows.flatMap((row) => {
          const cells = row.slice(0, columns.length).map((child, at) => cell("td", at, child));
          if (row.length === columns.length) return [el("tr", {}, ...cells)];
          const note = el("td", { colspan: columns.length }, row[columns.length]);
          return [el("tr.noted", {}, ...cells), el("tr.note", {}, note)];
        }),
      ),
    ),
  );
}

/**
 * The time of an event, with the day only if it is not today.
 *
 * @param iso ISO 8601
 * @param digits digits after the second; the tooltip has all of them
 */
export function clock(iso: string, digits: 0 | 3): HTMLElement {
  const [day, rest] = new Date(iso).toISOString().split("T");
  const today = new Date().toISOString().startsWith(day);
  const text = rest.slice(0, digits === 0 ? 8 : 12);
  return el("time", { datetime: iso, title: iso }, today ? text : `${day} ${text}`);
}
