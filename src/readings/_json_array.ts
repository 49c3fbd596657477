/**
 * Converts a JSON array to lines: each element becomes one line, including its white space.
 *
 * @module
 */
import { problemError } from "./problem.ts";

const FEED = 0x0a;
const SPACE = 0x20;
const QUOTE = 0x22;

/** Splits an array into its elements while its bytes arrive. */
export class JsonArray {
  #depth = 0;
  #inText = false;
  #escaped = false;
  #closed = false;
  /** The number of line ends in the array minus the number of line ends that were written. */
  #owed = 0;
  #line = 1;
  #error: Error | undefined;

  /**
   * The lines of a piece. Line ends are kept, so that line numbers are those of the array's text as far as possible.
   */
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
        // The elements before the error are returned first, no matter where the pieces end.
        this.#error = this.#fault("has text after the end of its array");
        break;
      }
      if (byte === 0x5b || byte === 0x7b) {
        if (this.#depth++ > 0) put(byte);
      } else if (byte === 0x5d || byte === 0x7d) {
        if (--this.#depth > 0) put(byte);
        else if (byte === 0x5d) this.#closed = true;
        else {
          this.#error = this.#fault("has a brace where its array must end with a bracket");
          break;
        }
      } else if (byte === 0x2c && this.#depth === 1) {
        // The next element may be on the same line.
        put(FEED);
        this.#owed--;
      } else {
        if (byte === QUOTE) this.#inText = true;
        put(byte);
      }
    }
    return out.subarray(0, length);
  }

  /** Ends the text: throws if the array is not closed. */
  end(): void {
    if (this.#error) throw this.#error;
    if (!this.#closed) throw this.#fault("ends within its array");
  }

  #fault(rule: string): Error {
    return problemError({ line: this.#line, message: `the JSON ${rule}` });
  }
}
