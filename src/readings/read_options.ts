/**
 * What the readers of CSV and NDJSON have in common: their options, what they hand out, and how it is cut.
 *
 * @module
 */
import type { Id, ReadingColumns } from "./reading_columns.ts";

/** Readings as they come out of a reader. */
export interface ReadingChunk extends ReadingColumns {
  /** The id of each reading, 0 where there is none. */
  readonly readingIds: BigUint64Array;
  /** The device of each reading, where the text says it; see {@linkcode splitByDevice}. */
  readonly devices?: BigUint64Array;
}

/** A row that is no reading. */
export interface BadRow {
  /** The line on which it begins, counted from 1. */
  line: number;
  /** The column, by its name or, without a header, its position; absent where the row as a whole is wrong. */
  column?: string | number;
  /** The text that is wrong, cut where it is long. */
  text: string;
  /** What is wrong with it. */
  message: string;
}

/** Options of the readers. */
export interface ReadOptions {
  /**
   * The stream of every reading, where the text does not say it: a number, or a variable id as text or object.
   */
  stream?: number | string | { readonly id: number };
  /** The id of the first reading, from which the others count up, where the text does not say it; else ids are 0. */
  firstReadingId?: Id;
  /**
   * Whether rows that are no readings are counted instead of thrown.
   *
   * @default {false}
   */
  skipBadRows?: boolean;
  /** Is told of each row that is skipped; needs `skipBadRows`. */
  onBadRow?: (row: BadRow) => void;
  /**
   * How many readings a chunk has; the last has what is left.
   *
   * @default {16384}
   */
  chunkReadings?: number;
  /** Is told now and then how many bytes have been read so far. */
  onProgress?: (bytes: number) => void;
}

/** Where text comes from. */
export type ByteSource = Uint8Array | ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>;

/** The readings of a text, a chunk at a time. It can be iterated once. */
export interface ReadingsReader extends AsyncIterable<ReadingChunk> {
  /** How many readings have been read so far. */
  readonly readings: number;
  /** How many rows have been skipped so far. */
  readonly skippedRows: number;
  /** How many bytes have been read so far. */
  readonly bytes: number;
}
