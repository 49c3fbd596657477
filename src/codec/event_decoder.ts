/**
 * v200 events to columns, through a window of linear memory over the input.
 *
 * Free-form data is checked here but made only when asked for: what is kept of it is where it stands.
 *
 * @module
 */
import { type Arena, arena } from "./arena.ts";
import { faultText } from "./decode_faults.ts";
import { fail, ValueReader } from "./value_reader.ts";
import { Fault } from "./wasm_constants.ts";

/** The shortest event: docs/v200.md. */
const SHORTEST_EVENT = 43;

/** Where the free-form data of some readings stands, in order of rows. */
export interface Spans {
  length: number;
  rows: Uint32Array;
  /** Begin and end, two numbers a span. */
  places: Float64Array;
}

/** Events that have been decoded. */
export interface DecodedEvents {
  readonly length: number;
  readonly streams: Uint32Array;
  readonly ids: BigUint64Array;
  readonly times: BigInt64Array;
  readonly values: Float64Array;
  readonly extra: Spans;
  readonly data: Spans;
  /** Where the events end in the input. */
  readonly end: number;
}

/** How much is read first of a scalar that does not fit the window. */
const LONG_SCALAR = 1 << 20;

const NO_ROWS = new Uint32Array(0);
const NO_PLACES = new Float64Array(0);

/** No spans at all. */
export function newSpans(): Spans {
  return { length: 0, rows: NO_ROWS, places: NO_PLACES };
}

function push(spans: Spans, row: number, from: number, to: number): void {
  const at = spans.length++;
  if (at === spans.rows.length) {
    const rows = new Uint32Array(Math.max(64, 2 * at));
    rows.set(spans.rows);
    const places = new Float64Array(2 * rows.length);
    places.set(spans.places);
    spans.rows = rows;
    spans.places = places;
  }
  spans.rows[at] = row;
  spans.places[2 * at] = from;
  spans.places[2 * at + 1] = to;
}

/** What events are read from: bytes, or a file of which never all is in memory. */
export interface EventInput {
  /** How many bytes there are. */
  readonly length: number;
  /** Gives `size` bytes from `offset` on. They are copied before the next call. */
  read(offset: number, size: number): Uint8Array;
}

/**
 * Decodes `length` events that begin at `offset`.
 *
 * @throws {DataError} If they are cut off, or one is not valid: see `decode_faults.ts`.
 */
export function decodeEvents(
  bytes: Uint8Array,
  offset: number,
  length: number,
  maxDepth: number,
): DecodedEvents {
  // Before there are columns for as many readings as the bytes claim to have.
  if (length * SHORTEST_EVENT > bytes.length - offset) fail("it is cut off", offset);
  const events = {
    length,
    streams: new Uint32Array(length),
    ids: new BigUint64Array(length),
    times: new BigInt64Array(length),
    values: new Float64Array(length),
    extra: newSpans(),
    data: newSpans(),
    end: offset,
  };
  const input = {
    length: bytes.length,
    read: (from: number, size: number) => bytes.subarray(from, from + size),
  };
  events.end = walkEvents(
    input,
    offset,
    length,
    maxDepth,
    (memory, row, rows) => keepRows(memory, events, row, rows),
    (start) => passScalar(bytes, start),
  );
  return events;
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
function passScalar(bytes: Uint8Array, offset: number): number {
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

/** Takes `rows` rows out of linear memory, to row `row` and on. */
function keepRows(
  memory: Arena,
  events: {
    streams: Uint32Array;
    ids: BigUint64Array;
    times: BigInt64Array;
    values: Float64Array;
    extra: Spans;
    data: Spans;
  },
  row: number,
  rows: number,
): void {
  events.streams.set(memory.streams.subarray(0, rows), row);
  events.ids.set(memory.ids.subarray(0, rows), row);
  events.times.set(memory.times.subarray(0, rows), row);
  events.values.set(memory.values.subarray(0, rows), row);
  const spans = memory.kernel.spansRead();
  const { spanWords, spanPlaces } = memory;
  for (let i = 0; i < spans; i++) {
    const list = spanWords[6 * i + 1] === 0 ? events.extra : events.data;
    push(list, row + spanWords[6 * i], spanPlaces[3 * i + 1], spanPlaces[3 * i + 2]);
  }
}
