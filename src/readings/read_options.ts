/**
 * The common options and results of the readers of CSV and NDJSON.
 *
 * @module
 */
import type { Id, ReadingColumns } from "./reading_columns.ts";
import type { ReadProblem } from "./problem.ts";

/** A chunk of readings that a reader returns. */
export interface ReadingChunk extends ReadingColumns {
  /** The id of each reading, 0 for none. */
  readonly readingIds: BigUint64Array;
  /** The device of each reading, if the text has devices; see {@linkcode splitByDevice}. */
  readonly devices?: BigUint64Array;
}

/** A row that is not a reading. */
export interface BadRow extends ReadProblem {
  /** The line on which it begins, counted from 1. */
  readonly line: number;
  /** The invalid text, cut if it is long. */
  readonly text: string;
  /** The first line of the row, cut after 4096 characters. */
  readonly row: string;
}

/** A warning about a text. */
export interface ReadWarning {
  /**
   * The kind of warning: times read as UTC, before 2000 or more than a day ahead; decimal digits read as hexadecimal;
   * tags that do not occur.
   */
  readonly kind: "utc" | "early" | "ahead" | "hexadecimal" | "tags";
  /** One sentence. */
  readonly message: string;
}

/** A variable, with a scale and an offset that are applied to its values. */
export interface Tag {
  /** The variable id, or a complete stream slug. */
  readonly stream: StreamOption;
  /**
   * The factor by which values are multiplied.
   *
   * @default {1}
   */
  readonly scale?: number;
  /**
   * The number that is added after that.
   *
   * @default {0}
   */
  readonly offset?: number;
}

/** A variable: a number, a variable id as text, or an `ArchFxVariableID`. */
export type StreamOption = number | string | { readonly id: number };

/** Options of the readers. */
export interface ReadOptions {
  /** The stream of every reading. A column of streams must agree with it, unless `override` is set. */
  stream?: StreamOption;
  /** The device of every reading. A column of devices must agree with it, unless `override` is set. */
  device?: number | bigint | string | { readonly id: bigint };
  /**
   * Whether `stream`, `device` and `firstReadingId` take precedence over the columns.
   *
   * @default {false}
   */
  override?: boolean;
  /**
   * Whether columns with the names device and reading_id (or readingId, dev_seqid, id) are read without an option.
   *
   * @default {false}
   */
  findColumns?: boolean;
  /**
   * The id of the first reading; the next ones get the ids after it. Without it and without ids in the text, ids are 0.
   */
  firstReadingId?: Id;
  /** Columns or keys that each have one stream: `{ temp: "0001-5090" }`. A row then has a reading for each of them. */
  map?: Readonly<Record<string, StreamOption>>;
  /** Names in the column of streams: `{ Temperature: "0001-5090" }`. */
  tags?: Readonly<Record<string, StreamOption | Tag>>;
  /**
   * The format of times: `"iso"`, `"epoch-s"`, `"epoch-ms"`, `"epoch-us"`, `"epoch-ns"`, `"excel"` or a pattern of
   * `strptime` such as `"%d.%m.%Y %H:%M:%S"`, with %Y %y %m %d %H %I %M %S %f %z %b %p %j, and %L for milliseconds
   * without leading zeros: `7` is 7 ms, which %f reads as 7 tenths. Of several formats, the first that matches a text
   * counts, such as `["%d.%m.%Y %H:%M:%S", "%d.%m.%Y"]` if the time of day is left out at midnight.
   *
   * @default {"iso"} In NDJSON, a number without this option is milliseconds since the Unix epoch.
   */
  timeFormat?: string | readonly string[];
  /**
   * The zone of times without a zone: `"Europe/Berlin"`, `"+01:00"`.
   *
   * @default {"UTC"}
   */
  timeZone?: string;
  /**
   * How to read a local time that occurs twice, when summer time ends: as a bad row, as the earlier time, as the later
   * time, or in order: as the later time from the point where the times of a stream do not increase.
   *
   * @default {"reject"}
   */
  ambiguousTime?: "reject" | "earlier" | "later" | "in-order";
  /**
   * The decimal separator of values.
   *
   * @default {"."}
   */
  decimal?: "." | ",";
  /** The separator between groups of three digits of values; `" "` and `"'"` cover their typographic forms. */
  thousands?: "," | "." | " " | "'" | "_";
  /** Words in place of values: `{ TRUE: 1, FALSE: 0 }`. */
  words?: Readonly<Record<string, number>>;
  /**
   * What to do with a blank value: in JSON also null and a missing key.
   *
   * @default {"bad"} `"skip"` with `map`.
   */
  blank?: "bad" | "skip";
  /**
   * What to do with NaN, Infinity and -Infinity.
   *
   * @default {"bad"}
   */
  nan?: "bad" | "skip" | "keep";
  /** The texts of good qualities; rows with other qualities are left out. */
  good?: readonly string[];
  /**
   * Whether readings of other qualities are kept, with the quality in their summary data.
   *
   * @default {false}
   */
  keepBad?: boolean;
  /**
   * How to read texts of streams and devices: `"slug"` rejects digits that may be decimal.
   *
   * @default {"slug"}
   */
  ids?: "slug" | "hex" | "decimal";
  /**
   * The encoding of the text, by a name that `TextDecoder` knows. UTF-16 is also recognised by its byte order mark.
   *
   * @default {"utf-8"}
   */
  encoding?: string;
  /**
   * Whether rows that are not readings are skipped and counted, instead of ending the reading with an error.
   *
   * @default {false} true with `maxBadRows` or `onBadRow`.
   */
  skipBadRows?: boolean;
  /** The maximum number of bad rows, or a percentage such as `"5%"`, which is checked at the end. */
  maxBadRows?: number | string;
  /** Called with each row that is skipped. */
  onBadRow?: (row: BadRow) => void;
  /**
   * The number of readings in a chunk; the last chunk has the rest.
   *
   * @default {16384}
   */
  chunkReadings?: number;
  /** Called from time to time with the number of bytes read so far. */
  onProgress?: (bytes: number) => void;
}

/** A source of text. */
export type ByteSource = Uint8Array | ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>;

/** The numbers of values that options left out. */
export interface LeftOut {
  /** Rows whose quality is not one of `good`. */
  readonly quality: number;
  /** Blank values, with `blank: "skip"`. */
  readonly blank: number;
  /** NaN and infinities, with `nan: "skip"`. */
  readonly nan: number;
}

/** The columns or keys that were found, by name or, without a header, by position. */
export interface FoundColumns {
  /** The columns of times. */
  readonly timestamp: readonly (string | number)[];
  /** The column of values, or the columns of `map`. */
  readonly values: readonly (string | number)[];
  /** The column of streams. */
  readonly stream?: string | number;
  /** The column of reading ids. */
  readonly readingId?: string | number;
  /** The column of devices. */
  readonly device?: string | number;
  /** The column of qualities. */
  readonly quality?: string | number;
}

/** The readings of a text, a chunk at a time. It can be iterated once. */
export interface ReadingsReader extends AsyncIterable<ReadingChunk> {
  /** The number of readings that have been read so far. */
  readonly readings: number;
  /** The number of rows that have been skipped so far. */
  readonly skippedRows: number;
  /** The numbers of values that have been left out so far. */
  readonly leftOut: LeftOut;
  /** The number of bytes that have been read so far. */
  readonly bytes: number;
  /** The columns that are read; undefined before the first chunk. */
  readonly found: FoundColumns | undefined;
  /** Warnings about the readings; complete after all have been read. */
  readonly warnings: readonly ReadWarning[];
}
