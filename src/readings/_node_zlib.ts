/**
 * Decompression by Node: gzip with any number of members, and zstd if the runtime has it.
 *
 * @module
 */
import * as zlib from "node:zlib";
import type { NodeStream } from "./_packed_stream.ts";

/** The maximum size of a decompressed piece, in bytes. */
const PIECE = 256 * 1024;

/** The parts of zlib that Node 20 does not have. */
interface Zstd {
  readonly createZstdDecompress?: (options: object) => NodeStream;
}

/** A stream that decompresses; undefined if the runtime cannot. */
export function unpacker(kind: "gzip" | "zstd"): NodeStream | undefined {
  const options = { chunkSize: PIECE };
  if (kind === "gzip") return zlib.createGunzip(options);
  const { createZstdDecompress }: Zstd = zlib;
  return createZstdDecompress?.(options);
}
