/**
 * UploadQueue, reports of one (device, streamer) one after another in the order of the calls.
 *
 * The cloud counts a reading only above the last id that it has seen: a report that overtakes another
 * one, or comes after one that failed, would lose the other's readings for good. So when one fails,
 * those that wait behind it are not sent.
 *
 * @module
 */
import { Scope } from "./_scope.ts";
import { RestBaseException } from "./errors/rest_base_exception.ts";

/** Queues by key; a queue that ran empty is forgotten. */
export class UploadQueue {
  readonly #queues = new Map<string, Queue>();
  #keyed: Promise<unknown> = Promise.resolve();

  /**
   * Runs `work` when all earlier work of its key is done. The key takes time (the head of a file is
   * read), and still the order is that of the calls: keys are found one at a time.
   */
  async run<T>(
    key: () => Promise<string | undefined>,
    work: () => Promise<T>,
    signal?: AbortSignal,
  ): Promise<T> {
    const placed = this.#keyed.then(async () => {
      const name = await key();
      // In an object, since a promise would be waited for here.
      return { done: name === undefined ? work() : this.#enqueue(name, work, signal) };
    });
    this.#keyed = placed.catch(() => {}); // Its own caller is told.
    // An abort ends the wait at once; the place in the queue stays taken until its turn.
    const scope = new Scope(signal);
    try {
      return await scope.race(placed.then(({ done }) => done));
    } finally {
      scope.close();
    }
  }

  #enqueue<T>(name: string, work: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
    const queue = this.#queues.get(name) ?? { tail: Promise.resolve(), waiting: 0 };
    this.#queues.set(name, queue);
    // Forgotten at the very failure, so that a call made because of it begins anew.
    const forget = () => {
      if (this.#queues.get(name) === queue) this.#queues.delete(name);
    };
    const turn = queue.tail.then(async () => {
      if (queue.failure) throw unsent(name, queue.failure.error);
      try {
        signal?.throwIfAborted();
        return await work();
      } catch (error) {
        queue.failure = { error };
        forget();
        throw error;
      } finally {
        if (--queue.waiting === 0) forget();
      }
    });
    queue.waiting++;
    queue.tail = turn.catch(() => {}); // Its own caller is told.
    return turn;
  }
}

/** Reports of one streamer, in the order of the calls. */
interface Queue {
  tail: Promise<unknown>;
  waiting: number;
  failure?: { readonly error: unknown };
}

function unsent(name: string, cause: unknown): UnsentReport {
  return new UnsentReport(
    `Cannot upload the report of ${name}: an earlier report of the same streamer failed, ` +
      "and this one, sent before it, would make the cloud skip its readings",
    { cause },
  );
}

/** A report that was not sent; its name is that of its base class. */
class UnsentReport extends RestBaseException {}
