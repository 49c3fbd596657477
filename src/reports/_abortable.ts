/**
 * Reads a source of chunks that can be abandoned while a reader waits for it.
 *
 * @module
 */
import { UntilAborted } from "../_until_aborted.ts";

/**
 * The items of a source until the signal is aborted, even if the source returns nothing for a long time. After an
 * abort, the source is asked to stop, but not waited for.
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
  const untilAborted = new UntilAborted(signal);
  let isDone = false;
  try {
    for (;;) {
      const result = await untilAborted.wait(iterator.next());
      isDone = result.done === true;
      if (isDone) return;
      yield await result.value;
      signal.throwIfAborted();
    }
  } finally {
    untilAborted.close();
    if (!isDone) {
      const stopped = Promise.resolve(iterator.return?.());
      if (signal.aborted) stopped.catch(() => {});
      else await stopped;
    }
  }
}
