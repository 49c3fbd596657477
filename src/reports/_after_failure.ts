/**
 * An error in a stream that does not lose the items before it. A transform stream that throws drops the items in
 * its queue; here the error goes through the queue like an item.
 *
 * @module
 */

/** An error that keeps its place in a stream of `T`. */
export class Failure<T> {
  #error: unknown;
  #isRaised = false;
  #reject: (error: unknown) => void = () => {};

  /**
   * Puts an error behind the items in the queue.
   *
   * @returns Rejects with the error after the reader has received it, or has cancelled.
   */
  raise(error: unknown, controller: TransformStreamDefaultController<T>): Promise<never> {
    this.#error = error;
    this.#isRaised = true;
    const delivered = new Promise<never>((_, reject) => this.#reject = reject);
    // The only value in the stream that is not a T: `unwrap` removes it again.
    controller.enqueue(this as unknown as T);
    return delivered;
  }

  /** The stream for the reader: the items of `inner`, then the error. */
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
