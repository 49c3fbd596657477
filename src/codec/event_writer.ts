/**
 * The events of a report in a buffer that grows, with room for the header in front of them.
 *
 * @module
 */
import { EventEncoder, type Rows } from "./event_encoder.ts";
import { IdRange } from "./id_range.ts";
import { LONGEST_EVENT } from "./wasm_constants.ts";

/** The longest header; docs/v200.md adds it up. */
export const LONGEST_HEADER = 195;

const NOTHING = new Uint8Array(0);

/** The bytes of a report, and where its events begin. */
export interface EncodedReport {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly eventsAt: number;
}

/** Makes the header of a report, once the ids of its readings are known. */
export type MakeHeader = (ids: IdRange) => Uint8Array;

/** Encodes readings one batch after another. */
export class EventWriter {
  /** The ids of the readings so far. */
  ids: IdRange = new IdRange();
  #buffer: Uint8Array<ArrayBuffer> = NOTHING;
  #end = LONGEST_HEADER;

  /** How many bytes the events take so far. */
  get size(): number {
    return this.#end - LONGEST_HEADER;
  }

  /** How many bytes it holds on to. */
  get capacity(): number {
    return this.#buffer.length;
  }

  /** The events so far: read them before the next call. */
  get events(): Uint8Array<ArrayBuffer> {
    return this.#buffer.subarray(LONGEST_HEADER, this.#end);
  }

  /** Removes the events, but keeps their ids and the buffer. */
  clear(): void {
    this.#end = LONGEST_HEADER;
  }

  /**
   * Encodes readings behind those before.
   *
   * @param rows The readings.
   * @param more How many readings are going to follow.
   * @throws {DataError} If a reading cannot be encoded.
   */
  write(rows: Rows, more = 0): void {
    this.#reserve(rows, more);
    const encoder = new EventEncoder(rows, this.ids);
    const room = (size: number) => this.#buffer.subarray(this.#end, this.#end += size);
    while (!encoder.done) encoder.next(room);
  }

  /** Puts the header in front of the events, in the buffer itself. The writer must not be used afterwards. */
  finish(makeHeader: MakeHeader): EncodedReport {
    const header = makeHeader(this.ids);
    const start = LONGEST_HEADER - header.length;
    if (this.#buffer.length === 0) this.#buffer = new Uint8Array(LONGEST_HEADER);
    this.#buffer.set(header, start);
    return { bytes: this.#buffer.subarray(start, this.#end), eventsAt: header.length };
  }

  /** Copies header and events to an array of their length, and begins another report in the same buffer. */
  finishAndReuse(makeHeader: MakeHeader): EncodedReport {
    const header = makeHeader(this.ids);
    const bytes = new Uint8Array(header.length + this.size);
    bytes.set(header);
    bytes.set(this.events, header.length);
    this.clear();
    this.ids = new IdRange();
    return { bytes, eventsAt: header.length };
  }

  /**
   * Makes room for rows and those that follow, as long as they can get: what is too much is never touched,
   * so it costs addresses, not memory. The rows that follow are taken to have as much free-form data as
   * these, as far as that does not more than double the buffer.
   */
  #reserve({ length, freeForm }: Rows, more: number): void {
    const free = freeForm?.bytes.length ?? 0;
    const need = this.#end + (length + more) * LONGEST_EVENT + free;
    if (need <= this.#buffer.length) return;
    const likelyFree = Math.min(need, Math.ceil(1.1 * free * more / length));
    const grown = this.#end === LONGEST_HEADER ? 0 : 2 * this.#buffer.length;
    const wider = new Uint8Array(Math.max(need + likelyFree, grown));
    wider.set(this.#buffer.subarray(0, this.#end));
    this.#buffer = wider;
  }
}

/**
 * Encodes a report that is not longer than one chunk, into an array of exactly its length.
 *
 * @throws {DataError} If a reading cannot be encoded.
 */
export function encodeShortReport(rows: Rows, makeHeader: MakeHeader): EncodedReport | undefined {
  const encoder = new EventEncoder(rows);
  let bytes = NOTHING;
  let eventsAt = 0;
  encoder.next((size) => {
    // Free-form data may take more than one step.
    if (!encoder.done) return undefined;
    const header = makeHeader(encoder.ids);
    eventsAt = header.length;
    bytes = new Uint8Array(eventsAt + size);
    bytes.set(header);
    return bytes.subarray(eventsAt);
  });
  return encoder.done ? { bytes, eventsAt } : undefined;
}
