/**
 * Writes readings to a file in the format of its extension.
 *
 * @module
 */
import type { DeviceReadings } from "../reports/mod.ts";
import { checkedTarget } from "./_atomic_file.ts";
import type { Context } from "./_command.ts";
import { arrowModule } from "./_arrow.ts";
import { fileError, systemReason } from "./_errors.ts";
import { csvHead, readingLines } from "./_reading_rows.ts";
import { fileSink, type Sink } from "./_sink.ts";

/** The formats of files, which are their extensions. */
export const FILE_FORMATS = ["csv", "ndjson", "parquet", "arrow"] as const;

/** The format of a file. */
type FileFormat = (typeof FILE_FORMATS)[number];

/**
 * The format of a file name.
 *
 * @returns The extension; `undefined` if it is not a known format.
 */
export function formatOfName(path: string): FileFormat | undefined {
  const extension = /\.([a-z]+)$/i.exec(path)?.[1]?.toLowerCase();
  return FILE_FORMATS.find((format) => format === extension);
}

/** How readings are written. */
interface FileOptions {
  /** The file. */
  path: string;
  /** Its format. */
  format: FileFormat;
  /** Files that must not be overwritten, by their role. */
  others?: Readonly<Record<string, readonly string[]>>;
}

/**
 * Writes readings to a file, which gets its name when it is complete.
 *
 * @param context The command.
 * @param source The readings; either all chunks have devices or none.
 * @returns How many readings there were, and how many had data that CSV cannot hold.
 */
export async function writeReadingsFile(
  context: Context,
  source: AsyncIterable<DeviceReadings>,
  { path, format, others = {} }: FileOptions,
): Promise<Written> {
  const target = await checkedTarget(path, others);
  if (format === "parquet") return await writeParquetFile(context, source, path);
  const sink = await fileSink(path, target);
  try {
    const written = format === "arrow"
      ? await writeArrowTo(context, source, sink)
      : await writeLines(context, source, format, sink);
    await sink.close();
    return written;
  } catch (error) {
    await sink.abandon();
    throw error;
  }
}

/** What was written. */
interface Written {
  readings: number;
  /** Readings with `extra_data` or `data`, which CSV cannot hold. */
  withoutExtra: number;
}

/** Readings. For CSV, the number of readings with data that CSV cannot hold may be set. */
export type LineChunk = DeviceReadings & { readonly withData?: number };

/**
 * Writes readings as lines. CSV has its header even without readings.
 *
 * @param devices Whether there is a column of devices; by default if the first chunk has them.
 */
export async function writeLines(
  context: Context,
  source: AsyncIterable<LineChunk>,
  format: "csv" | "ndjson",
  sink: Sink,
  devices = false,
): Promise<Written> {
  const written = { readings: 0, withoutExtra: 0 };
  let begun = format === "ndjson";
  const begin = async (has: boolean) => {
    if (!begun) await sink.write(csvHead(has ? ["device"] : []));
    begun = true;
  };
  for await (const columns of source) {
    context.signal.throwIfAborted();
    if (columns.length === 0) continue;
    await begin(columns.devices !== undefined);
    for (const text of readingLines(columns, format)) {
      context.signal.throwIfAborted();
      await sink.write(text);
    }
    written.readings += columns.length;
    if (format === "csv") written.withoutExtra += columns.withData ?? countExtra(columns);
  }
  await begin(devices);
  return written;
}

async function writeArrowTo(
  context: Context,
  source: AsyncIterable<DeviceReadings>,
  sink: Sink,
): Promise<Written> {
  const { writeArrow } = await arrowModule();
  const counted = { readings: 0, withoutExtra: 0 };
  const bytes = writeArrow(counting(context, source, counted));
  for await (const piece of bytes) await sink.write(piece);
  return counted;
}

async function writeParquetFile(
  context: Context,
  source: AsyncIterable<DeviceReadings>,
  path: string,
): Promise<Written> {
  const { writeParquet } = await arrowModule();
  const counted = { readings: 0, withoutExtra: 0 };
  try {
    await writeParquet(counting(context, source, counted), path);
  } catch (error) {
    throw systemReason(error) === undefined ? error : fileError("write", path, error);
  }
  return counted;
}

async function* counting(
  context: Context,
  source: AsyncIterable<DeviceReadings>,
  counted: Written,
): AsyncGenerator<DeviceReadings> {
  for await (const columns of source) {
    context.signal.throwIfAborted();
    yield columns;
    counted.readings += columns.length;
  }
}

function countExtra({ summaryData, rawData, length }: DeviceReadings): number {
  if (!summaryData && !rawData) return 0;
  let count = 0;
  for (let row = 0; row < length; row++) {
    if (hasData(summaryData?.[row]) || hasData(rawData?.[row])) count++;
  }
  return count;
}

function hasData(cell: unknown): boolean {
  if (cell instanceof Map) return cell.size > 0;
  if (typeof cell !== "object" || cell === null) return cell !== null && cell !== undefined;
  return Object.keys(cell).length > 0;
}
