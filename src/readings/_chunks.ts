/**
 * Readings gathered into chunks of a size.
 *
 * @module
 */
import type { ReadingChunk } from "./read_options.ts";

/** Columns to take rows from. */
export interface RowColumns {
  readonly times: BigInt64Array;
  readonly values: Float64Array;
  readonly streams: Uint32Array;
  readonly ids: BigUint64Array;
  readonly devices: BigUint64Array;
}

/** Gathers rows; full chunks stand in a queue until they are taken. */
export class ChunkGatherer {
  readonly #size: number;
  readonly #withDevices: boolean;
  #columns: RowColumns;
  #length = 0;
  #full: ReadingChunk[] = [];

  /**
   * @param size How many readings a chunk has.
   * @param withDevices Whether chunks have devices.
   */
  constructor(size: number, withDevices: boolean) {
    this.#size = size;
    this.#withDevices = withDevices;
    this.#columns = this.#make();
  }

  #make(): RowColumns {
    const size = this.#size;
    return {
      times: new BigInt64Array(size),
      values: new Float64Array(size),
      streams: new Uint32Array(size),
      ids: new BigUint64Array(size),
      devices: new BigUint64Array(this.#withDevices ? size : 0),
    };
  }

  /** Takes the first `count` rows. */
  add(rows: RowColumns, count: number): void {
    for (let from = 0; from < count;) {
      const to = Math.min(count, from + this.#size - this.#length);
      const { times, values, streams, ids, devices } = this.#columns;
      times.set(rows.times.subarray(from, to), this.#length);
      values.set(rows.values.subarray(from, to), this.#length);
      streams.set(rows.streams.subarray(from, to), this.#length);
      ids.set(rows.ids.subarray(from, to), this.#length);
      if (this.#withDevices) devices.set(rows.devices.subarray(from, to), this.#length);
      this.#length += to - from;
      from = to;
      if (this.#length === this.#size) this.#close();
    }
  }

  #close(): void {
    const length = this.#length;
    const { times, values, streams, ids, devices } = this.#columns;
    const chunk = {
      length,
      streams: streams.subarray(0, length),
      readingIds: ids.subarray(0, length),
      timestamps: times.subarray(0, length),
      values: values.subarray(0, length),
    };
    this.#full.push(
      this.#withDevices ? { ...chunk, devices: devices.subarray(0, length) } : chunk,
    );
    this.#columns = this.#make();
    this.#length = 0;
  }

  /** The chunks that are full, the last rows too where `all`. */
  take(all = false): ReadingChunk[] {
    if (all && this.#length > 0) this.#close();
    const full = this.#full;
    this.#full = [];
    return full;
  }
}
