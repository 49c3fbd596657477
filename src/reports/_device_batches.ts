/**
 * Gathers readings of many devices for the encoders, and sorts them by device.
 *
 * @module
 */
import {
  type DeviceNumbers,
  gatherLong,
  gatherShort,
  groupRows,
} from "../readings/device_groups.ts";
import { DeviceRows } from "../readings/device_rows.ts";
import type { ReadingChunk } from "../readings/read_options.ts";
import type { ReadingColumns } from "../readings/reading_columns.ts";
import { type Batch, batchColumns, ROW_BYTES } from "./_device_encoders.ts";

/** The number of readings that are gathered: enough that even each of a thousand devices has some of them. */
const ROWS = 1 << 16;

/** Gathers readings without summary and raw data. */
export class DeviceBatches {
  readonly #numbers: DeviceNumbers;
  readonly #seats: number;
  readonly #rows = new DeviceRows(ROWS);
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
    return this.#rows.isFull;
  }

  /** Accepts the buffer of a batch for reuse. */
  reuse(buffer: ArrayBuffer): void {
    this.#spare.push(buffer);
  }

  /** Copies rows from `from` on, as many as fit; returns the end. */
  add(columns: ReadingColumns, devices: BigUint64Array, from: number): number {
    return this.#rows.add(columns, devices, from);
  }

  /** Takes the gathered readings: a batch for each encoder that has readings. */
  take(): { seat: number; batch: Batch }[] {
    if (this.#rows.length === 0) return [];
    const rows = this.#rows.take();
    const ofRows = this.#numbers.ofRows(rows.devices, rows.length);
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
      const batch = { ...this.#gather(rows, order.subarray(from, from += length)), groups };
      batches.push({ seat, batch: { ...batch, groups: Uint32Array.from(groups) } });
    }
    return batches;
  }

  #gather(rows: ReadingChunk, order: Uint32Array): { buffer: ArrayBuffer; length: number } {
    const { length } = order;
    const buffer = this.#spare.pop() ?? new ArrayBuffer(ROWS * ROW_BYTES);
    const target = batchColumns({ buffer, length });
    gatherShort(target.streams, rows.streams, order);
    gatherLong(target.ids, rows.readingIds, order);
    gatherLong(target.times, rows.timestamps, order);
    gatherLong(target.values, rows.values, order);
    return { buffer, length };
  }
}

/** The numbers, below `total`, of the devices of an encoder. */
function numbersOf(seat: number, total: number, seats: number): number[] {
  const numbers = [];
  for (let number = seat; number < total; number += seats) numbers.push(number);
  return numbers;
}
