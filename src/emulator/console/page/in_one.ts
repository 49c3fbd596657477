/**
 * Combines many requests for the same work, because reports may arrive faster than the page can update.
 *
 * @module
 */

/**
 * Wrap work so that requests during a run cause exactly one more run afterwards.
 *
 * @param work the work
 * @returns the wrapped work; its promise settles with the run that began after the call
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
