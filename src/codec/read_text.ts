/**
 * UTF-8 to text. The decoder that rejects what is not UTF-8 costs several times as much as one that does not, so
 * it is used only where the answer depends on it.
 *
 * @module
 */

const fatalDecoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const lenientDecoder = new TextDecoder("utf-8", { ignoreBOM: true });
/** What stands in place of what is not UTF-8; it may also be part of the text. */
const REPLACEMENT = "\ufffd";

/** Texts up to this length are read faster by `Buffer`: a decoder takes as long to begin as for a kilobyte. */
const SHORT = 200;

/** `Buffer.prototype.utf8Slice`, which takes any bytes; undefined where there is no Buffer. */
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
