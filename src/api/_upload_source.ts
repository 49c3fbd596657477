/**
 * Sources of uploads in memory: bytes and Blobs.
 *
 * @module
 */
import { unshared } from "../_unshared.ts";
import type { UploadSource } from "./_multipart.ts";
import type { UploadFile } from "./options.ts";

/** The size of a piece: small enough for progress, large enough to be cheap. */
export const CHUNK_BYTES: number = 256 * 1024;

/** The source for an argument of `uploadFp`. */
export function uploadSource(file: UploadFile): UploadSource {
  if (file instanceof Uint8Array) return bytesSource("file", file);
  if (file instanceof Blob) return blobSource("name" in file ? String(file.name) : "file", file);
  if (typeof file === "object" && file !== null && typeof file.name === "string" && file.name) {
    if (file.data instanceof Uint8Array) return bytesSource(file.name, file.data);
    if (file.data instanceof Blob) return blobSource(file.name, file.data);
  }
  throw new TypeError(
    "Cannot upload this as file: it is neither bytes, nor a Blob, nor { name, data } of these",
  );
}

function bytesSource(name: string, bytes: Uint8Array): UploadSource {
  return {
    name,
    type: "application/octet-stream",
    size: bytes.length,
    bytes,
    blob: () => new Blob([unshared(bytes)]),
    head: (length) => Promise.resolve(bytes.subarray(0, length)),
    async *chunks() {
      for (let at = 0; at < bytes.length; at += CHUNK_BYTES) {
        yield bytes.subarray(at, at + CHUNK_BYTES);
      }
    },
  };
}

function blobSource(name: string, blob: Blob): UploadSource {
  const part = async (from: number, to: number) =>
    new Uint8Array(await blob.slice(from, to).arrayBuffer());
  return {
    name,
    type: blob.type || "application/octet-stream",
    size: blob.size,
    blob: () => blob,
    head: (length) => part(0, length),
    async *chunks() {
      for (let at = 0; at < blob.size; at += CHUNK_BYTES) yield await part(at, at + CHUNK_BYTES);
    },
  };
}
