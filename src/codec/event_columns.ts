/**
 * Columns of readings that become events.
 *
 * @module
 */
import { type Arena, arena, loadNumbers } from "./arena.ts";
import { DataError } from "./data_error.ts";
import { type FreeForm, type Rows, throwBadTime } from "./event_encoder.ts";
import { IdRange } from "./id_range.ts";

/** Columns that are referenced, not copied. */
export class EventColumns implements Rows {
  constructor(
    readonly length: number,
    readonly streams: Uint32Array,
    readonly ids: Uint32Array | Float64Array | BigUint64Array,
    /** Microseconds since the Unix epoch. */
    readonly times: BigInt64Array,
    readonly values: Float64Array,
    readonly freeForm?: FreeForm,
    /** The position of row 0 in the caller's columns, for messages. */
    readonly first: number = 0,
  ) {}

  /** The same readings with other ids, or with free-form data. */
  with({ ids = this.ids, freeForm = this.freeForm }: Partial<EventColumns>): EventColumns {
    const { length, streams, times, values, first } = this;
    return new EventColumns(length, streams, ids, times, values, freeForm, first);
  }

  /** Rows `from` to `to` of columns without free-form data. */
  slice(from: number, to: number): EventColumns {
    return new EventColumns(
      to - from,
      this.streams.subarray(from, to),
      this.ids.subarray(from, to),
      this.times.subarray(from, to),
      this.values.subarray(from, to),
      undefined,
      this.first + from,
    );
  }

  load(memory: Arena, from: number, to: number): void {
    this.#loadIntegers(memory, from, to);
    loadNumbers(memory.values, this.values, from, to);
  }

  #loadIntegers(memory: Arena, from: number, to: number): void {
    const { ids } = this;
    loadNumbers(memory.streams, this.streams, from, to);
    loadNumbers(memory.times, this.times, from, to);
    if (ids instanceof BigUint64Array) {
      loadNumbers(memory.ids, ids, from, to);
    } else if (ids instanceof Uint32Array) {
      loadNumbers(memory.narrowIds, ids, from, to);
      memory.kernel.widenIds(to - from);
    } else {
      loadNumbers(memory.floatIds, ids, from, to);
      const bad = memory.kernel.checkedIds(to - from);
      if (bad >= 0) {
        throw new DataError(
          `Cannot encode reading ${this.first + from + bad} with id ${ids[from + bad]}: it must ` +
            "be an integer from 0 to 2^53-1, or a bigint above that",
        );
      }
    }
  }

  /**
   * Computes the number of bytes of the events, and the lowest and highest id.
   *
   * @throws {DataError} If a time is outside the years 1 to 9999, or an id is not an integer.
   */
  measure(): { readonly size: number; readonly ids: IdRange } {
    const memory = arena();
    const { length, freeForm } = this;
    const ids = new IdRange();
    let size = 0;
    for (let from = 0; from < length; from += memory.chunk) {
      const to = Math.min(from + memory.chunk, length);
      this.#loadIntegers(memory, from, to);
      const measured = memory.kernel.measure(to - from);
      if (measured < 0) throwBadTime(measured, this.first + from);
      ids.include(memory);
      size += measured;
    }
    if (freeForm !== undefined) {
      size += freeForm.bytes.length;
      // `measure` has counted a byte each for an empty map and for nil, which these replace.
      for (let i = 0; i < length; i++) {
        if (freeForm.extraLengths[i] !== 0) size--;
        if (freeForm.dataLengths[i] !== 0) size--;
      }
    }
    return { size, ids };
  }
}
