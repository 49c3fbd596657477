/**
 * Columns for readings that are gathered one by one.
 *
 * @module
 */
import type { Arena } from "./arena.ts";
import type { FreeForm, Rows } from "./event_encoder.ts";
import type { Micros } from "./timestamps.ts";
import { CHUNK } from "./wasm_constants.ts";

/**
 * Columns with room for one chunk, which are filled and encoded again and again. Callers write directly to the
 * columns: a call for each field would cost more than all the rest.
 */
export class EventRows implements Rows {
  /** The number of rows. */
  length = 0;
  freeForm: FreeForm | undefined;
  /** The number of rows that fit. */
  readonly capacity: number;
  readonly streams: Uint32Array;
  readonly values: Float64Array;
  /** Ids and times as numbers; bigints are rounded here and exact in `wide`. */
  readonly ids: Float64Array;
  readonly times: Float64Array;
  /** Ids and times of rows where one is not a safe integer, by row. */
  readonly wide: Map<number, { readonly id: number | bigint; readonly time: Micros }> = new Map();

  constructor() {
    this.capacity = CHUNK;
    this.streams = new Uint32Array(this.capacity);
    this.values = new Float64Array(this.capacity);
    this.ids = new Float64Array(this.capacity);
    this.times = new Float64Array(this.capacity);
  }

  /** Removes all rows. */
  clear(): void {
    this.length = 0;
    this.freeForm = undefined;
    if (this.wide.size > 0) this.wide.clear();
  }

  load(memory: Arena, from: number, to: number): void {
    const rows = to - from;
    if (rows === 1) {
      memory.streams[0] = this.streams[from];
      memory.values[0] = this.values[from];
      memory.floatIds[0] = this.ids[from];
      memory.floatTimes[0] = this.times[from];
    } else {
      memory.streams.set(this.streams.subarray(from, to));
      memory.values.set(this.values.subarray(from, to));
      memory.floatIds.set(this.ids.subarray(from, to));
      memory.floatTimes.set(this.times.subarray(from, to));
    }
    memory.kernel.takeIntegers(rows);
    for (const [row, { id, time }] of this.wide) {
      if (row < from || row >= to) continue;
      memory.ids[row - from] = BigInt(id);
      memory.times[row - from] = BigInt(time);
    }
  }
}
