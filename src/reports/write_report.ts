/**
 * writeReport, which writes any number of readings to a file in constant memory.
 *
 * @module
 */
import type { Id, ReadingColumns } from "../readings/reading_columns.ts";
import { ReadingIds } from "./_reading_ids.ts";
import type { WrittenReport } from "./_written_report.ts";
import { checkReportOptions, headerOf, type ReportOptions } from "./report_options.ts";

export type { WrittenReport };

/** Options of {@linkcode writeReport}. */
export interface WriteReportOptions extends Omit<ReportOptions, "receivedTime"> {
  /** The id of the first reading without an id; the next ones get the ids after it. Without it, ids do not change. */
  readonly nextReadingId?: Id;
  /** Stops the writing; the target does not change. */
  readonly signal?: AbortSignal;
  /** Called after each chunk with the number of readings that have been encoded so far. */
  readonly onProgress?: (readings: number) => void;
}

/**
 * Writes any number of readings to a file as one report, in constant memory: to a temporary file beside the
 * target, which is renamed when it is complete.
 *
 * @param source Chunks of readings.
 * @param path The file.
 * @param options The device, and the other fields of the report.
 * @returns The number of readings and bytes that were written.
 * @throws {DataError} If a reading cannot be encoded; the source's own errors and those of the file
 * system pass through.
 *
 * @example
 * ```ts
 * import { readCsv, writeReport } from "@archfx/cloud";
 *
 * const csv = new TextEncoder().encode("timestamp,value\n2021-01-20T00:00:00Z,20.5\n");
 * const path = await Deno.makeTempFile({ suffix: ".mp" });
 * const written = await writeReport(readCsv(csv, { stream: 0x5001 }), path, {
 *   device: 0x1234,
 *   nextReadingId: 1,
 * });
 * console.log(written.readings, written.bytes);
 * await Deno.remove(path);
 * ```
 */
export function writeReport(
  source: AsyncIterable<ReadingColumns> | Iterable<ReadingColumns>,
  path: string | URL,
  options: WriteReportOptions,
): Promise<WrittenReport> {
  return writeReportWithin(() => Infinity, source, path, options);
}

/**
 * {@linkcode writeReport} for one of several reports that are written at the same time.
 *
 * @param mostGathered Returns the maximum number of bytes that this report may gather in memory at the moment.
 */
export async function writeReportWithin(
  mostGathered: () => number,
  source: AsyncIterable<ReadingColumns> | Iterable<ReadingColumns>,
  path: string | URL,
  options: WriteReportOptions,
): Promise<WrittenReport> {
  checkReportOptions(options, ["nextReadingId", "signal", "onProgress"]);
  const header = headerOf(options);
  const ids = new ReadingIds(options.nextReadingId);
  const { writeEvents } = await import("./_node_write_report.ts");
  return await writeEvents(source, path, header, {
    ...options,
    mostGathered,
    ids: options.nextReadingId === undefined ? undefined : ids,
  });
}
