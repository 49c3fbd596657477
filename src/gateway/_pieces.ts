/**
 * Pieces: where the readings of a report are stored. Each piece is some rows of one batch.
 *
 * @module
 */
import type { Plan } from "./_plan.ts";
import type { Draft } from "./outbox.ts";

/** Rows of a batch: its number in the queue, the first row, and how many. */
export type Piece = Draft["pieces"][number];

/** The parts of a report. */
interface Pieced {
  /** The id of its first reading. */
  readonly first: number;
  /** The id of its last reading. */
  readonly last: number;
  readonly pieces: readonly Piece[];
}

/** Rows of a batch whose readings have consecutive ids. */
interface Rows {
  readonly batch: number;
  readonly from: number;
  readonly to: number;
  /** The id of the first one. */
  readonly first: number;
}

/** The rows with the readings of a report with ids from `lo` to `hi`. */
export function rowsBetween(
  { first, pieces }: Pick<Pieced, "first" | "pieces">,
  lo: number,
  hi: number,
): Rows[] {
  const found: Rows[] = [];
  for (const [batch, offset, readings] of pieces) {
    const end = first + readings - 1;
    if (first <= hi && end >= lo) {
      const skip = Math.max(0, lo - first);
      const to = offset + Math.min(readings, hi - first + 1);
      found.push({ batch, from: offset + skip, to, first: first + skip });
    }
    first = end + 1;
  }
  return found;
}

/** The position of the first reading of a report that was neither counted nor given up. */
interface Unsent {
  /** How many of its readings are before it. */
  readonly finished: number;
  /** The last batch of the report of which all readings are. */
  readonly done?: number;
  /** The next batch, and how many of its rows are before that position; undefined if nothing is left. */
  readonly next?: { readonly batch: number; readonly offset: number };
}

/** Finds the first reading of a report that was neither counted nor given up. */
export function unsent({ first, last, pieces }: Pieced, { parts, aside }: Plan): Unsent {
  const lows = [...parts.map(({ lo }) => lo), ...aside.map(({ id }) => id)];
  const finished = Math.min(...lows, last + 1) - first;
  let skip = finished;
  let done: number | undefined;
  for (const [batch, offset, readings] of pieces) {
    if (skip < readings) return { finished, done, next: { batch, offset: offset + skip } };
    skip -= readings;
    done = batch;
  }
  return { finished, done };
}
