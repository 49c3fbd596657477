/**
 * The messages between the page and the decoding worker.
 *
 * The page never holds all readings of the report: it asks for what it draws (a few thousand points, some
 * dozens of rows), so that a report of 100 MB costs the main thread nothing.
 *
 * @module
 */

/** Which readings of a report are shown, and in what order. */
export interface View {
  /** The variables of the streams, or null for every stream. */
  readonly streams: readonly number[] | null;
  /** Whether only readings with a problem are shown. */
  readonly bad: boolean;
  readonly sort: SortKey;
  readonly descending: boolean;
}

/** What the table can be ordered by; `file` is the order in the report. */
export type SortKey = "file" | "id" | "time" | "stream" | "value";

/** One stream of the report, counted. */
export interface StreamFacts {
  readonly stream: number;
  readonly count: number;
  /** Earliest and latest reading in µs since the Unix epoch, UTC. */
  readonly first: bigint;
  readonly last: bigint;
  /** Smallest and greatest finite value; NaN where no value is finite. */
  readonly min: number;
  readonly max: number;
  /** Means in equal steps of the report's time, NaN if there is no reading. */
  readonly series: Float64Array;
  /** Steps without a reading that are shorter than a gap: a line is drawn across them. */
  readonly bridge: number;
}

/** One problem that `verifyReport` found. */
export interface ProblemFacts {
  readonly severity: "error" | "warning";
  readonly message: string;
  /** How many readings have it. */
  readonly count: number;
  /** Position of the first of them in the report, where the problem is one of a reading. */
  readonly row: number | null;
}

/** What is missing of a report that was cut off. */
export interface Truncation {
  /** Readings that the report announces. */
  readonly announced: number;
  /** Bytes after the last complete reading. */
  readonly rest: number;
}

/** Everything about a report that is shown without asking again. */
export interface Overview {
  readonly name: string;
  readonly bytes: number;
  readonly decodeMs: number;
  readonly device: string;
  readonly streamer: string;
  readonly selector: string;
  readonly reportId: string;
  /** µs since the Unix epoch, UTC; null where the report was never sent. */
  readonly sent: bigint | null;
  readonly lowestId: string;
  readonly highestId: string;
  readonly readings: number;
  readonly first: bigint | null;
  readonly last: bigint | null;
  /** Digits after the second that every shown time takes, so that times line up. */
  readonly fraction: 0 | 3 | 6;
  /** Whether any reading carries summary or raw data. */
  readonly hasData: boolean;
  /** Digits after the point that shown values take, so that their points line up. */
  readonly decimals: number;
  readonly streams: readonly StreamFacts[];
  readonly problems: readonly ProblemFacts[];
  /** Readings that have a problem. */
  readonly bad: number;
  /** Null where the report is complete. */
  readonly truncated: Truncation | null;
}

/** In place of a position: the line breaks off here, as readings are missing. */
export const BREAK = 0xffff_ffff;

/** Points of one stream in a range of time, thinned out to what a chart can show. */
export interface Series {
  /** Seconds since the Unix epoch, rising. */
  readonly x: Float64Array;
  readonly y: Float64Array;
  /** Position of each point among the readings, or `BREAK`. */
  readonly rows: Uint32Array;
  /** Times of readings that have a problem, one for each pixel at most. */
  readonly bad: Float64Array;
  /** Readings of the range, before thinning. */
  readonly count: number;
}

/** Some rows of a view, a typed array a column. */
export interface Rows {
  readonly from: number;
  /** Position of each row in the report. */
  readonly positions: Uint32Array;
  readonly ids: BigUint64Array;
  readonly timestamps: BigInt64Array;
  readonly streams: Uint32Array;
  readonly values: Float64Array;
  /** JSON of summary and raw data, empty where a reading has none. */
  readonly data: readonly string[];
  /** What is wrong with each reading, empty where nothing is. */
  readonly problems: readonly string[];
}

/** The questions and their answers. */
export interface Calls {
  open: { ask: { file: Blob; name: string }; answer: Overview };
  sample: { ask: { readings: number }; answer: Blob };
  series: {
    ask: { stream: number; from: number; to: number; buckets: number };
    answer: Series;
  };
  count: { ask: { view: View }; answer: number };
  rows: { ask: { view: View; from: number; count: number }; answer: Rows };
  find: { ask: { view: View; position: number }; answer: number };
  /** The next row of a view that has a problem, from a row on and in a direction; −1 if there is none. */
  nextBad: { ask: { view: View; from: number; by: 1 | -1 }; answer: number };
  csv: { ask: { view: View }; answer: Blob };
}

/** A question as it crosses to the worker. */
export interface Question {
  readonly id: number;
  readonly kind: keyof Calls;
  readonly ask: unknown;
}

/** An answer as it comes back: a result, an error, or how far the work has got (0 to 1). */
export type Answer =
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly error: string }
  | { readonly id: number; readonly progress: number; readonly step: string };
