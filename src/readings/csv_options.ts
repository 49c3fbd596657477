/**
 * Options of readCsv().
 *
 * @module
 */
import type { ReadOptions } from "./read_options.ts";

/** Which column is what: by its name in the header, or by its position, counted from 0. */
export interface CsvColumns {
  /**
   * Times: ISO 8601 to the microsecond, with `T` or a space; without an offset they are UTC.
   *
   * @default {"timestamp"} 0 where there is no header.
   */
  timestamp?: string | number;
  /**
   * Values: decimal numbers, rounded to the nearest float64.
   *
   * @default {"value"} 1 where there is no header.
   */
  value?: string | number;
  /**
   * Streams: variable ids in hexadecimal, as in a slug (`0001-5090`, `5090`).
   *
   * @default {"stream"} 2 where there is no header; none where option `stream` is given.
   */
  stream?: string | number;
  /** Reading ids: decimal integers below 2^64. */
  readingId?: string | number;
  /** Devices: device slugs or their ids in hexadecimal. */
  device?: string | number;
}

/** Options of {@linkcode readCsv}. */
export interface CsvOptions extends ReadOptions {
  /** Which column is what. */
  columns?: CsvColumns;
  /**
   * Whether the first row holds the names of the columns.
   *
   * @default {true}
   */
  header?: boolean;
  /**
   * What stands between two fields: one character of ASCII.
   *
   * @default {","}
   */
  delimiter?: string;
}
