/**
 * The messages between the page and the decoding worker.
 *
 * The page never holds all readings of the report. It requests only what it draws (a few thousand points, a few
 * dozen rows), so that a report of 100 MB does not slow down the main thread.
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

/** The possible orders of the table; `file` is the order in the report. */
export type SortKey = "file" | "id" | "time" | "stream" | "value";

/** One stream of the report, with its statistics. */
export interface StreamFacts {
  readonly stream: number;
  readonly count: number;
  /** Earliest and latest reading in µs since the Unix epoch, UTC. */
  readonly first: bigint;
  readonly last: bigint;
  /** Smallest and largest finite value; NaN if no value is finite. */
  readonly min: number;
  readonly max: number;
  /** Means in equal steps of the report's time, NaN if there is no reading. */
  readonly series: Float64Array;
  /** The number of steps without a reading that is not yet a gap: the line is drawn across them. */
  readonly bridge: number;
}

/** One problem that `verifyReport` found. */
export interface ProblemFacts {
  readonly severity: "error" | "warning";
  readonly message: string;
  /** How many readings have it. */
  readonly count: number;
  /** Position of the first of them in the report, if the problem concerns single readings. */
  readonly row: number | null;
}

/** What is missing from a report that was cut off. */
export interface Truncation {
  /** Readings that the report announces. */
  readonly announced: number;
  /** Bytes after the last complete reading. */
  readonly rest: number;
}

/** Everything about a report that is shown without further requests. */
export interface Overview {
  readonly name: string;
  readonly bytes: number;
  readonly decodeMs: number;
  readonly device: string;
  readonly streamer: string;
  readonly selector: string;
  readonly reportId: string;
  /** µs since the Unix epoch, UTC; null if the report was never sent. */
  readonly sent: bigint | null;
  readonly lowestId: string;
  readonly highestId: string;
  readonly readings: number;
  readonly first: bigint | null;
  readonly last: bigint | null;
  /** Digits after the second for all times, so that they line up. */
  readonly fraction: 0 | 3 | 6;
  /** Whether any reading carries summary or raw data. */
  readonly hasData: boolean;
  /** Digits after the point for all values, so that their points line up. */
  readonly decimals: number;
  readonly streams: readonly StreamFacts[];
  readonly problems: readonly ProblemFacts[];
  /** Readings that have a problem. */
  readonly bad: number;
  /** Null if the report is complete. */
  readonly truncated: Truncation | null;
}

/** Instead of a position: the line has a gap here, because readings are missing. */
export const BREAK = 0xffff_ffff;

/** Points of one stream in a range of time, reduced to the number that a chart can show. */
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

/** Some rows of a view, with a typed array for each column. */
export interface Rows {
  readonly from: number;
  /** Position of each row in the report. */
  readonly positions: Uint32Array;
  readonly ids: BigUint64Array;
  readonly timestamps: BigInt64Array;
  readonly streams: Uint32Array;
  readonly values: Float64Array;
  /** JSON of summary and raw data; empty if a reading has none. */
  readonly data: readonly string[];
  /** The problems of each reading; empty if there are none. */
  readonly problems: readonly string[];
}

/** The requests and their responses. */
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
  /** The next row of a view with a problem, from a row in a direction; −1 if there is none. */
  nextBad: { ask: { view: View; from: number; by: 1 | -1 }; answer: number };
  csv: { ask: { view: View }; answer: Blob };
}

/** A request to the worker. */
export interface Question {
  readonly id: number;
  readonly kind: keyof Calls;
  readonly ask: unknown;
}

/** A message from the worker: a result, an error, or progress (0 to 1). */
export type Answer =
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly error: string }
  | { readonly id: number; readonly progress: number; readonly step: string };
