/**
 * toArrow(), readings as an Arrow table.
 *
 * @module
 */
import { Table } from "./_apache_arrow.ts";
import type { ReadingColumns } from "../readings/mod.ts";
import { BatchMaker, shapeOf } from "./_batches.ts";

/**
 * Readings as an Apache Arrow table with the columns `timestamp` (timestamp[us, UTC]), `stream`
 * (uint32), `reading_id` (uint64, 0 for no id) and `value` (float64); `device` (a dictionary of slugs),
 * `extra_data` and `data` (JSON text) if the readings have them.
 *
 * @param columns The readings. The table shares memory with them: do not change them while it is in use.
 * @returns The table, of one record batch.
 * @throws {DataError} If a timestamp is outside the years 1 to 9999, or an id is not an integer from 0
 * to 2^64−1.
 *
 * @example
 * ```ts
 * import { ArchFXDataPoint, ArchFXFlexibleDictionaryReport } from "@archfx/cloud";
 * import { toArrow } from "@archfx/cloud/arrow";
 * import { assertEquals } from "@std/assert";
 *
 * const reading = new ArchFXDataPoint({ timestamp: 0n, stream: "0001-5090", value: 2, readingId: 7 });
 * const report = ArchFXFlexibleDictionaryReport.fromReadings({ device: "d--1234", data: [reading] });
 * const table = toArrow(report.columns());
 * assertEquals(table.getChild("value")?.get(0), 2);
 * ```
 */
export function toArrow(columns: ReadingColumns): Table {
  return new Table([new BatchMaker(shapeOf(columns)).batch(columns)]);
}
