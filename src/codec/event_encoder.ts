/**
 * Columns to v200 events, a chunk at a time through linear memory.
 *
 * Between two chunks nothing of a report is left in linear memory, so that reports encoded in turn
 * cannot mix.
 *
 * @module
 */
import { type Arena, arena } from "./arena.ts";
import { DataError } from "./data_error.ts";

/** Times as whole milliseconds and the microseconds beyond them. */
export interface SplitTimes {
  readonly millis: Float64Array;
  readonly micros: Uint16Array;
}

/** Encoded free-form data: all of it in order, reading by reading, summary data before raw data. */
export interface FreeForm {
  readonly bytes: Uint8Array;
  /** Length of each reading's summary data, 0 for none. */
  readonly extraLengths: Uint32Array;
  /** Length of each reading's raw data, 0 for none. */
  readonly dataLengths: Uint32Array;
}

/** Readings as the encoder takes them; the columns are held, not copied. */
export interface EventColumns {
  readonly length: number;
  readonly streams: Uint32Array;
  readonly ids: Uint32Array | Float64Array | BigUint64Array;
  readonly times: BigInt64Array | SplitTimes;
  readonly values: Float64Array;
  readonly freeForm?: FreeForm;
}

/** What `measureEvents` finds out. */
export interface Measure {
  /** Bytes of all events. */
  size: number;
  /** Lowest and highest id of those that are not 0; 0 where there is none. */
  lowest: bigint;
  highest: bigint;
}

// What stands at the end of an event without free-form data, after the key of its summary data.
const EMPTY_EXTRA = new Uint8Array([0x80]);
const DATA_KEY = new Uint8Array([0xa4, 0x64, 0x61, 0x74, 0x61]);
const NO_DATA = new Uint8Array([0xc0]);
const TAIL = EMPTY_EXTRA.length + DATA_KEY.length + NO_DATA.length;
/** Below this number of readings, a loop beats `set` of a subarray. */
const FEW = 16;

// deno-lint-ignore no-explicit-any -- any typed array, and the same kind for both
function load(target: any, source: any, from: number, to: number): void {
  if (to - from <= FEW) {
    for (let i = from; i < to; i++) target[i - from] = source[i];
  } else {
    target.set(from === 0 && to === source.length ? source : source.subarray(from, to));
  }
}

/** Brings streams, ids and times of rows `from` to `to` into linear memory. */
function loadRows(memory: Arena, columns: EventColumns, from: number, to: number): void {
  const { ids, times } = columns;
  load(memory.streams, columns.streams, from, to);
  let kind = 0;
  if (ids instanceof Float64Array) {
    load(memory.floatIds, ids, from, to);
    kind = 2;
  } else if (ids instanceof BigUint64Array) {
    load(memory.ids, ids, from, to);
  } else {
    load(memory.narrowIds, ids, from, to);
    kind = 1;
  }
  const split = !(times instanceof BigInt64Array);
  if (split) {
    load(memory.millis, times.millis, from, to);
    load(memory.micros, times.micros, from, to);
  } else {
    load(memory.times, times, from, to);
  }
  if (kind === 0 && !split) return;
  const bad = memory.exports.prepare(to - from, kind, split);
  if (bad >= 0) {
    throw new DataError(
      `Cannot encode reading ${from + bad} as its id is no integer from 0 to 2^53-1: it is ${
        ids[from + bad]
      }`,
    );
  }
}

/**
 * Finds out how long the events are going to be, and the lowest and highest id.
 *
 * @throws {DataError} If a time lies outside the years 1 to 9999, or an id is no integer.
 */
export function measureEvents(columns: EventColumns): Measure {
  const memory = arena();
  const { exports, chunk, results } = memory;
  const { length, freeForm } = columns;
  let size = 0;
  results[0] = 0n;
  results[1] = 0n;
  for (let from = 0; from < length; from += chunk) {
    const to = Math.min(from + chunk, length);
    loadRows(memory, columns, from, to);
    const measured = exports.measure(to - from);
    if (measured < 0) {
      throw new DataError(
        `Cannot encode reading ${from - 1 - measured} as its time is not in the years 1 to 9999`,
      );
    }
    size += measured;
  }
  const lowest = results[0];
  const highest = results[1];
  if (freeForm !== undefined) {
    size += freeForm.bytes.length;
    // An empty map and a nil are part of what was measured.
    for (let i = 0; i < length; i++) {
      if (freeForm.extraLengths[i] !== 0) size--;
      if (freeForm.dataLengths[i] !== 0) size--;
    }
  }
  return { size, lowest, highest };
}

