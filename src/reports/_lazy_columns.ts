/**
 * Columns of free-form data that are made when they are read first.
 *
 * The accessors are the same two for all columns. With functions of their own for each object, the engine would keep
 * everything that those refer to until its next full collection, and copy all of it meanwhile: three quarters of the time
 * that waveforms took.
 *
 * @module
 */
import type { ReadingColumns, SummaryData } from "../readings/reading_columns.ts";

/** What makes the columns; undefined where there is none. */
interface Makers {
  readonly summaryData?: () => SummaryData[];
  readonly rawData?: () => unknown[];
}

/** A constructor that returns the object it is given: a class that extends it adds its private fields to that object. */
class Given {
  constructor(object: object) {
    return object;
  }
}

/** Private fields of plain objects: how a column is made, and what was made. */
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

/** Adds columns to an object, which are made when they are read first. */
export function addLazily(columns: ReadingColumns, makers: Makers): void {
  if (makers.summaryData === undefined && makers.rawData === undefined) return;
  new Lazy(columns, makers);
  if (makers.summaryData !== undefined) {
    Object.defineProperty(columns, "summaryData", SUMMARY_DATA);
  }
  if (makers.rawData !== undefined) Object.defineProperty(columns, "rawData", RAW_DATA);
}
