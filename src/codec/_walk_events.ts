/**
 * v200 events through the window of linear memory, a chunk at a time. What is called with a chunk reads it out of linear
 * memory, so this module is private: `event_decoder.ts` gives columns.
 *
 * @module
 */
import { type Arena, arena } from "./arena.ts";
import { faultText } from "./decode_faults.ts";
import { fail, ValueReader } from "./value_reader.ts";
import { Fault } from "./wasm_constants.ts";

/** The shortest event: docs/v200.md. */
export const SHORTEST_EVENT = 43;

/** How much is read first of a scalar that does not fit the window. */
const LONG_SCALAR = 1 << 20;

/** What events are read from: bytes, or a file of which never all is in memory. */
export interface EventInput {
  /** How many bytes there are. */
  readonly length: number;
  /** Gives `size` bytes from `offset` on. They are copied before the next call. */
  read(offset: number, size: number): Uint8Array;
}

/**
 * Decodes events a chunk at a time, and keeps nothing of them.
 *
 * @param input Where they are.
 * @param offset Where the first one begins.
 * @param length How many there are.
 * @param maxDepth How deep their free-form data may be nested.
 * @param onRows Called with the rows in linear memory, the number of the first one and how many there are. It must
 * not run code that uses linear memory.
 * @param pass Passes a text, bytes or an extension value that is longer than the window; gives its end.
 * @returns Where they end.
 * @throws {DataError} If they are cut off, or one is not valid.
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

/** A text, bytes or an extension value longer than the window: checked here; returns its end. */
export function passScalar(bytes: Uint8Array, offset: number): number {
  const reader = new ValueReader(bytes, { offset });
  reader.read();
  return reader.offset;
}

/** The same of an input that is not in memory as a whole. */
function passLong(input: EventInput, offset: number): number {
  for (let size = LONG_SCALAR;; size *= 4) {
    const isAll = size >= input.length - offset;
    const bytes = input.read(offset, isAll ? input.length - offset : size);
    try {
      return offset + passScalar(bytes, 0);
    } catch (error) {
      // It may be longer than what was read of it.
      if (isAll) throw error;
    }
  }
}
