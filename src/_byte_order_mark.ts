/**
 * The byte order mark that some programs write in front of UTF-8.
 *
 * @module
 */

/** The length of the mark in bytes. */
const MARK_BYTES = 3;

/** Whether bytes begin with the mark. */
function hasMark(bytes: Uint8Array): boolean {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
}

/** Bytes or text without the mark. */
export function withoutMark(input: string): string;
export function withoutMark(input: Uint8Array): Uint8Array;
export function withoutMark(input: Uint8Array | string): Uint8Array | string {
  if (typeof input === "string") return input.startsWith("\ufeff") ? input.slice(1) : input;
  return hasMark(input) ? input.subarray(MARK_BYTES) : input;
}
