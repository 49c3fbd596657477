/**
 * Bytes for functions that do not accept shared memory, such as Blobs and web streams.
 *
 * @module
 */

/** The same bytes, or a copy if they are in shared memory. */
export function unshared(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return isUnshared(bytes) ? bytes : bytes.slice();
}

function isUnshared(bytes: Uint8Array): bytes is Uint8Array<ArrayBuffer> {
  return bytes.buffer instanceof ArrayBuffer;
}
