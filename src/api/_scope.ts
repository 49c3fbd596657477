/**
 * Scope, one signal that combines the caller's, the Api's and the time limits of a call.
 *
 * `AbortSignal.any` and `AbortSignal.timeout` leave listeners and timers on long-lived signals. A scope removes
 * its own when it is closed.
 *
 * @module
 */

/** A time limit. It becomes the reason of the aborted signal, and so the error of an attempt that takes too long. */
export class TimeLimit {
  /** `limit` names the option that set it. */
  constructor(readonly limit: "timeoutMs" | "totalTimeoutMs", readonly ms: number) {}
}

/** A timer with a longer time fires at once. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** Calls `done` after a time of any length. Returns a function that cancels this. */
export function after(ms: number, done: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const until = performance.now() + ms;
  const wait = (left: number): void => {
    timer = left > LONGEST_TIMER
      ? setTimeout(() => wait(until - performance.now()), LONGEST_TIMER)
      : setTimeout(done, Math.max(0, left));
  };
  if (ms !== Infinity) wait(ms);
  return () => clearTimeout(timer);
}

/** A signal that can be closed. */
export class Scope {
  readonly #controller = new AbortController();
  readonly #above: readonly AbortSignal[];
  readonly #stop: (event: { readonly target: unknown }) => void;
  #cancel: (() => void) | undefined;
  #limit: TimeLimit | undefined;

  /** Makes a scope that ends when one of the signals is aborted. */
  constructor(...above: (AbortSignal | undefined)[]) {
    this.#above = above.filter((signal) => signal !== undefined);
    this.#stop = ({ target }) => {
      if (target instanceof AbortSignal) this.#controller.abort(target.reason);
    };
    for (const signal of this.#above) {
      if (signal.aborted) this.#controller.abort(signal.reason);
      else signal.addEventListener("abort", this.#stop);
    }
  }

  /** The signal of this scope. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Ends the scope after a time. A second call starts the time again. */
  limit(limit: TimeLimit): void {
    this.#cancel?.();
    this.#limit = limit;
    this.#cancel = after(limit.ms, () => this.#controller.abort(limit));
  }

  /** The limit that was set last. */
  get running(): TimeLimit | undefined {
    return this.#limit;
  }

  /** Restarts the current limit, after progress. */
  touch(): void {
    if (this.#limit) this.limit(this.#limit);
  }

  /** A promise that settles like `work`, or rejects when the scope ends first. */
  async race<T>(work: Promise<T>): Promise<T> {
    const { signal } = this;
    if (signal.aborted) {
      work.catch(() => {}); // Its failure is the abort itself.
      throw signal.reason;
    }
    let stop!: () => void;
    const ended = new Promise<never>((_, reject) => {
      stop = () => reject(signal.reason);
      signal.addEventListener("abort", stop);
    });
    try {
      return await Promise.race([work, ended]);
    } finally {
      signal.removeEventListener("abort", stop);
    }
  }

  /** Removes timer and listeners. */
  close(): void {
    this.#cancel?.();
    for (const signal of this.#above) signal.removeEventListener("abort", this.#stop);
  }
}
