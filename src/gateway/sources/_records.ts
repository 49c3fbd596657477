/**
 * Splits text that arrives in pieces after complete records, so that readings are processed at once instead of
 * waiting until a chunk is full.
 *
 * @module
 */

/** Where the last complete record ends: after a line feed that is not within quotes. */
export function lastRecordEnd(bytes: Uint8Array, format: "csv" | "ndjson"): number {
  if (format === "ndjson") return bytes.lastIndexOf(10) + 1;
  let end = 0;
  let quoted = false;
  for (let i = 0; i < bytes.length; i++) {
    if (bytes[i] === 34) quoted = !quoted;
    else if (bytes[i] === 10 && !quoted) end = i + 1;
  }
  return end;
}

/** How many line feeds there are. */
export function countLines(bytes: Uint8Array): number {
  let lines = 0;
  for (const byte of bytes) if (byte === 10) lines++;
  return lines;
}

/** Concatenates bytes. */
export function concat(first: Uint8Array, second: Uint8Array): Uint8Array {
  if (first.length === 0) return second;
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}

/** Complete records, each time with the CSV header, so that a reader can read them separately. */
export class RecordCutter {
  readonly #format: "csv" | "ndjson";
  readonly #hasHeader: boolean;
  #header = new Uint8Array();
  #rest: Uint8Array = new Uint8Array();
  #line = 1;

  constructor(format: "csv" | "ndjson", hasHeader: boolean) {
    this.#format = format;
    this.#hasHeader = hasHeader;
  }

  /** Bytes that wait for the end of their record. */
  get waiting(): number {
    return this.#rest.length;
  }

  /**
   * Adds a piece.
   *
   * @param piece The piece; without one, the rest is complete.
   * @returns Records, and an offset for the line numbers that a reader finds in them; undefined if no record is
   * complete.
   */
  cut(piece: Uint8Array | undefined): { bytes: Uint8Array; shift: number } | undefined {
    const all = piece ? concat(this.#rest, piece) : this.#rest;
    const end = piece ? lastRecordEnd(all, this.#format) : all.length;
    this.#rest = all.slice(end);
    let records = all.subarray(0, end);
    if (records.length === 0) return undefined;
    if (this.#hasHeader && this.#header.length === 0) {
      const feed = records.indexOf(10) + 1 || records.length;
      this.#header = records.slice(0, feed);
      records = records.subarray(feed);
      this.#line = 2;
      if (records.length === 0) return undefined;
    }
    const shift = this.#line - (this.#hasHeader ? 2 : 1);
    this.#line += countLines(records);
    return { bytes: concat(this.#header, records), shift };
  }
}
