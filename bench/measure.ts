/**
 * Timing: contenders take turns, so that other load on the machine affects all of them.
 *
 * @module
 */

/** A piece of work that is timed. */
export interface Contender {
  readonly name: string;
  run(): unknown;
}

/**
 * Nanoseconds for one run of each contender. For the first one, the median of its rounds; for each other one,
 * that value times the median of the ratios within a round, because a machine is faster in some rounds than in
 * others.
 */
export type Times = Record<string, number>;

export interface MeasureOptions {
  /** How often each contender has its turn. */
  readonly rounds: number;
  /** The shortest time of a turn, in milliseconds; the work is repeated for that long. */
  readonly turnMs: number;
}

/** Keeps the results, so that no work is optimised away. */
export let kept: unknown;

/** A run that takes this long is slow. */
const SLOW_NS = 300e6;

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

/**
 * Times the first contender in turns with each other one, in pairs, so that the garbage of a third one has no
 * effect.
 */
export function measure(contenders: readonly Contender[], options: MeasureOptions): Times {
  const { turnMs } = options;
  const [first, ...others] = contenders;
  const firstCount = repeats(first, turnMs);
  const own: number[] = [];
  const ratios = others.map((other) => {
    const count = repeats(other, turnMs);
    // For long work, fewer rounds are enough.
    const rounds = once(other, 1) > SLOW_NS ? Math.min(3, options.rounds) : options.rounds;
    return median(Array.from({ length: rounds }, () => {
      const time = turn(first, firstCount);
      own.push(time);
      return turn(other, count) / time;
    }));
  });
  if (others.length === 0) {
    for (let round = 0; round < options.rounds; round++) own.push(turn(first, firstCount));
  }
  const time = median(own);
  return Object.fromEntries([
    [first.name, time],
    ...others.map(({ name }, i) => [name, time * ratios[i]]),
  ]);
}

function turn(contender: Contender, count: number): number {
  // Short work is warmed up first, because the caches contain data of other work.
  if (count > 1) once(contender, Math.ceil(count / 4));
  return once(contender, count);
}
