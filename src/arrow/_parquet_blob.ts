/**
 * The input of the library for a Parquet file: a Blob whose parts are read when they are requested.
 *
 * @module
 */
import { unshared } from "../_unshared.ts";

/** The bytes of a source. Call `close` when they are not needed any more. */
export async function blobOf(
  source: string | URL | Uint8Array | Blob,
): Promise<{ blob: Blob; close: () => Promise<void> }> {
  if (source instanceof Blob) return { blob: source, close: () => Promise.resolve() };
  if (source instanceof Uint8Array) {
    return { blob: new Blob([unshared(source)]), close: () => Promise.resolve() };
  }
  const { openBlob } = await import("./_node_file_blob.ts");
  return await openBlob(source);
}
