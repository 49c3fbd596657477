/**
 * A file on disk as the source of an upload, on Node, Deno and Bun.
 *
 * @module
 */
import { open, openAsBlob } from "node:fs";
import { stat } from "node:fs/promises";
import { basename } from "node:path";
import { promisify } from "node:util";
import { close, read } from "node:fs";
import type { UploadSource } from "./_multipart.ts";

/** The source of the file at a path. */
export async function fileSource(path: string): Promise<UploadSource> {
  const { size } = await stat(path);
  return {
    name: basename(path),
    type: "application/octet-stream",
    size,
    blob: () => openAsBlob(path),
    async head(length) {
      const handle = await promisify(open)(path, "r");
      try {
        const bytes = new Uint8Array(length);
        const { bytesRead } = await promisify(read)(handle, bytes, 0, length, 0) as unknown as {
          bytesRead: number;
        };
        return bytes.subarray(0, bytesRead);
      } finally {
        await promisify(close)(handle);
      }
    },
  };
}
