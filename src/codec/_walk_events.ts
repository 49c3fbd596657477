/**
 * Decodes v200 events through the window of linear memory, a chunk at a time. The callback reads each chunk from linear
 * memory, so this module is private: `event_decoder.ts` returns columns.
 *
 * @module
 */
import { type Arena, arena } from "./arena.ts";
import { faultText } from "./decode_faults.ts";
import { fail, ValueReader } from "./value_reader.ts";
import { Fault } from "./wasm_constants.ts";

/** Bytes of the shortest event: see docs/v200.md. */
export const SHORTEST_EVENT = 43;

/** Bytes that are read first of a scalar that does not fit the window. */
const LONG_SCALAR = 1 << 20;

/** The source of events: bytes, or a file that is never in memory as a whole. */
export interface EventInput {
  /** Length in bytes. */
  readonly length: number;
  /** Returns `size` bytes from `offset` on. The caller copies them before the next call. */
  read(offset: number, size: number): Uint8Array;
}

/**
 * Decodes events a chunk at a time, without keeping them.
 *
 * @param input The bytes that contain the events.
 * @param offset Offset of the first event.
 * @param length Number of events.
 * @param maxDepth The maximum nesting of their free-form data.
 * @param onRows Called with the rows in linear memory, the number of the first row and the number of rows. It must
 * not run code that uses linear memory.
 * @param pass Skips a text, bytes or an extension value that is longer than the window; returns its end.
 * @returns The offset of their end.
 * @throws {DataError} If the events are cut off, or one is not valid.
 */
export function walkEvents(
  input: EventInput,
  offset: number,
  length: number,
  maxDepth: number,
  onRows: (memory: Arena, row: number, rows: number) => void,
  pass: (offset: number) => number = (start) => passLong(input, start),
): number {
  if (length * SHORTEST_EVENT > input.length - offset) fail("it is cut off", offset);
  const memory = arena();
  const { kernel, window } = memory;
  let row = 0;
  let start = offset; // of the window in the input
  let passed = false;
  kernel.beginEvents();
  while (row < length) {
    const size = Math.min(window.length, input.length - start);
    window.set(input.read(start, size));
    const beyond = input.length - start - size;
    let fault = 0;
    let at = 0;
    while (row < length && fault === 0) {
      fault = kernel.decodeEvents(at, size, start, beyond, length - row, maxDepth, passed);
      passed = false;
      const rows = kernel.rowsRead();
      if (rows > 0) onRows(memory, row, rows);
      row += rows;
      at = kernel.stoppedAt();
    }
    start += at;
    if (fault < 0) fail(faultText(fault), start);
    if (fault === Fault.need && at === 0) {
      start = pass(start);
      passed = true;
    }
  }
  return start;
}

/** Checks a text, bytes or an extension value that is longer than the window; returns its end. */
export function passScalar(bytes: Uint8Array, offset: number): number {
  const reader = new ValueReader(bytes, { offset });
  reader.read();
  return reader.offset;
}

/** The same for an input that is not in memory as a whole. */
function passLong(input: EventInput, offset: number): number {
  for (let size = LONG_SCALAR;; size *= 4) {
    const isAll = size >= input.length - offset;
    const bytes = input.read(offset, isAll ? input.length - offset : size);
    try {
      return offset + passScalar(bytes, 0);
    } catch (error) {
      // The value may be longer than the part that was read.
      if (isAll) throw error;
    }
  }
}
