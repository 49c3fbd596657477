/**
 * Gathers rows of many devices from chunks. If a chunk has only a few readings of each device, the work for each device
 * costs more than the work for the readings.
 *
 * @module
 */
import type { ReadingChunk } from "./read_options.ts";
import type { ReadingColumns } from "./reading_columns.ts";

/** Gathers rows without summary and raw data. */
export class DeviceRows {
  readonly #room: number;
  readonly #devices: BigUint64Array;
  readonly #streams: Uint32Array;
  readonly #readingIds: BigUint64Array;
  readonly #timestamps: BigInt64Array;
  readonly #values: Float64Array;
  #length = 0;

  /** @param room The maximum number of rows. */
  constructor(room: number) {
    this.#room = room;
    this.#devices = new BigUint64Array(room);
    this.#streams = new Uint32Array(room);
    this.#readingIds = new BigUint64Array(room);
    this.#timestamps = new BigInt64Array(room);
    this.#values = new Float64Array(room);
  }

  /** The number of rows. */
  get length(): number {
    return this.#length;
  }

  /** Whether all room is used up. */
  get isFull(): boolean {
    return this.#length === this.#room;
  }

  /** Copies rows from `from` on, as many as fit; returns the end. */
  add(columns: ReadingColumns, devices: BigUint64Array, from: number): number {
    const to = Math.min(columns.length, from + this.#room - this.#length);
    this.#devices.set(devices.subarray(from, to), this.#length);
    this.#streams.set(columns.streams.subarray(from, to), this.#length);
    this.#readingIds.set(wideIds(columns.readingIds, from, to), this.#length);
    this.#timestamps.set(columns.timestamps.subarray(from, to), this.#length);
    this.#values.set(columns.values.subarray(from, to), this.#length);
    this.#length += to - from;
    return to;
  }

  /** Takes the rows, which are valid until the next ones are added. The columns may be longer than the rows. */
  take(): ReadingChunk & { readonly devices: BigUint64Array } {
    const length = this.#length;
    this.#length = 0;
    return {
      length,
      devices: this.#devices,
      streams: this.#streams,
      readingIds: this.#readingIds,
      timestamps: this.#timestamps,
      values: this.#values,
    };
  }
}

/** Ids as integers of 64 bits. */
function wideIds(ids: ReadingColumns["readingIds"], from: number, to: number): BigUint64Array {
  const part = ids.subarray(from, to);
  return part instanceof BigUint64Array ? part : BigUint64Array.from(part, BigInt);
}
