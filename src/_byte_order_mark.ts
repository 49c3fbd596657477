/**
 * The byte order mark that some programs write in front of UTF-8.
 *
 * @module
 */

/** How many bytes the mark has. */
const MARK_BYTES = 3;

/** Whether the mark comes first. */
function hasMark(bytes: Uint8Array): boolean {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
}

/** Bytes or text without the mark. */
export function withoutMark<T extends Uint8Array | string>(input: T): T {
  if (typeof input === "string") {
    return (input.startsWith("\ufeff") ? input.slice(1) : input) as T;
  }
  return (hasMark(input) ? input.subarray(MARK_BYTES) : input) as T;
}
