/**
 * Lines of NDJSON through WebAssembly, a window at a time; those that are not simple through JSON.parse.
 *
 * @module
 */
import { DataError } from "../codec/data_error.ts";
import { csvRegion } from "../codec/csv_region.ts";
import type { CheckedOptions } from "./_check_options.ts";
import { ChunkGatherer, type FreeForm } from "./_chunks.ts";
import { type Key, readNdjsonLine } from "./_ndjson_line.ts";
import { WindowFeeder, type WindowReader } from "./_window.ts";
import type { BadRow, ReadingChunk } from "./read_options.ts";

const decoder = new TextDecoder();
const encoder = new TextEncoder();
const LINE_FEED = 0x0a;
/** Longest key that WebAssembly knows, in bytes: lines with others go through JSON.parse. */
const LONGEST_KEY = 62;

/** Text for an error: cut where it is long. */
function cut(text: string): string {
  return text.length > 100 ? `${text.slice(0, 100)}...` : text;
}

/** Reads pieces of NDJSON, whose lines may run over their ends, into chunks of readings. */
export class NdjsonScanner implements WindowReader {
  /** Raw data can be long. */
  readonly longest = 64 * 1024 * 1024;
  readonly #options: CheckedOptions;
  readonly #keys: ReadonlyMap<string, Key>;
  readonly #required: readonly Key[];
  readonly #chunks: ChunkGatherer;
  readonly #feeder = new WindowFeeder(this);
  #line = 1;
  #bad: BadRow[] = [];
  #free: FreeForm = { summary: new Map(), raw: new Map() };
  /** How many readings have been read. */
  readings = 0;
  /** How many rows have been skipped. */
  skippedRows = 0;

  /**
   * @param options The checked options.
   * @param keys What the keys of a line are.
   * @param required The first key of each role that a line must have.
   * @param withDevices Whether lines say their device.
   */
  constructor(
    options: CheckedOptions,
    keys: readonly Key[],
    required: readonly Key[],
    withDevices: boolean,
  ) {
    this.#options = options;
    this.#keys = new Map(keys.map((key) => [key.name, key]));
    this.#required = required;
    this.#chunks = new ChunkGatherer(options.chunkReadings, withDevices);
  }

  /** Reads a piece, window by window; after the last, `last` ends a line that has no line feed. */
  *read(bytes: Uint8Array, last: boolean): Generator<ReadingChunk> {
    for (const _ of this.#feeder.feed(bytes, last)) {
      this.#report();
      yield* this.#chunks.take();
    }
    if (last) yield* this.#chunks.take(true);
  }

  /** Gives WebAssembly the keys; the text in the window is written over. */
  #layKeys(): number {
    const { kernel, window } = csvRegion();
    let count = 0;
    for (const { name, role } of this.#keys.values()) {
      const { read, written } = encoder.encodeInto(name, window);
      if (read === name.length && written <= LONGEST_KEY) kernel.ndjsonKey(count++, role, written);
    }
    return count;
  }

  /** Scans the window: how many bytes it has read. */
  scan(length: number, last: boolean): number {
    const { kernel, window, past } = csvRegion();
    const text = window.slice(0, length);
    const keys = this.#layKeys();
    window.set(text);
    past[length] = LINE_FEED;
    const { stream = 0, firstId, idStep } = this.#options;
    const required = this.#required.reduce((bits, { bit }) => bits | bit, 0);
    let row = 0;
    let at = 0;
    while (true) {
      const first = firstId + idStep * BigInt(this.readings + row);
      const before = row;
      row = kernel.ndjsonScan(at, length, last, row, keys, required, stream, first, idStep);
      this.#line += row - before;
      at = Math.min(kernel.ndjsonLineStart(), length);
      const end = kernel.ndjsonLineEnd();
      if (end < 0) break;
      if (this.#readLine(text.subarray(at, end), row, first + idStep * BigInt(row - before))) row++;
      at = Math.min(end + 1, length);
      if (at === length) break;
    }
    this.#take(row);
    return at;
  }

  /** Reads a line that does not fit the window. */
  readLong(line: Uint8Array): void {
    const id = this.#options.firstId + this.#options.idStep * BigInt(this.readings);
    this.#take(this.#readLine(line, 0, id) ? 1 : 0);
  }

  /** Throws the error for a line that is longer. */
  tooLong(): never {
    throw new DataError(`Cannot read line ${this.#line}: it is longer than ${this.longest} bytes`);
  }

  #take(rows: number): void {
    const { times, values, streams, ids, devices } = csvRegion();
    const hasFree = this.#free.summary.size + this.#free.raw.size > 0;
    this.#chunks.add(
      { times, values, streams, ids, devices },
      rows,
      hasFree ? this.#free : undefined,
    );
    if (hasFree) this.#free = { summary: new Map(), raw: new Map() };
    this.readings += rows;
  }

  /** Reads one line through JSON.parse into a row; whether it was a reading. */
  #readLine(bytes: Uint8Array, row: number, id: bigint): boolean {
    const line = this.#line++;
    const text = decoder.decode(bytes).trim();
    if (text === "") return false;
    const { streams, ids } = csvRegion();
    streams[row] = this.#options.stream ?? 0;
    ids[row] = id;
    const fault = readNdjsonLine(text, row, this.#keys, this.#required, this.#free);
    if (!fault) return true;
    this.#free.summary.delete(row);
    this.#free.raw.delete(row);
    const { column, value, what } = fault;
    if (column === undefined) {
      this.#bad.push({ line, text: cut(text), message: `${JSON.stringify(cut(text))} ${what}` });
    } else {
      const shown = cut(JSON.stringify(value));
      this.#bad.push({ line, column, text: shown, message: `${shown} in key "${column}" ${what}` });
    }
    return false;
  }

  /** Counts the bad rows of the last scan, or throws the first. */
  #report(): void {
    const { skipBadRows, onBadRow } = this.#options;
    const rows = this.#bad;
    this.#bad = [];
    for (const row of rows) {
      if (!skipBadRows) throw new DataError(`Cannot read line ${row.line}: ${row.message}`);
      this.skippedRows++;
      onBadRow?.(row);
    }
  }
}
