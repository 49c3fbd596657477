/**
 * When reports are counted: before the response, or later by workers, like the real cloud may do.
 *
 * Workers take reports in the order of arrival, one each, and the time for a report varies. So with two or more
 * workers, a report can be counted before one that arrived earlier, whose readings are then lost.
 */
import { inspectable } from "../../_inspect.ts";
import { isMap } from "../../_is_record.ts";
import { StoreError } from "../store/database.ts";

/** When reports are counted. */
export interface CountingOptions {
  /**
   * How many workers count reports after the response; the count in the response is then the number of readings
   * in the file. 0: reports are counted before the response; its count is the number of new readings.
   *
   * @default {0}
   */
  readonly workers?: number;
  /**
   * How long a worker takes for a report, in milliseconds: a number, or the limits of a random time.
   *
   * @default {[0, 30]}
   */
  readonly delayMs?: number | readonly [shortest: number, longest: number];
  /**
   * The seed of the random times, for reproducible tests.
   *
   * @default random
   */
  readonly seed?: number;
}

/** Options with defaults filled in. */
export interface CheckedCounting {
  /** How many workers count reports after the response; 0: before it. */
  readonly workers: number;
  /** The shortest and the longest time that a worker takes for a report, in milliseconds. */
  readonly delayMs: readonly [number, number];
  /** The seed of the random times. */
  readonly seed: number;
}

const LONGEST_DELAY_MS = 600_000;
/** How long a worker waits when the store does not accept writes. */
const STORE_PAUSE_MS = 50;

/**
 * Checks options.
 *
 * @throws TypeError If an option is unknown or out of range; the message names it.
 */
export function checkCounting(options: CountingOptions | undefined): CheckedCounting {
  const given = options ?? {};
  if (!isMap(given)) {
    throw new TypeError(
      `Cannot set how reports are counted: "counting" must be an object with workers, delayMs, seed`,
    );
  }
  for (const name of Object.keys(given)) {
    if (!["workers", "delayMs", "seed"].includes(name)) {
      throw new TypeError(
        `Cannot use "${name}" to set how reports are counted: there are workers, delayMs, seed`,
      );
    }
  }
  const { workers = 0, delayMs = [0, 30], seed = Math.floor(Math.random() * 2 ** 32) }:
    CountingOptions = given;
  const fail = (name: string, value: unknown, rule: string): never => {
    throw new TypeError(
      `Cannot set how reports are counted: "${name}" ${rule}; the current value is ${
        JSON.stringify(value)
      }`,
    );
  };
  if (!Number.isInteger(workers) || workers < 0 || workers > 64) {
    fail("workers", workers, "must be an integer from 0 to 64");
  }
  const range: CheckedCounting["delayMs"] = typeof delayMs === "number"
    ? [delayMs, delayMs]
    : delayMs;
  const isTime = (value: unknown) =>
    typeof value === "number" && value >= 0 && value <= LONGEST_DELAY_MS;
  if (
    !Array.isArray(range) || range.length !== 2 || !range.every(isTime) || range[0] > range[1]
  ) {
    fail("delayMs", delayMs, `must be from 0 to ${LONGEST_DELAY_MS}, or two such numbers in order`);
  }
  if (!Number.isSafeInteger(seed)) fail("seed", seed, "must be an integer");
  return { workers, delayMs: range, seed };
}

/**
 * Controls when the emulator counts reports. Waiting reports are on disk: an emulator that was killed counts them
 * when it is started again.
 *
 * @example
 * ```ts
 * import { createEmulator } from "@archfx/cloud/emulator";
 * import { assertEquals } from "@std/assert";
 *
 * await using emulator = await createEmulator({ counting: { workers: 2 } });
 * // ... uploads are answered with the number of readings in the file ...
 * await emulator.counting.idle();
 * assertEquals(emulator.counting.waiting, 0);
 * emulator.counting.set({ workers: 0 }); // count before the response from now on
 * ```
 */
export class Counting {
  readonly #count: (report: number) => void;
  readonly #initial: CheckedCounting;
  #options: CheckedCounting;
  #random: () => number;
  #queue: number[] = [];
  /** Timers of reports that a worker has taken, by report. */
  readonly #taken = new Map<number, ReturnType<typeof setTimeout>>();
  #idle: (() => void)[] = [];

  /** Starts with the waiting reports of an earlier run; `count` counts one of them. */
  constructor(options: CheckedCounting, waiting: readonly number[], count: (n: number) => void) {
    this.#initial = this.#options = options;
    this.#random = randomFrom(options.seed);
    this.#count = count;
    this.#queue.push(...waiting);
    this.#next();
  }

  /** Whether reports are counted after the response. */
  get isLater(): boolean {
    return this.#options.workers > 0;
  }

  /** How many reports were answered but not counted yet. */
  get waiting(): number {
    return this.#queue.length + this.#taken.size;
  }

  /**
   * Changes when reports are counted, from now on. With `workers: 0`, those that wait are counted at once.
   *
   * @throws TypeError for an invalid option.
   */
  set(options: CountingOptions): void {
    this.#options = checkCounting(options);
    this.#random = randomFrom(this.#options.seed);
    if (!this.isLater) {
      const taken = [...this.#taken.keys()];
      this.#stop();
      this.#queue = [...taken, ...this.#queue].sort((a, b) => a - b);
    }
    this.#next();
  }

  /** Resolves when no report waits. */
  async idle(): Promise<void> {
    if (this.waiting > 0) await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  /** Takes a report that was stored. */
  add(report: number): void {
    this.#queue.push(report);
    this.#next();
  }

  /** Restores the initial options. */
  reset(): void {
    this.#options = this.#initial;
    this.#random = randomFrom(this.#options.seed);
  }

  /** Stops work on the waiting reports; they stay on disk. */
  stop(): void {
    this.#stop();
    this.#queue = [];
    this.#tellIdle();
  }

  #stop(): void {
    for (const timer of this.#taken.values()) clearTimeout(timer);
    this.#taken.clear();
  }

  /** Assigns reports to free workers. */
  #next(): void {
    while (this.#queue.length > 0 && (!this.isLater || this.#taken.size < this.#options.workers)) {
      const report = this.#queue.shift()!;
      if (this.isLater) this.#wait(report, this.#delay());
      else this.#work(report);
    }
    if (this.waiting === 0) this.#tellIdle();
  }

  #delay(): number {
    const [shortest, longest] = this.#options.delayMs;
    return shortest + this.#random() * (longest - shortest);
  }

  #wait(report: number, ms: number): void {
    this.#taken.set(
      report,
      setTimeout(() => {
        this.#taken.delete(report);
        this.#work(report);
        this.#next();
      }, ms),
    );
  }

  #work(report: number): void {
    try {
      this.#count(report);
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      this.#wait(report, STORE_PAUSE_MS);
    }
  }

  #tellIdle(): void {
    const waiting = this.#idle;
    this.#idle = [];
    for (const resolve of waiting) resolve();
  }

  /** When reports are counted, and how many wait. */
  toString(): string {
    const { workers } = this.#options;
    return `Counting(${workers === 0 ? "before the response" : `${workers} workers`}, ` +
      `${this.waiting} waiting)`;
  }

  /** The options, and how many reports wait. */
  toJSON(): CheckedCounting & { waiting: number } {
    return { ...this.#options, waiting: this.waiting };
  }

  static {
    inspectable(this.prototype, String);
  }
}

/** Random numbers from 0 to 1; the same seed gives the same numbers. */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32;
}
