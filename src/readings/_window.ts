/**
 * Pieces of text through the window of memory: rows may run over the ends of pieces.
 *
 * @module
 */
import { csvRegion, WINDOW_SIZE } from "../codec/csv_region.ts";

const EMPTY = new Uint8Array();
const LINE_FEED = 0x0a;

/** What reads the window. */
export interface WindowReader {
  /** Reads what stands in the window, `length` bytes: how many of them, whole rows only. */
  scan(length: number, last: boolean): number;
  /** Longest row, in bytes. */
  readonly longest: number;
  /** Reads a line that does not fit the window, up to `longest` bytes. */
  readLong(line: Uint8Array): void;
  /** Throws the error for a row that is longer. */
  tooLong(): never;
}

/** Lays pieces into the window, with what was left of the one before in front. */
export class WindowFeeder {
  readonly #reader: WindowReader;
  #carry: Uint8Array = EMPTY;
  #long: Uint8Array[] = [];
  #longLength = 0;

  /** @param reader What reads the window. */
  constructor(reader: WindowReader) {
    this.#reader = reader;
  }

  /**
   * Feeds a piece. After each scan it gives way: the window is someone else's from then on.
   *
   * @param bytes The piece.
   * @param last Whether it is the last, which ends a row that has no line feed.
   */
  *feed(bytes: Uint8Array, last: boolean): Generator<undefined> {
    let at = 0;
    while (at < bytes.length || (last && this.#carry.length + this.#longLength > 0)) {
      if (this.#longLength > 0) {
        at += this.#feedLong(bytes.subarray(at), last);
        yield;
        continue;
      }
      const carried = this.#carry.length;
      const taken = Math.min(bytes.length - at, WINDOW_SIZE - carried);
      const { window } = csvRegion();
      window.set(this.#carry);
      window.set(bytes.subarray(at, at + taken), carried);
      const length = carried + taken;
      const isLast = last && at + taken === bytes.length;
      const read = this.#reader.scan(length, isLast);
      if (read >= carried && read > 0) {
        this.#carry = EMPTY;
        at += read - carried;
      } else if (read > 0) {
        this.#carry = this.#carry.subarray(read);
      } else {
        if (isLast) throw new Error("Cannot go on reading as the last row was not read");
        at += taken;
        this.#keep(window.slice(0, length));
      }
      yield;
    }
  }

  /** Keeps a row that is not whole for the next piece. */
  #keep(row: Uint8Array): void {
    if (row.length < WINDOW_SIZE) {
      this.#carry = row;
      return;
    }
    if (this.#reader.longest <= WINDOW_SIZE) this.#reader.tooLong();
    this.#carry = EMPTY;
    this.#long = [row];
    this.#longLength = row.length;
  }

  /** Gathers a long line: how many bytes of the piece belong to it. */
  #feedLong(bytes: Uint8Array, last: boolean): number {
    const end = bytes.indexOf(LINE_FEED) + 1;
    const part = end > 0 ? bytes.slice(0, end) : bytes.slice();
    this.#longLength += part.length;
    if (this.#longLength > this.#reader.longest) this.#reader.tooLong();
    this.#long.push(part);
    if (end > 0 || last) {
      const line = new Uint8Array(this.#longLength);
      let at = 0;
      for (const piece of this.#long) {
        line.set(piece, at);
        at += piece.length;
      }
      this.#long = [];
      this.#longLength = 0;
      this.#reader.readLong(line);
    }
    return part.length;
  }
}
