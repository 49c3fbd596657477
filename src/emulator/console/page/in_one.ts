/**
 * Many wishes for the same work, done in one: reports may come in faster than a page can follow.
 *
 * @module
 */

/**
 * Make work that is asked for while it is under way happen once more afterwards, however often it was
 * asked for.
 *
 * @param work what is to be done
 * @returns the same, for many callers; what it gives back settles with the run that began after the call
 */
export function inOne(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  let next: Promise<void> | undefined;
  return function run(): Promise<void> {
    if (running === undefined) {
      running = work().finally(() => running = undefined);
      return running;
    }
    next ??= running.catch(() => undefined).then(() => {
      next = undefined;
      return run();
    });
    return next;
  };
}
