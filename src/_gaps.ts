/**
 * Finds the gaps in a chart: a line must not join two readings that are too far apart.
 *
 * A stream does not say how often it is sampled, so this is estimated from the readings. If they are regular, a gap
 * means that at least two are missing; if they are not, it is a time that is much longer than usual.
 *
 * @module
 */

/** The number of times between readings that are examined; the others are assumed to be similar. */
const SAMPLE = 4096;

/** Readings are regular if four of five follow within this many times the median. */
const REGULAR = 1.5;

/** Beyond this many times the median, at least two regular readings are missing. */
const MISSING_TWO = 2.5;

/** One in 600 irregular readings (a Poisson process) comes later than this many times the 80th percentile. */
const UNUSUAL = 4;

/**
 * The longest time between two readings that a chart joins with a line.
 *
 * @param length The number of readings.
 * @param time Returns the time of a reading, in any unit; times must not decrease.
 * @returns The time in that unit; infinity if there are too few readings.
 */
export function longestStep(length: number, time: (at: number) => number): number {
  const stride = Math.max(1, Math.floor((length - 1) / SAMPLE));
  const steps: number[] = [];
  for (let at = 1; at < length; at += stride) {
    const step = time(at) - time(at - 1);
    if (step > 0) steps.push(step);
  }
  if (steps.length < 2) return Infinity;
  steps.sort((a, b) => a - b);
  const rank = (share: number) => steps[Math.floor((steps.length - 1) * share)];
  const [median, most] = [rank(0.5), rank(0.8)];
  return most <= median * REGULAR ? median * MISSING_TWO : most * UNUSUAL;
}