/** The row up to which the free-form data of rows `from` to `to` fits into `room`. */
export function fittingRows(
  { extraLengths, dataLengths }: FreeForm,
  from: number,
  to: number,
  room: number,
): number {
  for (let i = from; i < to; i++) {
    room -= extraLengths[i] + dataLengths[i];
    if (room < 0) return i;
  }
  return to;
}

/** Brings the free-form data of some rows, which begins at `start`, into linear memory; gives its end. */
export function loadFreeForm(
  memory: Arena,
  freeForm: FreeForm,
  from: number,
  to: number,
  start: number,
): number {
  load(memory.extraLengths, freeForm.extraLengths, from, to);
  load(memory.dataLengths, freeForm.dataLengths, from, to);
  let end = start;
  for (let i = from; i < to; i++) end += freeForm.extraLengths[i] + freeForm.dataLengths[i];
  memory.free.set(freeForm.bytes.subarray(start, end));
  return end;
}

/** Encodes events piece by piece. */
export class EventEncoder {
  readonly #columns: EventColumns;
  #row = 0;
  /** Where the next free-form data begins. */
  #free = 0;
  /** Pieces of an event whose free-form data does not go through linear memory. */
  #pieces: Uint8Array[] = [];

  constructor(columns: EventColumns) {
    this.#columns = columns;
  }

  /**
   * The next piece, or undefined at the end. It may be a view of linear memory: read it before anything
   * else happens.
   */
  next(): Uint8Array | undefined {
    if (this.#pieces.length > 0) return this.#pieces.shift();
    const from = this.#row;
    const { length, freeForm } = this.#columns;
    if (from === length) return undefined;
    const memory = arena();
    let to = Math.min(from + memory.chunk, length);
    if (freeForm !== undefined) {
      to = fittingRows(freeForm, from, to, memory.free.length);
      if (to === from) return this.#large(memory, freeForm, from);
    }
    loadRows(memory, this.#columns, from, to);
    load(memory.values, this.#columns.values, from, to);
    if (freeForm !== undefined) {
      this.#free = loadFreeForm(memory, freeForm, from, to, this.#free);
    }
    const size = memory.exports.encodeEvents(to - from, freeForm !== undefined);
    this.#row = to;
    return memory.out.subarray(0, size);
  }

  /** An event with more free-form data than linear memory takes: it goes from the heap to the target. */
  #large(memory: Arena, { bytes, extraLengths, dataLengths }: FreeForm, row: number): Uint8Array {
    loadRows(memory, this.#columns, row, row + 1);
    load(memory.values, this.#columns.values, row, row + 1);
    const size = memory.exports.encodeEvents(1, false);
    const extraEnd = this.#free + extraLengths[row];
    const dataEnd = extraEnd + dataLengths[row];
    this.#pieces = [
      extraLengths[row] > 0 ? bytes.subarray(this.#free, extraEnd) : EMPTY_EXTRA,
      DATA_KEY,
      dataLengths[row] > 0 ? bytes.subarray(extraEnd, dataEnd) : NO_DATA,
    ];
    this.#free = dataEnd;
    this.#row = row + 1;
    return memory.out.subarray(0, size - TAIL);
  }
}

/**
 * Writes the events to `target` from `at` on.
 *
 * @throws {DataError} If they do not take the `size` that they had when they were measured.
 */
export function encodeEventsInto(
  target: Uint8Array,
  at: number,
  columns: EventColumns,
  size: number,
): void {
  const end = at + size;
  const encoder = new EventEncoder(columns);
  for (let piece = encoder.next(); piece !== undefined; piece = encoder.next()) {
    if (at + piece.length > end) break;
    target.set(piece, at);
    at += piece.length;
  }
  if (at !== end) {
    throw new DataError("Cannot encode the report as its columns have been changed since");
  }
}
