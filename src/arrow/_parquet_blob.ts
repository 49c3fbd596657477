/**
 * What the library reads of a Parquet file: a Blob, whose parts are read when they are asked for.
 *
 * @module
 */
import { unshared } from "../_unshared.ts";

/** The bytes of a source; `close` when they are no longer needed. */
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
