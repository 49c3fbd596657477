/**
 * The lowest and the highest id of a report's readings.
 *
 * @module
 */
import { isSafeHigh, safeOf } from "../_integers.ts";
import type { Arena } from "./arena.ts";

/** The lowest and the highest id so far, without ids of 0; 0 if all ids were 0. */
export class IdRange {
  lowest: number | bigint = 0;
  highest: number | bigint = 0;

  /** Includes the ids of the chunk that has just been measured or encoded. */
  include(memory: Arena): void {
    const lowest = idAt(memory, 0);
    const highest = idAt(memory, 1);
    if (lowest !== 0 && (this.lowest === 0 || lowest < this.lowest)) this.lowest = lowest;
    if (highest > this.highest) this.highest = highest;
  }
}

/** A number up to 2^53−1, a bigint above. */
function idAt({ results, resultHalves }: Arena, index: number): number | bigint {
  const high = resultHalves[2 * index + 1];
  return isSafeHigh(high) ? safeOf(high, resultHalves[2 * index]) : results[index];
}
