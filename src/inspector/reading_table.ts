/// <reference lib="dom" />
/**
 * The table of a report's readings, with the active one in full below it.
 *
 * @module
 */
import type { WorkerClient } from "./client.ts";
import { el, fill } from "./dom.ts";
import { aligned, count, time, variable } from "./format.ts";
import type { Overview, SortKey, View } from "./protocol.ts";
import { type Column, table } from "./table.ts";

interface Reading {
  readonly position: number;
  readonly id: bigint;
  readonly micros: bigint;
  readonly stream: number;
  readonly value: number;
  readonly data: string;
}

/** The readings of a view, on the page. */
export interface ReadingTable {
  readonly element: HTMLElement;
  view(): View;
  show(view: View): Promise<void>;
  /** Bring the reading at a position of the report into sight, whichever stream is chosen. */
  goTo(position: number): Promise<void>;
}

/** Make the table of an open report. */
export function readingTable(
  client: WorkerClient,
  overview: Overview,
  say: (text: string) => void,
): ReadingTable {
  let view: View = { stream: null, sort: "file", descending: false };
  let generation = 0;
  const detail = el("div.reading-detail", { "aria-live": "polite" });
  const digits = overview.fraction === 0 ? 0 : overview.fraction + 1;
  const columns: Column<Reading>[] = [
    {
      key: "id",
      title: "Reading id",
      width: "calc(12ch + 20px)",
      align: "end",
      sortable: true,
      text: ({ id }) => id === 0n ? "none" : String(id),
    },
    {
      key: "time",
      title: "Time (UTC)",
      width: `calc(${19 + digits}ch + 21px)`,
      sortable: true,
      text: ({ micros }) => time(micros, overview.fraction),
    },
    {
      key: "stream",
      title: "Stream",
      width: "calc(9ch + 21px)",
      sortable: true,
      text: ({ stream }) => variable(stream),
    },
    {
      key: "value",
      title: "Value",
      width: "calc(15ch + 20px)",
      align: "end",
      sortable: true,
      text: ({ value }) => aligned(value, overview.decimals),
    },
    {
      key: "data",
      title: overview.hasData ? "Data" : "",
      width: "minmax(8ch, 1fr)",
      text: ({ data }) => data,
    },
  ];

  const grid = table<Reading>({
    label: "Readings",
    columns,
    onSort(key) {
      const descending = view.sort === key && !view.descending;
      // A third press brings the order of the report back.
      const next = view.sort === key && view.descending ? "file" : key as SortKey;
      void show({ ...view, sort: next, descending });
    },
    onActive(row) {
      fill(
        detail,
        el("span.muted", {}, `Reading ${count(row.position + 1)} of ${count(overview.readings)}: `),
        el("span.mono", {}, `id ${row.id}, ${time(row.micros, 6)} UTC, ${variable(row.stream)}, `),
        el("strong.mono", {}, String(row.value)),
        row.data !== "" && el("code", {}, row.data),
      );
    },
  });

  async function show(next: View): Promise<void> {
    const mine = ++generation;
    view = next;
    const length = await client.ask("count", { view: next });
    if (mine !== generation) return;
    fill(detail);
    grid.show(
      { length, load: (from, wanted) => load(client, next, from, wanted) },
      next.sort === "file" ? null : { key: next.sort, descending: next.descending },
    );
    say(`${count(length)} readings`);
  }

  return {
    element: el("div.reading-table", {}, grid.element, detail),
    view: () => view,
    show,
    async goTo(position) {
      let index = await client.ask("find", { view, position });
      if (index < 0) {
        await show({ ...view, stream: null });
        index = await client.ask("find", { view, position });
      }
      grid.element.focus();
      grid.goTo(index);
    },
  };
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
  }));
}
