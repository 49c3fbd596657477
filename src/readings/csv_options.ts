/**
 * The options of readCsv().
 *
 * @module
 */
import type { ReadOptions } from "./read_options.ts";

/** A column: its name in the header, or its position, counted from 0. */
export type Column = string | number;

/**
 * The columns of a text. A name matches exactly, or without regard to case if only one column matches. If two columns
 * have the same name, use the position.
 */
export interface CsvColumns {
  /**
   * Times. Several columns, such as date and time of day, are joined by a space.
   *
   * @default {"timestamp"} 0 without a header.
   */
  timestamp?: Column | readonly Column[];
  /**
   * Values: numbers, rounded to the nearest float64.
   *
   * @default {"value"} 1 without a header.
   */
  value?: Column;
  /**
   * Streams: variable ids in hexadecimal, in the form of slugs (`0001-5090`), complete stream slugs, or names of
   * `tags`.
   *
   * @default {"stream"} 2 without a header. If option `stream` is set, the column may be missing.
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
  /** The columns of the text. */
  columns?: CsvColumns;
  /**
   * Whether the text has a header with the names of the columns.
   *
   * @default {true}
   */
  header?: boolean;
  /**
   * The number of rows of the header; the names of a column are joined by a space.
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
   * The number of lines to skip before everything else.
   *
   * @default {0}
   */
  skipLines?: number;
  /**
   * The number of lines at the end that are not readings.
   *
   * @default {0}
   */
  skipFooter?: number;
  /**
   * The table to read if empty lines separate several tables, each with its own header: 1 for the first. Without this
   * option, empty lines are ignored.
   */
  table?: number;
  /** The text at the start of a comment line. */
  comment?: string;
  /**
   * The text between two fields: one to four characters, or `"tab"`.
   *
   * @default {","} or the delimiter that a line `sep=;` names.
   */
  delimiter?: string;
  /**
   * The character around fields that contain delimiters or line ends; `""` or `"none"` for none.
   *
   * @default {'"'}
   */
  quote?: string;
  /**
   * The character in front of a quote, a delimiter or itself within a field. Doubled quotes are always accepted.
   *
   * @default {'"'} quotes are doubled
   */
  escape?: string;
}
