/**
 * Reduces a series to the points that a screen can show, without hiding a peak (M4: the first, lowest, highest
 * and last point of each pixel column are kept, so the drawn line covers the same pixels).
 *
 * @module
 */

/**
 * Reduce points that are in order of time.
 *
 * @param length how many points there are
 * @param x time of a point
 * @param y value of a point
 * @param buckets columns of the chart
 * @returns positions of the points to draw, in order
 */
export function thin(
  length: number,
  x: (at: number) => number,
  y: (at: number) => number,
  buckets: number,
): Uint32Array {
  if (length <= buckets * 4) return Uint32Array.from({ length }, (_, at) => at);
  const start = x(0);
  const width = (x(length - 1) - start) / buckets || 1;
  const kept = new Uint32Array(buckets * 4 + 4);
  let size = 0;
  let at = 0;
  while (at < length) {
    const bucket = Math.min(buckets - 1, Math.floor((x(at) - start) / width));
    const first = at;
    let low = at, high = at;
    while (at < length && Math.min(buckets - 1, Math.floor((x(at) - start) / width)) === bucket) {
      // NaN is a gap in the line: it is neither the lowest nor the highest value.
      if (!(y(at) >= y(low))) low = Number.isNaN(y(at)) ? low : at;
      if (!(y(at) <= y(high))) high = Number.isNaN(y(at)) ? high : at;
      at++;
    }
    for (const point of [first, Math.min(low, high), Math.max(low, high), at - 1]) {
      if (size === 0 || kept[size - 1] < point) kept[size++] = point;
    }
  }
  return kept.slice(0, size);
}
