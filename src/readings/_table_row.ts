/**
 * One row of a table to its readings.
 *
 * @module
 */
import { exactJson, parseExactJson } from "../_exact_json.ts";
import type { CsvLayout } from "./_csv_layout.ts";
import { notFinite, plainNumber } from "./_number_text.ts";
import { numberTime } from "./_number_time.ts";
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
import type { SummaryData } from "./reading_columns.ts";
import type { TableBatch, TableColumn } from "./table_source.ts";

/** A fault and the column that has it; -1 for the row as a whole. */
export interface PlacedFault extends CellFault {
  readonly place: number;
}

/** What columns of free-form data are called, as in JSON. */
const SUMMARIES = ["extra_data", "summaryData", "summary_data"];
const RAW = ["data", "rawData", "raw_data"];
/** How many texts of streams and devices are kept. */
const KEPT = 10_000;

type Extras = { -readonly [key in keyof RowExtras]: RowExtras[key] };

/** Makes readings of rows. */
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

  /** Takes the next rows. */
  begin(batch: TableBatch): void {
    this.#columns = [];
    for (const place of this.places) this.#columns[place] = batch.column(place);
    const { times } = this.#layout;
    const { timeFormats } = this.#maker.plan;
    if (times.length > 1 || timeFormats === undefined) return;
    const { kind } = this.#columns[times[0]];
    if (kind === "time" || kind === "local time") {
      throw problemError({
        message: `option timeFormat is for numbers and texts, and column ${
          JSON.stringify(this.#names[times[0]])
        } holds timestamps`,
      });
    }
  }

  /** A row as JSON. */
  rowText(row: number): string {
    const cells = this.places.map((place) => [this.#names[place], this.#columns[place].text(row)]);
    return JSON.stringify(Object.fromEntries(cells));
  }

  /** Makes the readings of a row; what is wrong with it. */
  read(row: number): PlacedFault[] {
    const { plan, left } = this.#maker;
    const layout = this.#layout;
    const extras: Extras = {};
    if (plan.tags && layout.stream >= 0) this.#maker.noteTag(this.#textAt(layout.stream, row));
    if (layout.quality >= 0) {
      const quality = this.#textAt(layout.quality, row);
      if (!plan.good!.has(quality)) {
        if (!plan.keepBad) {
          left.quality++;
          return [];
        }
        extras.summary = { quality };
      }
    }
    return layout.value >= 0 ? this.#long(row, extras) : this.#wide(row, extras);
  }

  #long(row: number, extras: Extras): PlacedFault[] {
    const layout = this.#layout;
    const value = this.#value(layout.value, row);
    if (value === "left out") return [];
    let stream: RowStream = { stream: this.#maker.plan.stream ?? 0 };
    if (layout.stream >= 0) {
      const found = this.#stream(layout.stream, row);
      if (isFault(found)) return [{ ...found, place: layout.stream }];
      stream = found as RowStream;
    }
    const micros = this.#shared(row, extras, stream);
    if (typeof micros !== "bigint") return [micros];
    const free = this.#free(row, extras);
    if (free) return [free];
    if (isFault(value)) return [{ ...value, place: layout.value }];
    const fault = this.#maker.add(micros, stream, value as number, extras);
    return fault ? [{ ...fault, place: -1 }] : [];
  }

  #wide(row: number, extras: Extras): PlacedFault[] {
    const values = this.#layout.map.map((entry) => ({
      ...entry,
      value: this.#value(entry.place, row),
    }));
    if (values.every(({ value }) => value === "left out")) return [];
    const micros = this.#shared(row, extras, undefined);
    if (typeof micros !== "bigint") return [micros];
    const faults: PlacedFault[] = [];
    for (const { place, value, ...stream } of values) {
      if (value === "left out") continue;
      const fault = isFault(value)
        ? value
        : this.#maker.add(micros, stream, value as number, extras);
      if (fault) faults.push({ ...fault, place });
      if (fault?.ends) break;
    }
    return faults;
  }

  /** Time, device and id; the time in UTC. */
  #shared(row: number, extras: Extras, stream: RowStream | undefined): bigint | PlacedFault {
    const { times, device, id } = this.#layout;
    const text = () => times.map((place) => this.#columns[place].text(row)).join(" ");
    const time = times.length === 1 ? this.#time(times[0], row) : this.#maker.time(text());
    if (isFault(time)) return { ...time, place: times[0] };
    if (device >= 0) {
      const found = this.#device(device, row);
      if (isFault(found)) return { ...found, place: device };
      extras.device = found as bigint;
    }
    if (id >= 0) {
      const found = this.#id(id, row);
      if (isFault(found)) return { ...found, place: id };
      if (found !== 0n || this.#maker.plan.idStep === 0n) extras.id = found as bigint;
    }
    const { micros, naive } = time as TextTime;
    const { plan } = this.#maker;
    const key = naive && plan.clock
      ? `${extras.device ?? stream?.device ?? ""}/${stream?.stream ?? ""}`
      : "";
    const utc = this.#maker.utc({ micros, naive }, key, naive ? text() : String(micros));
    return isFault(utc) ? { ...utc, place: times[0] } : utc as bigint;
  }

  #time(place: number, row: number): TextTime | CellFault {
    const column = this.#columns[place];
    if (column.kind === "time" || column.kind === "local time") {
      const micros = column.micros(row);
      if (micros !== undefined) return { micros, naive: column.kind === "local time" };
      return { bare: true, text: "null", rule: "is not a timestamp" };
    }
    const cell = column.cell(row);
    if (typeof cell === "string") return this.#maker.time(cell);
    const text = column.text(row);
    if (typeof cell === "number" || typeof cell === "bigint") {
      return numberTime(this.#maker, cell, text);
    }
    return { bare: true, text: text || "null", rule: this.#maker.timeRule(text || "null") };
  }

  #value(place: number, row: number): CellValue {
    const maker = this.#maker;
    const cell = this.#columns[place].cell(row);
    if (typeof cell === "number") {
      return Number.isFinite(cell) ? cell : bare(maker.special(cell, String(cell)));
    }
    if (cell === undefined) return bare(maker.blank("null"));
    const { words, number } = maker.plan;
    const text = this.#columns[place].text(row);
    const word = words.get(text);
    if (word !== undefined) return word;
    if (typeof cell === "bigint") return Number(cell);
    if (typeof cell === "string") {
      if (this.#numberTexts || cell === "" || notFinite(cell) !== undefined) {
        return maker.value(cell);
      }
      return plainNumber(cell, number) === undefined
        ? { text, rule: "is not a number", hints: [{ option: "words" }] }
        : { text, rule: "is a text, not a number", hints: [{ option: "numberTexts" }] };
    }
    const hints = typeof cell === "boolean" ? [{ option: "words", value: `${text}=1` }] : [];
    return { bare: true, text, rule: "is not a number", hints };
  }

  #stream(place: number, row: number): RowStream | CellFault {
    const cell = this.#columns[place].cell(row);
    if (typeof cell === "string") {
      const known = this.#streams.get(cell);
      if (known) return known;
      const found = this.#maker.stream(cell);
      if (!isFault(found) && this.#streams.size < KEPT) this.#streams.set(cell, found);
      return found;
    }
    const id = Number(cell);
    if (cell !== undefined && Number.isInteger(id) && id >= 0 && id <= 0xffffffff) {
      return this.#maker.agreed({ stream: id }, String(id));
    }
    return {
      bare: true,
      text: this.#columns[place].text(row) || "null",
      rule: "is not a variable id",
    };
  }

  #device(place: number, row: number): bigint | CellFault {
    const cell = this.#columns[place].cell(row);
    if (typeof cell === "string") {
      const known = this.#devices.get(cell);
      if (known !== undefined) return known;
      const found = this.#maker.device(cell);
      if (!isFault(found) && this.#devices.size < KEPT) this.#devices.set(cell, found as bigint);
      return found;
    }
    return this.#integer(place, row) ??
      { bare: true, text: this.#columns[place].text(row) || "null", rule: "is not a device slug" };
  }

  #id(place: number, row: number): bigint | CellFault {
    const cell = this.#columns[place].cell(row);
    if (cell === undefined) return 0n;
    if (typeof cell === "string") return this.#maker.id(cell);
    return this.#integer(place, row) ??
      { bare: true, text: this.#columns[place].text(row), rule: "is not a reading id" };
  }

  /** An integer below 2^64. */
  #integer(place: number, row: number): bigint | undefined {
    const cell = this.#columns[place].cell(row);
    if (typeof cell !== "bigint" && !Number.isSafeInteger(cell)) return undefined;
    const integer = BigInt(cell as number);
    return integer >= 0n && integer < 2n ** 64n ? integer : undefined;
  }

  /** Summary and raw data. */
  #free(row: number, extras: Extras): PlacedFault | undefined {
    for (const place of [this.#summary, this.#raw]) {
      if (place < 0) continue;
      let cell = this.#columns[place].cell(row);
      if (cell === undefined) continue;
      if (typeof cell === "string") {
        try {
          cell = parseExactJson(cell);
        } catch {
          return { place, text: cell as string, rule: "is not JSON" };
        }
      }
      if (cell === null) continue;
      if (place === this.#raw) extras.raw = cell;
      else if (
        typeof cell !== "object" || Array.isArray(cell) || Object.hasOwn(cell as object, "value")
      ) {
        const rule = "is not summary data (an object without the key value)";
        return { place, bare: true, text: exactJson(cell) ?? "", rule };
      } else if (Object.keys(cell as object).length > 0) {
        extras.summary = { ...cell as SummaryData, ...extras.summary };
      }
    }
    return undefined;
  }

  #textAt(place: number, row: number): string {
    return this.#columns[place].text(row);
  }
}

function bare(value: CellValue): CellValue {
  return isFault(value) ? { ...value, bare: true } : value;
}
