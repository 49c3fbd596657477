/**
 * Rows of CSV through WebAssembly, a window at a time.
 *
 * @module
 */
import { DataError } from "../codec/data_error.ts";
import { csvRegion, Role, WINDOW_SIZE } from "../codec/csv_region.ts";
import type { CheckedOptions } from "./_check_options.ts";
import { ChunkGatherer } from "./_chunks.ts";
import type { CsvLayout } from "./_csv_header.ts";
import { WindowFeeder, type WindowReader } from "./_window.ts";
import type { BadRow, ReadingChunk } from "./read_options.ts";

const decoder = new TextDecoder();

const WHAT: Record<number, string> = {
  [Role.time]: "is no time",
  [Role.value]: "is no number",
  [Role.stream]: "is no variable id",
  [Role.id]: "is no reading id",
  [Role.device]: "is no device slug",
};

/** Reads pieces of CSV, whose rows may run over their ends, into chunks of readings. */
export class CsvScanner implements WindowReader {
  readonly #chunks: ChunkGatherer;
  readonly #layout: CsvLayout;
  readonly #options: CheckedOptions;
  readonly #delimiter: number;
  #line: number;
  #bad: BadRow[] = [];
  readonly #feeder = new WindowFeeder(this);
  /** A row fits the window. */
  readonly longest = WINDOW_SIZE;
  /** How many readings have been read. */
  readings = 0;
  /** How many rows have been skipped. */
  skippedRows = 0;

  /**
   * @param layout Which column is what.
   * @param options The checked options.
   * @param delimiter The code of the character between two fields.
   * @param line The line on which the first piece begins.
   */
  constructor(layout: CsvLayout, options: CheckedOptions, delimiter: number, line: number) {
    this.#layout = layout;
    this.#options = options;
    this.#delimiter = delimiter;
    this.#line = line;
    this.#chunks = new ChunkGatherer(options.chunkReadings, layout.hasDevices);
  }

  /** Reads a piece, window by window; after the last, `last` ends a row that has no line feed. */
  *read(bytes: Uint8Array, last: boolean): Generator<ReadingChunk> {
    for (const _ of this.#feeder.feed(bytes, last)) {
      this.#report();
      yield* this.#chunks.take();
    }
    if (last) yield* this.#chunks.take(true);
  }

  /** Scans the window: how many bytes it has read. */
  scan(length: number, last: boolean): number {
    const { kernel, window, slow, values, roles, times, streams, ids, devices } = csvRegion();
    const { stream = 0, firstId, idStep, skipBadRows } = this.#options;
    roles.set(this.#layout.roles);
    const rows = kernel.csvScan(
      length,
      last,
      this.#layout.roles.length,
      this.#layout.wanted,
      this.#delimiter,
      stream,
      firstId + idStep * BigInt(this.readings),
      idStep,
      !skipBadRows,
    );
    this.#bad = this.#badRows(length);
    for (let i = 0, entries = 3 * kernel.csvSlowValues(); i < entries; i += 3) {
      values[slow[i]] = Number(decoder.decode(window.subarray(slow[i + 1], slow[i + 2])));
    }
    this.#chunks.add({ times, values, streams, ids, devices }, rows);
    this.readings += rows;
    this.#line += kernel.csvLinesRead();
    return kernel.csvBytesRead();
  }

  /** No row is longer than `longest`. */
  readLong(): void {}

  /** Throws the error for a row that is longer. */
  tooLong(): never {
    throw new DataError(`Cannot read line ${this.#line}: it is longer than ${this.longest} bytes`);
  }

  /** The bad rows of the last scan. */
  #badRows(length: number): BadRow[] {
    const { kernel, window, bad } = csvRegion();
    const rows: BadRow[] = [];
    for (let i = 0, entries = 4 * kernel.csvBadRows(); i < entries; i += 4) {
      const line = this.#line + bad[i];
      const role = bad[i + 1];
      const whole = decoder.decode(window.subarray(bad[i + 2], Math.min(bad[i + 3], length)));
      const trimmed = whole.replace(/\r?\n$/, "");
      const text = trimmed.length > 100 ? `${trimmed.slice(0, 100)}...` : trimmed;
      const quoted = JSON.stringify(text);
      if (role in WHAT) {
        const column = this.#layout.nameOf(role);
        const message = `${quoted} in column ${JSON.stringify(column)} ${WHAT[role]}`;
        rows.push({ line, column, text, message });
      } else {
        const what = role === Role.missing
          ? "has too few columns"
          : role === Role.openQuote
          ? "has a quote that is not closed"
          : "has text after a closing quote";
        rows.push({ line, text, message: `${quoted} ${what}` });
      }
    }
    return rows;
  }

  /** Counts the bad rows of the last scan, or throws the first. */
  #report(): void {
    const { skipBadRows, onBadRow } = this.#options;
    for (const row of this.#bad) {
      if (!skipBadRows) throw new DataError(`Cannot read line ${row.line}: ${row.message}`);
      this.skippedRows++;
      onBadRow?.(row);
    }
  }
}
