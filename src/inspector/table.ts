/// <reference lib="dom" />
/**
 * A table with any number of rows, of which only the visible ones exist.
 *
 * Browsers limit the height of an element to about 17 to 33 million pixels. Above `TALLEST`, the position of the
 * scroll bar is scaled to a row, but the wheel still moves row by row.
 *
 * @module
 */
import { el, fill } from "./dom.ts";
import { count } from "./format.ts";
import type { Column } from "./table_column.ts";
import { copying } from "./table_copy.ts";

export type { Column };

/** Height of a row in pixels, the same as in the style sheet. */
const ROW = 28;

/** The tallest spacer in pixels that every browser supports. */
const TALLEST = 8_000_000;

/** Extra rows that are requested above and below the visible ones. */
const MARGIN = 40;

/** What a table shows. */
interface Rowset<Row> {
  readonly length: number;
  /** The rows from a position. */
  load(from: number, count: number): Promise<readonly Row[]>;
}

/** A table on the page. */
interface Table<Row> {
  readonly element: HTMLElement;
  show(rows: Rowset<Row>, sort: { key: string; descending: boolean } | null): void;
  /** Scroll to a row and make it the active one. */
  goTo(index: number): void;
  /** The active row; −1 if there is none. */
  active(): number;
}

/**
 * Make a table.
 *
 * @param options its columns, its name for a screen reader, what to do when a head is pressed and when a
 *   row becomes the active one
 */
