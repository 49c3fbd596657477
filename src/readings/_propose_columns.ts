/**
 * Finds the meaning of the columns of a text from their cells.
 *
 * @module
 */
import { deviceText, streamText } from "./_id_text.ts";
import { notFinite, numberOf } from "./_number_text.ts";
import { FrameGuesser } from "./_propose_frame.ts";
import {
  isTimeCell,
  looksLikeTime,
  looksNumeric,
  type SampleRow,
  type TableGuess,
} from "./_propose_table.ts";
import { type ColumnKind, TimeGuesser } from "./_propose_times.ts";
import type { Proposal } from "./_proposal.ts";

const QUALITY = /^(?:quality|qual|q|status|state|güte|qualität|validity|opcquality)$/i;
const STREAM =
  /^(?:stream|tag|tagname|tag name|varname|variable|name|sensor|point|channel|signal|marke|messstelle|messpunkt|kanal|parameter|item|series|topic|metric|_field|point ?name)$/i;
const DEVICE = /^(?:device|machine|gerät|maschine|asset|anlage|equipment|plc|source|unit id)$/i;
const VALUE =
  /^(?:_?value|val|wert|messwert|varvalue|valeur|valor|valore|payload|measurement)(?![\p{L}\d])/iu;
const ID = /^(?:reading_id|readingid|dev_seqid)$/i;
const COUNTER =
  /^(?:|id|index|idx|nr\.?|no\.?|#|row|unnamed: 0|line|lfd\.? ?nr\.?|record|recno|rn|sample|reading|result|table|numericid)$/i;
const GOOD = ["Good", "GOOD", "good", "OK", "Ok", "ok", "192", "Gut", "gut", "valid", "Valid"];
const WORDS: Record<string, number> = {
  TRUE: 1,
  FALSE: 0,
  true: 1,
  false: 0,
  True: 1,
  False: 0,
  ON: 1,
  OFF: 0,
  On: 1,
  Off: 0,
};

/** Finds the meaning of columns, and proposes it. */
export class ColumnGuesser {
  readonly #table: TableGuess;
  readonly #partial: boolean;
  readonly #frame: FrameGuesser;
  readonly #proposal: Proposal;
  #data: SampleRow[] = [];
  #names: string[] | null = null;

  constructor(table: TableGuess, partial: boolean, before: number, proposal: Proposal) {
    this.#table = table;
    this.#partial = partial;
    this.#frame = new FrameGuesser(table, before, proposal);
    this.#proposal = proposal;
  }

  /** Proposes all columns. */
  run(): void {
    const { rows, width } = this.#table;
    const comment = this.#frame.comment();
    const isRow = ({ cells }: SampleRow) =>
      cells.length >= width && cells.length <= width + 1 && cells.some(isTimeCell) &&
      (cells.some((cell) => looksNumeric(cell) && !looksLikeTime(cell)) ||
        cells.some((cell) => cell in WORDS));
    const used = rows.filter((row) => !comment || !row.cells[0].startsWith(comment));
    const first = used.findIndex(isRow);
    if (first < 0) {
      this.#proposal.ask("columns.timestamp", "No column looks like times: which column is it?");
      return;
    }
    this.#frame.header(used, first, comment);
    this.#names = this.#frame.names;
    this.#data = used.slice(first).filter(isRow);
    if (!this.#partial) this.#frame.footer(used, isRow);
    const columns = this.#columns();
    const times = new TimeGuesser(this.#proposal, this.#data.length, (it) => this.#ref(it)).run(
      columns,
    );
    this.#values(columns.filter(({ place }) => !times.includes(place)));
  }

  #columns(): ColumnKind[] {
    const { width } = this.#table;
    return Array.from({ length: width }, (_, place) => {
      const cells = this.#data.map((row) => row.cells[place] ?? "");
      const filled = cells.filter((cell) => cell !== "");
      const part = (is: (cell: string) => boolean) =>
        filled.filter(is).length / Math.max(1, filled.length);
      return {
        place,
        name: this.#names?.[place] ?? "",
        cells,
        numeric: part((cell) => looksNumeric(cell) && !looksLikeTime(cell)),
        timed: part(isTimeCell),
      };
    });
  }

  /** The name of a column in a profile. */
  #ref({ place, name }: ColumnKind): string | number {
    const same = this.#names?.filter((it) => it.toLowerCase() === name.toLowerCase()).length ?? 0;
    return this.#names === null || name === "" || same > 1 ? place : name;
  }

  #values(columns: readonly ColumnKind[]): void {
    const proposal = this.#proposal;
    const named = (pattern: RegExp) => columns.find(({ name }) => pattern.test(name));
    const quality = columns.find((column) => QUALITY.test(column.name) && distinct(column) <= 8);
    const device = columns.find((column) =>
      column !== quality &&
      (isDevices(column) || (DEVICE.test(column.name) && column.numeric < 0.5))
    );
    const id = named(ID);
    const stream = columns.find((column) =>
      column !== quality && column !== device && column !== id &&
      (STREAM.test(column.name) || isStreams(column)) &&
      distinct(column) <= Math.max(2, this.#data.length / 2) && column.timed < 0.5
    );
    const rest = columns.filter((column) =>
      ![quality, device, stream, id].includes(column) &&
      // Without a header, no column has a name.
      !(this.#names !== null && COUNTER.test(column.name)) &&
      column.timed < 0.9
    );
    const numbers = rest.filter(({ numeric }) => numeric > 0.6);
    const words = rest.filter((column) =>
      column.cells.some((cell) => cell in WORDS) && column.numeric <= 0.6
    );
    const values = [...numbers, ...words];
    const value = values.find(({ name }) => VALUE.test(name)) ??
      (stream || values.length === 1 ? values[0] : undefined);
    if (value) {
      if (String(this.#ref(value)).toLowerCase() !== "value") {
        proposal.propose(
          "columns.value",
          this.#ref(value),
          values.length === 1 || VALUE.test(value.name) ? "likely" : "unsure",
          `its cells are numbers, such as "${value.cells.find((it) => it !== "")}"`,
        );
      }
    } else if (values.length > 1) {
      const names = values.map((column) => `"${this.#ref(column)}"`).join(", ");
      proposal.ask(
        "map",
        `${values.length} columns have numbers, ${names}: which variable is each? --map COLUMN=0001-5090`,
      );
    } else {
      proposal.ask("columns.value", "No column looks like numbers: which column is it?");
    }
    this.#numbers(value ? [value] : values);
    if (stream && value) this.#stream(stream);
    else if (value) {
      proposal.ask("stream", "Which variable do the readings belong to? --stream 0001-5090");
    }
    if (device) {
      if (this.#ref(device) !== "device") {
        proposal.propose(
          "columns.device",
          this.#ref(device),
          "likely",
          `its cells are devices, such as "${device.cells[0]}"`,
        );
      }
      const found = deviceText(device.cells[0], "slug");
      if ("rule" in found) {
        proposal.ask("ids", `"${device.cells[0]}" ${found.rule}: which is it?`, ["hex", "decimal"]);
      }
    } else if (!(stream && /^s[lasd]--/.test(stream.cells[0]))) {
      proposal.ask("device", "Which device do the readings belong to? --device d--1234");
    }
    if (id) proposal.propose("columns.readingId", this.#ref(id), "likely", "its name says so");
    if (quality) this.#quality(quality);
  }

  /** Proposes decimal and thousands separators, words and blanks. */
  #numbers(values: readonly ColumnKind[]): void {
    const proposal = this.#proposal;
    const cells = values.flatMap((column) => column.cells);
    const filled = cells.filter((cell) =>
      cell !== "" && !(cell in WORDS) && notFinite(cell) === undefined
    );
    let best: { decimal: "." | ","; thousands?: "," | "." | " " | "'"; good: number } | undefined;
    for (const decimal of [".", ","] as const) {
      for (const thousands of [undefined, ",", ".", " ", "'"] as const) {
        if (thousands === decimal) continue;
        const good = filled.filter((cell) =>
          Number.isFinite(numberOf(cell, { decimal, thousands }))
        ).length;
        if (!best || good > best.good) best = { decimal, ...(thousands && { thousands }), good };
      }
    }
    if (best && filled.length > 0) {
      const { decimal, thousands } = best;
      const example = filled.find((cell) => /[.,' \u00a0]/.test(cell)) ?? filled[0];
      if (decimal !== ".") {
        proposal.propose(
          "decimal",
          decimal,
          "likely",
          `${best.good} of ${filled.length} numbers are read with it, such as "${example}"`,
        );
      }
      if (thousands) {
        const grouped = filled.find((cell) =>
          Number.isNaN(numberOf(cell, { decimal, thousands: undefined }))
        );
        proposal.propose(
          "thousands",
          thousands,
          "likely",
          `numbers such as "${grouped}" have groups of three digits`,
        );
      } else if (
        filled.every((cell) =>
          /^[+-]?\d{1,3}(?:([.,])\d{3})+$/.test(cell) || /^[+-]?\d{1,3}$/.test(cell)
        ) && filled.some((cell) => /[.,]/.test(cell))
      ) {
        const sign = filled.find((cell) => /[.,]/.test(cell))!.match(/[.,]/)![0];
        proposal.ask(
          "thousands",
          `Is "${
            filled.find((cell) => /[.,]/.test(cell))
          }" a number with thousands, or with decimals?`,
          [`thousands ${sign}`, `decimal ${sign}`],
        );
      }
    }
    const found = [...new Set(cells.filter((cell) => cell in WORDS))];
    if (found.length > 0) {
      proposal.propose(
        "words",
        Object.fromEntries(found.map((word) => [word, WORDS[word]])),
        "likely",
        `some cells have ${found.join(" or ")} instead of a number`,
      );
    }
    const blank = cells.filter((cell) => cell === "").length;
    if (blank > 0 && values.length === 1) {
      proposal.propose("blank", "skip", "unsure", `${blank} of ${cells.length} values are blank`);
    }
    const others = cells.filter((cell) =>
      cell !== "" && !(cell in WORDS) && notFinite(cell) === undefined && !looksNumeric(cell)
    );
    if (others.length > 0) {
      proposal.propose(
        "skipBadRows",
        true,
        "unsure",
        `${others.length} of ${cells.length} values are not numbers, such as "${
          others[0].slice(0, 40)
        }"`,
      );
    }
    const special = cells.filter((cell) => notFinite(cell) !== undefined).length;
    if (special > 0) {
      proposal.propose(
        "nan",
        "skip",
        "unsure",
        `${special} of ${cells.length} values are NaN or infinite`,
      );
    }
  }

  #stream(column: ColumnKind): void {
    const proposal = this.#proposal;
    const ref = this.#ref(column);
    if (String(ref).toLowerCase() !== "stream") {
      proposal.propose(
        "columns.stream",
        ref,
        "likely",
        `${distinct(column)} different texts, such as "${column.cells[0]}"`,
      );
    }
    const texts = [...new Set(column.cells)];
    const faults = texts.map((text) => streamText(text, "slug")).filter((it) => "rule" in it);
    if (faults.length === 0) return;
    const short = texts.filter((text) => /^[0-9a-fA-F]{1,8}$/.test(text));
    if (short.length === texts.length) {
      proposal.ask("ids", `Are streams such as "${texts[0]}" hexadecimal or decimal?`, [
        "hex",
        "decimal",
      ]);
    } else {
      proposal.ask(
        "tags",
        `Which variables do names such as "${
          texts[0]
        }" stand for? --tags FILE, with the columns name and stream`,
      );
    }
  }

  #quality(column: ColumnKind): void {
    const texts = [...new Set(column.cells)];
    const good = texts.filter((text) => GOOD.includes(text));
    this.#proposal.propose(
      "columns.quality",
      this.#ref(column),
      "likely",
      `its name, and ${texts.length} different texts`,
    );
    if (good.length > 0) {
      this.#proposal.propose(
        "good",
        good,
        "likely",
        `the other qualities are ${
          texts.filter((it) => !good.includes(it)).slice(0, 5).join(", ") || "none"
        }`,
      );
    } else {
      this.#proposal.propose("good", [texts[0]], "unsure", "it is the first quality in the file");
      this.#proposal.ask("good", `Which of the qualities ${texts.slice(0, 8).join(", ")} is good?`);
    }
  }
}

function distinct({ cells }: ColumnKind): number {
  return new Set(cells).size;
}

function isDevices({ cells }: ColumnKind): boolean {
  return cells.length > 0 && cells.every((cell) => /^[dm]--[0-9a-f-]+$/i.test(cell));
}

function isStreams({ cells }: ColumnKind): boolean {
  return cells.length > 0 &&
    cells.every((cell) => /^(?:s[lasd]--|[0-9a-f]{4}-[0-9a-f]{4}$)/i.test(cell));
}
