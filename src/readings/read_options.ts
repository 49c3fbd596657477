/**
 * What the readers of CSV and NDJSON have in common: their options, what they return, and how it is cut.
 *
 * @module
 */
import type { Id, ReadingColumns } from "./reading_columns.ts";
import type { ReadProblem } from "./problem.ts";

/** Readings as a reader returns them. */
export interface ReadingChunk extends ReadingColumns {
  /** The id of each reading, 0 where there is none. */
  readonly readingIds: BigUint64Array;
  /** The device of each reading, where the text says it; see {@linkcode splitByDevice}. */
  readonly devices?: BigUint64Array;
}

/** A row that is not a reading. */
export interface BadRow extends ReadProblem {
  /** The line on which it begins, counted from 1. */
  readonly line: number;
  /** The text that is wrong, cut where it is long. */
  readonly text: string;
  /** The first line of the row, cut after 4096 characters. */
  readonly row: string;
}

/** Something about a text that its reader should be told. */
export interface ReadWarning {
  /**
   * What it is about: times read as UTC, before 2000 or more than a day ahead; decimal digits read as hexadecimal; tags
   * that do not occur.
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
   * What values are multiplied by.
   *
   * @default {1}
   */
  readonly scale?: number;
  /**
   * What is added then.
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
   * Whether `stream`, `device` and `firstReadingId` are used where a column says something else.
   *
   * @default {false}
   */
  override?: boolean;
  /**
   * Whether columns called device and reading_id (or readingId, dev_seqid, id) are read without being named.
   *
   * @default {false}
   */
  findColumns?: boolean;
  /** The id of the first reading, from which the others count up; without it and without ids in the text they are 0. */
  firstReadingId?: Id;
  /** Columns or keys that hold one stream each: `{ temp: "0001-5090" }`. One row is then a reading for each of them. */
  map?: Readonly<Record<string, StreamOption>>;
  /** Names in the column of streams: `{ Temperature: "0001-5090" }`. */
  tags?: Readonly<Record<string, StreamOption | Tag>>;
  /**
   * How times are written: `"iso"`, `"epoch-s"`, `"epoch-ms"`, `"epoch-us"`, `"epoch-ns"`, `"excel"` or a pattern of
   * `strptime` such as `"%d.%m.%Y %H:%M:%S"`, with %Y %y %m %d %H %I %M %S %f %z %b %p %j, and %L for milliseconds without
   * zeros in front: `7` is 7 ms, which %f reads as 7 tenths. Of several formats, the first that fits a text counts:
   * `["%d.%m.%Y %H:%M:%S", "%d.%m.%Y"]` where the time of day is left out at midnight.
   *
   * @default {"iso"} In NDJSON, a number without this option is milliseconds since the Unix epoch.
   */
  timeFormat?: string | readonly string[];
  /**
   * The zone of times that do not say it: `"Europe/Berlin"`, `"+01:00"`.
   *
   * @default {"UTC"}
   */
  timeZone?: string;
  /**
   * How a local time is read that occurs twice, when summer time ends: as a bad row, as the earlier or the later one, or
   * as the later one from the moment on that the times of a stream do not increase.
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
   * What is done where a value is blank: in JSON also null and a missing key.
   *
   * @default {"bad"} `"skip"` with `map`.
   */
  blank?: "bad" | "skip";
  /**
   * What is done with NaN, Infinity and -Infinity.
   *
   * @default {"bad"}
   */
  nan?: "bad" | "skip" | "keep";
  /** The texts in the column of qualities that a reading is taken for; others are left out. */
  good?: readonly string[];
  /**
   * Whether readings of other qualities are kept, with the quality in their summary data.
   *
   * @default {false}
   */
  keepBad?: boolean;
  /**
   * How texts of streams and devices are read: `"slug"` rejects digits that may be meant as decimal.
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
   * Whether rows that are not readings are counted instead of thrown.
   *
   * @default {false} true with `maxBadRows` or `onBadRow`.
   */
  skipBadRows?: boolean;
  /** How many bad rows are skipped before reading fails: a number, or a percentage such as `"5%"`, checked at the end. */
  maxBadRows?: number | string;
  /** Is called with each row that is skipped. */
  onBadRow?: (row: BadRow) => void;
  /**
   * How many readings a chunk has; the last has what is left.
   *
   * @default {16384}
   */
  chunkReadings?: number;
  /** Is called now and then with the number of bytes read so far. */
  onProgress?: (bytes: number) => void;
}

/** Where text comes from. */
export type ByteSource = Uint8Array | ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>;

/** How many values were left out on request. */
export interface LeftOut {
  /** Rows whose quality is not one of `good`. */
  readonly quality: number;
  /** Blank values, with `blank: "skip"`. */
  readonly blank: number;
  /** NaN and infinities, with `nan: "skip"`. */
  readonly nan: number;
}

/** Which column or key was found for what, by name or, without a header, by position. */
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
  /** How many readings have been read so far. */
  readonly readings: number;
  /** How many rows have been skipped so far. */
  readonly skippedRows: number;
  /** How many values have been left out so far. */
  readonly leftOut: LeftOut;
  /** How many bytes have been read so far. */
  readonly bytes: number;
  /** Which columns are read; undefined until the first chunk has come. */
  readonly found: FoundColumns | undefined;
  /** What should be known about the readings; complete once all have been read. */
  readonly warnings: readonly ReadWarning[];
}
