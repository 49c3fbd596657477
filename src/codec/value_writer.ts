/**
 * Writes general msgpack: the content of free-form data.
 *
 * The bytes are those that Python's `msgpack.packb(use_bin_type=True)` writes for the same values, except
 * that a whole number is always an integer: JavaScript has no 5.0 (see {@linkcode Float}).
 *
 * @module
 */
import { isRecord } from "../_is_record.ts";
import { isTypedArray } from "../_typed_array.ts";
import { writeAscii } from "./ascii.ts";
import { DataError } from "./data_error.ts";
import { ExtData } from "./ext_data.ts";
import { Float } from "./float.ts";
import { MAX_LEVEL, tooDeep } from "./nesting.ts";
import { putFloat, putInteger, putNumber } from "./put_number.ts";
import { formatMicros, timestampMicros } from "./timestamps.ts";
import { writeMap } from "./write_map.ts";
import { writeNumberRun, writeNumbers } from "./write_numbers.ts";

/** If an array of at least this length begins with numbers, these are encoded in linear memory. */
const MANY_NUMBERS = 24;
/** Below this length, a loop over the characters is faster than `TextEncoder`. */
const SHORT_TEXT = 45;

const encoder = new TextEncoder();

/** A growing buffer that msgpack values are written to. */
export class ValueWriter {
  /** Everything written so far, up to `length`. */
  bytes: Uint8Array<ArrayBuffer>;
  /** The number of bytes that have been written. */
  length = 0;
  /** The same bytes. */
  view: DataView;

  constructor(capacity = 256) {
    this.bytes = new Uint8Array(capacity);
    this.view = new DataView(this.bytes.buffer);
  }

