/**
 * Sorts the rows of several devices by device, without a bigint or an object for each row.
 *
 * @module
 */
import { joinHalves } from "../_integers.ts";

/** Assigns numbers to devices, in the order in which they occur. */
export class DeviceNumbers {
  /** The device of each number. */
  readonly devices: bigint[] = [];
  /** Open addressing: the number of the device in each slot, −1 for an empty slot. */
  #slots = new Int32Array(256).fill(-1);
  /** The halves of the device of each number. */
  #halves = new Uint32Array(256);

  /** The number of the device of each of the first `length` rows. */
  ofRows(devices: BigUint64Array, length: number): Uint32Array {
    const words = new Uint32Array(devices.buffer, devices.byteOffset, 2 * length);
    const numbers = new Uint32Array(length);
    let low = 0;
    let high = 0;
    let number = -1;
    for (let row = 0; row < length; row++) {
      const [nextLow, nextHigh] = [words[2 * row], words[2 * row + 1]];
      if (number < 0 || nextLow !== low || nextHigh !== high) {
        low = nextLow;
        high = nextHigh;
        number = this.#find(low, high);
      }
      numbers[row] = number;
    }
    return numbers;
  }

  #find(low: number, high: number): number {
    const mask = this.#slots.length - 1;
    for (let slot = hash(low, high) & mask;; slot = (slot + 1) & mask) {
      const number = this.#slots[slot];
      if (number < 0) return this.#add(slot, low, high);
      if (this.#halves[2 * number] === low && this.#halves[2 * number + 1] === high) return number;
    }
  }

  #add(slot: number, low: number, high: number): number {
    const number = this.devices.length;
    this.devices.push(joinHalves(high, low));
    this.#slots[slot] = number;
    this.#halves[2 * number] = low;
    this.#halves[2 * number + 1] = high;
    if (4 * this.devices.length > this.#slots.length) this.#grow();
    return number;
  }

  #grow(): void {
    const halves = new Uint32Array(2 * this.#halves.length);
    halves.set(this.#halves);
    this.#halves = halves;
    const mask = 2 * this.#slots.length - 1;
    this.#slots = new Int32Array(mask + 1).fill(-1);
    for (let number = 0; number < this.devices.length; number++) {
      let slot = hash(halves[2 * number], halves[2 * number + 1]) & mask;
      while (this.#slots[slot] >= 0) slot = (slot + 1) & mask;
      this.#slots[slot] = number;
    }
  }
}

function hash(low: number, high: number): number {
  const mixed = Math.imul(low ^ Math.imul(high, 0x9e3779b1), 0x85ebca6b);
  return (mixed ^ mixed >>> 15) >>> 0;
}

/** Rows by device. */
interface RowGroups {
  /** The rows of one device after another; the rows of a device keep their order. */
  readonly order: Uint32Array;
  /** The number of rows of each device number. */
  readonly counts: Uint32Array;
}

/**
 * Groups rows by number.
 *
 * @param numbers The number of each row.
 * @param sequence All numbers, in the order in which their rows are returned.
 */
export function groupRows(numbers: Uint32Array, sequence: Iterable<number>): RowGroups {
  const { length } = numbers;
  const all = [...sequence];
  const counts = new Uint32Array(all.length);
  for (let row = 0; row < length; row++) counts[numbers[row]]++;
  const next = new Uint32Array(all.length);
  let at = 0;
  for (const number of all) {
    next[number] = at;
    at += counts[number];
  }
  const order = new Uint32Array(length);
  for (let row = 0; row < length; row++) order[next[numbers[row]]++] = row;
  return { order, counts };
}

/** Copies rows of a column of 64 bits, as halves: floats could lose the bits of a NaN, and bigints are slow. */
export function gatherLong(
  target: BigInt64Array | BigUint64Array | Float64Array,
  source: BigInt64Array | BigUint64Array | Float64Array,
  order: Uint32Array,
): void {
  const to = new Uint32Array(target.buffer, target.byteOffset, 2 * order.length);
  const from = new Uint32Array(source.buffer, source.byteOffset, 2 * source.length);
  for (let i = 0; i < order.length; i++) {
    const row = order[i];
    to[2 * i] = from[2 * row];
    to[2 * i + 1] = from[2 * row + 1];
  }
}

/** Copies rows of a column of 32 bits. */
export function gatherShort(target: Uint32Array, source: Uint32Array, order: Uint32Array): void {
  for (let i = 0; i < order.length; i++) target[i] = source[order[i]];
}
