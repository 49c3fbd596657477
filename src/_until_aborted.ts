/**
 * Waits for one promise after another until a signal is aborted.
 *
 * `Promise.race` with one promise for the signal would keep the results of all races until that promise is settled. For
 * a large file from standard input, this would be every byte.
 *
 * @module
 */

/** Waits for promises until a signal is aborted. */
export class UntilAborted {
  readonly #signal: AbortSignal;
  #reject: ((reason: unknown) => void) | undefined;
  readonly #onAbort = () => this.#reject?.(this.#signal.reason);

  /** @param signal The signal; {@linkcode close} removes the listener from it. */
  constructor(signal: AbortSignal) {
    this.#signal = signal;
    signal.addEventListener("abort", this.#onAbort);
  }

  /**
   * Waits for a promise.
   *
   * @throws The reason of the signal, if the signal is aborted first.
   */
  wait<T>(awaited: PromiseLike<T> | T): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#reject = reject;
      Promise.resolve(awaited).then(resolve, reject);
      if (this.#signal.aborted) this.#onAbort();
    });
  }

  /** Removes the listener from the signal. */
  close(): void {
    this.#signal.removeEventListener("abort", this.#onAbort);
  }
}