  /** Makes room for `size` more bytes. */
  reserve(size: number): void {
    if (this.length + size <= this.bytes.length) return;
    const bytes = new Uint8Array(Math.max(2 * this.bytes.length, this.length + size));
    bytes.set(this.bytes.subarray(0, this.length));
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer);
  }

  /**
   * Writes a value.
   *
   * @param value The value.
   * @param level Its level below the report's map.
   * @throws {DataError} If an integer has more than 64 bits, text is not well-formed, a key is neither
   * text nor bytes, or nesting is too deep.
   * @throws {TypeError} If it is of a type that has no form in msgpack.
   */
  write(value: unknown, level: number): void {
    switch (typeof value) {
      case "number":
        this.reserve(9);
        this.length = putNumber(this.view, this.length, value);
        return;
      case "string":
        return this.text(value);
      case "boolean":
        return this.byte(value ? 0xc3 : 0xc2);
      case "bigint":
        return this.bigint(value);
      case "object":
        if (value === null) return this.byte(0xc0);
        return this.#object(value, level);
      default:
        throw new TypeError(
          `Cannot encode ${
            typeof value === "symbol" ? "a symbol" : typeof value
          }: msgpack has no form for it`,
        );
    }
  }

  /** Writes one byte. */
  byte(value: number): void {
    this.reserve(1);
    this.bytes[this.length++] = value;
  }

  /** Writes bytes unchanged. */
  raw(bytes: Uint8Array): void {
    const { length } = bytes;
    this.reserve(length);
    if (length > 32) this.bytes.set(bytes, this.length);
    else for (let i = 0; i < length; i++) this.bytes[this.length + i] = bytes[i];
    this.length += length;
  }

  /** Writes a float of 64 bits. */
  float(value: number): void {
    this.reserve(9);
    this.length = putFloat(this.view, this.length, value);
  }

  /** Writes a safe integer in its shortest form. */
  integer(value: number): void {
    this.reserve(9);
    this.length = putInteger(this.view, this.length, value);
  }

  /** Writes an integer of up to 64 bits, with a sign or without. */
  bigint(value: bigint): void {
    const number = Number(value);
    if (Number.isSafeInteger(number)) return this.integer(number);
    if (value < -(2n ** 63n) || value >= 2n ** 64n) {
      throw new DataError(`Cannot encode ${value}: an integer has at most 64 bits`);
    }
    this.reserve(9);
    this.bytes[this.length] = value < 0n ? 0xd3 : 0xcf;
    this.view.setBigUint64(this.length + 1, BigInt.asUintN(64, value));
    this.length += 9;
  }

  /** Writes text in UTF-8. */
  text(value: string): void {
    const { length } = value;
    if (length < SHORT_TEXT) {
      this.reserve(length + 2);
      const { bytes } = this;
      const start = this.length + (length < 32 ? 1 : 2);
      if (writeAscii(bytes, start, value)) {
        if (length < 32) {
          bytes[start - 1] = 0xa0 | length;
        } else {
          bytes[start - 2] = 0xd9;
          bytes[start - 1] = length;
        }
        this.length = start + length;
        return;
      }
    }
    if (!value.isWellFormed()) {
      throw new DataError("Cannot encode text with half a surrogate pair as UTF-8");
    }
    this.reserve(3 * length + 5);
    // Written behind a head of the length that ASCII would need, and moved if the bytes turn out to need a longer head.
    const guess = headOfText(length);
    const at = this.length;
    const { written } = encoder.encodeInto(value, this.bytes.subarray(at + guess));
    const head = headOfText(written);
    if (head !== guess) this.bytes.copyWithin(at + head, at + guess, at + guess + written);
    if (head === 1) this.bytes[at] = 0xa0 | written;
    else this.#sized(0xd9, written, at);
    this.length = at + head + written;
  }

  /** Writes the byte for a width of 8, 16 or 32 bits, counted from `first`, and the length at `at`. */
  #sized(first: number, length: number, at: number): number {
    if (length < 0x100) {
      this.bytes[at] = first;
      this.bytes[at + 1] = length;
      return at + 2;
    }
    if (length < 0x10000) {
      this.bytes[at] = first + 1;
      this.view.setUint16(at + 1, length);
      return at + 3;
    }
    this.bytes[at] = first + 2;
    this.view.setUint32(at + 1, length);
    return at + 5;
  }

  /** Writes the head of an array (90, dc) or a map (80, de). */
  head(short: number, long: number, count: number): void {
    this.reserve(5);
    if (count < 16) this.bytes[this.length++] = short | count;
    else if (count < 0x10000) {
      this.bytes[this.length] = long;
      this.view.setUint16(this.length + 1, count);
      this.length += 3;
    } else {
      this.bytes[this.length] = long + 1;
      this.view.setUint32(this.length + 1, count);
      this.length += 5;
    }
  }

  #object(value: object, level: number): void {
    if (level > MAX_LEVEL) tooDeep();
    if (Array.isArray(value)) return this.#array(value, level);
    if (isPlain(value)) return writeMap(this, value, level);
    if (value instanceof Uint8Array) return this.#binary(value);
    if (isTypedArray(value)) return writeNumbers(this, value);
    if (value instanceof Map) return this.#entries(value, level);
    if (value instanceof Float) return this.float(value.value);
    if (value instanceof Date) return this.text(formatMicros(timestampMicros(value)));
    if (value instanceof ExtData) return this.#extension(value);
    if ("epochNanoseconds" in value && typeof value.epochNanoseconds === "bigint") {
      const { epochNanoseconds } = value;
      return this.text(formatMicros(timestampMicros({ epochNanoseconds })));
    }
    if ("toJSON" in value && typeof value.toJSON === "function") {
      // One level further down, so that a toJSON that returns its own object does not recurse forever.
      return this.write(value.toJSON(), level + 1);
    }
    // A plain object of another realm.
    if (isRecord(value) && Object.getPrototypeOf(Object.getPrototypeOf(value)) === null) {
      return writeMap(this, value, level);
    }
    throw new TypeError(
      `Cannot encode a ${value.constructor?.name || "object"}: msgpack has no form for it`,
    );
  }

  /** A value one level below `level`. */
  #item(item: unknown, level: number): void {
    if (level === MAX_LEVEL) tooDeep();
    this.write(item, level + 1);
  }

  #entries(value: Map<unknown, unknown>, level: number): void {
    const entries = [...value].filter(([, item]) => item !== undefined);
    this.head(0x80, 0xde, entries.length);
    for (const [key, item] of entries) {
      if (typeof key === "string") this.text(key);
      else if (key instanceof Uint8Array) this.#binary(key);
      else {
        throw new DataError(
          `Cannot encode a map with a key of type ${
            key === null ? "null" : typeof key
          }: keys must be text or bytes`,
        );
      }
      this.#item(item, level);
    }
  }

  #array(value: readonly unknown[], level: number): void {
    const { length } = value;
    this.head(0x90, 0xdc, length);
    if (length > 0 && level === MAX_LEVEL) tooDeep();
    const isMany = length >= MANY_NUMBERS && typeof value[0] === "number";
    let i = isMany ? writeNumberRun(this, value, 0) : 0;
    for (; i < length; i++) this.write(value[i], level + 1);
  }

  #binary(value: Uint8Array): void {
    this.reserve(5 + value.length);
    this.length = this.#sized(0xc4, value.length, this.length);
    this.raw(value);
  }

  #extension({ code, data }: ExtData): void {
    this.reserve(6 + data.length);
    const { length } = data;
    const fixed = [1, 2, 4, 8, 16].indexOf(length);
    if (fixed >= 0) this.bytes[this.length++] = 0xd4 + fixed;
    else this.length = this.#sized(0xc7, length, this.length);
    this.bytes[this.length++] = code;
    this.raw(data);
  }
}

/**
 * Whether it is a plain object without a `toJSON`. Reading the prototype costs more than writing a small map, so most
 * plain objects are recognised by the `constructor` that they inherit.
 */
function isPlain(value: { readonly toJSON?: unknown }): value is Record<string, unknown> {
  const { constructor, toJSON } = value;
  if (typeof toJSON === "function") return false;
  if (constructor === Object) return true;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function headOfText(length: number): number {
  return length < 32 ? 1 : length < 0x100 ? 2 : length < 0x10000 ? 3 : 5;
}
