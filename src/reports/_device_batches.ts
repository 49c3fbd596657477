/**
 * Gathers readings of many devices for the encoders, and sorts them by device.
 *
 * @module
 */
import type { ReadingColumns } from "../readings/reading_columns.ts";
import {
  type DeviceNumbers,
  gatherLong,
  gatherShort,
  groupRows,
} from "../readings/device_groups.ts";
import { type Batch, batchColumns, ROW_BYTES } from "./_device_encoders.ts";

/** The number of readings that are gathered: enough that even each of a thousand devices has some of them. */
const ROWS = 1 << 16;

/** Gathers readings without summary and raw data. */
export class DeviceBatches {
  readonly #numbers: DeviceNumbers;
  readonly #seats: number;
  readonly #devices = new BigUint64Array(ROWS);
  readonly #columns = batchColumns({ buffer: new ArrayBuffer(ROWS * ROW_BYTES), length: ROWS });
  #length = 0;
  /** Buffers that are not in use. */
  #spare: ArrayBuffer[] = [];

  /**
   * @param numbers The numbers of the devices.
   * @param seats The number of encoders: the number of a device modulo this decides which encoder it gets.
   */
  constructor(numbers: DeviceNumbers, seats: number) {
    this.#numbers = numbers;
    this.#seats = seats;
  }

  /** Whether all room is used up. */
  get isFull(): boolean {
    return this.#length === ROWS;
  }

  /** Accepts the buffer of a batch for reuse. */
  reuse(buffer: ArrayBuffer): void {
    this.#spare.push(buffer);
  }

  /** Copies rows from `from` on, as many as fit; returns the end. */
  add(columns: ReadingColumns, devices: BigUint64Array, from: number): number {
    const to = Math.min(columns.length, from + ROWS - this.#length);
    const { streams, ids, times, values } = this.#columns;
    streams.set(columns.streams.subarray(from, to), this.#length);
    ids.set(wideIds(columns.readingIds, from, to), this.#length);
    times.set(columns.timestamps.subarray(from, to), this.#length);
    values.set(columns.values.subarray(from, to), this.#length);
    this.#devices.set(devices.subarray(from, to), this.#length);
    this.#length += to - from;
    return to;
  }

  /** Takes the gathered readings: a batch for each encoder that has readings. */
  take(): { seat: number; batch: Batch }[] {
    if (this.#length === 0) return [];
    const ofRows = this.#numbers.ofRows(this.#devices, this.#length);
    this.#length = 0;
    const total = this.#numbers.devices.length;
    const bySeat = Array.from(
      { length: this.#seats },
      (_, seat) => numbersOf(seat, total, this.#seats),
    );
    const { order, counts } = groupRows(ofRows, bySeat.flat());
    const batches = [];
    let from = 0;
    for (const [seat, numbers] of bySeat.entries()) {
      const groups = numbers.filter((number) => counts[number] > 0)
        .flatMap((number) => [number, counts[number]]);
      const length = numbers.reduce((sum, number) => sum + counts[number], 0);
      if (length === 0) continue;
      const batch = { ...this.#gather(order.subarray(from, from += length)), groups };
      batches.push({ seat, batch: { ...batch, groups: Uint32Array.from(groups) } });
    }
    return batches;
  }

  #gather(order: Uint32Array): { buffer: ArrayBuffer; length: number } {
    const { length } = order;
    const buffer = this.#spare.pop() ?? new ArrayBuffer(ROWS * ROW_BYTES);
    const target = batchColumns({ buffer, length });
    const { streams, ids, times, values } = this.#columns;
    gatherShort(target.streams, streams, order);
    gatherLong(target.ids, ids, order);
    gatherLong(target.times, times, order);
    gatherLong(target.values, values, order);
    return { buffer, length };
  }
}

/** The numbers, below `total`, of the devices of an encoder. */
function numbersOf(seat: number, total: number, seats: number): number[] {
  const numbers = [];
  for (let number = seat; number < total; number += seats) numbers.push(number);
  return numbers;
}

/** Ids as integers of 64 bits. */
function wideIds(ids: ReadingColumns["readingIds"], from: number, to: number): BigUint64Array {
  const part = ids.subarray(from, to);
  return part instanceof BigUint64Array ? part : BigUint64Array.from(part, BigInt);
}
