/**
 * The input of the library for Arrow's IPC formats, and how it decompresses them.
 *
 * @module
 */
import { joinedBytes } from "../_joined_bytes.ts";
import { compressionRegistry, CompressionType } from "./_apache_arrow.ts";
import { DataError } from "../codec/data_error.ts";
import type { ByteSource } from "../readings/mod.ts";

/** `ARROW1`, the first bytes of a file. */
const MAGIC = [65, 82, 82, 79, 87, 49];

/**
 * The input of the library: all bytes of a file at once, because its index is at the end; the bytes of a stream
 * as they arrive.
 */
export async function ipcInput(
  source: ByteSource,
): Promise<Uint8Array | AsyncIterable<Uint8Array>> {
  if (source instanceof Uint8Array) return source;
  const pieces = source[Symbol.asyncIterator]();
  const held: Uint8Array[] = [];
  let length = 0;
  const more = async () => {
    const { done, value } = await pieces.next();
    if (done) return false;
    held.push(value);
    length += value.length;
    return true;
  };
  while (length < MAGIC.length && await more());
  const head = joinedBytes(held);
  if (!MAGIC.every((byte, at) => head[at] === byte)) {
    return (async function* () {
      try {
        yield head;
        for (let next = await pieces.next(); !next.done; next = await pieces.next()) {
          yield next.value;
        }
      } finally {
        await pieces.return?.();
      }
    })();
  }
  while (await more());
  return joinedBytes(held);
}

type Decode = (bytes: Uint8Array) => Uint8Array;

/**
 * Lets the reader decompress. If a codec is not installed, the first compressed batch throws an error that says
 * what to install.
 */
export async function addCodecs(): Promise<void> {
  const missing = (text: string): Decode => () => {
    throw new DataError(`Cannot read the Arrow data: ${text}`);
  };
  if (compressionRegistry.get(CompressionType.ZSTD) === null) {
    const { zstdDecompress } = await import("./_node_zstd.ts");
    const decode = zstdDecompress ??
      missing("it is compressed with zstd, which this runtime lacks: write it without compression");
    compressionRegistry.set(CompressionType.ZSTD, { decode });
  }
  if (compressionRegistry.get(CompressionType.LZ4_FRAME) === null) {
    // deno-lint-ignore no-import-prefix -- Deno downloads all of an import map with every program.
    const lz4 = await import("npm:lz4js@0.2.0").catch(() => undefined);
    const decode = lz4?.decompress ?? lz4?.default?.decompress ?? missing(
      "it is compressed with LZ4: install lz4js, or write it with compression zstd or none",
    );
    compressionRegistry.set(CompressionType.LZ4_FRAME, { decode });
  }
}
