/**
 * ExtData, an extension value of msgpack.
 *
 * @module
 */
import { inspectable } from "../_inspect.ts";
import { DataError } from "./data_error.ts";

/**
 * An extension value of msgpack in free-form data, unchanged: its code and its bytes. The code −1 is
 * a timestamp of msgpack, which has 4, 8 or 12 bytes.
 *
 * @example
 * ```ts
 * import { ExtData } from "@archfx/cloud";
 *
 * const ext = new ExtData(5, new Uint8Array([1, 2, 3]));
 * console.log(ext.code, ext.data);
 * ```
 */
export class ExtData {
  /** The code of the extension: 0 to 127, or −1. */
  readonly code: number;
  /** The bytes. */
  readonly data: Uint8Array;

  /**
   * Makes an extension value.
   *
   * @param code The code of the extension: 0 to 127, or −1 for a timestamp.
   * @param data The bytes.
   * @throws {DataError} If the code is out of range, or a timestamp has another length or too many nanoseconds.
   */
  constructor(code: number, data: Uint8Array) {
    if (!Number.isInteger(code) || code < -1 || code > 127) {
      throw new DataError(
        `Cannot make an ExtData of code ${code}: the code must be an integer from 0 to 127, or -1`,
      );
    }
    if (code === -1 && !isTimestamp(data)) {
      throw new DataError(
        `Cannot make a timestamp of ${data.length} bytes: it must have 4, 8 or 12, and less than 10^9 nanoseconds`,
      );
    }
    this.code = code;
    this.data = data;
  }

  /** Code and length. */
  toString(): string {
    return `ExtData(${this.code}, ${this.data.length} bytes)`;
  }

  /** Code and bytes in hexadecimal. */
  toJSON(): { code: number; data: string } {
    const data = Array.from(this.data, (byte) => byte.toString(16).padStart(2, "0")).join("");
    return { code: this.code, data };
  }

  static {
    inspectable(ExtData.prototype, (it) => String(it));
  }
}

function isTimestamp(data: Uint8Array): boolean {
  if (data.length === 4) return true;
  if (data.length !== 8 && data.length !== 12) return false;
  const first = new DataView(data.buffer, data.byteOffset).getUint32(0);
  return (data.length === 8 ? first >>> 2 : first) < 1e9;
}