export function table<Row>(options: {
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  onSort?(key: string): void;
  onActive?(row: Row, index: number): void;
}): Table<Row> {
  const { columns, label } = options;
  const id = `table-${Math.random().toString(36).slice(2, 8)}`;
  const template = columns.map(({ width, grow }) => grow ? `minmax(${width}, 1fr)` : width).join(
    " ",
  );
  const head = el("div.table-head.table-row", { role: "row", "aria-rowindex": 1 });
  const layer = el("div.table-layer", { role: "rowgroup" });
  const spacer = el("div.table-spacer", { "aria-hidden": "true" });
  const element = el(
    "div.table",
    {
      role: "grid",
      tabindex: "0",
      "aria-label": label,
      "aria-colcount": columns.length,
      "aria-multiselectable": "true",
    },
    head,
    layer,
    spacer,
  );
  head.style.gridTemplateColumns = template;
  element.style.setProperty("--width", `calc(${columns.map(({ width }) => width).join(" + ")})`);

  let rows: Rowset<Row> = { length: 0, load: () => Promise.resolve([]) };
  let loaded: { from: number; rows: readonly Row[] } = { from: 0, rows: [] };
  let generation = 0;
  let loading = false;
  let top = 0;
  let active = -1;
  /** The other end of the rows that are selected. */
  let anchor = -1;
  let frame = 0;
  const pool: HTMLElement[] = [];

  const room = (): number => Math.max(ROW, element.clientHeight - ROW);
  const visible = (): number => room() / ROW;
  const lastTop = (): number => Math.max(0, rows.length - visible());
  const scaled = (): boolean => rows.length * ROW > TALLEST;

  function setTop(next: number): void {
    top = Math.min(Math.max(0, next), lastTop());
    const travel = spacer.offsetHeight - room();
    element.scrollTop = scaled() ? (lastTop() === 0 ? 0 : top / lastTop() * travel) : top * ROW;
    schedule();
  }

  function schedule(): void {
    if (frame === 0) frame = requestAnimationFrame(draw);
  }

  function draw(): void {
    frame = 0;
    const first = Math.floor(top);
    const wanted = Math.min(Math.ceil(visible()) + 1, Math.max(0, rows.length - first));
    while (pool.length < wanted) pool.push(makeRow());
    layer.replaceChildren(...pool.slice(0, wanted));
    let missing = false;
    for (let at = 0; at < wanted; at++) {
      const index = first + at;
      const row = loaded.rows[index - loaded.from];
      missing ||= row === undefined;
      paint(pool[at], index, row);
      pool[at].style.transform = `translateY(${Math.round((index - top) * ROW)}px)`;
    }
    if (missing) void load(first, wanted);
    if (active >= 0) element.setAttribute("aria-activedescendant", `${id}-${active}`);
    else element.removeAttribute("aria-activedescendant");
  }

  function makeRow(): HTMLElement {
    const row = el("div.table-row", { role: "row" });
    row.style.gridTemplateColumns = template;
    for (const { align } of columns) {
      row.append(el(align === "end" ? "span.number" : "span", { role: "gridcell" }));
    }
    return row;
  }

  function paint(element: HTMLElement, index: number, row: Row | undefined): void {
    element.id = `${id}-${index}`;
    element.dataset.index = String(index);
    element.setAttribute("aria-rowindex", String(index + 2));
    const [low, high] = selected();
    element.setAttribute("aria-selected", String(index >= low && index <= high));
    element.classList.toggle("odd", index % 2 === 1);
    for (let at = 0; at < columns.length; at++) {
      const cell = element.children[at];
      const text = row === undefined ? "\u00b7" : columns[at].text(row);
      if (cell.textContent !== text) cell.textContent = text;
    }
  }

  async function load(first: number, wanted: number): Promise<void> {
    if (loading) return;
    loading = true;
    const mine = generation;
    const from = Math.max(0, first - MARGIN);
    try {
      const got = await rows.load(from, wanted + 2 * MARGIN);
      if (mine === generation) loaded = { from, rows: got };
    } finally {
      loading = false;
    }
    // Rows that never arrive (the report was closed) must not be requested in a loop.
    if (mine !== generation || loaded.rows.length > 0) schedule();
  }

  const selected = (): [number, number] =>
    active < 0 ? [0, -1] : [Math.min(active, anchor), Math.max(active, anchor)];

  /** Make a row the active one; `extend` selects the rows up to it. */
  function activate(index: number, extend = false): void {
    if (rows.length === 0) return;
    active = Math.min(Math.max(0, index), rows.length - 1);
    if (!extend || anchor < 0) anchor = active;
    if (active < top) setTop(active);
    else if (active > top + visible() - 1) setTop(active - visible() + 1);
    else schedule();
    const mine = generation, at = active;
    const row = loaded.rows[at - loaded.from];
    if (row !== undefined) options.onActive?.(row, at);
    else {
      void rows.load(at, 1).then(([found]) => {
        if (mine === generation && at === active && found !== undefined) {
          options.onActive?.(found, at);
        }
      });
    }
  }

  element.addEventListener("scroll", () => {
    const travel = spacer.offsetHeight - room();
    const seen = scaled()
      ? travel <= 0 ? 0 : element.scrollTop / travel * lastTop()
      : element.scrollTop / ROW;
    // Setting scrollTop also fires this event, with the position rounded to pixels. Then the user has not scrolled.
    const resolution = scaled() ? lastTop() / travel : 1 / ROW;
    if (Math.abs(seen - top) > resolution * 1.5) top = Math.min(seen, lastTop());
    schedule();
  });
  element.addEventListener("wheel", (event) => {
    if (!scaled() || event.ctrlKey || event.deltaY === 0) return;
    event.preventDefault();
    const lines = event.deltaMode === 0 ? event.deltaY / ROW : event.deltaY;
    setTop(top + lines);
  }, { passive: false });
  element.addEventListener("keydown", (event) => {
    const page = Math.max(1, Math.floor(visible()) - 1);
    const from = active < 0 ? Math.floor(top) - 1 : active;
    const to: Record<string, number> = {
      ArrowDown: from + 1,
      ArrowUp: from - 1,
      PageDown: from + page,
      PageUp: from - page,
      Home: 0,
      End: rows.length - 1,
    };
    if (event.target !== element || event.altKey) return;
    if ((event.ctrlKey || event.metaKey) && event.key === "a") {
      event.preventDefault();
      anchor = 0;
      activate(rows.length - 1, true);
    }
    if (!(event.key in to) || event.metaKey) return;
    event.preventDefault();
    activate(to[event.key], event.shiftKey);
  });
  copying(element, layer, columns, {
    selected,
    row: (index) => loaded.rows[index - loaded.from],
    load: (from, count) => rows.load(from, count),
  });
  layer.addEventListener("click", (event) => {
    if (!(event.target instanceof Element)) return;
    const row = event.target.closest<HTMLElement>("[data-index]");
    if (row !== null) activate(Number(row.dataset.index), event.shiftKey);
  });
  new ResizeObserver(() => setTop(top)).observe(element);

  const heads = columns.map(({ key, title, align, sortable }) =>
    el(
      align === "end" ? "span.number" : "span",
      { role: "columnheader" },
      sortable
        ? el("button.table-sort", { type: "button", onclick: () => options.onSort?.(key) }, title)
        : title,
    )
  );
  fill(head, ...heads);

  /** The buttons are not replaced, so that they keep the focus. */
  function mark(sort: { key: string; descending: boolean } | null): void {
    columns.forEach(({ key, title, sortable }, at) => {
      if (!sortable) return;
      const sorted = sort?.key === key ? (sort.descending ? "descending" : "ascending") : "none";
      heads[at].setAttribute("aria-sort", sorted);
      heads[at].firstElementChild!.textContent = title +
        { ascending: " \u2191", descending: " \u2193", none: "" }[sorted];
    });
  }

  mark(null);
  return {
    element,
    show(next, sort) {
      generation++;
      rows = next;
      loaded = { from: 0, rows: [] };
      loading = false;
      active = anchor = -1;
      const height = Math.min(next.length * ROW, TALLEST);
      spacer.style.height = `${height}px`;
      element.setAttribute("aria-rowcount", String(next.length + 1));
      element.setAttribute("aria-label", `${label}, ${count(next.length)} rows`);
      element.style.setProperty("--rows", String(Math.min(next.length, 1000)));
      mark(sort);
      setTop(0);
    },
    goTo(index) {
      setTop(index - visible() / 3);
      activate(index);
    },
    active: () => active,
  };
}
