/**
 * Ids in sequence for readings that have none.
 *
 * @module
 */
import { DataError } from "../codec/data_error.ts";
import type { Id } from "../readings/reading_columns.ts";
import { checkedId } from "./data_point.ts";

const LAST_ID = 2n ** 64n - 1n;

/** Hands out ids from a first one on; a reading's own id moves the sequence past itself. */
export class ReadingIds {
  #next: bigint | undefined;

  /**
   * Starts a sequence.
   *
   * @param next The first id; without it, every reading has its own.
   */
  constructor(next: Id | undefined) {
    if (next === undefined) return;
    this.#next = BigInt(checkedId(next, "nextReadingId"));
    if (this.#next === 0n) {
      throw new DataError("Cannot count from the reading id 0 as it means that there is none");
    }
  }

  /** The id that the next reading without one gets. */
  get next(): bigint | undefined {
    return this.#next;
  }

  /** The id of a reading that has `own`, 0 for none. */
  take(own: bigint): bigint {
    if (own === 0n) {
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
      this.#next = own + 1n;
    }
    return own;
  }

  /** The ids of some readings, the missing ones filled in; the same array where none is. */
  fill<T extends Uint32Array | Float64Array | BigUint64Array>(
    ids: T,
    length: number,
  ): T | BigUint64Array {
    if (this.#next === undefined) {
      for (let i = 0; i < length; i++) if (Number(ids[i]) === 0) this.take(0n);
      return ids;
    }
    const filled = new BigUint64Array(length);
    for (let i = 0; i < length; i++) filled[i] = this.take(BigInt(ids[i]));
    return filled;
  }
}
