/**
 * Reads text from UTF-8. A decoder that rejects invalid UTF-8 costs several times as much as one that does not, so
 * it is used only if the bytes may be invalid.
 *
 * @module
 */

const fatalDecoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const lenientDecoder = new TextDecoder("utf-8", { ignoreBOM: true });
/** The character that replaces invalid UTF-8; valid text may contain it as well. */
const REPLACEMENT = "\ufffd";

/** `Buffer` reads texts up to this length faster: a decoder takes as long to start as it takes for a kilobyte. */
const SHORT = 200;

/** `Buffer.prototype.utf8Slice`, which takes any bytes; undefined if the runtime has no Buffer. */
type Utf8Slice = (this: Uint8Array, from: number, to: number) => string;

interface Globals {
  readonly process?: {
    readonly getBuiltinModule?: (name: "node:buffer") => {
      readonly Buffer: { readonly prototype: { readonly utf8Slice?: Utf8Slice } };
    };
  };
}

let utf8Slice: Utf8Slice | undefined;
let isKnown = false;

function findSlice(): void {
  isKnown = true;
  const globals: Globals = globalThis;
  utf8Slice = globals.process?.getBuiltinModule?.("node:buffer")?.Buffer.prototype.utf8Slice;
}

/**
 * Reads bytes `from` to `to` as UTF-8.
 *
 * @returns The text, or undefined if it is not UTF-8.
 */
export function readText(bytes: Uint8Array, from: number, to: number): string | undefined {
  if (!isKnown) findSlice();
  const text = utf8Slice !== undefined && to - from <= SHORT
    ? utf8Slice.call(bytes, from, to)
    : lenientDecoder.decode(bytes.subarray(from, to));
  if (!text.includes(REPLACEMENT)) return text;
  try {
    return fatalDecoder.decode(bytes.subarray(from, to));
  } catch {
    return undefined;
  }
}
