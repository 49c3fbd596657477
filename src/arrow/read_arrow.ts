/**
 * readArrow(), the readings of an Arrow IPC file or stream, a record batch at a time.
 *
 * @module
 */
import { errorMessage } from "../_error_fields.ts";
import { compressionRegistry, CompressionType, RecordBatchReader } from "./_apache_arrow.ts";
import { DataError } from "../codec/data_error.ts";
import type { ByteSource, ReadingChunk } from "../readings/mod.ts";
import { checkedReading, type FromArrowOptions, readingsOf } from "./from_arrow.ts";

/** `ARROW1`, with which a file begins. */
const MAGIC = [65, 82, 82, 79, 87, 49];

/**
 * The readings of an Arrow IPC file or stream: what `writeArrow`, pandas' `to_feather`, pyarrow and polars
 * write. Compression with zstd is read where `node:zlib` has it, compression with LZ4 with the package `lz4js`.
 *
 * @param source The bytes. A stream of the stream format is read in constant memory; a file, whose index is at its
 * end, is gathered first.
 * @param options The names of the columns.
 * @returns Chunks of readings, one for each record batch that has rows. It can be iterated once.
 * @throws {DataError} If the bytes are not Arrow or end too early, a column is missing or a cell is not valid.
 * @throws {TypeError} If an option is unknown or its value is invalid.
 *
 * @example
 * ```ts
 * import { readArrow } from "@archfx/cloud/arrow";
 * import { tableFromArrays, tableToIPC } from "apache-arrow";
 * import { assertEquals } from "@std/assert";
 *
 * const table = tableFromArrays({ timestamp: ["2026-03-02 06:00:00"], value: Float64Array.of(20.5) });
 * for await (const columns of readArrow(tableToIPC(table), { stream: "0001-5090" })) {
 *   assertEquals(columns.values, Float64Array.of(20.5));
 * }
 * ```
 */
export function readArrow(
  source: ByteSource,
  options: FromArrowOptions = {},
): AsyncGenerator<ReadingChunk, void, undefined> {
  return read(source, checkedReading(options, "readArrow"));
}

async function* read(
  source: ByteSource,
  reading: ReturnType<typeof checkedReading>,
): AsyncGenerator<ReadingChunk, void, undefined> {
  await addCodecs();
  let rows = 0;
  let begun = false;
  try {
    const reader = await RecordBatchReader.from(await input(source) as Uint8Array);
    await reader.open({ autoDestroy: true });
    begun = reader.schema !== undefined && reader.schema !== null;
    for await (const batch of reader) {
      if (batch.numRows === 0) continue;
      yield readingsOf(batch, reading, rows);
      rows += batch.numRows;
    }
  } catch (error) {
    if (error instanceof DataError) throw error;
    const reason = errorMessage(error);
    throw new DataError(`Cannot read the Arrow data after ${rows} rows: ${reason}`, {
      cause: error,
    });
  }
  if (!begun) {
    throw new DataError("Cannot read the Arrow data: it is empty or not in Arrow's IPC format");
  }
}

/**
 * What the library reads: the bytes of a file, whose index is at its end, as a whole; those of a stream as
 * they come.
 */
async function input(source: ByteSource): Promise<Uint8Array | AsyncIterable<Uint8Array>> {
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
  const head = joined(held, length);
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
  return joined(held, length);
}

function joined(pieces: readonly Uint8Array[], length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

type Decode = (bytes: Uint8Array) => Uint8Array;

/** Lets the reader decompress; what is not installed fails when a compressed batch is met, and says what to do. */
async function addCodecs(): Promise<void> {
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
