/**
 * Reads general msgpack: free-form data, or a whole report.
 *
 * @module
 */
import { narrowed } from "../_integers.ts";
import { DataError } from "./data_error.ts";
import { readText } from "./read_text.ts";
import { isNumber, numbersEnd, readNumbers } from "./read_numbers.ts";
import { ExtData } from "./ext_data.ts";

/** Below this length, a loop over ASCII is faster than any call. */
const SHORT_TEXT = 24;
/** Arrays up to this length are created at full length; an engine may store longer ones as sparse arrays. */
const LONGEST_AT_ONCE = 1 << 20;
/** Number of short keys that are remembered; the first and the last byte of a key determine its slot. */
const KEY_SLOTS = 256;

const knownKeys: ({ bytes: Uint8Array; text: string } | undefined)[] = new Array(KEY_SLOTS);

/** Throws an error that says what is wrong, and where. */
export function fail(what: string, offset: number): never {
  throw new DataError(`Cannot decode the report: ${what}, at byte ${offset}`);
}

/** Reads msgpack values from bytes. */
export class ValueReader {
  readonly bytes: Uint8Array;
  /** Where the next value begins. */
  offset: number;
  #end: number;
  readonly #view: DataView;
  readonly #maxDepth: number;
  /** Elements of the open containers that are not read yet: each takes at least one byte. */
  #owed = 0;

  constructor(bytes: Uint8Array, { offset = 0, end = bytes.length, maxDepth = 512 } = {}) {
    this.bytes = bytes;
    this.offset = offset;
    this.#end = end;
    this.#maxDepth = maxDepth;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Reads the value from `offset` to `end`. */
  readAt(offset: number, end: number): unknown {
    this.offset = offset;
    this.#end = end;
    this.#owed = 0;
    return this.read();
  }

  /** Steps over `size` bytes; returns their start. */
  #take(size: number): number {
    const at = this.offset;
    if (this.#end - at < size) fail("it is cut off", at);
    this.offset = at + size;
    return at;
  }

  /** Reads the head of a map; returns the number of its entries, or −1 if it is not a map. */
  mapHead(): number {
    return this.#head(0x80, 0xde);
  }

  /** Reads the head of an array; returns the number of its elements, or −1 if it is not an array. */
  arrayHead(): number {
    return this.#head(0x90, 0xdc);
  }

  #head(short: number, long: number): number {
    const at = this.#take(1);
    const byte = this.bytes[at];
    if ((byte & 0xf0) === short) return byte & 15;
    if (byte === long) return this.#view.getUint16(this.#take(2));
    if (byte === long + 1) return this.#view.getUint32(this.#take(4));
    this.offset = at;
    return -1;
  }

  /**
   * Reads a value.
   *
   * @param depth The number of containers around it.
   * @throws {DataError} If it is cut off, nested too deep, or not valid msgpack.
   */
  read(depth = 0): unknown {
    const at = this.#take(1);
    const byte = this.bytes[at];
    if (byte < 0x80) return byte;
    if (byte >= 0xe0) return byte - 0x100;
    if (byte < 0x90) return this.#map(byte & 15, depth, at);
    if (byte < 0xa0) return this.#array(byte & 15, depth, at);
    if (byte < 0xc0) return this.#text(byte & 31);
    switch (byte) {
      case 0xc0:
        return null;
      case 0xc2:
        return false;
      case 0xc3:
        return true;
      case 0xc4:
      case 0xc5:
      case 0xc6:
        return this.#binary(this.#length(byte - 0xc4));
      case 0xc7:
      case 0xc8:
      case 0xc9:
        return this.#extension(this.#length(byte - 0xc7), at);
      case 0xca:
        return this.#view.getFloat32(this.#take(4));
      case 0xcb:
        return this.#view.getFloat64(this.#take(8));
      case 0xcc:
        return this.bytes[this.#take(1)];
      case 0xcd:
        return this.#view.getUint16(this.#take(2));
      case 0xce:
        return this.#view.getUint32(this.#take(4));
      case 0xcf:
        return narrowed(this.#view.getBigUint64(this.#take(8)));
      case 0xd0:
        return this.#view.getInt8(this.#take(1));
      case 0xd1:
        return this.#view.getInt16(this.#take(2));
      case 0xd2:
        return this.#view.getInt32(this.#take(4));
      case 0xd3:
        return narrowed(this.#view.getBigInt64(this.#take(8)));
      case 0xd4:
      case 0xd5:
      case 0xd6:
      case 0xd7:
      case 0xd8:
        return this.#extension(1 << (byte - 0xd4), at);
      case 0xd9:
      case 0xda:
      case 0xdb:
        return this.#text(this.#length(byte - 0xd9));
      case 0xdc:
      case 0xdd:
        return this.#array(this.#length(byte - 0xdb), depth, at);
      case 0xde:
      case 0xdf:
        return this.#map(this.#length(byte - 0xdd), depth, at);
      default:
        return fail("a value cannot begin with byte c1", at);
    }
  }

  /** A length of 8, 16 or 32 bits. */
  #length(width: number): number {
    if (width === 0) return this.bytes[this.#take(1)];
    if (width === 1) return this.#view.getUint16(this.#take(2));
    return this.#view.getUint32(this.#take(4));
  }

  #text(length: number): string {
    const at = this.#take(length);
    if (length < SHORT_TEXT) {
      let text = "";
      let i = 0;
      for (; i < length; i++) {
        const code = this.bytes[at + i];
        if (code > 0x7f) break;
        text += String.fromCharCode(code);
      }
      if (i === length) return text;
    }
    return readText(this.bytes, at, at + length) ?? fail("a text is not UTF-8", at);
  }

  #binary(length: number): Uint8Array {
    const at = this.#take(length);
    return this.bytes.slice(at, at + length);
  }

  #extension(length: number, at: number): ExtData {
    const code = this.#view.getInt8(this.#take(1));
    const data = this.#binary(length);
    try {
      return new ExtData(code, data);
    } catch {
      return fail(
        `an extension value of code ${code} and ${length} bytes is of an unknown type`,
        at,
      );
    }
  }

