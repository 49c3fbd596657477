/**
 * Assigns ids in sequence to readings without an id.
 *
 * @module
 */
import { integerReader, isSafeHigh, safeOf } from "../_integers.ts";
import { DataError } from "../codec/data_error.ts";
import type { Id } from "../readings/reading_columns.ts";
import { checkedId } from "./data_point.ts";

const LAST_ID = 2n ** 64n - 1n;

/** Ids of readings, in any of the supported arrays. */
type IdColumn = Uint32Array | Float64Array | BigUint64Array;

/** Assigns ids from a first one on. If a reading has its own id, the sequence continues after that id. */
export class ReadingIds {
  #next: Id | undefined;
  /** The id of the last reading, 0 before the first one; undefined if ids may decrease. */
  #last: Id | undefined;

  /**
   * Starts a sequence.
   *
   * @param next The first id; without it, every reading must have its own.
   * @param options.increasing Whether an id that is not above the one before is rejected.
   */
  constructor(next: Id | undefined, { increasing = false } = {}) {
    if (increasing) this.#last = 0;
    if (next === undefined) return;
    this.#next = checkedId(next, "nextReadingId");
    if (this.#next === 0) {
      throw new DataError(
        "Cannot use 0 as nextReadingId: it means that a reading has no id, so count from 1",
      );
    }
  }

  /** The id for the next reading without an id. */
  get next(): Id | undefined {
    return this.#next;
  }

  /**
   * The id of a reading.
   *
   * @param own The reading's own id, 0 for none.
   * @throws {DataError} If the reading has no id and there is no sequence, or the id is not above the one
   * before, or beyond 64 bits. Then the sequence does not change.
   */
  take(own: Id): Id {
    const id = this.tryTake(own);
    if (id !== undefined) return id;
    if (own === 0 && this.#next === undefined) {
      throw new DataError(
        "Cannot encode a reading without an id: set nextReadingId, so that it gets the next id",
      );
    }
    const wanted = own === 0 ? this.#next! : own;
    if (wanted > LAST_ID) {
      throw new DataError("Cannot assign a reading id: the ids would go beyond 2^64-1");
    }
    throw new DataError(
      `Cannot encode a reading with id ${wanted} after one with id ${this.#last}: ids must increase, ` +
        "since the cloud counts only ids above the last one that it has",
    );
  }

  /** The id of a reading like {@linkcode take}, but undefined if that would throw. */
  tryTake(own: Id): Id | undefined {
    const next = this.#next;
    const id = own === 0 ? next : own;
    if (id === undefined || this.#last !== undefined && id <= this.#last) return undefined;
    if (next !== undefined && id >= next) {
      if (typeof id === "bigint" && id > LAST_ID) return undefined;
      this.#next = idAfter(id);
    }
    if (this.#last !== undefined) this.#last = id;
    return id;
  }

  /** The ids of some readings, with the missing ones filled in; the same array if every reading has its own id. */
  fill(ids: IdColumn, length: number): IdColumn {
    const { ids: filled, end, error } = this.fillFrom(ids, 0, length);
    if (end < length) throw error;
    return filled.buffer === ids.buffer ? ids : filled;
  }

  /**
   * The ids of readings `from` to `to`, up to the first reading whose id is not valid.
   *
   * @returns The ids of the readings from `from` on; a part of the same array if every reading has its own id. If `end`
   * is below `to`, `error` says what is wrong with the reading at `end`.
   */
  fillFrom(
    ids: IdColumn,
    from: number,
    to: number,
  ): { readonly ids: IdColumn; readonly end: number; readonly error?: unknown } {
    const sequence = this.#sequenceFor(ids, from, to);
    if (sequence !== undefined) return this.#fillWith(sequence, from, to);
    const idAt = ids instanceof BigUint64Array ? integerReader(ids) : (row: number) => ids[row];
    const isFloat = ids instanceof Float64Array;
    // Created at the first reading that gets an id.
    let filled: Float64Array | BigUint64Array | undefined;
    let row = ids instanceof BigUint64Array ? this.#takeIncreasing(ids, from, to) : from;
    try {
      for (; row < to; row++) {
        const own = idAt(row);
        if (isFloat && !(Number.isSafeInteger(own) && own >= 0)) {
          checkedId(own, `the id of reading ${row}`);
        }
        const id = this.take(own);
        if (filled === undefined) {
          if (id === own) continue;
          filled = ids instanceof BigUint64Array
            ? ids.slice(from, to)
            : Float64Array.from(ids.subarray(from, to));
        }
        if (filled instanceof BigUint64Array) {
          filled[row - from] = BigInt(id);
        } else if (typeof id === "number") {
          filled[row - from] = id;
        } else {
          // The first id that a float cannot hold exactly.
          filled = widened(filled, row - from);
          filled[row - from] = id;
        }
      }
    } catch (error) {
      return { ids: filled ?? ids.subarray(from, to), end: row, error };
    }
    return { ids: filled ?? ids.subarray(from, to), end: to };
  }

  /** Takes the readings' own ids while each is above the one before and a safe integer; returns the end. */
  #takeIncreasing(ids: BigUint64Array, from: number, to: number): number {
    if (typeof this.#last !== "number") return from;
    const halves = new Uint32Array(ids.buffer, ids.byteOffset + 8 * from, 2 * (to - from));
    let last = this.#last;
    let at = 0;
    for (; at < halves.length; at += 2) {
      const high = halves[at + 1];
      const id = safeOf(high, halves[at]);
      if (id <= last || !isSafeHigh(high)) break;
      last = id;
    }
    if (at === 0) return from;
    const next = this.#next;
    this.#last = last;
    if (next !== undefined && last >= next) {
      this.#next = idAfter(last);
    }
    return from + at / 2;
  }

  /** The first id for readings without ids, if all their new ids are safe integers. */
  #sequenceFor(ids: IdColumn, from: number, length: number): number | undefined {
    const next = this.#next;
    if (typeof next !== "number" || next + length - from > Number.MAX_SAFE_INTEGER) {
      return undefined;
    }
    const words = ids instanceof Uint32Array
      ? ids.subarray(from, length)
      : new Uint32Array(ids.buffer, ids.byteOffset + 8 * from, 2 * Math.max(0, length - from));
    for (let at = 0; at < words.length; at++) if (words[at] !== 0) return undefined;
    return next;
  }

  #fillWith(
    first: number,
    from: number,
    to: number,
  ): { readonly ids: IdColumn; readonly end: number } {
    const ids = new Float64Array(to - from);
    for (let row = 0; row < ids.length; row++) ids[row] = first + row;
    this.#next = first + ids.length;
    if (this.#last !== undefined && ids.length > 0) this.#last = this.#next - 1;
    return { ids, end: to };
  }
}

/** The same ids as bigints, up to row `end`. */
function widened(ids: Float64Array, end: number): BigUint64Array {
  const wide = new BigUint64Array(ids.length);
  for (let row = 0; row < end; row++) wide[row] = BigInt(ids[row]);
  return wide;
}

function idAfter(id: Id): Id {
  return typeof id === "number" && id < Number.MAX_SAFE_INTEGER ? id + 1 : BigInt(id) + 1n;
}
