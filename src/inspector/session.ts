/**
 * One open report: answers the requests of the page from its columns.
 *
 * Readings stay in typed arrays from the decoder to the response. Only positions are sorted, never the readings.
 *
 * @module
 */
import { integerReader } from "../_integers.ts";
import { longestStep } from "../_gaps.ts";
import type { BadRows } from "./bad_rows.ts";
import { withBreaks } from "./chart_data.ts";
import type { Rows, Series, View } from "./protocol.ts";
import type { ReportColumns } from "./columns.ts";
import { csvChunks } from "./csv.ts";
import { thin } from "./downsample.ts";

/** How many views keep their sorted positions in memory. A view of a million readings takes 4 MB. */
const KEPT_VIEWS = 4;

/** Readings of one stream: their positions in order of time, and the length of a gap. */
interface Group {
  readonly positions: Uint32Array;
  /** Seconds since the Unix epoch. Every zoom needs them, and converting from µs takes longer than drawing. */
  readonly times: Float64Array;
  /** Seconds. */
  readonly limit: number;
}

const NOTHING: Group = {
  positions: new Uint32Array(0),
  times: new Float64Array(0),
  limit: Infinity,
};

/** A decoded report that answers the requests to the worker. */
export class ReportSession {
  readonly #columns: ReportColumns;
  readonly #bad: BadRows;
  readonly #byStream = new Map<number, Group>();
  readonly #views = new Map<string, Uint32Array>();

  /**
   * @param columns the decoded report
   * @param bad which of its readings have a problem
   */
  constructor(columns: ReportColumns, bad: BadRows) {
    this.#columns = columns;
    this.#bad = bad;
    const micros = integerReader(columns.timestamps);
    for (const [stream, positions] of groupByStream(columns)) {
      const times = new Float64Array(positions.length);
      for (let at = 0; at < times.length; at++) times[at] = Number(micros(positions[at])) / 1e6;
      const limit = longestStep(times.length, (at) => times[at]);
      this.#byStream.set(stream, { positions, times, limit });
    }
  }

