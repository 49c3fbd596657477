/**
 * Bytes for a function that takes no shared memory, as Blobs and streams of the web do.
 *
 * @module
 */

/** The same bytes, or a copy where they are in shared memory. */
export function unshared(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return isUnshared(bytes) ? bytes : bytes.slice();
}

function isUnshared(bytes: Uint8Array): bytes is Uint8Array<ArrayBuffer> {
  return bytes.buffer instanceof ArrayBuffer;
}
