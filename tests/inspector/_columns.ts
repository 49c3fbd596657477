/**
 * Columns with special cases: times out of order, equal values, gaps, data.
 *
 * @module
 */
import type { ReadingColumns } from "@archfx/cloud/reports";

/** Readings by row: id, µs, stream, value. */
export type ReadingRow = readonly [id: bigint, micros: bigint, stream: number, value: number];

/** Put rows into columns. */
export function columnsOf(
  rows: readonly ReadingRow[],
  data: Pick<ReadingColumns, "summaryData" | "rawData"> = {},
): ReadingColumns {
  return {
    length: rows.length,
    readingIds: BigUint64Array.from(rows, ([id]) => id),
    timestamps: BigInt64Array.from(rows, ([, micros]) => micros),
    streams: Uint32Array.from(rows, ([, , stream]) => stream),
    values: Float64Array.from(rows, ([, , , value]) => value),
    ...data,
  };
}
