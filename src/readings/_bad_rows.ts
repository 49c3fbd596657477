/**
 * Rows that are not readings: thrown, or counted and passed on.
 *
 * @module
 */
import { DataError } from "../codec/data_error.ts";
import type { ReadPlan } from "./_plan.ts";
import type { CellFault } from "./_row_maker.ts";
import { cut, problemError, quoted } from "./problem.ts";
import type { BadRow } from "./read_options.ts";

/** So much of a row is passed on. */
const MOST_SHOWN = 4096;

/** Gathers bad rows during a scan; what the caller gave runs after it. */
export class BadRows {
  readonly #plan: ReadPlan;
  #rows: BadRow[] = [];
  #count = 0;
  /** Whether the scan should end, since a row will be thrown. */
  stopped = false;

  constructor(plan: ReadPlan) {
    this.#plan = plan;
  }

  /** How many rows have been skipped. */
  get count(): number {
    return this.#count;
  }

  /** Adds a bad row, or with `counts` false another cell of the same. */
  add(row: BadRow, counts: boolean): void {
    this.#rows.push(row);
    if (!this.#plan.skipBadRows || row.ends) this.stopped = true;
    else if (counts && ++this.#count > this.#plan.mostBad) this.stopped = true;
  }

  /**
   * Adds what is wrong with one row.
   *
   * @param row The row itself, and where it is.
   * @param faults What is wrong, each with a text of the row.
   * @param nameOf The column or key that has a fault; undefined for the row as a whole.
   * @param what How that is called.
   */
  addRow<Fault extends CellFault>(
    row: Pick<BadRow, "line" | "isRow" | "row">,
    faults: readonly Fault[],
    nameOf: (fault: Fault) => string | number | undefined,
    what = "column",
  ): void {
    faults.forEach((fault, i) => {
      const { text, bare, rule, hints = [], ends } = fault;
      const shown = cut(text);
      const name = nameOf(fault);
      const where = name === undefined ? "" : ` in ${what} ${JSON.stringify(name)}`;
      this.add({
        ...row,
        ...(name !== undefined && { column: name }),
        text: shown,
        message: `${bare ? shown : quoted(text)}${where} ${rule}`,
        hints,
        row: row.row.slice(0, MOST_SHOWN),
        ...(ends && { ends }),
      }, i === 0);
    });
  }

  /** Throws what ends the reading, and passes on the others. */
  report(readings: number): void {
    const rows = this.#rows;
    if (rows.length === 0) return;
    this.#rows = [];
    const { skipBadRows, mostBad, onBadRow } = this.#plan;
    for (const row of rows) {
      if (!skipBadRows || row.ends) throw problemError(row);
      onBadRow?.(row);
    }
    if (this.#count > mostBad) {
      throw new DataError(
        `Cannot read on after ${rows.at(-1)!.isRow ? "row" : "line"} ${
          rows.at(-1)!.line
        }: ${this.#count} rows of ${
          this.#count + readings
        } are not readings, more than option maxBadRows ${mostBad}`,
        {
          cause: tooMany(
            rows.at(-1)!,
            `${this.#count} rows cannot be read, more than the ${mostBad} that are allowed`,
          ),
        },
      );
    }
  }

  /** Checks the part of bad rows at the end. */
  finish(readings: number): void {
    this.report(readings);
    const { mostBadPart } = this.#plan;
    const all = this.#count + readings;
    if (this.#count === 0 || this.#count <= mostBadPart * all) return;
    const message = `${this.#count} of ${all} rows cannot be read, more than the ${
      mostBadPart * 100
    }% that are allowed`;
    throw problemError({ message, hints: [{ option: "maxBadRows" }] });
  }
}

function tooMany(row: BadRow, message: string): object {
  return { line: row.line, isRow: row.isRow, message, hints: [{ option: "maxBadRows" }] };
}
