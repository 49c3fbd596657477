/// <reference lib="dom" />
/**
 * The table of stored readings of one or more streams.
 *
 * @module
 */
import { el } from "../../../inspector/dom.ts";
import { count, fractionOf, measure, time } from "../../../inspector/format.ts";
import { type Column, table } from "../../../inspector/table.ts";
import type { StoredReading } from "./stream_readings.ts";

/** A reading and the line of the chart that it belongs to. */
interface StoredRow extends StoredReading {
  readonly line: number;
  /** Its place among the readings of its stream. */
  readonly row: number;
}

/** The table on the page. */
export interface StoredTable {
  readonly element: HTMLElement;
  /** Show other readings, the latest first. */
  show(streams: readonly (readonly StoredReading[])[]): void;
  /** Scroll to a reading. */
  goTo(line: number, row: number): void;
}

/** What the columns depend on. If it changes, a new table is needed. */
export function shapeOf(streams: readonly (readonly StoredReading[])[]): string {
  const all = streams.flat();
  return JSON.stringify([all.some(({ data }) => data !== ""), fractionIn(all), longestIn(all)]);
}

/** Digits after the second that all times need. */
function fractionIn(all: readonly StoredReading[]): 0 | 3 | 6 {
  return all.reduce<0 | 3 | 6>((most, { micros }) => {
    const needed = fractionOf(micros);
    return needed > most ? needed : most;
  }, 0);
}

/** Characters of the longest value, for the width of its column. */
function longestIn(all: readonly StoredReading[]): number {
  return all.reduce((most, { value }) => Math.max(most, measure(value).length), 12);
}

/**
 * Make the table.
 *
 * @param names of the streams
 * @param streams their readings
 * @param onActive called with the reading that becomes active
 */
export function storedTable(
  names: readonly string[],
  streams: readonly (readonly StoredReading[])[],
  onActive: (row: StoredRow) => void,
): StoredTable {
  const all = streams.flat();
  const hasData = all.some(({ data }) => data !== "");
  const fraction = fractionIn(all), longest = longestIn(all);
  const name = Math.max(9, ...names.map(({ length }) => length));
  const columns: (Column<StoredRow> | false)[] = [
    {
      key: "time",
      title: "Time (UTC)",
      width: `calc(${fraction === 0 ? 19 : 20 + fraction}ch + 21px)`,
      text: ({ micros }) => time(micros, fraction),
    },
    {
      key: "value",
      title: "Value",
      width: `calc(${longest}ch + 20px)`,
      align: "end",
      text: ({ value }) => measure(value),
      copy: ({ value }) => String(value),
    },
    names.length > 1 && {
      key: "stream",
      title: "Stream",
      width: `calc(${name}ch + 21px)`,
      text: ({ line }) => names[line],
    },
    {
      key: "id",
      title: "Reading id",
      width: "calc(12ch + 20px)",
      align: "end",
      grow: !hasData,
      text: ({ id }) => Number(id) === 0 ? "none" : String(id),
    },
    hasData &&
    { key: "data", title: "Extra data", width: "24ch", grow: true, text: ({ data }) => data },
  ];
  const grid = table<StoredRow>({
    label: "Stored readings",
    columns: columns.filter((column) => column !== false),
    onActive: (row) => {
      onActive(row);
      detail.textContent = `Reading id ${row.id}, ${time(row.micros, 6)} UTC: ${
        measure(row.value, 17)
      }${row.data === "" ? "" : ` ${row.data}`}`;
    },
  });
  const detail = el("p.reading-detail.mono", { "aria-live": "polite" });
  let rows: StoredRow[] = [];

  return {
    element: el("div", {}, grid.element, detail),
    show(next) {
      rows = next.flatMap((list, line) => list.map((reading, row) => ({ ...reading, line, row })));
      if (next.length === 1) rows.reverse();
      else {
        rows.sort((a, b) =>
          a.micros < b.micros ? 1 : a.micros > b.micros ? -1 : b.number - a.number
        );
      }
      grid.show({
        length: rows.length,
        load: (from, wanted) => Promise.resolve(rows.slice(from, from + wanted)),
      }, null);
      detail.textContent = `${count(rows.length)} readings, the latest first`;
    },
    goTo(line, row) {
      const index = rows.findIndex((one) => one.line === line && one.row === row);
      if (index >= 0) grid.goTo(index);
    },
  };
}
