/**
 * The unpackers of Node: gzip with any number of members, and zstd where the runtime has it.
 *
 * @module
 */
import * as zlib from "node:zlib";
import type { NodeStream } from "./_packed_stream.ts";

/** What an unpacked piece is at most, in bytes. */
const PIECE = 256 * 1024;

/** What Node 20 has not. */
interface Zstd {
  readonly createZstdDecompress?: (options: object) => NodeStream;
}

/** A stream that unpacks; undefined where the runtime cannot. */
export function unpacker(kind: "gzip" | "zstd"): NodeStream | undefined {
  const options = { chunkSize: PIECE };
  if (kind === "gzip") return zlib.createGunzip(options);
  const { createZstdDecompress }: Zstd = zlib;
  return createZstdDecompress?.(options);
}
