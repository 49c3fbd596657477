/**
 * ReadingColumns, readings as one typed array for each field.
 *
 * @module
 */

export type { Timestamp } from "../codec/timestamps.ts";

/** A reading id: an integer; 0 means no id. Returned as a number up to 2^53−1, as a bigint above. */
export type Id = number | bigint;

/** Summary data of a reading: a map with text keys, without the key `value`. */
export type SummaryData = Record<string, unknown> | Map<string | Uint8Array, unknown>;

/** Readings as columns: row `i` of every column belongs to the same reading. */
export interface ReadingColumns {
  /** The number of readings; the columns may be longer. */
  readonly length: number;
  /** The variable of each reading, 32 bits. */
  readonly streams: Uint32Array;
  /** The id of each reading; 0 means no id. A report returns a `BigUint64Array`. */
  readonly readingIds: Uint32Array | Float64Array | BigUint64Array;
  /** Microseconds since the Unix epoch, UTC; years 1 to 9999. */
  readonly timestamps: BigInt64Array;
  /** The value of each reading. */
  readonly values: Float64Array;
  /** Summary data (`extra_data`) by row; absent if no reading has any. */
  readonly summaryData?: readonly (SummaryData | null | undefined)[];
  /** Raw data (`data`) by row; absent if no reading has any. */
  readonly rawData?: readonly unknown[];
}
