/**
 * Decodes v200 events to columns, through a window of linear memory over the input.
 *
 * Free-form data is checked here but decoded only when it is used: only its position is kept.
 *
 * @module
 */
import { type EventInput, passScalar, SHORTEST_EVENT, walkEvents } from "./_walk_events.ts";
import { type Arena, arena } from "./arena.ts";
import { fail } from "./value_reader.ts";

export type { EventInput };

/** The positions of the free-form data of some readings, in order of rows. */
export interface Spans {
  length: number;
  rows: Uint32Array;
  /** Start and end, two numbers for each span. */
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
  /** The offset of the end of the events in the input. */
  readonly end: number;
}

const NO_ROWS = new Uint32Array(0);
const NO_PLACES = new Float64Array(0);

/** An empty list of spans. */
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

/**
 * Decodes `length` events that begin at `offset`.
 *
 * @throws {DataError} If the events are cut off, or one is not valid: see `decode_faults.ts`.
 */
export function decodeEvents(
  bytes: Uint8Array,
  offset: number,
  length: number,
  maxDepth: number,
): DecodedEvents {
  // Checked before columns are allocated for as many readings as the bytes claim to have.
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

/** Consecutive events as columns. They are valid until the function that was called with them returns. */
export interface PassingEvents {
  /** The number of the first one. */
  readonly first: number;
  readonly length: number;
  readonly streams: Uint32Array;
  readonly ids: BigUint64Array;
  readonly times: BigInt64Array;
  readonly values: Float64Array;
  /** The number of events that have summary or raw data. */
  readonly withData: number;
}

/**
 * Decodes events a chunk at a time, without keeping them.
 *
 * @param input The bytes that contain the events.
 * @param offset Offset of the first event.
 * @param length Number of events.
 * @param maxDepth The maximum nesting of their free-form data.
 * @param onEvents Called with one chunk of events after another.
 * @returns The offset of their end.
 * @throws {DataError} If the events are cut off, or one is not valid.
 */
export function passEvents(
  input: EventInput,
  offset: number,
  length: number,
  maxDepth: number,
  onEvents: (events: PassingEvents) => void,
): number {
  const { chunk } = arena();
  const streams = new Uint32Array(chunk);
  const ids = new BigUint64Array(chunk);
  const times = new BigInt64Array(chunk);
  const values = new Float64Array(chunk);
  return walkEvents(input, offset, length, maxDepth, (memory, first, rows) => {
    streams.set(memory.streams.subarray(0, rows));
    ids.set(memory.ids.subarray(0, rows));
    times.set(memory.times.subarray(0, rows));
    values.set(memory.values.subarray(0, rows));
    onEvents({ first, length: rows, streams, ids, times, values, withData: rowsWithData(memory) });
  });
}

/** The number of rows in linear memory that have free-form data; their spans are in order of rows. */
function rowsWithData({ kernel, spanWords }: Arena): number {
  const spans = kernel.spansRead();
  let count = 0;
  for (let i = 0; i < spans; i++) {
    if (i === 0 || spanWords[6 * i] !== spanWords[6 * (i - 1)]) count++;
  }
  return count;
}

/** Copies `rows` rows from linear memory to row `row` and the rows after it. */
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
