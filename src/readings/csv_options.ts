/**
 * The options of readCsv().
 *
 * @module
 */
import type { ReadOptions } from "./read_options.ts";

/** A column: its name in the header, or its position, counted from 0. */
export type Column = string | number;

/**
 * Which column is what. A name is matched exactly, or without regard to case where only one column matches; of two columns
 * with the same name one is given by its position.
 */
export interface CsvColumns {
  /**
   * Times. Several columns, such as date and time of day, are joined by a space.
   *
   * @default {"timestamp"} 0 where there is no header.
   */
  timestamp?: Column | readonly Column[];
  /**
   * Values: numbers, rounded to the nearest float64.
   *
   * @default {"value"} 1 where there is no header.
   */
  value?: Column;
  /**
   * Streams: variable ids in hexadecimal as in a slug (`0001-5090`), complete stream slugs, or names of `tags`.
   *
   * @default {"stream"} 2 where there is no header; none where option `stream` is given and there is no such column.
   */
  stream?: Column;
  /** Reading ids: decimal integers below 2^64. */
  readingId?: Column;
  /** Devices: device slugs or their ids. */
  device?: Column;
  /** Qualities, compared with option `good`. */
  quality?: Column;
}

/** Options of {@linkcode readCsv}. */
export interface CsvOptions extends ReadOptions {
  /** Which column is what. */
  columns?: CsvColumns;
  /**
   * Whether the text has a header with the names of the columns.
   *
   * @default {true}
   */
  header?: boolean;
  /**
   * How many rows the header has; the names of a column are joined by a space.
   *
   * @default {1}
   */
  headerRows?: number;
  /**
   * Whether a row of units follows the header.
   *
   * @default {false}
   */
  unitRow?: boolean;
  /**
   * How many lines stand in front of everything else.
   *
   * @default {0}
   */
  skipLines?: number;
  /**
   * How many lines at the end are not readings.
   *
   * @default {0}
   */
  skipFooter?: number;
  /**
   * Which table is read where empty lines separate several, each with its header: 1 for the first. Without it empty lines
   * are passed over.
   */
  table?: number;
  /** What a line begins with that is a comment. */
  comment?: string;
  /**
   * What stands between two fields: one to four characters, or `"tab"`.
   *
   * @default {","} what the line `sep=;` says, where there is one.
   */
  delimiter?: string;
  /**
   * The character around fields that contain delimiters or line ends; `""` or `"none"` for none.
   *
   * @default {'"'}
   */
  quote?: string;
  /**
   * The character in front of a quote, a delimiter or itself within a field. Doubled quotes are always understood.
   *
   * @default {'"'} quotes are doubled
   */
  escape?: string;
}
