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

/**
 * Nanoseconds for one run of each contender: of the first one the median of its rounds, of each other that
 * times the median of the ratios within a round, since a machine is faster in some rounds than in others.
 */
export type Times = Record<string, number>;

export interface MeasureOptions {
  /** How often each contender has its turn. */
  readonly rounds: number;
  /** How long a turn lasts at least, in milliseconds; the work is repeated as often as that takes. */
  readonly turnMs: number;
}

/** Somewhere for results to go, so that no work is optimized away. */
export let kept: unknown;

/** Collects garbage, where the runtime was started with `--expose-gc`. */
const collect = (globalThis as { gc?: () => void }).gc;

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
      // What the one before left behind is not its own: neither its garbage nor, where work is short, the
      // state of the caches.
      collect?.();
      if (counts[i] > 1) once(contender, Math.ceil(counts[i] / 4));
      samples[i].push(once(contender, counts[i]));
    });
  }
  const first = median(samples[0]);
  return Object.fromEntries(contenders.map(({ name }, i) => {
    const ratios = samples[i].map((time, round) => time / samples[0][round]);
    return [name, first * median(ratios)];
  }));
}
