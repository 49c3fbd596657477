/**
 * Which column of a CSV text is what.
 *
 * @module
 */
import type { ReadPlan } from "./_plan.ts";
import { optionError, optionTypeError } from "./_rules.ts";
import type { Column, CsvColumns } from "./csv_options.ts";
import type { FoundColumns } from "./read_options.ts";
import { problemError, type ReadHint } from "./problem.ts";

/** The columns of a text by their positions; -1 where there is none. */
export interface CsvLayout {
  /** How many columns the header has, or without one the first row. */
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
  /** What a column is called in an error. */
  nameOf(place: number): string | number;
}

/** The header of a text, as far as errors need it. */
export interface CsvHeader {
  readonly names: readonly string[];
  /** The line on which it begins; absent where it is the schema of a table. */
  readonly line?: number;
  /** Options that may help where a column is missing. */
  hints(column: string): readonly ReadHint[];
}

/** Finds columns in a header, or by position where there is none. */
class Finder {
  readonly #header: CsvHeader | null;
  readonly #taken = new Map<number, string>();

  constructor(header: CsvHeader | null) {
    this.#header = header;
  }

  /** The place of a column that must be there. */
  find(option: string, column: Column): number {
    const place = this.#place(option, column);
    const other = this.#taken.get(place);
    if (other !== undefined) {
      throw optionError(option, column, `another column than option ${other}`);
    }
    this.#taken.set(place, option);
    return place;
  }

  /** The place of a column that may be there, by one of its usual names. */
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
    // Also no-break spaces around a name, which are invisible.
    const folded = name.trim().toLowerCase();
    return places(names, (it) => it.trim().toLowerCase() === folded);
  }

  #place(option: string, column: Column): number {
    const header = this.#header;
    if (typeof column === "number") {
      if (header && column >= header.names.length) {
        throw problemError({
          ...(header.line !== undefined && { line: header.line }),
          message: `there is no column ${column}, since the columns are 0 to ${
            header.names.length - 1
          }: ${list(header.names)}`,
          hints: [{ option }],
        });
      }
      return column;
    }
    const places = header ? this.#matches(column) : [];
    // A number that no column has for its name is a position: so a command line can say it.
    if (places.length === 0 && /^\d{1,7}$/.test(column)) return this.#place(option, Number(column));
    if (!header) throw optionTypeError(option, column, "a position, since there is no header");
    if (places.length === 1) return places[0];
    const what = places.length === 0 ? "there is no column" : `${places.length} columns are called`;
    const last = String(places[places.length - 1]);
    const hints = places.length === 0
      ? header.hints(column)
      : option.startsWith("map.")
      ? [{ option: "map", value: `${last}=ID` }]
      : [{ option, value: last }];
    throw problemError({
      ...(header.line !== undefined && { line: header.line }),
      message: `${what} ${JSON.stringify(column)}, since the columns are ${list(header.names)}`,
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

/** Finds the columns; `header` is null where the text has none. */
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

/** What a column of reading ids is called. */
const ID_NAMES = ["reading_id", "readingId", "dev_seqid", "id"];

function streamPlace(
  columns: CsvColumns,
  plan: ReadPlan,
  header: CsvHeader | null,
  finder: Finder,
): number {
  if (plan.stream !== undefined) {
    if (plan.override) return -1;
    // A column that is there although the option says the stream must agree with it.
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
