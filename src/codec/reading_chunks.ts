/**
 * Gathers readings into chunks of one size.
 *
 * @module
 */
import { displayableColumns } from "../_display.ts";

/** Summary data of a reading. */
export type StagedSummary = Record<string, unknown> | Map<string | Uint8Array, unknown>;

/** Readings of a text as columns. */
export interface StagedChunk {
  readonly length: number;
  readonly streams: Uint32Array;
  readonly readingIds: BigUint64Array;
  readonly timestamps: BigInt64Array;
  readonly values: Float64Array;
  readonly devices?: BigUint64Array;
  readonly summaryData?: (StagedSummary | undefined)[];
  readonly rawData?: unknown[];
}

/** Free-form data of rows, by row; most have none. */
export interface FreeForm {
  readonly summary: (StagedSummary | undefined)[];
  readonly raw: unknown[];
}

/** Columns to take rows from. */
interface RowColumns {
  readonly times: BigInt64Array;
  readonly values: Float64Array;
  readonly streams: Uint32Array;
  readonly ids: BigUint64Array;
  readonly devices: BigUint64Array;
}

/** The number of rows that the columns of a chunk have room for at first. */
const FIRST_ROOM = 16384;

/** Gathers rows; full chunks wait in a queue until they are taken. */
export class ChunkGatherer {
  readonly #size: number;
  /** Whether chunks have devices; must be set before the first reading. */
  withDevices = false;
  #columns: RowColumns | undefined;
  #length = 0;
  #full: StagedChunk[] = [];
  #summary: (StagedSummary | undefined)[] = [];
  #raw: unknown[] = [];

  /** @param size The number of readings in a chunk. */
  constructor(size: number) {
    this.#size = size;
  }

  /** Columns with room for at least this number of rows. */
  #room(rows: number): RowColumns {
    const columns = this.#columns;
    if (columns && columns.times.length >= rows) return columns;
    const size = Math.min(this.#size, Math.max(rows * 2, FIRST_ROOM));
    const larger: RowColumns = {
      times: new BigInt64Array(size),
      values: new Float64Array(size),
      streams: new Uint32Array(size),
      ids: new BigUint64Array(size),
      devices: new BigUint64Array(this.withDevices ? size : 0),
    };
    if (columns) {
      larger.times.set(columns.times);
      larger.values.set(columns.values);
      larger.streams.set(columns.streams);
      larger.ids.set(columns.ids);
      larger.devices.set(columns.devices);
    }
    return this.#columns = larger;
  }

  /** Takes the first `count` rows. */
  add(rows: RowColumns, count: number, free?: FreeForm): void {
    for (let from = 0; from < count;) {
      const to = Math.min(count, from + this.#size - this.#length);
      const { times, values, streams, ids, devices } = this.#room(this.#length + to - from);
      times.set(rows.times.subarray(from, to), this.#length);
      values.set(rows.values.subarray(from, to), this.#length);
      streams.set(rows.streams.subarray(from, to), this.#length);
      ids.set(rows.ids.subarray(from, to), this.#length);
      if (this.withDevices) devices.set(rows.devices.subarray(from, to), this.#length);
      if (free) this.#addFree(free, from, to);
      this.#length += to - from;
      from = to;
      if (this.#length === this.#size) this.#close();
    }
  }

  #addFree(free: FreeForm, from: number, to: number): void {
    const shift = this.#length - from;
    const { summary, raw } = free;
    for (let row = from, end = Math.min(to, summary.length); row < end; row++) {
      if (summary[row] !== undefined) this.#summary[row + shift] = summary[row];
    }
    for (let row = from, end = Math.min(to, raw.length); row < end; row++) {
      if (raw[row] !== undefined) this.#raw[row + shift] = raw[row];
    }
  }

  #close(): void {
    const length = this.#length;
    const { times, values, streams, ids, devices } = this.#room(length);
    this.#full.push(displayableColumns({
      length,
      streams: streams.subarray(0, length),
      readingIds: ids.subarray(0, length),
      timestamps: times.subarray(0, length),
      values: values.subarray(0, length),
      ...(this.withDevices && { devices: devices.subarray(0, length) }),
      ...(this.#summary.length > 0 && { summaryData: filled(this.#summary, length) }),
      ...(this.#raw.length > 0 && { rawData: filled(this.#raw, length) }),
    }));
    this.#summary = [];
    this.#raw = [];
    this.#columns = undefined;
    this.#length = 0;
  }

  /** Takes the full chunks, and with `all` the remaining rows as well. */
  take(all = false): StagedChunk[] {
    if (all && this.#length > 0) this.#close();
    const full = this.#full;
    this.#full = [];
    return full;
  }
}

/** An array of a length without holes. */
function filled<T>(items: T[], length: number): (T | undefined)[] {
  const all = new Array<T | undefined>(length);
  for (let i = 0; i < length; i++) all[i] = items[i];
  return all;
}
