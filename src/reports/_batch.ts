/**
 * Readings on their way into one report of an encoder stream.
 *
 * @module
 */
import { EventColumns } from "../codec/event_columns.ts";
import { LONGEST_EVENT } from "../codec/event_encoder.ts";
import { LONGEST_HEADER } from "../codec/point_encoder.ts";
import { ValueWriter } from "../codec/value_writer.ts";
import type { SummaryData } from "../readings/reading_columns.ts";
import { LEVEL } from "./_free_form.ts";

/** Columns that grow up to a number of readings. */
export class Batch {
  /** How many readings there are. */
  length = 0;
  #capacity: number;
  #streams: Uint32Array;
  #ids: BigUint64Array;
  #times: BigInt64Array;
  #values: Float64Array;
  #writer = new ValueWriter();
  #extraLengths: Uint32Array;
  #dataLengths: Uint32Array;

  constructor(capacity = 1024) {
    this.#capacity = capacity;
    this.#streams = new Uint32Array(capacity);
    this.#ids = new BigUint64Array(capacity);
    this.#times = new BigInt64Array(capacity);
    this.#values = new Float64Array(capacity);
    this.#extraLengths = new Uint32Array(capacity);
    this.#dataLengths = new Uint32Array(capacity);
  }

  /** How many bytes a report of these readings has at most. */
  get bytes(): number {
    return LONGEST_HEADER + this.length * LONGEST_EVENT + this.#writer.length;
  }

  #grow(): void {
    const wider = new Batch(2 * this.#capacity);
    wider.#streams.set(this.#streams);
    wider.#ids.set(this.#ids);
    wider.#times.set(this.#times);
    wider.#values.set(this.#values);
    wider.#extraLengths.set(this.#extraLengths);
    wider.#dataLengths.set(this.#dataLengths);
    this.#capacity = wider.#capacity;
    this.#streams = wider.#streams;
    this.#ids = wider.#ids;
    this.#times = wider.#times;
    this.#values = wider.#values;
    this.#extraLengths = wider.#extraLengths;
    this.#dataLengths = wider.#dataLengths;
  }

  /** Adds a reading. */
  push(
    stream: number,
    id: bigint,
    time: bigint,
    value: number,
    summary: SummaryData | null | undefined,
    raw: unknown,
  ): void {
    if (this.length === this.#capacity) this.#grow();
    const row = this.length;
    const writer = this.#writer;
    const start = writer.length;
    try {
      if (summary !== null && summary !== undefined) {
        writer.write(summary, LEVEL);
        // An empty map is what an event without summary data has.
        if (writer.length === start + 1) writer.length = start;
      }
      const middle = writer.length;
      if (raw !== null && raw !== undefined) writer.write(raw, LEVEL);
      this.#extraLengths[row] = middle - start;
      this.#dataLengths[row] = writer.length - middle;
    } catch (error) {
      writer.length = start;
      throw error;
    }
    this.#streams[row] = stream;
    this.#ids[row] = id;
    this.#times[row] = time;
    this.#values[row] = value;
    this.length++;
  }

  /** Takes the last reading out again, as the first of a new batch. */
  splitLast(): Batch {
    const row = --this.length;
    const freeLength = this.#extraLengths[row] + this.#dataLengths[row];
    const last = new Batch(this.#capacity);
    this.#writer.length -= freeLength;
    last.#writer.raw(
      this.#writer.bytes.subarray(this.#writer.length, this.#writer.length + freeLength),
    );
    last.#streams[0] = this.#streams[row];
    last.#ids[0] = this.#ids[row];
    last.#times[0] = this.#times[row];
    last.#values[0] = this.#values[row];
    last.#extraLengths[0] = this.#extraLengths[row];
    last.#dataLengths[0] = this.#dataLengths[row];
    last.length = 1;
    return last;
  }

  /** The columns; the batch is not used any more. */
  columns(): EventColumns {
    const bytes = this.#writer.bytes.subarray(0, this.#writer.length);
    return new EventColumns(
      this.length,
      this.#streams,
      this.#ids,
      this.#times,
      this.#values,
      bytes.length === 0
        ? undefined
        : { bytes, extraLengths: this.#extraLengths, dataLengths: this.#dataLengths },
    );
  }
}
