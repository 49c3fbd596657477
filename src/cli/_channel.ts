/**
 * A channel from one task to another: the sender waits while the receiver is busy.
 *
 * @module
 */

/** Passes on values, one at a time. */
export class Channel<T> implements AsyncIterable<T> {
  #value: { value: T } | undefined;
  #closed = false;
  #error: { error: unknown } | undefined;
  #wake: (() => void)[] = [];

  /** Sends a value when the receiver has taken the last one. */
  async send(value: T): Promise<void> {
    while (this.#value && !this.#error) await this.#changed();
    if (this.#error) throw this.#error.error;
    this.#value = { value };
    this.#notify();
  }

  /** Ends the channel: no more values follow. */
  close(): void {
    this.#closed = true;
    this.#notify();
  }

  /** Makes both ends throw. */
  fail(error: unknown): void {
    this.#error ??= { error };
    this.#notify();
  }

  /** The values in order. */
  async *[Symbol.asyncIterator](): AsyncGenerator<T> {
    while (true) {
      while (!this.#value && !this.#closed && !this.#error) await this.#changed();
      if (this.#error) throw this.#error.error;
      if (!this.#value) return;
      const { value } = this.#value;
      this.#value = undefined;
      this.#notify();
      yield value;
    }
  }

  #changed(): Promise<void> {
    return new Promise((resolve) => this.#wake.push(resolve));
  }

  #notify(): void {
    const waiting = this.#wake;
    this.#wake = [];
    for (const resolve of waiting) resolve();
  }
}
