/**
 * joined(), rows of several batches as one.
 *
 * @module
 */
import type { ReadingColumns, SummaryData } from "../readings/reading_columns.ts";
import type { BareColumns } from "./_pack.ts";

/** Rows of a batch. */
export interface Part {
  readonly columns: BareColumns;
  readonly from: number;
  readonly to: number;
  /** The id of its first reading; 0 without an id. */
  readonly first?: number;
}

/** Rows of several batches as one. */
export function joined(parts: readonly Part[]): ReadingColumns {
  let length = 0;
  let freeForm = false;
  for (const { columns, from, to } of parts) {
    length += to - from;
    freeForm ||= columns.summaryData !== undefined;
  }
  const streams = new Uint32Array(length);
  const readingIds = new Float64Array(length);
  const timestamps = new BigInt64Array(length);
  const values = new Float64Array(length);
  const summaryData: (SummaryData | null | undefined)[] = [];
  const rawData: unknown[] = [];
  let at = 0;
  for (const { columns, from, to, first } of parts) {
    streams.set(columns.streams.subarray(from, to), at);
    timestamps.set(columns.timestamps.subarray(from, to), at);
    values.set(columns.values.subarray(from, to), at);
    if (first !== undefined) { for (let i = 0; i < to - from; i++) readingIds[at + i] = first + i; }
    if (freeForm) {
      for (let row = from; row < to; row++) {
        summaryData.push(columns.summaryData?.[row]);
        rawData.push(columns.rawData?.[row]);
      }
    }
    at += to - from;
  }
  const bare = { length, streams, readingIds, timestamps, values };
  return freeForm ? { ...bare, summaryData, rawData } : bare;
}
