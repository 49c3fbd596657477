/**
 * Rows that are not readings: either an error is thrown, or they are counted and passed to a callback.
 *
 * @module
 */
import { DataError } from "../codec/data_error.ts";
import type { ReadPlan } from "./_plan.ts";
import type { CellFault } from "./_row_maker.ts";
import { cut, problemError, quoted } from "./problem.ts";
import type { BadRow } from "./read_options.ts";

/** The maximum length of the row that is passed to the callback. */
const MOST_SHOWN = 4096;

/** Gathers bad rows during a scan; the caller's callback runs after the scan. */
export class BadRows {
  readonly #plan: ReadPlan;
  #rows: BadRow[] = [];
  #count = 0;
  /** Whether the scan should end, because a row will end the reading with an error. */
  stopped = false;

  constructor(plan: ReadPlan) {
    this.#plan = plan;
  }

  /** The number of rows that have been skipped. */
  get count(): number {
    return this.#count;
  }

  /** Adds a bad row; with `counts` false, another bad cell of the row before. */
  add(row: BadRow, counts: boolean): void {
    this.#rows.push(row);
    if (!this.#plan.skipBadRows || row.ends) this.stopped = true;
    else if (counts && ++this.#count > this.#plan.mostBad) this.stopped = true;
  }

  /**
   * Adds the faults of one row.
   *
   * @param row The row and its position.
   * @param faults The faults, each with a text of the row.
   * @param nameOf Returns the column or key of a fault; undefined for the row as a whole.
   * @param what The word for that: a column or a key.
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

  /** Throws the error that ends the reading, and passes the other rows to the callback. */
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
        `Cannot continue after ${rows.at(-1)!.isRow ? "row" : "line"} ${
          rows.at(-1)!.line
        }: ${this.#count} rows of ${
          this.#count + readings
        } are not readings, more than option maxBadRows ${mostBad}`,
        {
          cause: tooMany(
            rows.at(-1)!,
            `${this.#count} rows cannot be read, and only ${mostBad} are allowed`,
          ),
        },
      );
    }
  }

  /** Checks the share of bad rows at the end. */
  finish(readings: number): void {
    this.report(readings);
    const { mostBadPart } = this.#plan;
    const all = this.#count + readings;
    if (this.#count === 0 || this.#count <= mostBadPart * all) return;
    const message = `${this.#count} of ${all} rows cannot be read, and only ${
      mostBadPart * 100
    }% are allowed`;
    throw problemError({ message, hints: [{ option: "maxBadRows" }] });
  }
}

function tooMany(row: BadRow, message: string): object {
  return { line: row.line, isRow: row.isRow, message, hints: [{ option: "maxBadRows" }] };
}
