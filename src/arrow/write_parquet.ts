/**
 * writeParquet(), readings to a Parquet file in constant memory.
 *
 * @module
 */
import { devicesOf } from "../readings/devices_of.ts";
import { Table, tableToIPC } from "./_apache_arrow.ts";
import { checkNames } from "../_options.ts";
import type { ReadingColumns } from "../readings/mod.ts";
import { BatchMaker } from "./_batches.ts";
import { parquetWasm } from "./_parquet_wasm.ts";

/** How a Parquet file is compressed; every reader knows all of them. */
export type ParquetCompression = "zstd" | "snappy" | "gzip" | "none";

const COMPRESSIONS: readonly ParquetCompression[] = ["zstd", "snappy", "gzip", "none"];

/** Options of {@linkcode writeParquet}. */
export interface WriteParquetOptions {
  /**
   * The compression of the columns.
   *
   * @default {"zstd"}
   */
  readonly compression?: ParquetCompression;
  /**
   * How many readings a row group has. A reader reads at least one row group, and the writer keeps one in memory.
   *
   * @default {262144}
   */
  readonly rowGroupReadings?: number;
  /** Stops writing; the target is not changed. */
  readonly signal?: AbortSignal;
}

/** What was written. */
export interface WrittenTable {
  /** How many readings. */
  readonly readings: number;
  /** How many bytes. */
  readonly bytes: number;
}

/**
 * Writes any number of readings to a Parquet file, in constant memory. The columns are those of `toArrow`, always
 * including `extra_data` and `data`; with `device` if the first chunk has devices. The file gets its name when it
 * is complete.
 *
 * @param source Chunks of readings.
 * @param path The file.
 * @param options The compression and the size of the row groups.
 * @returns How many readings and bytes were written.
 * @throws {DataError} If a reading is invalid. Errors of the source and of the file system are thrown unchanged.
 * @throws {TypeError} If an option is unknown or its value is invalid.
 *
 * @example
 * ```ts
 * import { readCsv } from "@archfx/cloud";
 * import { writeParquet } from "@archfx/cloud/arrow";
 *
 * const csv = new TextEncoder().encode("timestamp,value\n2026-03-02 06:00:00,20.5\n");
 * const path = await Deno.makeTempFile({ suffix: ".parquet" });
 * const { readings } = await writeParquet(readCsv(csv, { stream: "0001-5090" }), path);
 * console.log(readings); // 1
 * await Deno.remove(path);
 * ```
 */
export async function writeParquet(
  source: AsyncIterable<ReadingColumns> | Iterable<ReadingColumns>,
  path: string | URL,
  options: WriteParquetOptions = {},
): Promise<WrittenTable> {
  checkNames(options, ["compression", "rowGroupReadings", "signal"], "option of writeParquet");
  const { compression = "zstd", rowGroupReadings = 262_144, signal } = options;
  if (!COMPRESSIONS.includes(compression)) {
    throw new TypeError(
      `Cannot use "${compression}" as compression of writeParquet: it must be ${
        COMPRESSIONS.join(", ")
      }`,
    );
  }
  if (!Number.isInteger(rowGroupReadings) || rowGroupReadings < 1) {
    throw new TypeError(
      `Cannot use ${rowGroupReadings} as rowGroupReadings of writeParquet: it must be an integer of at least 1`,
    );
  }
  const library = await parquetWasm();
  const counted = { readings: 0, bytes: 0 };
  const failure: { error?: unknown } = {};
  const batches = batchesOf(source, library, rowGroupReadings, counted, signal);
  const input = new ReadableStream({
    async pull(controller) {
      try {
        const { done, value } = await batches.next();
        if (done) controller.close();
        else controller.enqueue(value);
      } catch (error) {
        // The library replaces an error of its input by its own error.
        failure.error = error;
        controller.error(error);
      }
    },
  }, { highWaterMark: 0 });
  const properties = writerProperties(library, compression, rowGroupReadings);
  const { writeStream } = await import("./_node_write_stream.ts");
  try {
    const output = await library.transformParquetStream(input, properties);
    counted.bytes = await writeStream(
      path,
      output,
      failure,
    );
    return counted;
  } catch (error) {
    throw failure.error ?? error;
  } finally {
    await batches.return(undefined);
  }
}

type ParquetWasm = Awaited<ReturnType<typeof parquetWasm>>;

/** Times and ids mostly increase: deltas take a fraction of the space of a dictionary. */
function writerProperties(
  { Compression, Encoding, WriterPropertiesBuilder }: ParquetWasm,
  compression: ParquetCompression,
  rowGroupReadings: number,
) {
  const kind = {
    zstd: Compression.ZSTD,
    snappy: Compression.SNAPPY,
    gzip: Compression.GZIP,
    none: Compression.UNCOMPRESSED,
  }[compression];
  let builder = new WriterPropertiesBuilder().setCompression(kind)
    .setMaxRowGroupSize(rowGroupReadings).setCreatedBy("archfx-cloud");
  for (const column of ["timestamp", "reading_id"]) {
    builder = builder.setColumnDictionaryEnabled(column, false)
      .setColumnEncoding(column, Encoding.DELTA_BINARY_PACKED);
  }
  return builder.build();
}

/** The readings in the library's memory, a record batch at a time. */
async function* batchesOf(
  source: AsyncIterable<ReadingColumns> | Iterable<ReadingColumns>,
  library: ParquetWasm,
  most: number,
  counted: { readings: number },
  signal: AbortSignal | undefined,
): AsyncGenerator<unknown, void, undefined> {
  let maker: BatchMaker | undefined;
  const moved = (columns: ReadingColumns) => {
    const ipc = tableToIPC(new Table([maker!.batch(columns)]), "stream");
    return library.Table.fromIPCStream(ipc).recordBatches();
  };
  for await (const columns of source) {
    signal?.throwIfAborted();
    if (columns.length === 0) continue;
    maker ??= new BatchMaker({
      device: devicesOf(columns) !== undefined,
      summaryData: true,
      rawData: true,
    });
    for (let from = 0; from < columns.length; from += most) {
      yield* moved(part(columns, from, Math.min(columns.length, from + most)));
    }
    counted.readings += columns.length;
  }
  if (maker !== undefined) return;
  // A file without rows has columns, too.
  maker = new BatchMaker({ device: false, summaryData: true, rawData: true });
  yield* moved(NOTHING);
}

const NOTHING: ReadingColumns = {
  length: 0,
  streams: new Uint32Array(),
  readingIds: new BigUint64Array(),
  timestamps: new BigInt64Array(),
  values: new Float64Array(),
};

/** Some rows of a chunk, sharing its memory. */
function part(columns: ReadingColumns, from: number, to: number): ReadingColumns {
  if (from === 0 && to === columns.length) return columns;
  const devices = devicesOf(columns);
  return {
    length: to - from,
    streams: columns.streams.subarray(from, to),
    readingIds: columns.readingIds.subarray(from, to),
    timestamps: columns.timestamps.subarray(from, to),
    values: columns.values.subarray(from, to),
    ...(devices && { devices: devices.subarray(from, to) }),
    ...(columns.summaryData && { summaryData: columns.summaryData.slice(from, to) }),
    ...(columns.rawData && { rawData: columns.rawData.slice(from, to) }),
  };
}
