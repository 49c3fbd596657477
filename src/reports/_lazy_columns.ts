/**
 * Columns of free-form data that are made when they are first read.
 *
 * All columns share the same two accessors. If each object had its own functions, the engine would keep everything that
 * they refer to until its next full garbage collection, and copy it meanwhile: that was three quarters of the time for
 * waveforms.
 *
 * @module
 */
import type { ReadingColumns, SummaryData } from "../readings/reading_columns.ts";

/** Functions that make the columns; undefined for a column that does not exist. */
interface Makers {
  readonly summaryData?: () => SummaryData[];
  readonly rawData?: () => unknown[];
}

/** A constructor that returns its argument: a class that extends it adds its private fields to that object. */
class Given {
  constructor(object: object) {
    return object;
  }
}

/** Private fields for plain objects: the function that makes a column, then the column itself. */
class Lazy extends Given {
  #summaryData: Makers["summaryData"] | SummaryData[];
  #rawData: Makers["rawData"] | unknown[];

  constructor(columns: object, { summaryData, rawData }: Makers) {
    super(columns);
    this.#summaryData = summaryData;
    this.#rawData = rawData;
  }

  static summaryData(this: Lazy): SummaryData[] | undefined {
    if (typeof this.#summaryData === "function") this.#summaryData = this.#summaryData();
    return this.#summaryData;
  }

  static rawData(this: Lazy): unknown[] | undefined {
    if (typeof this.#rawData === "function") this.#rawData = this.#rawData();
    return this.#rawData;
  }
}

const SUMMARY_DATA = { enumerable: true, configurable: true, get: Lazy.summaryData };
const RAW_DATA = { enumerable: true, configurable: true, get: Lazy.rawData };

/** Adds columns to an object; they are made when they are first read. */
export function addLazily(columns: ReadingColumns, makers: Makers): void {
  if (makers.summaryData === undefined && makers.rawData === undefined) return;
  new Lazy(columns, makers);
  if (makers.summaryData !== undefined) {
    Object.defineProperty(columns, "summaryData", SUMMARY_DATA);
  }
  if (makers.rawData !== undefined) Object.defineProperty(columns, "rawData", RAW_DATA);
}
