/**
 * UTF-8 to text. The decoder that rejects what is not UTF-8 costs several times as much as one that does not, so
 * it is used only where the answer depends on it.
 *
 * @module
 */

const fatalDecoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const lenientDecoder = new TextDecoder("utf-8", { ignoreBOM: true });
/** What the lenient decoder writes in place of what is not UTF-8; it may also be part of the text. */
const REPLACEMENT = "\ufffd";

/** `Buffer.prototype.latin1Slice`, which takes any bytes; undefined where there is no Buffer. */
type Latin1Slice = (this: Uint8Array, from: number, to: number) => string;

interface Globals {
  readonly process?: {
    readonly getBuiltinModule?: (name: "node:buffer") => {
      readonly Buffer: { readonly prototype: { readonly latin1Slice?: Latin1Slice } };
    };
  };
}

let latin1Slice: Latin1Slice | undefined;
let isKnown = false;

/** Text of bytes that are all ASCII. */
function asciiText(bytes: Uint8Array, from: number, to: number): string {
  if (!isKnown) {
    isKnown = true;
    const globals: Globals = globalThis;
    latin1Slice = globals.process?.getBuiltinModule?.("node:buffer")?.Buffer.prototype.latin1Slice;
  }
  return latin1Slice === undefined
    ? lenientDecoder.decode(bytes.subarray(from, to))
    : latin1Slice.call(bytes, from, to);
}

/**
 * Reads bytes `from` to `to` as UTF-8.
 *
 * @returns The text, or undefined if it is not UTF-8.
 */
export function readText(bytes: Uint8Array, from: number, to: number): string | undefined {
  let all = 0;
  for (let at = from; at < to && all < 0x80; at++) all |= bytes[at];
  if (all < 0x80) return asciiText(bytes, from, to);
  const part = bytes.subarray(from, to);
  const text = lenientDecoder.decode(part);
  if (!text.includes(REPLACEMENT)) return text;
  try {
    return fatalDecoder.decode(part);
  } catch {
    return undefined;
  }
}
