/**
 * Which readings of a report have a problem, and which problems.
 *
 * @module
 */
import { type Problem, problemRows } from "../reports/verify.ts";

/** Descriptions for a single reading, by problem code. Other problems concern the whole report. */
const SAID: Partial<Record<Problem["code"], string>> = {
  "missing-id": "no id: the cloud never counts it",
  "duplicate-id": "its id was used before",
  "id-order": "its id is below one before it",
  "id-too-large": "its id is too large",
  "id-above-31-bits": "its id is above 31 bits: some clouds cannot store it",
  "not-finite": "its value is not a finite number",
  "time-order": "it is earlier than the reading before it in its stream",
  "unlikely-time": "its time is before 2000 or more than a day ahead",
  "after-sent": "it is later than the time the report was sent",
};

/** Readings with a problem. */
export interface BadRows {
  /** How many there are. */
  readonly size: number;
  has(row: number): boolean;
  /** The problems of a reading; empty if there are none. */
  text(row: number): string;
}

/**
 * Collect the readings that problems are about.
 *
 * @param problems what `verifyReport` found
 * @param length how many readings there are
 */
export function badRows(problems: readonly Problem[], length: number): BadRows {
  // A bit for each kind of problem; at most sixteen kinds concern single readings.
  const flags = new Uint16Array(length);
  const texts: string[] = [];
  let size = 0;
  for (const problem of problems) {
    const rows = problemRows(problem);
    if (rows.length === 0) continue;
    const bit = 1 << (texts.length % 16);
    texts.push(SAID[problem.code] ?? problem.message);
    for (const row of rows) {
      if (flags[row] === 0) size++;
      flags[row] |= bit;
    }
  }
  return {
    size,
    has: (row) => flags[row] !== 0,
    text: (row) => texts.filter((_, bit) => flags[row] & (1 << (bit % 16))).join("; "),
  };
}