  /** Opens a container with `count` values. */
  #open(count: number, depth: number, at: number): void {
    if (depth >= this.#maxDepth) {
      fail(`a value is nested deeper than ${this.#maxDepth} levels`, at);
    }
    this.#owed += count;
    if (this.#owed > this.#end - this.offset) fail("it is cut off", at);
  }

  #array(length: number, depth: number, at: number): unknown[] {
    this.#open(length, depth, at);
    const result: unknown[] = length <= LONGEST_AT_ONCE ? new Array(length) : [];
    for (let i = 0; i < length;) {
      const first = i;
      if (isNumber(this.bytes[this.offset])) {
        i = readNumbers(
          this.bytes,
          this.#view,
          this.offset,
          this.#end,
          result,
          i,
          length,
        );
        this.offset = numbersEnd;
        this.#owed -= i - first;
      }
      // Any other value, and a number that is cut off or that the loops do not read.
      if (i === first) {
        this.#owed--;
        result[i++] = this.read(depth + 1);
      }
    }
    return result;
  }

  /** Reads a key: text or bytes. */
  key(): string | Uint8Array {
    const at = this.offset;
    if (at < this.#end) {
      const byte = this.bytes[at];
      if (byte > 0xa0 && byte < 0xc0 && at + (byte & 31) < this.#end) {
        const known = this.#knownKey(at, byte & 31);
        if (known !== undefined) return known;
      }
      const isText = byte >= 0xa0 && byte < 0xc0 || byte >= 0xd9 && byte <= 0xdb;
      if (!isText && !(byte >= 0xc4 && byte <= 0xc6)) {
        fail("the key of a map is neither text nor bytes", at);
      }
    }
    return this.read() as string | Uint8Array;
  }

  /** A short key; the text of a key that was read before is used again. */
  #knownKey(at: number, length: number): string | undefined {
    const { bytes } = this;
    const slot = (bytes[at + 1] * 31 + bytes[at + length] * 7 + length) & (KEY_SLOTS - 1);
    const known = knownKeys[slot];
    if (known !== undefined && known.bytes.length === length) {
      let i = 0;
      while (i < length && known.bytes[i] === bytes[at + 1 + i]) i++;
      if (i === length) {
        this.offset = at + 1 + length;
        return known.text;
      }
    }
    const text = String(this.read());
    knownKeys[slot] = { bytes: bytes.slice(at + 1, at + 1 + length), text };
    return text;
  }

  /** A plain object, or a Map if a key is bytes. */
  #map(length: number, depth: number, at: number): unknown {
    this.#open(2 * length, depth, at);
    const result: Record<string, unknown> = {};
    for (let i = 0; i < length; i++) {
      this.#owed -= 2;
      const key = this.key();
      if (typeof key !== "string") return this.#mapFrom(result, key, length - i, depth);
      setOwn(result, key, this.read(depth + 1));
    }
    return result;
  }

  /** Reads the rest of a map into a Map that begins with the entries of `start`; its next key is `first`. */
  #mapFrom(
    start: Record<string, unknown>,
    first: Uint8Array,
    length: number,
    depth: number,
  ): Map<string | Uint8Array, unknown> {
    const result = new Map<string | Uint8Array, unknown>(Object.entries(start));
    let key: string | Uint8Array = first;
    for (let i = 0; i < length; i++) {
      if (i > 0) {
        this.#owed -= 2;
        key = this.key();
      }
      result.set(key, this.read(depth + 1));
    }
    return result;
  }
}

/** Sets an own property, even if its name is `__proto__`. */
function setOwn(target: Record<string, unknown>, key: string, value: unknown): void {
  if (key !== "__proto__") target[key] = value;
  else {
    const own = { value, writable: true, enumerable: true, configurable: true };
    Object.defineProperty(target, key, own);
  }
}
