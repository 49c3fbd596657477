/**
 * Reads the pages of a SQLite file without SQLite: the content of its table leaves, as far as it is readable.
 *
 * The formats are those of https://www.sqlite.org/fileformat2.html. Committed frames of the log replace pages of
 * the file; pages of the free list are left out, because they still contain deleted rows.
 *
 * @module
 */
import fs from "node:fs";
import { type Log, PAGE, readLog } from "./_wal.ts";

const LEAF = 13;
/** The size from which a payload continues on other pages, and the minimum that stays on its page. */
const MOST_LOCAL = PAGE - 35, LEAST_LOCAL = Math.floor((PAGE - 12) * 32 / 255) - 23;
/** The largest frame. */
const LARGEST = 1 << 28;

/** The pages of one file and its log. */
export class Pages {
  readonly #file: number;
  readonly #wal: number | undefined;
  readonly #log: Log | undefined;
  /** The newer pages in the log. */
  #inLog: ReadonlyMap<number, number> = new Map();
  /** How many pages there are. */
  readonly count: number;

  constructor(path: string) {
    this.#file = fs.openSync(path, "r");
    let count = Math.ceil(fs.fstatSync(this.#file).size / PAGE);
    try {
      this.#wal = fs.openSync(`${path}-wal`, "r");
      this.#log = readLog(this.#wal);
      this.#inLog = this.#log.pages;
      for (const page of this.#inLog.keys()) count = Math.max(count, page);
      for (const page of this.#log.behind.keys()) count = Math.max(count, page);
    } catch {
      // Without a log, the file is complete.
    }
    this.count = count;
  }

  #freePages(): Set<number> {
    const free = new Set<number>();
    let trunk = this.page(1)?.getUint32(32) ?? 0;
    while (trunk > 0 && trunk <= this.count && !free.has(trunk)) {
      free.add(trunk);
      const page = this.page(trunk);
      if (!page) break;
      const leaves = Math.min(page.getUint32(4), PAGE / 4 - 2);
      for (let i = 0; i < leaves; i++) free.add(page.getUint32(8 + 4 * i));
      trunk = page.getUint32(0);
    }
    return free;
  }

  /** A page, numbered from 1; undefined if it is not complete. */
  page(number: number): DataView | undefined {
    const bytes = new Uint8Array(PAGE);
    const place = this.#inLog.get(number);
    const read = place === undefined
      ? fs.readSync(this.#file, bytes, 0, PAGE, (number - 1) * PAGE)
      : fs.readSync(this.#wal!, bytes, 0, PAGE, place);
    return read === PAGE ? new DataView(bytes.buffer) : undefined;
  }

  /**
   * The last blob of every row on every table leaf. Some may be damaged. If there are commits after a damaged
   * part of the log, the rows that they changed occur twice: the old and the new version.
   */
  *blobs(): Generator<Uint8Array> {
    this.#inLog = this.#log?.pages ?? new Map();
    yield* this.#leaves(numbers(this.count));
    if (this.#log === undefined || this.#log.behind.size === 0) return;
    this.#inLog = new Map([...this.#log.pages, ...this.#log.behind]);
    yield* this.#leaves(this.#log.behind.keys());
  }

  *#leaves(pages: Iterable<number>): Generator<Uint8Array> {
    const free = this.#freePages();
    for (const number of pages) {
      if (free.has(number)) continue;
      const page = this.page(number);
      const start = number === 1 ? 100 : 0;
      if (!page || page.getUint8(start) !== LEAF) continue;
      const cells = Math.min(page.getUint16(start + 3), (PAGE - start - 8) / 2);
      for (let i = 0; i < cells; i++) {
        const blob = this.#blob(page, page.getUint16(start + 8 + 2 * i));
        if (blob) yield blob;
      }
    }
  }

  #blob(page: DataView, at: number): Uint8Array | undefined {
    try {
      const [size, afterSize] = varint(page, at);
      const [, begin] = varint(page, afterSize);
      if (size > LARGEST) return undefined;
      const payload = this.#payload(page, begin, size);
      return payload && lastBlob(payload);
    } catch (error) {
      if (error instanceof RangeError) return undefined; // It points outside the page: damage.
      throw error;
    }
  }

  #payload(page: DataView, begin: number, size: number): Uint8Array | undefined {
    if (size <= MOST_LOCAL) {
      return begin + size <= PAGE ? new Uint8Array(page.buffer, begin, size) : undefined;
    }
    const spill = LEAST_LOCAL + (size - LEAST_LOCAL) % (PAGE - 4);
    const local = spill <= MOST_LOCAL ? spill : LEAST_LOCAL;
    const payload = new Uint8Array(size);
    payload.set(new Uint8Array(page.buffer, begin, local));
    let next = page.getUint32(begin + local);
    for (let at = local; at < size; at += PAGE - 4) {
      const more = next > 0 && next <= this.count ? this.page(next) : undefined;
      if (!more) return undefined;
      payload.set(new Uint8Array(more.buffer, 4, Math.min(PAGE - 4, size - at)), at);
      next = more.getUint32(0);
    }
    return payload;
  }

  /** Closes the files. */
  close(): void {
    fs.closeSync(this.#file);
    if (this.#wal !== undefined) fs.closeSync(this.#wal);
  }
}

function* numbers(count: number): Generator<number> {
  for (let number = 1; number <= count; number++) yield number;
}

/** The last column of a row, if it is a blob. */
function lastBlob(payload: Uint8Array): Uint8Array | undefined {
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
  const [headerSize, first] = varint(view, 0);
  let type = 0;
  for (let at = first; at < headerSize;) [type, at] = varint(view, at);
  if (type < 12 || type % 2 === 1) return undefined;
  const length = (type - 12) / 2;
  return length <= payload.length ? payload.slice(payload.length - length) : undefined;
}

function varint(view: DataView, at: number): [value: number, end: number] {
  let value = 0;
  for (let i = 0; i < 8; i++) {
    const byte = view.getUint8(at + i);
    value = value * 128 + (byte & 127);
    if (byte < 128) return [value, at + i + 1];
  }
  return [value * 256 + view.getUint8(at + 8), at + 9];
}
