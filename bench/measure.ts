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
 * Nanoseconds for one run of each contender: of the first one the median of its rounds; of each other that
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
 * Times the first contender in turns with each other one: pair by pair, so that nobody pays for the garbage
 * of a third.
 */
export function measure(contenders: readonly Contender[], options: MeasureOptions): Times {
  const { turnMs } = options;
  const [first, ...others] = contenders;
  const firstCount = repeats(first, turnMs);
  const own: number[] = [];
  const ratios = others.map((other) => {
    const count = repeats(other, turnMs);
    // What takes this long tells as much in fewer rounds.
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
  // Short work gets warm first: the state of the caches is not its own.
  if (count > 1) once(contender, Math.ceil(count / 4));
  return once(contender, count);
}
