/**
 * Finds the columns of a CSV text.
 *
 * @module
 */
import type { ReadPlan } from "./_plan.ts";
import { optionError, optionTypeError } from "./_rules.ts";
import type { Column, CsvColumns } from "./csv_options.ts";
import type { FoundColumns } from "./read_options.ts";
import { problemError, type ReadHint } from "./problem.ts";

/** The columns of a text by their positions; -1 for none. */
export interface CsvLayout {
  /** The number of columns of the header, or of the first row if there is no header. */
  width: number;
  readonly times: readonly number[];
  readonly value: number;
  readonly stream: number;
  readonly id: number;
  readonly device: number;
  readonly quality: number;
  readonly map: readonly {
    readonly place: number;
    readonly stream: number;
    readonly device?: bigint;
  }[];
  /** The name of a column for errors. */
  nameOf(place: number): string | number;
}

/** The parts of a header that errors need. */
export interface CsvHeader {
  readonly names: readonly string[];
  /** The line on which it begins; absent if it is the schema of a table. */
  readonly line?: number;
  /** Options that may help if a column is missing. */
  hints(column: string): readonly ReadHint[];
}

/** Finds columns in a header, or by position if there is no header. */
class Finder {
  readonly #header: CsvHeader | null;
  readonly #taken = new Map<number, string>();

  constructor(header: CsvHeader | null) {
    this.#header = header;
  }

  /** The place of a required column. */
  find(option: string, column: Column): number {
    const place = this.#place(option, column);
    const other = this.#taken.get(place);
    if (other !== undefined) {
      throw optionError(option, column, `a column that option ${other} does not use`);
    }
    this.#taken.set(place, option);
    return place;
  }

  /** The place of an optional column, by one of its usual names. */
  look(...names: string[]): number {
    if (!this.#header) return -1;
    for (const name of names) {
      const places = this.#matches(name);
      if (places.length === 1 && !this.#taken.has(places[0])) return places[0];
    }
    return -1;
  }

  #matches(name: string): number[] {
    const { names } = this.#header!;
    const exact = places(names, (it) => it === name);
    if (exact.length > 0) return exact;
    // `trim` also removes no-break spaces around a name, which are invisible.
    const folded = name.trim().toLowerCase();
    return places(names, (it) => it.trim().toLowerCase() === folded);
  }

  #place(option: string, column: Column): number {
    const header = this.#header;
    if (typeof column === "number") {
      if (header && column >= header.names.length) {
        throw problemError({
          ...(header.line !== undefined && { line: header.line }),
          message: `there is no column ${column}; the columns are 0 to ${
            header.names.length - 1
          }: ${list(header.names)}`,
          hints: [{ option }],
        });
      }
      return column;
    }
    const places = header ? this.#matches(column) : [];
    // A number that is not the name of a column is a position, so that a command line can name positions.
    if (places.length === 0 && /^\d{1,7}$/.test(column)) return this.#place(option, Number(column));
    if (!header) throw optionTypeError(option, column, "a position, since the text has no header");
    if (places.length === 1) return places[0];
    const what = places.length === 0
      ? "there is no column"
      : `${places.length} columns have the name`;
    const last = String(places[places.length - 1]);
    const hints = places.length === 0
      ? header.hints(column)
      : option.startsWith("map.")
      ? [{ option: "map", value: `${last}=ID` }]
      : [{ option, value: last }];
    throw problemError({
      ...(header.line !== undefined && { line: header.line }),
      message: `${what} ${JSON.stringify(column)}; the columns are ${list(header.names)}`,
      hints: hints.length > 0 ? hints : [{ option: option.replace(/^map\..*/s, "map") }],
    });
  }
}

function places(names: readonly string[], is: (name: string) => boolean): number[] {
  return names.flatMap((name, place) => is(name) ? [place] : []);
}

function list(names: readonly string[]): string {
  const shown = names.slice(0, 40).map((name) => JSON.stringify(name)).join(", ");
  return names.length > 40 ? `${shown} and ${names.length - 40} more` : shown;
}

/** Finds the columns; `header` is null if the text has no header. */
export function csvLayout(
  columns: CsvColumns,
  plan: ReadPlan,
  header: CsvHeader | null,
): CsvLayout {
  const finder = new Finder(header);
  const at = (name: Exclude<keyof CsvColumns, "timestamp">, fallback?: Column) => {
    const column = columns[name] ?? fallback;
    return column === undefined ? -1 : finder.find(`columns.${name}`, column);
  };
  const { timestamp = header ? "timestamp" : 0 } = columns;
  const times = (Array.isArray(timestamp) ? timestamp : [timestamp])
    .map((column: Column) => finder.find("columns.timestamp", column));
  const map = (plan.map ?? []).map(({ name, stream, device }) => ({
    place: finder.find(`map.${name}`, name),
    stream,
    ...(device !== undefined && { device }),
  }));
  const value = plan.map ? -1 : at("value", header ? "value" : 1);
  const stream = plan.map ? -1 : streamPlace(columns, plan, header, finder);
  const ignoresId = plan.override && plan.idStep !== 0n;
  const id = ignoresId || plan.map
    ? -1
    : columns.readingId === undefined && plan.findColumns
    ? finder.look(...ID_NAMES)
    : at("readingId");
  const ignoresDevice = plan.override && plan.device !== undefined;
  const device = ignoresDevice
    ? -1
    : columns.device === undefined && (plan.device !== undefined || plan.findColumns)
    ? finder.look("device")
    : at("device");
  return {
    width: header ? header.names.length : -1,
    times,
    value,
    stream,
    id,
    device,
    quality: at("quality"),
    map,
    nameOf: (place) => header ? header.names[place] ?? place : place,
  };
}

/** The usual names of a column of reading ids. */
const ID_NAMES = ["reading_id", "readingId", "dev_seqid", "id"];

function streamPlace(
  columns: CsvColumns,
  plan: ReadPlan,
  header: CsvHeader | null,
  finder: Finder,
): number {
  if (plan.stream !== undefined) {
    if (plan.override) return -1;
    // If option stream is set, a column of streams is still looked for: it must agree with the option.
    if (columns.stream === undefined) return finder.look("stream");
  }
  return finder.find("columns.stream", columns.stream ?? (header ? "stream" : 2));
}

/** The columns of a layout by their names. */
export function foundColumns(layout: CsvLayout): FoundColumns {
  const { times, value, stream, id, device, quality, map, nameOf } = layout;
  const one = (name: string, place: number) => place < 0 ? {} : { [name]: nameOf(place) };
  return {
    timestamp: times.map(nameOf),
    values: value < 0 ? map.map(({ place }) => nameOf(place)) : [nameOf(value)],
    ...one("stream", stream),
    ...one("readingId", id),
    ...one("device", device),
    ...one("quality", quality),
  };
}
