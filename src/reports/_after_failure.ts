/**
 * An error that comes after what was good before it. A transform stream that throws drops what it has
 * queued: here the error goes through the queue like everything else.
 *
 * @module
 */

/** An error in a stream of `T`, in its turn. */
export class Failure<T> {
  #error: unknown;
  #isRaised = false;
  #reject: (error: unknown) => void = () => {};

  /**
   * Puts an error behind what is queued.
   *
   * @returns Rejects with the error when the reader has got it, or has given up.
   */
  raise(error: unknown, controller: TransformStreamDefaultController<T>): Promise<never> {
    this.#error = error;
    this.#isRaised = true;
    const delivered = new Promise<never>((_, reject) => this.#reject = reject);
    // The only value in the stream that is not a T: `unwrap` takes it out again.
    controller.enqueue(this as unknown as T);
    return delivered;
  }

  /** The stream for the reader: what `inner` has, and the error in its turn. */
  unwrap(inner: ReadableStream<T>): ReadableStream<T> {
    const reader = inner.getReader();
    return new ReadableStream<T>({
      pull: async (controller) => {
        const { value, done } = await reader.read();
        if (done) return controller.close();
        if (value as unknown !== this) return controller.enqueue(value);
        controller.error(this.#error);
        this.#reject(this.#error);
      },
      cancel: async (reason) => {
        if (this.#isRaised) this.#reject(this.#error);
        await reader.cancel(reason);
      },
    }, { highWaterMark: 0 });
  }
}
