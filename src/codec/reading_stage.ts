/**
 * Takes readings of a text and returns chunks. Rows are written to linear memory, like those of the scanners, and
 * gathered from there. Linear memory keeps no rows between scans.
 *
 * @module
 */
import { csvRegion, ROWS } from "./csv_region.ts";
import {
  ChunkGatherer,
  type FreeForm,
  type StagedChunk,
  type StagedSummary,
} from "./reading_chunks.ts";

/** The number of readings before and after a range of times, and the first of each. */
interface TimeWarnings {
  early: number;
  firstEarly: bigint;
  late: number;
  firstLate: bigint;
}

/** Takes readings one by one or from a scan, and returns them in chunks. */
export class ReadingStage {
  readonly #gatherer: ChunkGatherer;
  #free: FreeForm = { summary: [], raw: [] };
  #from = 0n;
  #to = 0n;
  /** The number of rows in memory. */
  rows = 0;
  /** The number of readings so far, including those in memory. */
  readings = 0;
  /** Readings whose times are suspicious. */
  readonly times: TimeWarnings = { early: 0, firstEarly: 0n, late: 0, firstLate: 0n };

  /** @param size The number of readings in a chunk. */
  constructor(size: number) {
    this.#gatherer = new ChunkGatherer(size);
  }

  /** Whether chunks have devices; must be set before the first reading. */
  get withDevices(): boolean {
    return this.#gatherer.withDevices;
  }
  set withDevices(value: boolean) {
    this.#gatherer.withDevices = value;
  }

  /** Sets the range of times outside of which readings are counted. */
  warnFrom(from: bigint, to: bigint): void {
    this.#from = from;
    this.#to = to;
  }

  /** Adds a reading. */
  push(time: bigint, value: number, stream: number, id: bigint, device: bigint): void {
    if (this.rows === ROWS) this.flush();
    const { times, values, streams, ids, devices } = csvRegion();
    const row = this.rows++;
    times[row] = time;
    values[row] = value;
    streams[row] = stream;
    ids[row] = id;
    devices[row] = device;
    this.readings++;
    if (time < this.#from) this.noteEarly(1, time);
    else if (time > this.#to) this.noteLate(1, time);
  }

  /** Adds rows that a scan has written behind those in memory. */
  addRows(count: number): void {
    this.rows += count;
    this.readings += count;
  }

  /** Removes the last rows from memory. */
  dropRows(count: number): void {
    this.rows -= count;
    this.readings -= count;
    // Their free-form data is removed with them.
    this.#free.summary.length = Math.min(this.#free.summary.length, this.rows);
    this.#free.raw.length = Math.min(this.#free.raw.length, this.rows);
  }

  /** Sets the summary data of a row in memory. */
  setSummary(row: number, data: StagedSummary): void {
    this.#free.summary[row] = data;
  }

  /** Sets the raw data of a row in memory. */
  setRaw(row: number, data: unknown): void {
    this.#free.raw[row] = data;
  }

  /** The range of times outside of which readings are counted. */
  get range(): { from: bigint; to: bigint } {
    return { from: this.#from, to: this.#to };
  }

  /** Counts readings before the range. */
  noteEarly(count: number, first: bigint): void {
    if (this.times.early === 0) this.times.firstEarly = first;
    this.times.early += count;
  }

  /** Counts readings after the range. */
  noteLate(count: number, first: bigint): void {
    if (this.times.late === 0) this.times.firstLate = first;
    this.times.late += count;
  }

  /** Sets the free-form data of the reading that was added last. */
  addFree(summary: StagedSummary | undefined, raw: unknown): void {
    if (summary !== undefined) this.#free.summary[this.rows - 1] = summary;
    if (raw !== undefined) this.#free.raw[this.rows - 1] = raw;
  }

  /** Gathers the rows in memory, which other readers may then use. */
  flush(): void {
    if (this.rows === 0) return;
    const hasFree = this.#free.summary.length + this.#free.raw.length > 0;
    this.#gatherer.add(csvRegion(), this.rows, hasFree ? this.#free : undefined);
    if (hasFree) this.#free = { summary: [], raw: [] };
    this.rows = 0;
  }

  /** Takes the full chunks, and with `all` the remaining rows as well. */
  take(all = false): StagedChunk[] {
    return this.#gatherer.take(all);
  }
}
