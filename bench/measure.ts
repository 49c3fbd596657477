/**
 * Timing: contenders take turns, so that what the machine does meanwhile falls on all of them.
 *
 * @module
 */

/** A piece of work that is timed. */
export interface Contender {
  readonly name: string;
  run(): unknown;
}

/** Nanoseconds for one run of each contender: the median of its rounds. */
export type Times = Record<string, number>;

export interface MeasureOptions {
  /** How often each contender has its turn. */
  readonly rounds: number;
  /** How long a turn lasts at least, in milliseconds; the work is repeated as often as that takes. */
  readonly turnMs: number;
}

/** Somewhere for results to go, so that no work is optimized away. */
export let kept: unknown;

function once({ run }: Contender, times: number): number {
  const start = performance.now();
  for (let i = 0; i < times; i++) kept = run();
  return (performance.now() - start) * 1e6 / times;
}

function repeats(contender: Contender, turnMs: number): number {
  let times = 1;
  for (;;) {
    const spent = once(contender, times) * times / 1e6;
    if (spent >= turnMs) return times;
    times = Math.ceil(spent <= 0 ? times * 10 : times * Math.min(10, 1.2 * turnMs / spent));
  }
}

function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

/** Times contenders in turns. */
export function measure(contenders: readonly Contender[], options: MeasureOptions): Times {
  const { rounds, turnMs } = options;
  const counts = contenders.map((contender) => repeats(contender, turnMs));
  const samples = contenders.map((): number[] => []);
  for (let round = 0; round < rounds; round++) {
    contenders.forEach((contender, i) => {
      // Short work gets warm first: what the one before left behind is not its own.
      if (counts[i] > 1) once(contender, Math.ceil(counts[i] / 4));
      samples[i].push(once(contender, counts[i]));
    });
  }
  return Object.fromEntries(contenders.map(({ name }, i) => [name, median(samples[i])]));
}
