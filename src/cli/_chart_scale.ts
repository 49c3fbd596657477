/**
 * What every chart needs: round ticks, labels of times, and the lowest and highest value of each column
 * of pixels, so that no peak is lost however many readings there are.
 *
 * @module
 */
import { isoTime } from "../_iso_time.ts";
import { axisLabels } from "../_number_text.ts";
import { longestStep } from "../readings/gaps.ts";

/** Readings to draw, in any order. Values that are not finite leave a gap. */
export interface Series {
  /** Microseconds since the Unix epoch, UTC. */
  readonly timestamps: BigInt64Array;
  /** A value for each of them. */
  readonly values: Float64Array;
}

/** What is drawn in one column of pixels. */
export interface Column {
  /** Its place from the left. */
  x: number;
  /** The value with which the line enters it. */
  first: number;
  /** The lowest value in it. */
  low: number;
  /** The highest value in it. */
  high: number;
  /** The value with which the line leaves it. */
  last: number;
  /** Whether the line breaks off before it: readings are missing, or a value is not finite. */
  gap: boolean;
}

/** A series reduced to columns, with its ranges. */
export interface Reduced {
  columns: Column[];
  /** Earliest and latest time, µs. */
  from: bigint;
  to: bigint;
  /** Lowest and highest value. */
  low: number;
  high: number;
  /** How many readings were drawn. */
  count: number;
}

/**
 * Reduces a series to at most `width` columns.
 *
 * @returns `undefined` if no value is finite.
 */
export function reduce(series: Series, width: number): Reduced | undefined {
  const { timestamps, values } = series;
  const sorted = sortedByTime(timestamps);
  const order = sorted.filter((index) => Number.isFinite(values[index]));
  if (order.length === 0) return undefined;
  const from = timestamps[order[0]!]!;
  const to = timestamps[order.at(-1)!]!;
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
      // A gap that lies within two columns cannot be seen, and the line would look broken for no reason.
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

/** A scale of values: its ends and the round numbers on it. */
export interface ValueScale {
  low: number;
  high: number;
  ticks: number[];
  /** A label for each of them; no two are the same. */
  labels: string[];
}

/** A scale that holds the range and begins and ends on round numbers. */
export function valueScale(low: number, high: number, ticks: number): ValueScale {
  const scale = unlabelled(low, high, ticks);
  return { ...scale, labels: axisLabels(scale.ticks) };
}

function unlabelled(low: number, high: number, ticks: number): Omit<ValueScale, "labels"> {
  let [bottom, top] = [low, high];
  // Below this the powers of ten lose their digits.
  if (top - bottom < 1e-300) {
    const tenth = Math.abs(bottom) * 0.1;
    const room = tenth < 1e-300 ? 1 : tenth;
    [bottom, top] = [
      Math.max(-Number.MAX_VALUE, bottom - room),
      Math.min(Number.MAX_VALUE, top + room),
    ];
  }
  const unrounded = {
    low: bottom,
    high: top,
    ticks: [bottom, bottom / 2 + top / 2, top],
  };
  // Round ends beyond these would be infinite.
  if (Math.max(-bottom, top) > Number.MAX_VALUE / 8) return unrounded;
  const rough = (top - bottom) / Math.max(1, ticks);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((it) => it * power).find((it) => it >= rough * 0.999999) ??
    rough;
  const first = Math.floor(bottom / step);
  const count = Math.max(1, Math.ceil(top / step) - first);
  const [scaleLow, scaleHigh] = [first * step, (first + count) * step];
  // A range of a few units in the last place has no round numbers in it.
  if (!(scaleHigh - scaleLow >= (top - bottom) * 0.99)) return unrounded;
  return {
    low: scaleLow,
    high: scaleHigh,
    ticks: Array.from({ length: count + 1 }, (_, index) => (first + index) * step),
  };
}

/** Where a value stands on a scale, 0 at its lower end and 1 at its upper one. */
export function position(value: number, scale: ValueScale): number {
  // Halved first: the difference itself may be beyond what a number holds.
  return (value / 2 - scale.low / 2) / (scale.high / 2 - scale.low / 2);
}

/**
 * A time as short as its range allows: the clock without seconds in a range of hours, no clock in one of
 * weeks; fractions of a second where whole ones would be the same at both ends.
 */
export function timeLabel(micros: bigint, span: bigint): string {
  const seconds = Number(span) / 1e6;
  const [date, clock] = shownTime(micros, seconds < 1e-2 ? 6 : seconds < 10 ? 3 : 0).split("T");
  if (clock === undefined) return date!;
  if (seconds < 600) return `${date} ${clock}`;
  return seconds < 30 * 86_400 ? `${date} ${clock.slice(0, 5)}` : date!;
}

/** ISO 8601 without the zone; the plain number of a time that no calendar has. */
function shownTime(micros: bigint, digits: number): string {
  try {
    return isoTime(micros, digits).slice(0, -1);
  } catch {
    return String(micros);
  }
}
