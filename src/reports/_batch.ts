/**
 * Readings on their way into one report of an encoder stream.
 *
 * @module
 */
import { EventColumns } from "../codec/event_columns.ts";
import { LONGEST_EVENT } from "../codec/event_encoder.ts";
import { LONGEST_HEADER } from "../codec/point_encoder.ts";
import { ValueWriter } from "../codec/value_writer.ts";
import type { Id, SummaryData } from "../readings/reading_columns.ts";
import { LEVEL, writeSummary } from "./_free_form.ts";
import { checkedId } from "./data_point.ts";

/** Columns that grow up to a number of readings. */
export class Batch {
  /** How many readings there are. */
  length = 0;
  #capacity: number;
  #streams: Uint32Array;
  /** Floats until one of them does not fit. */
  #ids: Float64Array | BigUint64Array;
  #times: BigInt64Array;
  #values: Float64Array;
  #writer = new ValueWriter();
  #extraLengths: Uint32Array;
  #dataLengths: Uint32Array;

  constructor(capacity = 1024) {
    this.#capacity = capacity;
    this.#streams = new Uint32Array(capacity);
    this.#ids = new Float64Array(capacity);
    this.#times = new BigInt64Array(capacity);
    this.#values = new Float64Array(capacity);
    this.#extraLengths = new Uint32Array(capacity);
    this.#dataLengths = new Uint32Array(capacity);
  }

  /** How many bytes a report of these readings has at most. */
  get bytes(): number {
    return LONGEST_HEADER + this.length * LONGEST_EVENT + this.#writer.length;
  }

  /** Makes room for `rows` more. */
  #reserve(rows: number): void {
    const least = this.length + rows;
    if (least <= this.#capacity) return;
    this.#capacity = Math.max(2 * this.#capacity, least);
    const grown = <T extends { set(from: T): void }>(from: T): T => {
      const wider = new (from.constructor as new (length: number) => T)(this.#capacity);
      wider.set(from);
      return wider;
    };
    this.#streams = grown(this.#streams);
    this.#ids = this.#ids instanceof Float64Array ? grown(this.#ids) : grown(this.#ids);
    this.#times = grown(this.#times);
    this.#values = grown(this.#values);
    this.#extraLengths = grown(this.#extraLengths);
    this.#dataLengths = grown(this.#dataLengths);
  }

  /** Ids that hold any. */
  #wideIds(): BigUint64Array {
    if (this.#ids instanceof BigUint64Array) return this.#ids;
    const wide = new BigUint64Array(this.#capacity);
    for (let row = 0; row < this.length; row++) wide[row] = BigInt(this.#ids[row]);
    return this.#ids = wide;
  }

  #setId(row: number, id: Id): void {
    if (typeof id === "number" && this.#ids instanceof Float64Array) this.#ids[row] = id;
    else this.#wideIds()[row] = BigInt(id);
  }

  /** How many readings without summary and raw data fit into reports of `maxBytes`. */
  roomIn(maxBytes: number): number {
    return Math.floor((maxBytes - this.bytes) / LONGEST_EVENT);
  }

  /** Adds rows `from` to `to` of columns, which have neither summary nor raw data. */
  append(columns: EventColumns, from: number, to: number): void {
    const { ids } = columns;
    this.#reserve(to - from);
    const at = this.length;
    this.#streams.set(columns.streams.subarray(from, to), at);
    this.#times.set(columns.times.subarray(from, to), at);
    this.#values.set(columns.values.subarray(from, to), at);
    this.#extraLengths.fill(0, at, at + to - from);
    this.#dataLengths.fill(0, at, at + to - from);
    if (ids instanceof BigUint64Array) {
      this.#wideIds().set(ids.subarray(from, to), at);
    } else if (this.#ids instanceof Float64Array) {
      this.#ids.set(ids.subarray(from, to), at);
    } else {
      for (let row = from; row < to; row++) {
        this.#ids[at + row - from] = BigInt(checkedId(ids[row]));
      }
    }
    this.length += to - from;
  }

  /** Adds a reading. */
  push(
    stream: number,
    id: Id,
    time: bigint,
    value: number,
    summary: SummaryData | null | undefined,
    raw: unknown,
  ): void {
    this.#reserve(1);
    const row = this.length;
    const writer = this.#writer;
    const start = writer.length;
    try {
      if (summary !== null && summary !== undefined) writeSummary(writer, summary);
      const middle = writer.length;
      if (raw !== null && raw !== undefined) writer.write(raw, LEVEL);
      this.#extraLengths[row] = middle - start;
      this.#dataLengths[row] = writer.length - middle;
    } catch (error) {
      writer.length = start;
      throw error;
    }
    this.#streams[row] = stream;
    this.#setId(row, id);
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
    last.#setId(0, this.#ids[row]);
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
