/**
 * Writes bytes that arrive piece by piece to a file, which gets its name when it is complete.
 *
 * @module
 */
import { naming } from "../_file_error.ts";
import { writeAll, writeBeside } from "../_node_files.ts";
import { fileTarget } from "../_node_target.ts";

/**
 * Writes the pieces.
 *
 * @param path The file.
 * @param pieces Its bytes.
 * @param failure Set if `pieces` ends early because of an error elsewhere. The file then keeps its old content.
 * @returns How many bytes were written.
 */
export async function writeStream(
  path: string | URL,
  pieces: AsyncIterable<Uint8Array>,
  failure: { error?: unknown } = {},
): Promise<number> {
  let bytes = 0;
  await writeBeside(await naming("write", path, fileTarget(path)), async (file) => {
    for await (const piece of pieces) {
      await writeAll(file, piece);
      bytes += piece.length;
    }
    if ("error" in failure) throw failure.error;
  });
  return bytes;
}
