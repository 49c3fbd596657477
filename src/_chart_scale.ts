/**
 * Common parts of all charts: labels of times, and the lowest and highest value of each column
 * of pixels, so that no peak is lost, even with very many readings.
 *
 * @module
 */
import { isoTime } from "./_iso_time.ts";
import { longestStep } from "./_gaps.ts";

/** Readings to draw, in any order. Values that are not finite leave a gap. */
export interface Series {
  /** Microseconds since the Unix epoch, UTC. */
  readonly timestamps: BigInt64Array;
  /** The value of each reading. */
  readonly values: Float64Array;
}

/** The part of a line in one column of pixels. */
export interface Column {
  /** Its place from the left. */
  x: number;
  /** The first value in it. */
  first: number;
  /** The lowest value in it. */
  low: number;
  /** The highest value in it. */
  high: number;
  /** The last value in it. */
  last: number;
  /** Whether the line has a gap before it: readings are missing, or a value is not finite. */
  gap: boolean;
}

/** A series reduced to columns, with its ranges. */
interface Reduced {
  columns: Column[];
  /** Earliest and latest time, µs. */
  from: bigint;
  to: bigint;
  /** Lowest and highest value. */
  low: number;
  high: number;
  /** The number of readings that were drawn. */
  count: number;
}

/** The range of times that a chart shows, µs; it is widened if readings are outside. */
export interface TimeSpan {
  readonly from: bigint;
  readonly to: bigint;
}

/**
 * Reduces a series to at most `width` columns.
 *
 * @param shown The range of times; by default from the first reading to the last.
 * @returns `undefined` if no value is finite.
 */
export function reduce(series: Series, width: number, shown?: TimeSpan): Reduced | undefined {
  const { timestamps, values } = series;
  const sorted = sortedByTime(timestamps);
  const order = sorted.filter((index) => Number.isFinite(values[index]));
  if (order.length === 0) return undefined;
  const [first, last] = [timestamps[order[0]!]!, timestamps[order.at(-1)!]!];
  const from = shown && shown.from < first ? shown.from : first;
  const to = shown && shown.to > last ? shown.to : last;
  const span = Number(to - from) || 1;
  const at = (index: number) => Number(timestamps[index]! - from);
  const limit = longestStep(sorted.length, (row) => at(sorted[row]!));
  const columns: Column[] = [];
  let before = 0;
  let broken = false;
  let low = Infinity;
  let high = -Infinity;
  for (const index of sorted) {
    const value = values[index]!;
    if (!Number.isFinite(value)) {
      broken = columns.length > 0;
      continue;
    }
    const time = at(index);
    const x = Math.round(time / span * (width - 1));
    const column = columns.at(-1);
    if (column?.x === x) {
      column.low = Math.min(column.low, value);
      column.high = Math.max(column.high, value);
      column.last = value;
    } else {
      // A gap within two columns cannot be seen, and the line would look broken for no reason.
      const gap = broken || column !== undefined && time - before > limit && x - column.x > 1;
      columns.push({ x, first: value, low: value, high: value, last: value, gap });
    }
    before = time;
    broken = false;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return { columns, from, to, low, high, count: order.length };
}

function sortedByTime(timestamps: BigInt64Array): Uint32Array {
  const order = Uint32Array.from(timestamps, (_, index) => index);
  let sorted = true;
  for (let index = 1; sorted && index < timestamps.length; index++) {
    sorted = timestamps[index - 1]! <= timestamps[index]!;
  }
  return sorted ? order : order.sort((a, b) => {
    const difference = timestamps[a]! - timestamps[b]!;
    return difference < 0n ? -1 : difference > 0n ? 1 : a - b;
  });
}

/**
 * A time, as short as the range allows: without seconds in a range of hours, without a time of day in a range of
 * weeks, with fractions of a second if whole seconds would be the same at both ends.
 */
export function timeLabel(micros: bigint, span: bigint): string {
  const seconds = Number(span) / 1e6;
  const [date, clock] = shownTime(micros, seconds < 1e-2 ? 6 : seconds < 10 ? 3 : 0).split("T");
  if (clock === undefined) return date!;
  if (seconds < 600) return `${date} ${clock}`;
  return seconds < 30 * 86_400 ? `${date} ${clock.slice(0, 5)}` : date!;
}

/** ISO 8601 without the zone; the number itself for a time outside the calendar. */
function shownTime(micros: bigint, digits: number): string {
  try {
    return isoTime(micros, digits).slice(0, -1);
  } catch {
    return String(micros);
  }
}