  /** The longest time that a line joins in the chart of a stream, in seconds. */
  limit(stream: number): number {
    return (this.#byStream.get(stream) ?? NOTHING).limit;
  }

  /**
   * The points of a stream to draw.
   *
   * One point on either side of the range is included, so that the line reaches the edge.
   *
   * @param stream the stream's variable
   * @param from start in seconds since the Unix epoch
   * @param to end, included
   * @param buckets width of the chart in pixels
   */
  series(stream: number, from: number, to: number, buckets: number): Series {
    const { positions, times, limit } = this.#byStream.get(stream) ?? NOTHING;
    const { values } = this.#columns;
    const start = bisect(positions.length, (at) => times[at] >= from);
    const end = bisect(positions.length, (at) => times[at] > to);
    const low = Math.max(0, start - 1);
    const high = Math.min(positions.length, end + 1);
    const kept = thin(
      high - low,
      (at) => times[low + at],
      (at) => values[positions[low + at]],
      buckets,
    );
    return {
      ...withBreaks({
        kept,
        time: (at) => times[low + at],
        value: (at) => values[positions[low + at]],
        row: (at) => positions[low + at],
        limit,
        pixel: (to - from) / buckets,
      }),
      bad: this.#badTimes(positions, times, start, end, (to - from) / buckets),
      count: end - start,
    };
  }

  /** Times of readings with a problem, at most as many as can be distinguished. */
  #badTimes(
    positions: Uint32Array,
    times: Float64Array,
    start: number,
    end: number,
    pixel: number,
  ): Float64Array {
    const found: number[] = [];
    if (this.#bad.size === 0) return new Float64Array(0);
    for (let at = start; at < end; at++) {
      if (!this.#bad.has(positions[at])) continue;
      if (found.length === 0 || times[at] - found[found.length - 1] >= pixel) found.push(times[at]);
    }
    return Float64Array.from(found);
  }

  /** How many rows a view has. */
  count(view: View): number {
    if (view.bad) return this.#order(view).length;
    if (view.streams === null) return this.#columns.length;
    return view.streams.reduce(
      (sum, stream) => sum + (this.#byStream.get(stream) ?? NOTHING).positions.length,
      0,
    );
  }

  /** Some rows of a view, in its order; fewer at its end. */
  rows(view: View, from: number, count: number): Rows {
    const { readingIds, timestamps, streams, values } = this.#columns;
    const positions = this.#order(view).slice(from, from + count);
    return {
      from,
      positions,
      ids: BigUint64Array.from(positions, (at) => readingIds[at]),
      timestamps: BigInt64Array.from(positions, (at) => timestamps[at]),
      streams: Uint32Array.from(positions, (at) => streams[at]),
      values: Float64Array.from(positions, (at) => values[at]),
      data: Array.from(positions, (at) => this.#columns.data(at)),
      problems: Array.from(positions, (at) => this.#bad.text(at)),
    };
  }

  /** The row of a reading in a view; −1 if the view does not contain it. */
  find(view: View, position: number): number {
    return this.#order(view).indexOf(position);
  }

  /** The next row of a view with a problem, after or before a row; −1 if there is none. */
  nextBad(view: View, from: number, by: 1 | -1): number {
    const order = this.#order(view);
    for (let at = from + by; at >= 0 && at < order.length; at += by) {
      if (this.#bad.has(order[at])) return at;
    }
    return -1;
  }

  /** A view as CSV (RFC 4180), in pieces of about a megabyte. */
  csv(view: View): Generator<string> {
    return csvChunks(this.#columns, this.#order(view));
  }

  #order(view: View): Uint32Array {
    const key = JSON.stringify([view.streams, view.bad, view.sort, view.descending]);
    let order = this.#views.get(key);
    if (order === undefined) {
      order = sorted(this.#columns, this.#chosen(view), view);
      if (this.#views.size >= KEPT_VIEWS) this.#views.delete(this.#views.keys().next().value!);
      this.#views.set(key, order);
    }
    return order;
  }

  /** Positions of the readings of a view, in the order of the report. */
  #chosen({ streams, bad }: View): Uint32Array {
    let positions = streams === null
      ? Uint32Array.from({ length: this.#columns.length }, (_, at) => at)
      : merged(streams.map((stream) => (this.#byStream.get(stream) ?? NOTHING).positions));
    if (bad) positions = positions.filter((at) => this.#bad.has(at));
    return positions;
  }
}

/** Merges several lists into one, in ascending order. */
function merged(lists: readonly Uint32Array[]): Uint32Array {
  const all = new Uint32Array(lists.reduce((sum, { length }) => sum + length, 0));
  let size = 0;
  for (const list of lists) {
    all.set(list, size);
    size += list.length;
  }
  return all.sort();
}

/** Positions of each stream's readings, in order of time. */
function groupByStream({ length, streams, timestamps }: ReportColumns): Map<number, Uint32Array> {
  const counts = new Map<number, number>();
  for (let at = 0; at < length; at++) {
    counts.set(streams[at], (counts.get(streams[at]) ?? 0) + 1);
  }
  const groups = new Map<number, Uint32Array>();
  for (const [stream, count] of counts) groups.set(stream, new Uint32Array(count));
  const filled = new Map<number, number>();
  for (let at = 0; at < length; at++) {
    const stream = streams[at];
    const size = filled.get(stream) ?? 0;
    groups.get(stream)![size] = at;
    filled.set(stream, size + 1);
  }
  for (const group of groups.values()) sortByTime(group, timestamps);
  return groups;
}

function sortByTime(positions: Uint32Array, timestamps: BigInt64Array): void {
  for (let at = 1; at < positions.length; at++) {
    if (timestamps[positions[at]] < timestamps[positions[at - 1]]) {
      positions.sort((a, b) => compare(timestamps[a], timestamps[b]) || a - b);
      return;
    }
  }
}

/** Positions in the order of a view; equal rows stay in the order of the report, in both directions. */
function sorted(
  columns: ReportColumns,
  positions: Uint32Array,
  { sort, descending }: View,
): Uint32Array {
  const { readingIds, timestamps, streams, values } = columns;
  const sign = descending ? -1 : 1;
  if (sort === "file") return descending ? positions.reverse() : positions;
  const by: (a: number, b: number) => number = {
    id: (a: number, b: number) => compare(readingIds[a], readingIds[b]),
    time: (a: number, b: number) => compare(timestamps[a], timestamps[b]),
    stream: (a: number, b: number) => streams[a] - streams[b],
    value: (a: number, b: number) => compareValues(values[a], values[b]),
  }[sort];
  return positions.sort((a, b) => sign * by(a, b) || a - b);
}

function compare(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Numbers by size, NaN after them. */
function compareValues(a: number, b: number): number {
  if (a < b) return -1;
  if (a > b) return 1;
  return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
}

/** The first position at which a condition is true that stays true from there on. */
function bisect(length: number, holds: (at: number) => boolean): number {
  let low = 0, high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
