/**
 * Waits for one thing after another until a signal is aborted.
 *
 * `Promise.race` with one promise for the signal would keep the results of all races until that promise is settled: of a
 * large file from standard input, every byte.
 *
 * @module
 */

/** Waits for things, each of them until a signal is aborted. */
export class UntilAborted {
  readonly #signal: AbortSignal;
  #reject: ((reason: unknown) => void) | undefined;
  readonly #onAbort = () => this.#reject?.(this.#signal.reason);

  /** @param signal The signal; {@linkcode close} lets go of it. */
  constructor(signal: AbortSignal) {
    this.#signal = signal;
    signal.addEventListener("abort", this.#onAbort);
  }

  /**
   * The result of what is awaited.
   *
   * @throws The signal's reason, if the signal is aborted before.
   */
  wait<T>(awaited: PromiseLike<T> | T): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#reject = reject;
      Promise.resolve(awaited).then(resolve, reject);
      if (this.#signal.aborted) this.#onAbort();
    });
  }

  /** Lets go of the signal. */
  close(): void {
    this.#signal.removeEventListener("abort", this.#onAbort);
  }
}
