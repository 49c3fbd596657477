/**
 * Converts one row of a table to readings.
 *
 * @module
 */
import { exactJson, parseExactJson } from "../_exact_json.ts";
import { isMap } from "../_is_record.ts";
import { bare, cellDevice, cellId, cellStream, cellTime, otherValue, textValue } from "./_cells.ts";
import type { CsvLayout } from "./_csv_layout.ts";
import {
  type CellFault,
  type CellValue,
  isFault,
  type RowExtras,
  type RowMaker,
  type RowStream,
} from "./_row_maker.ts";
import type { TextTime } from "./_time_text.ts";
import { problemError } from "./problem.ts";
import type { TableBatch, TableColumn } from "./table_source.ts";

/** A fault and its column; -1 for the row as a whole. */
export interface PlacedFault extends CellFault {
  readonly place: number;
}

/** The names of columns of free-form data, the same as in JSON. */
const SUMMARIES = ["extra_data", "summaryData", "summary_data"];
const RAW = ["data", "rawData", "raw_data"];
/** The number of texts of streams and devices that are kept. */
const KEPT = 10_000;

/** Makes readings from rows. */
export class TableRows {
  readonly #maker: RowMaker;
  readonly #layout: CsvLayout;
  readonly #numberTexts: boolean;
  readonly #summary: number;
  readonly #raw: number;
  readonly #names: readonly string[];
  readonly #streams = new Map<string, RowStream>();
  readonly #devices = new Map<string, bigint>();
  /** The places of the columns that are read. */
  readonly places: readonly number[];
  #columns: TableColumn[] = [];

  constructor(
    maker: RowMaker,
    layout: CsvLayout,
    names: readonly string[],
    numberTexts: boolean,
  ) {
    this.#maker = maker;
    this.#layout = layout;
    this.#names = names;
    this.#numberTexts = numberTexts;
    const { times, value, stream, id, device, quality, map } = layout;
    const used = [...times, value, stream, id, device, quality, ...map.map(({ place }) => place)];
    const free = (known: readonly string[]) =>
      names.findIndex((name, place) => known.includes(name) && !used.includes(place));
    this.#summary = maker.plan.map ? -1 : free(SUMMARIES);
    this.#raw = maker.plan.map ? -1 : free(RAW);
    this.places = [...used, this.#summary, this.#raw].filter((place) => place >= 0);
  }

  /** Sets the next rows. */
  begin(batch: TableBatch): void {
    this.#columns = [];
    for (const place of this.places) this.#columns[place] = batch.column(place);
    const { times } = this.#layout;
    const { timeFormats } = this.#maker.plan;
    if (times.length > 1 || timeFormats === undefined) return;
    const { kind } = this.#columns[times[0]];
    if (kind === "time" || kind === "local time") {
      throw problemError({
        message: `option timeFormat is for numbers and texts, but column ${
          JSON.stringify(this.#names[times[0]])
        } has timestamps`,
      });
    }
  }

  /** A row as JSON. */
  rowText(row: number): string {
    const cells = this.places.map((place) => [this.#names[place], this.#columns[place].text(row)]);
    return JSON.stringify(Object.fromEntries(cells));
  }

  /** Makes the readings of a row; returns its faults. */
  read(row: number): PlacedFault[] {
    const { plan } = this.#maker;
    const layout = this.#layout;
    const extras: RowExtras = {};
    if (plan.tags && layout.stream >= 0) this.#maker.noteTag(this.#textAt(layout.stream, row));
    if (layout.quality >= 0) {
      if (this.#maker.leavesOut(this.#textAt(layout.quality, row), extras)) return [];
    }
    return layout.value >= 0 ? this.#long(row, extras) : this.#wide(row, extras);
  }

  #long(row: number, extras: RowExtras): PlacedFault[] {
    const layout = this.#layout;
    const value = this.#value(layout.value, row);
    if (value === "left out") return [];
    let stream: RowStream = { stream: this.#maker.plan.stream ?? 0 };
    if (layout.stream >= 0) {
      const found = this.#stream(layout.stream, row);
      if (isFault(found)) return [{ ...found, place: layout.stream }];
      stream = found;
    }
    const micros = this.#shared(row, extras, stream);
    if (typeof micros !== "bigint") return [micros];
    const free = this.#free(row, extras);
    if (free) return [free];
    if (isFault(value)) return [{ ...value, place: layout.value }];
    const fault = this.#maker.add(micros, stream, value, extras);
    return fault ? [{ ...fault, place: -1 }] : [];
  }

  #wide(row: number, extras: RowExtras): PlacedFault[] {
    const values = this.#layout.map.map((entry) => ({
      ...entry,
      value: this.#value(entry.place, row),
    }));
    if (values.every(({ value }) => value === "left out")) return [];
    const micros = this.#shared(row, extras, undefined);
    if (typeof micros !== "bigint") return [micros];
    return this.#maker.addEach(micros, values, extras)
      .map(([fault, { place }]) => ({ ...fault, place }));
  }

