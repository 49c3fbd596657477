/**
 * A file on disk as the source of an upload, on Node, Deno and Bun. At most one chunk of it is in memory, except
 * when `fetch` sends it on Deno, which reads all of a Blob of a file.
 *
 * @module
 */
import { createReadStream, openAsBlob } from "node:fs";
import { open, stat } from "node:fs/promises";
import { basename } from "node:path";
import { naming } from "../_file_error.ts";
import { RestBaseException } from "./errors/rest_base_exception.ts";
import type { UploadSource } from "./_multipart.ts";
import { CHUNK_BYTES } from "./_upload_source.ts";

/** The source of the file at a path. */
export async function fileSource(path: string): Promise<UploadSource> {
  const info = await naming("upload", path, stat(path)).catch((error: NodeJS.ErrnoException) => {
    const { message, code, cause } = error;
    throw Object.assign(new RestBaseException(message, { cause: cause ?? error }), { code });
  });
  if (!info.isFile()) throw new TypeError(`Cannot upload "${path}": it is not a file`);
  return {
    name: basename(path),
    type: "application/octet-stream",
    size: info.size,
    blob: () => openAsBlob(path),
    async head(length) {
      const file = await open(path);
      try {
        const bytes = new Uint8Array(length);
        const { bytesRead } = await file.read(bytes, 0, length, 0);
        return bytes.subarray(0, bytesRead);
      } finally {
        await file.close();
      }
    },
    chunks: () => createReadStream(path, { highWaterMark: CHUNK_BYTES }),
  };
}
