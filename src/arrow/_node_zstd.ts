/**
 * Decompression with zstd, where the runtime has it: Deno, Bun, Node from 22.15 on.
 *
 * @module
 */
import * as zlib from "node:zlib";

/** Decompresses; `undefined` where the runtime cannot. */
export const zstdDecompress = (zlib as {
  zstdDecompressSync?: (bytes: Uint8Array) => Uint8Array;
}).zstdDecompressSync;