  /** Reads time, device and id; returns the time in UTC. */
  #shared(row: number, extras: RowExtras, stream: RowStream | undefined): bigint | PlacedFault {
    const { times, device, id } = this.#layout;
    const text = () => times.map((place) => this.#columns[place].text(row)).join(" ");
    const time = times.length === 1 ? this.#time(times[0], row) : this.#maker.time(text());
    if (isFault(time)) return { ...time, place: times[0] };
    if (device >= 0) {
      const found = this.#device(device, row);
      if (isFault(found)) return { ...found, place: device };
      extras.device = found;
    }
    if (id >= 0) {
      const found = this.#id(id, row);
      if (isFault(found)) return { ...found, place: id };
      if (found !== 0n || this.#maker.plan.idStep === 0n) extras.id = found;
    }
    const { micros, naive } = time;
    const { plan } = this.#maker;
    const key = naive && plan.clock
      ? `${extras.device ?? stream?.device ?? ""}/${stream?.stream ?? ""}`
      : "";
    const utc = this.#maker.utc({ micros, naive }, key, naive ? text() : String(micros));
    return isFault(utc) ? { ...utc, place: times[0] } : utc;
  }

  #time(place: number, row: number): TextTime | CellFault {
    const column = this.#columns[place];
    if (column.kind === "time" || column.kind === "local time") {
      const micros = column.micros(row);
      if (micros !== undefined) return { micros, naive: column.kind === "local time" };
      return { bare: true, text: "null", rule: "is not a timestamp" };
    }
    return cellTime(this.#maker, column.cell(row), () => column.text(row) || "null");
  }

  #value(place: number, row: number): CellValue {
    const maker = this.#maker;
    const cell = this.#columns[place].cell(row);
    if (typeof cell === "number") {
      return Number.isFinite(cell) ? cell : bare(maker.special(cell, String(cell)));
    }
    if (cell === undefined) return bare(maker.blank("null"));
    const text = this.#columns[place].text(row);
    if (typeof cell === "string") {
      return textValue(maker, cell, this.#numberTexts, () => ({ text }));
    }
    return typeof cell === "bigint"
      ? maker.plan.words.get(text) ?? Number(cell)
      : otherValue(maker, cell, text);
  }

  #stream(place: number, row: number): RowStream | CellFault {
    return this.#kept(place, row, this.#streams, cellStream);
  }

  #device(place: number, row: number): bigint | CellFault {
    return this.#kept(place, row, this.#devices, cellDevice);
  }

  /** The result of reading a cell; results of texts are kept. */
  #kept<T>(
    place: number,
    row: number,
    known: Map<string, T>,
    read: (maker: RowMaker, cell: unknown, text: () => string) => T | CellFault,
  ): T | CellFault {
    const column = this.#columns[place];
    const cell = column.cell(row);
    const before = typeof cell === "string" ? known.get(cell) : undefined;
    if (before !== undefined) return before;
    const found = read(this.#maker, cell, () => column.text(row) || "null");
    if (typeof cell === "string" && !isFault(found) && known.size < KEPT) known.set(cell, found);
    return found;
  }

  #id(place: number, row: number): bigint | CellFault {
    const column = this.#columns[place];
    return cellId(this.#maker, column.cell(row), () => column.text(row));
  }

  /** Reads summary and raw data. */
  #free(row: number, extras: RowExtras): PlacedFault | undefined {
    for (const place of [this.#summary, this.#raw]) {
      if (place < 0) continue;
      const found = this.#columns[place].cell(row);
      if (found === undefined) continue;
      let cell: unknown = found;
      if (typeof found === "string") {
        try {
          cell = parseExactJson(found);
        } catch {
          return { place, text: found, rule: "is not JSON" };
        }
      }
      if (cell === null) continue;
      if (place === this.#raw) extras.raw = cell;
      else if (!isMap(cell) || Object.hasOwn(cell, "value")) {
        const rule = "is not summary data (an object without the key value)";
        return { place, bare: true, text: exactJson(cell) ?? "", rule };
      } else if (Object.keys(cell).length > 0) {
        extras.summary = { ...cell, ...extras.summary };
      }
    }
    return undefined;
  }

  #textAt(place: number, row: number): string {
    return this.#columns[place].text(row);
  }
}
