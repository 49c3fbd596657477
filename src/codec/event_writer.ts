/**
 * Writes the events of a report to a buffer that grows, with room for the header in front of them.
 *
 * @module
 */
import { EventEncoder, type Rows } from "./event_encoder.ts";
import { IdRange } from "./id_range.ts";
import { LONGEST_EVENT } from "./wasm_constants.ts";

/** The longest header; docs/v200.md adds it up. */
export const LONGEST_HEADER = 195;

const NOTHING = new Uint8Array(0);

/** The bytes of a report, and the offset of its events. */
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

  /** The number of bytes of the events so far. */
  get size(): number {
    return this.#end - LONGEST_HEADER;
  }

  /** The number of bytes of its buffer. */
  get capacity(): number {
    return this.#buffer.length;
  }

  /** The events so far: valid until the next call. */
  get events(): Uint8Array<ArrayBuffer> {
    return this.#buffer.subarray(LONGEST_HEADER, this.#end);
  }

  /** Removes the events, but keeps their ids and the buffer. */
  clear(): void {
    this.#end = LONGEST_HEADER;
  }

  /**
   * Encodes readings after those that are there.
   *
   * @param rows The readings.
   * @param more The number of readings that will follow.
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

  /** Copies header and events to an array of their length. The buffer can then take another report. */
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
   * Makes room for rows and for those that follow, at their maximum length: the unused rest is never touched,
   * so it costs addresses, not memory. It assumes that the rows that follow have as much free-form data as
   * these, as long as this does not more than double the buffer.
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
 * Encodes a report of one chunk into an array of exactly its length; returns undefined if it needs more than one chunk.
 *
 * @throws {DataError} If a reading cannot be encoded.
 */
export function encodeShortReport(rows: Rows, makeHeader: MakeHeader): EncodedReport | undefined {
  const encoder = new EventEncoder(rows);
  let bytes = NOTHING;
  let eventsAt = 0;
  encoder.next((size) => {
    // Free-form data may need more than one step.
    if (!encoder.done) return undefined;
    const header = makeHeader(encoder.ids);
    eventsAt = header.length;
    bytes = new Uint8Array(eventsAt + size);
    bytes.set(header);
    return bytes.subarray(eventsAt);
  });
  return encoder.done ? { bytes, eventsAt } : undefined;
}
