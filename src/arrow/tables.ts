/**
 * Parquet and Arrow files as tables, for the readers that have the options of text formats. Only the command
 * imports this file.
 *
 * @module
 */
import { errorCode, errorMessage } from "../_error_fields.ts";
import { RecordBatchReader, type Schema, tableFromIPC } from "./_apache_arrow.ts";
import type { ByteSource } from "../readings/mod.ts";
import { problemError } from "../readings/problem.ts";
import type { TableBatch, TableSource } from "../readings/table_source.ts";
import { addCodecs, ipcInput } from "./_ipc_input.ts";
import { blobOf } from "./_parquet_blob.ts";
import { parquetWasm } from "./_parquet_wasm.ts";
import { tableBatch } from "./_table_columns.ts";

const namesOf = (schema: Schema) => schema.fields.map(({ name }) => name);

/** The error for bytes that the library cannot read. */
function broken(format: string, error: unknown): Error {
  const isOurs = error instanceof Error &&
    (error.name === "DataError" || error.name === "CommandError" || errorCode(error) !== undefined);
  if (isOurs) return error;
  return problemError({
    message: `its ${format} data is cut off or damaged (${errorMessage(error)})`,
  });
}

/** Opens the bytes of an Arrow file or stream. */
export async function openArrow(source: ByteSource): Promise<TableSource> {
  await addCodecs();
  let reader: RecordBatchReader;
  try {
    reader = await RecordBatchReader.from(await ipcInput(source) as Uint8Array);
    await reader.open({ autoDestroy: true });
  } catch (error) {
    throw broken("Arrow", error);
  }
  if (!reader.schema) throw problemError({ message: "its Arrow data is cut off" });
  return {
    names: namesOf(reader.schema),
    async *batches(): AsyncGenerator<TableBatch> {
      try {
        for await (const batch of reader) {
          if (batch.numRows > 0) yield tableBatch(batch, (place) => place);
        }
      } catch (error) {
        throw broken("Arrow", error);
      }
    },
  };
}

/**
 * Opens a Parquet file.
 *
 * @param source Its path, or its bytes.
 * @param onRows Called with the share of the rows that have been read, from 0 to 1.
 */
export async function openParquet(
  source: string | Uint8Array,
  onRows: (part: number) => void = () => {},
): Promise<TableSource> {
  const { ParquetFile } = await parquetWasm();
  const { blob, close } = await blobOf(source);
  try {
    const file = await ParquetFile.fromFile(blob);
    const names = namesOf(tableFromIPC(file.schema().intoIPCStream()).schema);
    const all = file.metadata().fileMetadata().numRows();
    return {
      names,
      async *batches(places): AsyncGenerator<TableBatch> {
        // The library returns the columns in the order of the file.
        const wanted = [...new Set(places)].sort((a, b) => a - b);
        const columns = wanted.map((place) => names[place]!);
        let rows = 0;
        try {
          const batches = await file.stream({ batchSize: 65536, columns });
          for await (const batch of batches) {
            const table = tableFromIPC(batch.intoIPCStream());
            for (const part of table.batches) {
              if (part.numRows > 0) yield tableBatch(part, (place) => wanted.indexOf(place));
            }
            rows += table.numRows;
            onRows(all > 0 ? rows / all : 1);
          }
        } catch (error) {
          throw broken("Parquet", error);
        } finally {
          await close();
        }
      },
    };
  } catch (error) {
    await close();
    throw broken("Parquet", error);
  }
}
