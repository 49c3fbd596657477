/**
 * readArrow(), the readings of an Arrow IPC file or stream, a record batch at a time.
 *
 * @module
 */
import { errorMessage } from "../_error_fields.ts";
import { RecordBatchReader } from "./_apache_arrow.ts";
import { DataError } from "../codec/data_error.ts";
import type { ByteSource, ReadingChunk } from "../readings/mod.ts";
import { addCodecs, ipcInput } from "./_ipc_input.ts";
import { checkedReading, type FromArrowOptions, readingsOf } from "./from_arrow.ts";

/**
 * The readings of an Arrow IPC file or stream, from `writeArrow`, pandas' `to_feather`, pyarrow or polars. Zstd
 * compression needs a runtime whose `node:zlib` has it, LZ4 compression the package `lz4js`.
 *
 * @param source The bytes. The stream format is read in constant memory. A file is loaded completely first,
 * because its index is at the end.
 * @param options The names of the columns.
 * @returns Chunks of readings, one for each record batch that has rows. It can be iterated once.
 * @throws {DataError} If the bytes are not Arrow or end too early, a column is missing, or a cell is invalid.
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
    const reader = await RecordBatchReader.from(await ipcInput(source) as Uint8Array);
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
