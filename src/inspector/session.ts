/**
 * One open report: what is asked of it, answered from its columns.
 *
 * Readings stay in typed arrays from the decoder to the answer. Positions are sorted, never the readings.
 *
 * @module
 */
import type { Rows, Series, View } from "./protocol.ts";
import type { ReportColumns } from "./columns.ts";
import { csvChunks } from "./csv.ts";
import { thin } from "./downsample.ts";

/** How many views keep their sorted positions; a view of a million readings takes 4 MB. */
const KEPT_VIEWS = 4;

/** A decoded report under the worker's questions. */
export class ReportSession {
  readonly #columns: ReportColumns;
  readonly #byStream: Map<number, Uint32Array>;
  readonly #views = new Map<string, Uint32Array>();

  /** @param columns what the decoder made of the report */
  constructor(columns: ReportColumns) {
    this.#columns = columns;
    this.#byStream = groupByStream(columns);
  }

  /**
   * The points of a stream to draw.
   *
   * One point on either side of the range is included, so that the line runs on to the edge.
   *
   * @param stream the stream's variable
   * @param from start in seconds since the Unix epoch
   * @param to end, included
   * @param buckets width of the chart in pixels
   */
  series(stream: number, from: number, to: number, buckets: number): Series {
    const positions = this.#byStream.get(stream) ?? new Uint32Array(0);
    const { timestamps, values } = this.#columns;
    const seconds = (at: number): number => Number(timestamps[positions[at]]) / 1e6;
    const start = bisect(positions.length, (at) => seconds(at) >= from);
    const end = bisect(positions.length, (at) => seconds(at) > to);
    const low = Math.max(0, start - 1);
    const high = Math.min(positions.length, end + 1);
    const kept = thin(
      high - low,
      (at) => seconds(low + at),
      (at) => values[positions[low + at]],
      buckets,
    );
    return {
      x: Float64Array.from(kept, (at) => seconds(low + at)),
      y: Float64Array.from(kept, (at) => values[positions[low + at]]),
      count: end - start,
    };
  }

  /** How many rows a view has. */
  count(view: View): number {
    return view.stream === null
      ? this.#columns.length
      : this.#byStream.get(view.stream)?.length ?? 0;
  }

  /** Some rows of a view, in its order; fewer where it ends. */
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
    };
  }

  /** Where a reading of the report stands in a view; −1 where it is not in it. */
  find(view: View, position: number): number {
    return this.#order(view).indexOf(position);
  }

  /** A view as CSV (RFC 4180), in pieces of about a megabyte. */
  csv(view: View): Generator<string> {
    return csvChunks(this.#columns, this.#order(view));
  }

  #order(view: View): Uint32Array {
    const key = JSON.stringify([view.stream, view.sort, view.descending]);
    let order = this.#views.get(key);
    if (order === undefined) {
      order = sorted(this.#columns, this.#byStream, view);
      if (this.#views.size >= KEPT_VIEWS) this.#views.delete(this.#views.keys().next().value!);
      this.#views.set(key, order);
    }
    return order;
  }
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

/** Positions of a view in its order; equal rows stay in the order of the report, in both directions. */
function sorted(
  columns: ReportColumns,
  byStream: ReadonlyMap<number, Uint32Array>,
  { stream, sort, descending }: View,
): Uint32Array {
  const positions = stream === null
    ? Uint32Array.from({ length: columns.length }, (_, at) => at)
    : Uint32Array.from(byStream.get(stream) ?? []).sort();
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

/** Numbers by size, what is no number after them. */
function compareValues(a: number, b: number): number {
  if (a < b) return -1;
  if (a > b) return 1;
  return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
}

/** The first position at which a condition that turns true once is true. */
function bisect(length: number, holds: (at: number) => boolean): number {
  let low = 0, high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
