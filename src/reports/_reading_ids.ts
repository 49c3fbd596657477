/**
 * Ids in sequence for readings that have none.
 *
 * @module
 */
import { integerReader } from "../_integers.ts";
import { DataError } from "../codec/data_error.ts";
import type { Id } from "../readings/reading_columns.ts";
import { checkedId } from "./data_point.ts";

const LAST_ID = 2n ** 64n - 1n;

/** Hands out ids from a first one on; a reading's own id moves the sequence past itself. */
export class ReadingIds {
  #next: Id | undefined;

  /**
   * Starts a sequence.
   *
   * @param next The first id; without it, every reading has its own.
   */
  constructor(next: Id | undefined) {
    if (next === undefined) return;
    this.#next = checkedId(next, "nextReadingId");
    if (this.#next === 0) {
      throw new DataError("Cannot count from the reading id 0 as it means that there is none");
    }
  }

  /** The id that the next reading without one gets. */
  get next(): Id | undefined {
    return this.#next;
  }

  /** The id of a reading that has `own`, 0 for none. */
  take(own: Id): Id {
    if (own === 0) {
      if (this.#next === undefined) {
        throw new DataError(
          "Cannot encode a reading without an id as nextReadingId does not say where to count from",
        );
      }
      own = this.#next;
    } else if (this.#next === undefined) {
      return own;
    }
    if (own >= this.#next) {
      if (own > LAST_ID) throw new DataError("Cannot count reading ids beyond 2^64-1");
      this.#next = typeof own === "number" && own < Number.MAX_SAFE_INTEGER
        ? own + 1
        : BigInt(own) + 1n;
    }
    return own;
  }

  /** The ids of some readings, the missing ones filled in; the same array where every reading has its own. */
  fill(
    ids: Uint32Array | Float64Array | BigUint64Array,
    length: number,
  ): Uint32Array | Float64Array | BigUint64Array {
    const idAt = ids instanceof BigUint64Array ? integerReader(ids) : (row: number) => ids[row];
    if (this.#next === undefined) {
      for (let row = 0; row < length; row++) if (idAt(row) === 0) this.take(0);
      return ids;
    }
    const filled = new Float64Array(length);
    for (let row = 0; row < length; row++) {
      const own = idAt(row);
      if (ids instanceof Float64Array && !(Number.isSafeInteger(own) && own as number >= 0)) {
        checkedId(own, `the id of reading ${row}`);
      }
      const id = this.take(own);
      if (typeof id === "bigint") return this.#fillWide(filled, row, id, idAt);
      filled[row] = id;
    }
    return filled;
  }

  /** Goes on from `row`, whose id is the first beyond what a float holds. */
  #fillWide(
    filled: Float64Array,
    row: number,
    id: bigint,
    idAt: (row: number) => Id,
  ): BigUint64Array {
    const wide = new BigUint64Array(filled.length);
    for (let i = 0; i < row; i++) wide[i] = BigInt(filled[i]);
    wide[row] = id;
    for (let i = row + 1; i < wide.length; i++) {
      wide[i] = BigInt(this.take(checkedId(idAt(i), `the id of reading ${i}`)));
    }
    return wide;
  }
}
