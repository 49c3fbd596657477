/**
 * Encodes readings as v200 events, a chunk at a time through linear memory.
 *
 * No part of a report stays in linear memory between two chunks, so that reports that are encoded in turns
 * cannot mix.
 *
 * @module
 */
import { type Arena, arena, loadNumbers } from "./arena.ts";
import { DataError } from "./data_error.ts";
import { IdRange } from "./id_range.ts";

/** Encoded free-form data, reading by reading, summary data before raw data. */
export interface FreeForm {
  readonly bytes: Uint8Array;
  /** Length of each reading's summary data, 0 for none. */
  readonly extraLengths: Uint32Array;
  /** Length of each reading's raw data, 0 for none. */
  readonly dataLengths: Uint32Array;
}

/** Readings that the encoder can load. */
export interface Rows {
  readonly length: number;
  readonly freeForm?: FreeForm;
  /**
   * Copies streams, ids, times and values of rows `from` to `to` into linear memory; streams, ids and times as
   * integers. It runs no user code.
   */
  load(memory: Arena, from: number, to: number): void;
}

// The end of an event without free-form data, after the key of its summary data.
const EMPTY_EXTRA = new Uint8Array([0x80]);
const DATA_KEY = new Uint8Array([0xa4, 0x64, 0x61, 0x74, 0x61]);
const NO_DATA = new Uint8Array([0xc0]);
const TAIL = EMPTY_EXTRA.length + DATA_KEY.length + NO_DATA.length;

/** The end of the rows from `from` on, `to` at most, whose free-form data fits into `room` bytes. */
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

/** Copies the free-form data of some rows, which begins at `start`, to linear memory; returns its end. */
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

/** The error for a time that cannot be encoded; `result` is what the module returned for rows from `from` on. */
export function throwBadTime(result: number, from: number): never {
  throw new DataError(
    `Cannot encode reading ${from - 1 - result}: its time must be in the years 1 to 9999`,
  );
}

/** Returns room for a number of bytes, or undefined if they do not fit. It runs no user code. */
type Room = (size: number) => Uint8Array | undefined;

/** Encodes events a chunk at a time. */
export class EventEncoder {
  /** The ids of the readings that have been encoded. */
  readonly ids: IdRange;
  readonly #rows: Rows;
  #row = 0;
  /** Where the next free-form data begins. */
  #free = 0;

  constructor(rows: Rows, ids: IdRange = new IdRange()) {
    this.#rows = rows;
    this.ids = ids;
  }

  /** Whether all readings have been encoded, so that `ids` is complete. */
  get done(): boolean {
    return this.#row === this.#rows.length;
  }

  /**
   * Encodes the next chunk.
   *
   * @param room Called with the number of bytes of the chunk, once its ids are known; returns the array for them, or
   * undefined if they do not fit.
   * @returns Whether there was room.
   * @throws {DataError} If a reading cannot be encoded.
   */
  next(room: Room): boolean {
    const from = this.#row;
    const { length, freeForm } = this.#rows;
    const memory = arena();
    let to = Math.min(from + memory.chunk, length);
    if (freeForm !== undefined) {
      to = fittingRows(freeForm, from, to, memory.free.length);
      if (to === from) return this.#large(memory, freeForm, room);
    }
    this.#rows.load(memory, from, to);
    let size: number;
    if (freeForm === undefined) {
      size = memory.kernel.encodeEvents(to - from);
    } else {
      this.#free = loadFreeForm(memory, freeForm, from, to, this.#free);
      size = memory.kernel.encodeFreeEvents(to - from);
    }
    this.#finish(memory, size, to);
    const target = room(size);
    target?.set(memory.out.subarray(0, size));
    return target !== undefined;
  }

  #finish(memory: Arena, size: number, to: number): void {
    if (size < 0) throwBadTime(size, this.#row);
    this.ids.include(memory);
    this.#row = to;
  }

  /** Encodes an event whose free-form data does not fit linear memory: the data goes from the heap to the target. */
  #large(
    memory: Arena,
    { bytes, extraLengths, dataLengths }: FreeForm,
    room: Room,
  ): boolean {
    const row = this.#row;
    this.#rows.load(memory, row, row + 1);
    const bare = memory.kernel.encodeEvents(1);
    this.#finish(memory, bare, row + 1);
    const extraEnd = this.#free + extraLengths[row];
    const dataEnd = extraEnd + dataLengths[row];
    const pieces = [
      memory.out.subarray(0, bare - TAIL),
      extraLengths[row] > 0 ? bytes.subarray(this.#free, extraEnd) : EMPTY_EXTRA,
      DATA_KEY,
      dataLengths[row] > 0 ? bytes.subarray(extraEnd, dataEnd) : NO_DATA,
    ];
    this.#free = dataEnd;
    const target = room(pieces.reduce((size, piece) => size + piece.length, 0));
    if (target === undefined) return false;
    let at = 0;
    for (const piece of pieces) {
      target.set(piece, at);
      at += piece.length;
    }
    return true;
  }
}
