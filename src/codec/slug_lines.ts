/**
 * Converts many slugs in WebAssembly, a chunk at a time: lines to rows and rows to lines.
 *
 * @module
 */
import { readSlug, slugRegion } from "./slug_region.ts";
import { Expect, Kind, Rule, Slugs } from "./wasm_constants.ts";

/** Slugs as one typed array for each field. */
interface SlugArrays {
  kinds: Uint8Array;
  parents: Uint32Array;
  devices: BigUint64Array;
  variables: Uint32Array;
  starts: BigInt64Array;
  indexes: Int32Array;
}

/** Called with each line that is not a slug: its row, the rule, the position of the fault and the text. */
type OnBadSlug = (row: number, rule: number, at: number, text: string) => void;

/** The number of array elements that are joined at a time. */
const BATCH = 512;
const LINE_FEED = 10;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

function makeArrays(rows: number): SlugArrays {
  return {
    kinds: new Uint8Array(rows),
    parents: new Uint32Array(rows),
    devices: new BigUint64Array(rows),
    variables: new Uint32Array(rows),
    starts: new BigInt64Array(rows),
    indexes: new Int32Array(rows),
  };
}

function copyArrays(from: SlugArrays, to: SlugArrays, count: number): SlugArrays {
  to.kinds.set(from.kinds.subarray(0, count));
  to.parents.set(from.parents.subarray(0, count));
  to.devices.set(from.devices.subarray(0, count));
  to.variables.set(from.variables.subarray(0, count));
  to.starts.set(from.starts.subarray(0, count));
  to.indexes.set(from.indexes.subarray(0, count));
  return to;
}

/** A source of lines. */
interface Source {
  /** Whether everything has been written. */
  readonly done: boolean;
  /** The number of bytes or characters that are not written yet. */
  readonly left: number;
  /** Writes the next part, as much as fits. */
  fill(text: Uint8Array<ArrayBuffer>): number;
}

class BytesSource implements Source {
  #at = 0;
  constructor(readonly bytes: Uint8Array) {}

  get done(): boolean {
    return this.left === 0;
  }

  get left(): number {
    return this.bytes.length - this.#at;
  }

  fill(text: Uint8Array): number {
    const part = this.bytes.subarray(this.#at, this.#at + text.length);
    text.set(part);
    this.#at += part.length;
    return part.length;
  }
}

class TextSource implements Source {
  #at = 0;
  constructor(readonly lines: string) {}

  get done(): boolean {
    return this.left === 0;
  }

  get left(): number {
    return this.lines.length - this.#at;
  }

  fill(text: Uint8Array<ArrayBuffer>): number {
    const part = this.lines.slice(this.#at, this.#at + text.length);
    const { read, written } = encoder.encodeInto(part, text);
    this.#at += read;
    return written;
  }
}

/** Drops the rest of a line; returns the number of bytes after it in the text. */
function skipLine(source: Source, text: Uint8Array<ArrayBuffer>): number {
  while (!source.done) {
    const length = source.fill(text);
    const end = text.subarray(0, length).indexOf(LINE_FEED);
    if (end < 0) continue;
    text.copyWithin(0, end + 1, length);
    return length - end - 1;
  }
  return 0;
}

/** Reads slugs into arrays that grow. */
export class SlugReader {
  #arrays: SlugArrays;
  #capacity: number;
  #length = 0;
  #onBad: OnBadSlug;

  /**
   * @param rows The expected number of rows.
   * @param onBad Called with each line that is not a slug.
   */
  constructor(rows: number, onBad: OnBadSlug) {
    this.#capacity = rows;
    this.#arrays = makeArrays(rows);
    this.#onBad = onBad;
  }

  /** The number of rows. */
  get length(): number {
    return this.#length;
  }

  /** The rows, as arrays of exactly this length: views if little room is unused, otherwise copies. */
  finish(): SlugArrays {
    const rows = this.#length;
    if (this.#capacity - rows > rows / 8) return copyArrays(this.#arrays, makeArrays(rows), rows);
    const { kinds, parents, devices, variables, starts, indexes } = this.#arrays;
    return {
      kinds: kinds.subarray(0, rows),
      parents: parents.subarray(0, rows),
      devices: devices.subarray(0, rows),
      variables: variables.subarray(0, rows),
      starts: starts.subarray(0, rows),
      indexes: indexes.subarray(0, rows),
    };
  }

  /** Copies the first rows of the region. */
  #take(count: number): void {
    const length = this.#length + count;
    this.#reserve(length);
    const { kinds, parents, devices, variables, starts, indexes } = slugRegion();
    const at = this.#length;
    const to = this.#arrays;
    to.kinds.set(count === Slugs.rows ? kinds : kinds.subarray(0, count), at);
    to.parents.set(count === Slugs.rows ? parents : parents.subarray(0, count), at);
    to.devices.set(count === Slugs.rows ? devices : devices.subarray(0, count), at);
    to.variables.set(count === Slugs.rows ? variables : variables.subarray(0, count), at);
    to.starts.set(count === Slugs.rows ? starts : starts.subarray(0, count), at);
    to.indexes.set(count === Slugs.rows ? indexes : indexes.subarray(0, count), at);
    this.#length = length;
    let bad = to.kinds.indexOf(0, at);
    for (; bad >= 0 && bad < length; bad = to.kinds.indexOf(0, bad + 1)) this.#reject(bad, at);
  }

