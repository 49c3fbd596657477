/**
 * What every chart needs: round ticks, labels of times, and one extreme pair a column of pixels, so
 * that no peak is lost however many readings there are.
 *
 * @module
 */

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
 * @returns `undefined` where no value is finite.
 */
export function reduce(series: Series, width: number): Reduced | undefined {
  const { timestamps, values } = series;
  const order = sortedByTime(timestamps).filter((index) => Number.isFinite(values[index]));
  if (order.length === 0) return undefined;
  const from = timestamps[order[0]!]!;
  const to = timestamps[order.at(-1)!]!;
  const span = Number(to - from) || 1;
  const columns: Column[] = [];
  let low = Infinity;
  let high = -Infinity;
  for (const index of order) {
    const value = values[index]!;
    const x = Math.round(Number(timestamps[index]! - from) / span * (width - 1));
    const column = columns.at(-1);
    if (column?.x === x) {
      column.low = Math.min(column.low, value);
      column.high = Math.max(column.high, value);
      column.last = value;
    } else columns.push({ x, first: value, low: value, high: value, last: value });
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
  /** Digits after the point that tell neighbouring ticks apart. */
  digits: number;
}

/** A scale that holds the range and begins and ends on round numbers. */
export function valueScale(low: number, high: number, ticks: number): ValueScale {
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
    digits: 0,
  };
  // Round ends beyond these would be infinite.
  if (Math.max(-bottom, top) > Number.MAX_VALUE / 8) return unrounded;
  const rough = (top - bottom) / Math.max(1, ticks);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((it) => it * power).find((it) => it >= rough * 0.999999) ??
    rough;
  const first = Math.floor(bottom / step);
  const count = Math.max(1, Math.ceil(top / step) - first);
  const digits = Math.max(
    0,
    Math.min(12, -Math.floor(Math.log10(step) + 1e-9)) + (step / power === 2.5 ? 1 : 0),
  );
  const [scaleLow, scaleHigh] = [first * step, (first + count) * step];
  // A range of a few units in the last place has no round numbers in it.
  if (!(scaleHigh - scaleLow >= (top - bottom) * 0.99)) return unrounded;
  return {
    low: scaleLow,
    high: scaleHigh,
    ticks: Array.from({ length: count + 1 }, (_, index) => (first + index) * step),
    digits,
  };
}

/** Where a value stands on a scale, 0 at its lower end and 1 at its upper one. */
export function position(value: number, scale: ValueScale): number {
  // Halved first: the difference itself may be beyond what a number holds.
  return (value / 2 - scale.low / 2) / (scale.high / 2 - scale.low / 2);
}

/** A value as a tick shows it. */
export function tickLabel(value: number, digits: number): string {
  const text = Math.abs(value) >= 1e9 || digits > 9
    ? value.toExponential(2)
    : value.toFixed(digits);
  return /^-0(\.0*)?$/.test(text) ? text.slice(1) : text;
}

/** A time as short as its range allows: seconds only in a range of minutes, no clock in one of weeks. */
export function timeLabel(micros: bigint, span: bigint): string {
  const text = isoSeconds(micros);
  const [date, clock] = text.split("T") as [string, string];
  const seconds = Number(span) / 1e6;
  if (seconds < 600) return `${date} ${clock}`;
  return seconds < 30 * 86_400 ? `${date} ${clock.slice(0, 5)}` : date;
}

/** ISO 8601 without the zone, to the second. */
function isoSeconds(micros: bigint): string {
  const date = new Date(Number(micros / 1000n));
  return Number.isNaN(date.getTime()) ? String(micros) : date.toISOString().slice(0, 19);
}
