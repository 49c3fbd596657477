/**
 * Pauses of the sender: longer each time, ended by a signal.
 *
 * @module
 */

/** The functions that wait for each signal. */
const waiting = new WeakMap<AbortSignal, Set<() => void>>();

/**
 * Calls a function when the signal is aborted; returns a function that cancels that. The signal itself has one
 * listener for all: it searches its listeners whenever one is added or removed, and ten thousand lanes wait for
 * it.
 */
function onAbort(signal: AbortSignal, listener: () => void): () => void {
  let listeners = waiting.get(signal);
  if (!listeners) {
    const all = listeners = new Set<() => void>();
    waiting.set(signal, all);
    signal.addEventListener("abort", () => {
      for (const each of all) each();
      all.clear();
    }, { once: true });
  }
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/** Waits, or rejects with the reason of the signal. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const forget = onAbort(signal, () => {
      clearTimeout(timer);
      reject(signal.reason);
    });
    const timer = setTimeout(() => {
      forget();
      resolve();
    }, ms);
  });
}

const SHORTEST_MS = 250, LONGEST_MS = 60_000;

/** Pauses that double, with a random part, so that many gateways do not try again at the same time. */
export class Backoff {
  #next = SHORTEST_MS;

  /** The next pause, in ms: not shorter than what the server asked for, and not longer than `mostMs` otherwise. */
  next(askedMs = 0, mostMs = LONGEST_MS): number {
    const ms = Math.min(this.#next, mostMs) * (0.5 + Math.random() / 2);
    this.#next = Math.min(LONGEST_MS, 2 * this.#next);
    return Math.max(ms, askedMs);
  }

  /** Resets the pauses after a success. */
  reset(): void {
    this.#next = SHORTEST_MS;
  }
}

/** A signal that several tasks wait for, each with its own time limit. */
export class Bell {
  #listeners = new Set<() => void>();
  #rings = 0;

  /** Wakes all waiting tasks. */
  ring(): void {
    this.#rings++;
    const listeners = this.#listeners;
    this.#listeners = new Set();
    for (const listener of listeners) listener();
  }

  /** How often it has rung. A task that reads this number before it waits does not miss a ring. */
  get rings(): number {
    return this.#rings;
  }

  /** Waits until it has rung more than `seen` times, or until the time has passed. */
  async wait(seen: number, ms: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#rings > seen) return;
    await new Promise<void>((resolve) => {
      const end = () => {
        clearTimeout(timer);
        this.#listeners.delete(end);
        forget();
        resolve();
      };
      const timer = setTimeout(end, ms);
      this.#listeners.add(end);
      const forget = onAbort(signal, end);
    });
    signal.throwIfAborted();
  }
}

/** Limits the bytes in use at a time: a thousand streamers must not have a thousand reports in memory. */
export class Budget {
  #free: number;
  readonly #most: number;
  readonly #waiting: { bytes: number; enter(): void }[] = [];

  constructor(bytes: number) {
    this.#free = this.#most = bytes;
  }

  /** Waits for free bytes; returns a function that releases them. */
  async take(bytes: number): Promise<() => void> {
    const wanted = Math.min(bytes, this.#most);
    if (this.#free < wanted || this.#waiting.length > 0) {
      await new Promise<void>((enter) => this.#waiting.push({ bytes: wanted, enter }));
    } else this.#free -= wanted;
    let given = false;
    return () => {
      if (given) return;
      given = true;
      this.#free += wanted;
      while (this.#waiting.length > 0 && this.#waiting[0]!.bytes <= this.#free) {
        const next = this.#waiting.shift()!;
        this.#free -= next.bytes;
        next.enter();
      }
    };
  }
}