  /** Reports an invalid row, and empties it. */
  #reject(row: number, first: number): void {
    const { text, deviceHalves } = slugRegion();
    const arrays = this.#arrays;
    const [from, to] = deviceHalves.subarray(2 * (row - first), 2 * (row - first) + 2);
    const line = decoder.decode(text.subarray(from, to));
    this.#onBad(row, arrays.variables[row], arrays.parents[row], line);
    arrays.parents[row] = 0;
    arrays.devices[row] = 0n;
    arrays.variables[row] = 0;
  }

  /** Makes room for the rest, estimated from the lines read so far. */
  #expect(rows: number, read: number, left: number): void {
    const rowsLeft = Math.ceil(left / read * rows);
    const expected = this.#length + rows + rowsLeft + (rowsLeft >> 6);
    this.#reserve(Math.max(expected, this.#capacity * 1.25 | 0));
  }

  #reserve(rows: number): void {
    if (rows <= this.#capacity) return;
    this.#capacity = rows;
    this.#arrays = copyArrays(this.#arrays, makeArrays(rows), this.#length);
  }

  /** Reads the lines of a source, as much as fits the text region at a time. */
  #lines(source: Source, carriageReturns: boolean): void {
    const { kernel, text } = slugRegion();
    let kept = 0;
    while (!source.done || kept > 0) {
      const filled = source.done ? 0 : source.fill(text.subarray(kept));
      const length = kept + filled;
      const rows = kernel.slugReadLines(length, source.done, carriageReturns);
      const read = kernel.slugLinesRead();
      if (this.#length + rows > this.#capacity) {
        this.#expect(rows, read, source.left + length - read);
      }
      this.#take(rows);
      text.copyWithin(0, read, length);
      kept = length - read;
      if (read === 0 && !source.done && (filled === 0 || length === Slugs.textSize)) {
        this.#longLine(decoder.decode(text.subarray(0, 100)));
        kept = skipLine(source, text);
      }
    }
  }

  /** Reports a line that is longer than the text region. */
  #longLine(start: string): void {
    const region = slugRegion();
    region.kinds[0] = 0;
    region.parents[0] = 0;
    region.variables[0] = Rule.tooLong;
    region.devices[0] = 0n;
    region.starts[0] = -1n;
    region.indexes[0] = -1;
    const onBad = this.#onBad;
    this.#onBad = (row, rule, at) => onBad(row, rule, at, start);
    this.#take(1);
    this.#onBad = onBad;
  }

  /** Reads lines of UTF-8. */
  readBytes(bytes: Uint8Array): void {
    this.#lines(new BytesSource(bytes), true);
  }

  /** Reads lines of text. */
  readText(lines: string, carriageReturns = true): void {
    this.#lines(new TextSource(lines), carriageReturns);
  }

  /** Reads texts, each of which is a row even if it contains line feeds. */
  readArray(slugs: readonly string[]): void {
    for (let from = 0; from < slugs.length; from += BATCH) {
      const batch = slugs.slice(from, from + BATCH);
      const joined = batch.join("\n") + "\n";
      // A text that contains a line feed would be read as two: the texts of such a batch are read one by one.
      if (countLines(joined) === batch.length) this.readText(joined, false);
      else batch.forEach((slug) => this.#readOne(slug));
    }
  }

  #readOne(slug: string): void {
    const region = slugRegion();
    region.parents[0] = 0;
    region.devices[0] = 0n;
    region.variables[0] = 0;
    const kind = readSlug(slug, Expect.any);
    const at = kind > 0 ? 0 : region.kernel.slugBrokenAt();
    region.kinds[0] = kind > 0 ? kind & ~Kind.canonical : 0;
    if (kind > 0) return this.#take(1);
    region.starts[0] = -1n;
    region.indexes[0] = -1;
    region.variables[0] = -kind;
    region.parents[0] = at;
    region.devices[0] = 0n;
    const onBad = this.#onBad;
    this.#onBad = (row, rule, place) => onBad(row, rule, place, slug);
    this.#take(1);
    this.#onBad = onBad;
  }
}

function countLines(text: string): number {
  let count = 0;
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) count++;
  return count;
}

/**
 * Formats rows as slugs.
 *
 * @returns The texts, or the first row that is not a slug.
 */
export function formatSlugLines(columns: SlugArrays, length: number): string[] | number {
  const { kernel, text, kinds, parents, devices, variables, starts, indexes } = slugRegion();
  const step = Slugs.textSize / Slugs.formatBytes;
  const slugs: string[] = [];
  for (let from = 0; from < length; from += step) {
    const to = Math.min(length, from + step);
    kinds.set(columns.kinds.subarray(from, to));
    parents.set(columns.parents.subarray(from, to));
    devices.set(columns.devices.subarray(from, to));
    variables.set(columns.variables.subarray(from, to));
    starts.set(columns.starts.subarray(from, to));
    indexes.set(columns.indexes.subarray(from, to));
    const bytes = kernel.slugFormatLines(to - from);
    if (bytes < 0) return from - bytes - 1;
    const lines = decoder.decode(text.subarray(0, bytes)).split("\n");
    for (let i = 0; i < to - from; i++) slugs.push(lines[i]);
  }
  return slugs;
}
