/**
 * A JSON array as lines: each element becomes one line, with any white space.
 *
 * @module
 */
import { problemError } from "./problem.ts";

const FEED = 0x0a;
const SPACE = 0x20;
const QUOTE = 0x22;

/** Cuts an array into its elements, as its bytes come. */
export class JsonArray {
  #depth = 0;
  #inText = false;
  #escaped = false;
  #closed = false;
  /** Line ends of the array that have not been written, less those that it does not have. */
  #owed = 0;
  #line = 1;
  #error: Error | undefined;

  /** The lines of a piece. Line ends are kept, so that a line's number is that of the array's text as far as possible. */
  lines(piece: Uint8Array): Uint8Array {
    if (this.#error) throw this.#error;
    let out = new Uint8Array(piece.length + 64);
    let length = 0;
    const put = (byte: number) => {
      if (length === out.length) {
        const larger = new Uint8Array(2 * length);
        larger.set(out);
        out = larger;
      }
      out[length++] = byte;
    };
    for (const byte of piece) {
      if (this.#inText) {
        if (this.#escaped) this.#escaped = false;
        else if (byte === 0x5c) this.#escaped = true;
        else if (byte === QUOTE) this.#inText = false;
        put(byte);
        continue;
      }
      if (byte === FEED) {
        this.#line++;
        this.#owed++;
        if (this.#depth > 1) put(SPACE);
        else {
          while (this.#owed > 0) {
            put(FEED);
            this.#owed--;
          }
        }
        continue;
      }
      if (byte <= SPACE) {
        if (this.#depth > 1) put(SPACE);
        continue;
      }
      if (this.#closed) {
        // The elements that were read come first, however the pieces are cut.
        this.#error = this.#fault("has something behind the end of its array");
        break;
      }
      if (byte === 0x5b || byte === 0x7b) {
        if (this.#depth++ > 0) put(byte);
      } else if (byte === 0x5d || byte === 0x7d) {
        if (--this.#depth > 0) put(byte);
        else if (byte === 0x5d) this.#closed = true;
        else {
          this.#error = this.#fault("has a brace that closes its array");
          break;
        }
      } else if (byte === 0x2c && this.#depth === 1) {
        // The element that ends here may be followed by another one on the same line.
        put(FEED);
        this.#owed--;
      } else {
        if (byte === QUOTE) this.#inText = true;
        put(byte);
      }
    }
    return out.subarray(0, length);
  }

  /** The end of the text, where the array must be closed. */
  end(): void {
    if (this.#error) throw this.#error;
    if (!this.#closed) throw this.#fault("ends within its array");
  }

  #fault(rule: string): Error {
    return problemError({ line: this.#line, message: `the JSON ${rule}` });
  }
}
