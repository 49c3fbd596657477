/**
 * Readings to v200 events, a chunk at a time through linear memory.
 *
 * Between two chunks nothing of a report is left in linear memory, so that reports encoded in turn
 * cannot mix.
 *
 * @module
 */
import { type Arena, arena, loadNumbers } from "./arena.ts";
import { DataError } from "./data_error.ts";
import { IdRange } from "./id_range.ts";

/** Encoded free-form data: all of it in order, reading by reading, summary data before raw data. */
export interface FreeForm {
  readonly bytes: Uint8Array;
  /** Length of each reading's summary data, 0 for none. */
  readonly extraLengths: Uint32Array;
  /** Length of each reading's raw data, 0 for none. */
  readonly dataLengths: Uint32Array;
}

/** Readings as the encoder takes them. */
export interface Rows {
  readonly length: number;
  readonly freeForm?: FreeForm;
  /**
   * Brings streams, ids, times and values of rows `from` to `to` into linear memory, as integers where they
   * are integers. It runs no code but the program's own.
   */
  load(memory: Arena, from: number, to: number): void;
}

/** The longest event without free-form data. */
export const LONGEST_EVENT = 109;

// What stands at the end of an event without free-form data, after the key of its summary data.
const EMPTY_EXTRA = new Uint8Array([0x80]);
const DATA_KEY = new Uint8Array([0xa4, 0x64, 0x61, 0x74, 0x61]);
const NO_DATA = new Uint8Array([0xc0]);
const TAIL = EMPTY_EXTRA.length + DATA_KEY.length + NO_DATA.length;

/** The row up to which the free-form data of rows `from` to `to` fits into `room`. */
function fittingRows(
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
function loadFreeForm(
  memory: Arena,
  { bytes, extraLengths, dataLengths }: FreeForm,
  from: number,
  to: number,
  start: number,
): number {
  loadNumbers(memory.extraLengths, extraLengths, from, to);
  loadNumbers(memory.dataLengths, dataLengths, from, to);
  let end = start;
  for (let i = from; i < to; i++) end += extraLengths[i] + dataLengths[i];
  memory.free.set(bytes.subarray(start, end));
  return end;
}

/** What a time that cannot be encoded is told; `result` is what the module said of rows from `from` on. */
export function badTime(result: number, from: number): never {
  throw new DataError(
    `Cannot encode reading ${from - 1 - result} as its time is not in the years 1 to 9999`,
  );
}

/** Encodes events piece by piece. */
export class EventEncoder {
  /** The ids of the readings that have been encoded. */
  readonly ids: IdRange;
  readonly #rows: Rows;
  #row = 0;
  /** Where the next free-form data begins. */
  #free = 0;
  /** Pieces of an event whose free-form data does not go through linear memory. */
  #pieces: Uint8Array[] | undefined;

  constructor(rows: Rows, ids: IdRange = new IdRange()) {
    this.#rows = rows;
    this.ids = ids;
  }

  /** Whether all readings have been encoded: `ids` is complete, the last event on its way. */
  get isLast(): boolean {
    return this.#row === this.#rows.length;
  }

  /**
   * The next piece, or undefined at the end. It may be a view of linear memory: read it before anything
   * else happens.
   *
   * @throws {DataError} If a reading cannot be encoded.
   */
  next(): Uint8Array | undefined {
    if (this.#pieces !== undefined && this.#pieces.length > 0) return this.#pieces.shift();
    const from = this.#row;
    const { length, freeForm } = this.#rows;
    if (from === length) return undefined;
    const memory = arena();
    let to = Math.min(from + memory.chunk, length);
    if (freeForm !== undefined) {
      to = fittingRows(freeForm, from, to, memory.free.length);
      if (to === from) return this.#large(memory, freeForm, from);
    }
    this.#rows.load(memory, from, to);
    if (freeForm !== undefined) {
      this.#free = loadFreeForm(memory, freeForm, from, to, this.#free);
    }
    const size = freeForm === undefined
      ? memory.kernel.encodeEvents(to - from)
      : memory.kernel.encodeFreeEvents(to - from);
    return this.#encoded(memory, size, to, 0);
  }

  /** Takes note of the rows up to `to`; gives their bytes but for the last `less`. */
  #encoded(memory: Arena, size: number, to: number, less: number): Uint8Array {
    if (size < 0) badTime(size, this.#row);
    this.ids.include(memory);
    this.#row = to;
    return memory.out.subarray(0, size - less);
  }

  /** An event with more free-form data than linear memory takes: it goes from the heap to the target. */
  #large(memory: Arena, { bytes, extraLengths, dataLengths }: FreeForm, row: number): Uint8Array {
    this.#rows.load(memory, row, row + 1);
    const size = memory.kernel.encodeEvents(1);
    const extraEnd = this.#free + extraLengths[row];
    const dataEnd = extraEnd + dataLengths[row];
    this.#pieces = [
      extraLengths[row] > 0 ? bytes.subarray(this.#free, extraEnd) : EMPTY_EXTRA,
      DATA_KEY,
      dataLengths[row] > 0 ? bytes.subarray(extraEnd, dataEnd) : NO_DATA,
    ];
    this.#free = dataEnd;
    return this.#encoded(memory, size, row + 1, TAIL);
  }
}
