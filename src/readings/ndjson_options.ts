/**
 * The options of readNdjson().
 *
 * @module
 */
import type { CsvColumns } from "./csv_options.ts";
import type { ReadOptions } from "./read_options.ts";

/** The keys of an object. */
export interface NdjsonKeys {
  /**
   * Time: text, or a number of milliseconds since the Unix epoch unless `timeFormat` names another unit.
   *
   * @default {"timestamp"}
   */
  timestamp?: string;
  /**
   * Value: a number.
   *
   * @default {"value"}
   */
  value?: string;
  /**
   * Stream: a number, or a variable id as text (`"0001-5090"`, hexadecimal).
   *
   * @default {"stream"}
   */
  stream?: string;
  /**
   * Reading id: a number, or decimal text; 0 if an object has no id.
   *
   * @default {"readingId"} or `reading_id` or `dev_seqid`
   */
  readingId?: string;
  /**
   * Summary data: an object.
   *
   * @default {"summaryData"} or `summary_data` or `extra_data`
   */
  summaryData?: string;
  /**
   * Raw data: anything.
   *
   * @default {"rawData"} or `raw_data` or `data`
   */
  rawData?: string;
  /** Device: a device slug or a number; not read unless it is named here. */
  device?: string;
  /** Quality, compared with option `good`. */
  quality?: string;
}

/** Options of {@linkcode readNdjson}. */
export interface NdjsonOptions extends ReadOptions {
  /** The meaning of the keys. */
  keys?: NdjsonKeys;
  /**
   * The same with the names that {@linkcode readCsv} uses; it takes precedence over `keys`. Several keys of a time are
   * joined by a space.
   */
  columns?: CsvColumns;
  /**
   * Whether texts such as `"25.6"` are values.
   *
   * @default {false}
   */
  numberTexts?: boolean;
}
