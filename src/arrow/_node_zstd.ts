/**
 * Decompression with zstd, where the runtime has it: Deno, Bun, Node from 22.15 on.
 *
 * @module
 */
import * as zlib from "node:zlib";

/** The functions that not every runtime has. */
interface Zstd {
  readonly zstdDecompressSync?: (bytes: Uint8Array) => Uint8Array;
}

const { zstdDecompressSync }: Zstd = zlib;

/** Decompresses; `undefined` where the runtime cannot. */
export const zstdDecompress = zstdDecompressSync;
