/**
 * Views over the slug region of linear memory: text, and one typed array for each field of a row. Only this folder uses
 * it.
 *
 * @module
 */
import { wasm, type WasmExports } from "./instance.ts";
import { Rule, Slugs } from "./wasm_constants.ts";

/** Views over the region. */
interface SlugRegion {
  readonly kernel: WasmExports;
  readonly text: Uint8Array<ArrayBuffer>;
  readonly kinds: Uint8Array;
  readonly parents: Uint32Array;
  readonly devices: BigUint64Array;
  /** The same devices as halves, the low one first. */
  readonly deviceHalves: Uint32Array;
  readonly variables: Uint32Array;
  readonly starts: BigInt64Array;
  /** The same starts as halves, the low one first. */
  readonly startHalves: Int32Array;
  readonly indexes: Int32Array;
}

let region: SlugRegion | undefined;

function makeRegion(): SlugRegion {
  const { kernel } = wasm();
  const buffer = kernel.memory.buffer;
  return {
    kernel,
    text: new Uint8Array(buffer, Slugs.text, Slugs.textSize),
    kinds: new Uint8Array(buffer, Slugs.kinds, Slugs.rows),
    parents: new Uint32Array(buffer, Slugs.parents, Slugs.rows),
    devices: new BigUint64Array(buffer, Slugs.devices, Slugs.rows),
    deviceHalves: new Uint32Array(buffer, Slugs.devices, 2 * Slugs.rows),
    variables: new Uint32Array(buffer, Slugs.variables, Slugs.rows),
    starts: new BigInt64Array(buffer, Slugs.starts, Slugs.rows),
    startHalves: new Int32Array(buffer, Slugs.starts, 2 * Slugs.rows),
    indexes: new Int32Array(buffer, Slugs.indexes, Slugs.rows),
  };
}

/** The slug region, created by the first call. */
export function slugRegion(): SlugRegion {
  return region ??= makeRegion();
}

/**
 * Reads one text into row 0.
 *
 * @param expect The expected kind of text, one of `Expect`.
 * @returns The kind, above 0, with `Kind.canonical` added if the text is canonical; or the negative number of the rule
 * that the text breaks.
 */
export function readSlug(text: string, expect: number): number {
  const { kernel, text: bytes } = region ??= makeRegion();
  const length = text.length;
  if (length > Slugs.longest) return -Rule.tooLong;
  let all = 0;
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i);
    bytes[i] = code;
    all |= code;
  }
  // A character outside ASCII must not be read as the digit that its low byte would be.
  if (all > 127) { for (let i = 0; i < length; i++) if (text.charCodeAt(i) > 127) bytes[i] = 255; }
  return kernel.slugRead(length, expect);
}
