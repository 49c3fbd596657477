/**
 * A source of chunks that can be given up while it makes somebody wait.
 *
 * @module
 */

/**
 * The items of a source until the signal is aborted, also where the source has none for a long time; it is
 * told to stop then, but not waited for.
 */
export async function* abortable<T>(
  source: AsyncIterable<T> | Iterable<T>,
  signal: AbortSignal | undefined,
): AsyncGenerator<T> {
  if (signal === undefined) {
    yield* source;
    return;
  }
  signal.throwIfAborted();
  const iterator = Symbol.asyncIterator in source
    ? source[Symbol.asyncIterator]()
    : source[Symbol.iterator]();
  let abort = () => {};
  const aborted = new Promise<never>((_, reject) => abort = () => reject(signal.reason));
  aborted.catch(() => {}); // it is not an error that nobody waits for it any more
  signal.addEventListener("abort", abort, { once: true });
  let isDone = false;
  try {
    for (;;) {
      const result = await Promise.race([iterator.next(), aborted]);
      isDone = result.done === true;
      if (isDone) return;
      yield await result.value;
      signal.throwIfAborted();
    }
  } finally {
    signal.removeEventListener("abort", abort);
    if (!isDone) {
      const stopped = Promise.resolve(iterator.return?.());
      if (signal.aborted) stopped.catch(() => {});
      else await stopped;
    }
  }
}
