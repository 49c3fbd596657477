/// <reference lib="dom" />
/**
 * The table of a report's readings, with all details of the active one below it.
 *
 * @module
 */
import type { WorkerClient } from "./client.ts";
import { el, fill } from "./dom.ts";
import { aligned, count, measure, time, variable } from "./format.ts";
import type { Overview, SortKey, View } from "./protocol.ts";
import { type Column, table } from "./table.ts";

/** A reading of the report. */
export interface Reading {
  readonly position: number;
  readonly id: bigint;
  readonly micros: bigint;
  readonly stream: number;
  readonly value: number;
  readonly data: string;
  /** Its problems; empty if there are none. */
  readonly problem: string;
}

/** The readings of a view, on the page. */
interface ReadingTable {
  readonly element: HTMLElement;
  view(): View;
  show(view: View): Promise<void>;
  /** Scroll to the reading at a position of the report; false if the view does not contain it. */
  goTo(position: number): Promise<boolean>;
  /** Go to the next reading with a problem; false if there is none. */
  nextBad(by: 1 | -1): Promise<boolean>;
}

/** The callbacks to the page around it. */
interface ReadingTableEvents {
  /** The user has chosen another order. */
  onSort(sort: SortKey, descending: boolean): void;
  onActive(reading: Reading): void;
  say(text: string): void;
}

/** Make the table of an open report. */
export function readingTable(
  client: WorkerClient,
  overview: Overview,
  { onSort, onActive, say }: ReadingTableEvents,
): ReadingTable {
  let view: View = { streams: null, bad: false, sort: "file", descending: false };
  let generation = 0;
  let length = 0;
  const detail = el("div.reading-detail", { "aria-live": "polite" });

  const grid = table<Reading>({
    label: "Readings",
    columns: columnsOf(overview),
    onSort(key) {
      const descending = view.sort === key && !view.descending;
      // A third click restores the order of the report.
      onSort(view.sort === key && view.descending ? "file" : key as SortKey, descending);
    },
    onActive(row) {
      const { position, id, micros, stream, value, data, problem } = row;
      fill(
        detail,
        el("span.muted", {}, `Reading ${count(position + 1)} of ${count(overview.readings)}: `),
        el(
          "span.mono",
          {},
          `id ${id === 0n ? "none" : id}, ${time(micros, 6)} UTC, ${variable(stream)}, `,
        ),
        el("strong.mono", {}, measure(value, 17)),
        problem !== "" && el("span.problem-text", {}, ` ${problem}`),
        data !== "" && el("code", {}, data),
      );
      onActive(row);
    },
  });
  grid.element.addEventListener("keydown", ({ key, ctrlKey, metaKey, altKey }) => {
    if (ctrlKey || metaKey || altKey || (key !== "n" && key !== "p")) return;
    void nextBad(key === "n" ? 1 : -1);
  });

  async function nextBad(by: 1 | -1): Promise<boolean> {
    const from = grid.active() < 0 ? (by > 0 ? -1 : length) : grid.active();
    const index = await client.ask("nextBad", { view, from, by });
    if (index < 0) {
      say(by > 0 ? "No later reading has a problem" : "No earlier reading has a problem");
      return false;
    }
    grid.goTo(index);
    return true;
  }

  return {
    element: el("div.reading-table", {}, grid.element, detail),
    view: () => view,
    nextBad,
    async show(next) {
      const mine = ++generation;
      view = next;
      const found = await client.ask("count", { view: next });
      if (mine !== generation) return;
      length = found;
      fill(detail);
      grid.show(
        { length, load: (from, wanted) => load(client, next, from, wanted) },
        next.sort === "file" ? null : { key: next.sort, descending: next.descending },
      );
      say(`${count(length)} readings`);
    },
    async goTo(position) {
      const index = await client.ask("find", { view, position });
      if (index < 0) return false;
      grid.goTo(index);
      return true;
    },
  };
}

/**
 * The value is beside the time, so that both are visible on a narrow screen. Columns without content are left
 * out.
 */
function columnsOf(overview: Overview): Column<Reading>[] {
  const { fraction, decimals, streams, bad, hasData } = overview;
  const digits = fraction === 0 ? 0 : fraction + 1;
  const longest = Math.max(
    14,
    ...streams.flatMap(({ min, max }) => [min, max]).map((value) =>
      aligned(value, decimals).length
    ),
  );
  const columns: (Column<Reading> | false)[] = [
    {
      key: "time",
      title: "Time (UTC)",
      width: `${19 + digits}ch + 21px`,
      sortable: true,
      text: ({ micros }) => time(micros, fraction),
    },
    {
      key: "value",
      title: "Value",
      width: `${longest}ch + 20px`,
      align: "end",
      sortable: true,
      text: ({ value }) => aligned(value, decimals),
      copy: ({ value }) => String(value),
    },
    {
      key: "stream",
      title: "Stream",
      width: "9ch + 21px",
      grow: bad === 0 && !hasData,
      sortable: true,
      text: ({ stream }) => variable(stream),
    },
    {
      key: "id",
      title: "Reading id",
      width: "12ch + 20px",
      align: "end",
      sortable: true,
      text: ({ id }) => id === 0n ? "none" : String(id),
    },
    bad > 0 && {
      key: "problem",
      title: "Problem",
      width: "37ch",
      grow: !hasData,
      text: ({ problem }) => problem,
    },
    hasData && { key: "data", title: "Data", width: "24ch", grow: true, text: ({ data }) => data },
  ];
  return columns.filter((column) => column !== false)
    .map((column) => ({ ...column, width: `calc(${column.width})` }));
}

async function load(
  client: WorkerClient,
  view: View,
  from: number,
  wanted: number,
): Promise<Reading[]> {
  const rows = await client.ask("rows", { view, from, count: wanted });
  return Array.from(rows.positions, (position, at): Reading => ({
    position,
    id: rows.ids[at],
    micros: rows.timestamps[at],
    stream: rows.streams[at],
    value: rows.values[at],
    data: rows.data[at],
    problem: rows.problems[at],
  }));
}
