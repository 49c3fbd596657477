/**
 * Reads the header of a report without its events: its fields and their types, so that each missing or invalid
 * field can be named. `src/reports` reads the events.
 */

/** A value of the header. */
export type HeaderValue = string | bigint | number | boolean | null | { readonly kind: string };

/** The bytes are not the msgpack of one map. */
export class HeaderError extends Error {
  override name = "HeaderError";
}

/** The top-level fields of a report. */
export function readHeader(bytes: Uint8Array): Map<string, HeaderValue> {
  const reader = new Reader(bytes);
  const fields = new Map<string, HeaderValue>();
  const length = reader.mapLength();
  for (let i = 0; i < length; i++) {
    const key = reader.value();
    if (typeof key !== "string") throw new HeaderError("a key that is not text");
    const value = reader.value();
    fields.set(key, value);
    if (typeof value !== "object" || value === null) continue;
    // The decoder checks what follows the last field.
    if (i < length - 1) reader.skipChildren();
  }
  return fields;
}

const TEXT = new TextDecoder("utf-8", { fatal: true });

/**
 * The emulator has its own msgpack reader, because it stands for another program: it distinguishes integers from
 * floats, names the type of an invalid field, and must not share a bug with `src/codec`. All other code uses the
 * readers there: `ValueReader` for values and heads in TypeScript, `wasm/msgpack.ts` for events in WebAssembly.
 */
class Reader {
  #bytes: Uint8Array;
  #view: DataView;
  #at = 0;
  /** How many nested values have not been read yet. */
  #children = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  mapLength(): number {
    const type = this.#byte();
    if (type >= 0x80 && type <= 0x8f) return type & 0x0f;
    if (type === 0xde) return this.#unsigned(2);
    if (type === 0xdf) return this.#unsigned(4);
    throw new HeaderError("not a map");
  }

  skipChildren(): void {
    while (this.#children > 0) {
      this.#children--;
      this.value(false);
    }
  }

  /** The next value. For a map or an array, only its type; its elements must be skipped. */
  value(decode = true): HeaderValue {
    const type = this.#byte();
    if (type <= 0x7f) return BigInt(type);
    if (type >= 0xe0) return BigInt(type - 0x100);
    if (type <= 0x8f) return this.#nest("map", 2 * (type & 0x0f));
    if (type <= 0x9f) return this.#nest("array", type & 0x0f);
    if (type <= 0xbf) return this.#text(type & 0x1f, decode);
    switch (type) {
      case 0xc0:
        return null;
      case 0xc2:
      case 0xc3:
        return type === 0xc3;
      case 0xc4:
      case 0xc5:
      case 0xc6:
        return this.#blob(this.#unsigned(1 << (type - 0xc4)));
      case 0xc7:
      case 0xc8:
      case 0xc9:
        return this.#blob(this.#unsigned(1 << (type - 0xc7)) + 1);
      case 0xca:
        return this.#view.getFloat32(this.#take(4));
      case 0xcb:
        return this.#view.getFloat64(this.#take(8));
      case 0xcc:
      case 0xcd:
      case 0xce:
        return BigInt(this.#unsigned(1 << (type - 0xcc)));
      case 0xcf:
        return this.#view.getBigUint64(this.#take(8));
      case 0xd0:
        return BigInt(this.#view.getInt8(this.#take(1)));
      case 0xd1:
        return BigInt(this.#view.getInt16(this.#take(2)));
      case 0xd2:
        return BigInt(this.#view.getInt32(this.#take(4)));
      case 0xd3:
        return this.#view.getBigInt64(this.#take(8));
      case 0xd4:
      case 0xd5:
      case 0xd6:
      case 0xd7:
      case 0xd8:
        return this.#blob((1 << (type - 0xd4)) + 1);
      case 0xd9:
      case 0xda:
      case 0xdb:
        return this.#text(this.#unsigned(1 << (type - 0xd9)), decode);
      case 0xdc:
      case 0xdd:
        return this.#nest("array", this.#unsigned(type === 0xdc ? 2 : 4));
      case 0xde:
      case 0xdf:
        return this.#nest("map", 2 * this.#unsigned(type === 0xde ? 2 : 4));
      default:
        throw new HeaderError(`a byte that starts no value at ${this.#at - 1}`);
    }
  }

  #nest(kind: string, children: number): HeaderValue {
    if (children > this.#bytes.length - this.#at) throw new HeaderError("the bytes end too early");
    this.#children += children;
    return { kind };
  }

  #text(length: number, decode: boolean): string {
    const start = this.#take(length);
    if (!decode) return "";
    try {
      return TEXT.decode(this.#bytes.subarray(start, start + length));
    } catch {
      throw new HeaderError("text that is not UTF-8");
    }
  }

  #blob(length: number): HeaderValue {
    this.#take(length);
    return { kind: "bytes" };
  }

  #unsigned(size: number): number {
    const at = this.#take(size);
    return size === 1
      ? this.#view.getUint8(at)
      : size === 2
      ? this.#view.getUint16(at)
      : this.#view.getUint32(at);
  }

  #byte(): number {
    return this.#view.getUint8(this.#take(1));
  }

  #take(length: number): number {
    const at = this.#at;
    if (at + length > this.#bytes.length) throw new HeaderError("the bytes end too early");
    this.#at += length;
    return at;
  }
}
