/**
 * Where a chart of readings must not draw a line: between two readings that are too far apart.
 *
 * A stream does not say how often it is sampled, so the readings tell: if they come regularly, a gap is where
 * at least two are missing; if they do not, it is a time far beyond what is usual between two of them.
 *
 * @module
 */

/** Times between readings that are looked at; the others are taken to be like them. */
const SAMPLE = 4096;

/** Readings come regularly if four of five follow within this many times the median. */
const REGULAR = 1.5;

/** Beyond this many times the median, at least two of regular readings are missing. */
const MISSING_TWO = 2.5;

/** Irregular readings (a Poisson process) are further apart than this many times the 80th percentile once in 600. */
const UNUSUAL = 4;

/**
 * The longest time between two readings that a chart joins with a line.
 *
 * @param length How many readings there are.
 * @param time When a reading was taken, in any unit; not falling from one reading to the next.
 * @returns The time in that unit; infinity if there are too few readings to tell.
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
