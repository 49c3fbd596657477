/**
 * Slugs through WebAssembly: one at a time, and the views over the rows of many. `wasm/slug_rows.ts` has the same
 * numbers on the other side.
 *
 * @module
 */
import { wasm, type WasmExports } from "./instance.ts";

/** What a caller asks for; a text of another kind is refused. */
export const Expect = {
  any: 0,
  parent: 1,
  device: 2,
  variable: 3,
  stream: 4,
  half: 5,
  start: 6,
  index: 7,
  groups: 8,
} as const;

/** The rules that a text can break. */
export const Rule = {
  empty: 1,
  tooLong: 2,
  notHex: 3,
  emptyGroup: 4,
  longFirstGroup: 5,
  unevenGroup: 6,
  tooLarge: 7,
  wrongPrefix: 8,
  tooFewTerms: 9,
  tooManyTerms: 10,
  notDecimal: 11,
  tooManyDigits: 12,
} as const;

/** Set beside the kind where the text is the canonical one. */
export const CANONICAL = 128;
/** Longest text of one slug, in characters. */
export const LONGEST_SLUG = 4096;
/** Size of the text in memory, in bytes, and the number of rows. */
export const TEXT_SIZE = 32768;
export const ROWS = 1024;

/** The slug region of memory: text, and one typed array a field of a row. */
export interface SlugRegion {
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
  const buffer = kernel.memory.buffer as ArrayBuffer;
  const parents = TEXT_SIZE + ROWS;
  const devices = parents + 4 * ROWS;
  const variables = devices + 8 * ROWS;
  const starts = variables + 4 * ROWS;
  return {
    kernel,
    text: new Uint8Array(buffer, 0, TEXT_SIZE),
    kinds: new Uint8Array(buffer, TEXT_SIZE, ROWS),
    parents: new Uint32Array(buffer, parents, ROWS),
    devices: new BigUint64Array(buffer, devices, ROWS),
    deviceHalves: new Uint32Array(buffer, devices, 2 * ROWS),
    variables: new Uint32Array(buffer, variables, ROWS),
    starts: new BigInt64Array(buffer, starts, ROWS),
    startHalves: new Int32Array(buffer, starts, 2 * ROWS),
    indexes: new Int32Array(buffer, starts + 8 * ROWS, ROWS),
  };
}

/** The slug region, ready at the first call. */
export function slugRegion(): SlugRegion {
  return region ??= makeRegion();
}

/**
 * Reads one text into row 0.
 *
 * @returns The kind, above 0, with {@linkcode CANONICAL} where the text is the canonical one; or minus the rule that the
 * text breaks.
 */
export function readSlug(text: string, expect: number): number {
  const { kernel, text: bytes } = region ??= makeRegion();
  const length = text.length;
  if (length > LONGEST_SLUG) return -Rule.tooLong;
  let all = 0;
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i);
    bytes[i] = code;
    all |= code;
  }
  // A character outside ASCII must not pass for the digit that its low byte is.
  if (all > 127) { for (let i = 0; i < length; i++) if (text.charCodeAt(i) > 127) bytes[i] = 255; }
  return kernel.slugRead(length, expect);
}

/** Where the text that was refused last breaks its rule: a character's index. */
export function slugBrokenAt(): number {
  return slugRegion().kernel.slugBrokenAt();
}
