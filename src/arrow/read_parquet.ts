/**
 * readParquet(), the readings of a Parquet file, a batch at a time.
 *
 * @module
 */
import { errorMessage } from "../_error_fields.ts";
import { tableFromIPC } from "./_apache_arrow.ts";
import { DataError } from "../codec/data_error.ts";
import type { ReadingChunk } from "../readings/mod.ts";
import { checkedReading, type FromArrowOptions, type Reading, readingsOf } from "./from_arrow.ts";
import { blobOf } from "./_parquet_blob.ts";
import { parquetWasm } from "./_parquet_wasm.ts";

/** Options of {@linkcode readParquet}. */
export interface ReadParquetOptions extends FromArrowOptions {
  /**
   * The largest number of readings in a chunk.
   *
   * @default {65536}
   */
  readonly chunkReadings?: number;
}

/**
 * The readings of a Parquet file, from `writeParquet`, pandas, pyarrow, DuckDB or polars. Row groups
 * are read one after another; only the columns that are needed are read.
 *
 * @param source The path of a file, the bytes of one, or a Blob.
 * @param options The names of the columns, and the size of the chunks.
 * @returns Chunks of readings. It can be iterated once.
 * @throws {DataError} If the file is not Parquet, a column is missing, or a cell is invalid.
 * @throws {TypeError} If an option is unknown or its value is invalid.
 *
 * @example
 * ```ts
 * import { readParquet } from "@archfx/cloud/arrow";
 * import { assertRejects } from "@std/assert";
 *
 * // A file of another program, with other column names and without a column for the stream.
 * const options = { names: { timestamp: "time", value: "celsius" }, stream: "0001-5090" };
 * const chunks = readParquet("no such file.parquet", options);
 * await assertRejects(() => chunks.next(), Error, "ENOENT");
 * ```
 */
export function readParquet(
  source: string | URL | Uint8Array | Blob,
  options: ReadParquetOptions = {},
): AsyncGenerator<ReadingChunk, void, undefined> {
  const { chunkReadings = 65536, ...others } = options;
  if (!Number.isInteger(chunkReadings) || chunkReadings < 1) {
    throw new TypeError(
      `Cannot use ${chunkReadings} as chunkReadings of readParquet: it must be an integer of at least 1`,
    );
  }
  return read(source, checkedReading(others, "readParquet"), chunkReadings);
}

async function* read(
  source: string | URL | Uint8Array | Blob,
  reading: Reading,
  batchSize: number,
): AsyncGenerator<ReadingChunk, void, undefined> {
  const name = typeof source === "string" || source instanceof URL ? `"${source}"` : "the file";
  const { ParquetFile } = await parquetWasm();
  const { blob, close } = await blobOf(source);
  let rows = 0;
  try {
    const file = await ParquetFile.fromFile(blob);
    const wanted = new Set(Object.values(reading.names));
    const present = tableFromIPC(file.schema().intoIPCStream()).schema.fields
      .map((field) => field.name);
    const columns = present.filter((column) => wanted.has(column));
    // If none of them exists, the error lists all columns of the file.
    const batches = await file.stream({ batchSize, ...(columns.length > 0 && { columns }) });
    for await (const batch of batches) {
      // This frees the batch in the library's memory.
      const table = tableFromIPC(batch.intoIPCStream());
      if (table.numRows === 0) continue;
      yield readingsOf(table, reading, rows);
      rows += table.numRows;
    }
  } catch (error) {
    if (error instanceof DataError) throw error;
    const reason = errorMessage(error);
    throw new DataError(`Cannot read ${name} as Parquet after ${rows} rows: ${reason}`, {
      cause: error,
    });
  } finally {
    await close();
  }
}
