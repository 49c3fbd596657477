/**
 * Points of several streams on one time axis, in the form that the chart library needs.
 *
 * @module
 */
import { BREAK, type Series } from "./protocol.ts";

/** A column of times, and one of values for each stream; undefined if a stream has no point at a time. */
export type Aligned = [x: number[], ...y: (number | null | undefined)[][]];

/**
 * Put streams on one axis.
 *
 * @param streams points of each stream, in order of time
 * @returns the times of all of them, and for each stream a value, null for a gap, or undefined for nothing
 */
export function align(streams: readonly Series[]): Aligned {
  const [only] = streams;
  if (streams.length === 1) return [Array.from(only.x), Array.from(only.y, drawn)];
  // Plain loops, because drawing waits for this, in one task of the page.
  const lines = streams.length;
  const places = new Uint32Array(lines);
  const heads = Float64Array.from(streams, ({ x }) => x[0] ?? Infinity);
  const x: number[] = [];
  const y = streams.map((): (number | null | undefined)[] => []);
  for (;;) {
    let next = Infinity;
    for (let line = 0; line < lines; line++) if (heads[line] < next) next = heads[line];
    if (next === Infinity) return [x, ...y];
    x.push(next);
    for (let line = 0; line < lines; line++) {
      if (heads[line] !== next) {
        y[line].push(undefined);
        continue;
      }
      const stream = streams[line], place = places[line]++;
      y[line].push(drawn(stream.y[place]));
      heads[line] = place + 1 < stream.x.length ? stream.x[place + 1] : Infinity;
    }
  }
}

/** A value that is not finite cannot be drawn: the line has a gap there. */
function drawn(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

/**
 * The point of a stream that is closest to a time; −1 if there is none.
 *
 * @param series points in order of time
 * @param at seconds since the Unix epoch
 */
export function nearest({ x, rows }: Series, at: number): number {
  let low = 0, high = x.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (x[middle] < at) low = middle + 1;
    else high = middle;
  }
  const after = step({ x, rows }, low - 1, 1), before = step({ x, rows }, low, -1);
  if (after < 0 || before < 0) return Math.max(after, before);
  return x[after] - at < at - x[before] ? after : before;
}

/** The next point in a direction that is a reading and not a break of the line; −1 if there is none. */
export function step({ rows }: Pick<Series, "x" | "rows">, from: number, by: 1 | -1): number {
  for (let at = from + by; at >= 0 && at < rows.length; at += by) {
    if (rows[at] !== BREAK) return at;
  }
  return -1;
}

/** The positions to draw, with breaks of the line. */
interface Drawn {
  readonly kept: Uint32Array;
  time(at: number): number;
  value(at: number): number;
  row(at: number): number;
  /** The longest time that a line joins. */
  readonly limit: number;
  /** The time per pixel: a shorter gap is not visible. */
  readonly pixel: number;
}

/** The points, with a break wherever readings are missing. */
export function withBreaks(
  { kept, time, value, row, limit, pixel }: Drawn,
): Pick<Series, "x" | "y" | "rows"> {
  const x: number[] = [], y: number[] = [], rows: number[] = [];
  const shortest = Math.max(limit, pixel * 2);
  for (let index = 0; index < kept.length; index++) {
    const at = kept[index], before = kept[index - 1];
    // Between two points that are not neighbours, there are readings that are not drawn.
    if (index > 0 && before === at - 1 && time(at) - time(before) > shortest) {
      x.push((time(at) + time(before)) / 2);
      y.push(NaN);
      rows.push(BREAK);
    }
    x.push(time(at));
    y.push(value(at));
    rows.push(row(at));
  }
  return { x: Float64Array.from(x), y: Float64Array.from(y), rows: Uint32Array.from(rows) };
}
