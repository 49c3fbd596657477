/**
 * UploadQueue: sends the reports of a streamer one after another, in the order of the calls.
 *
 * Invariants:
 * 1. At most one report of a streamer is being sent at any time.
 * 2. A report whose lowest id is above the lowest id of the streamer's {@linkcode Fence} is not sent, and its ids
 *    join the fence. So no reading is overtaken by one with a higher id.
 * 3. If an upload ends without being counted (an error, an abort, invalid options), its ids join the fence.
 *
 * @module
 */
import { Fence, type IdSpan, spansText } from "./_fence.ts";
import { log } from "./_log.ts";
import { Scope } from "./_scope.ts";
import { RestBaseException } from "./errors/mod.ts";

/** The place of a report in the order. */
export interface UploadPlace {
  /** Its device and streamer. */
  readonly streamer: string;
  /** The ids of its readings; undefined if it has none and its place in the order does not matter. */
  readonly ids: IdSpan | undefined;
}

/** How an upload waits for its turn. */
interface TurnOptions {
  /** Ends the waiting. */
  readonly signal?: AbortSignal | undefined;
  /** Whether earlier reports that failed and have lower ids are given up. */
  readonly skipFailed?: boolean | undefined;
}

/** The queues of an Api by streamer. A queue that is empty and has no fence is removed. */
export class UploadQueue {
  readonly #queues = new Map<string, Queue>();
  #placed: Promise<unknown> = Promise.resolve();

  /**
   * Runs `work` when all earlier work of its streamer has ended. Finding the place of a report takes time,
   * because the start of the file is read. Places are found one at a time, to keep the order of the calls.
   */
  async run<T>(
    place: () => Promise<UploadPlace | undefined>,
    work: () => Promise<T>,
    options: TurnOptions = {},
  ): Promise<T> {
    const placed = this.#placed.then(async () => {
      const found = await place();
      // In an object, because a bare promise would be awaited here.
      return { done: found === undefined ? work() : this.#enqueue(found, work, options) };
    });
    this.#placed = placed.catch(() => {}); // Its own caller gets the error.
    if (!options.signal) return await placed.then(({ done }) => done);
    // An abort ends the wait immediately; the place in the queue stays reserved until its turn.
    const scope = new Scope(options.signal);
    try {
      return await scope.race(placed.then(({ done }) => done));
    } finally {
      scope.close();
    }
  }

  #enqueue<T>(place: UploadPlace, work: () => Promise<T>, options: TurnOptions): Promise<T> {
    const { streamer } = place;
    let queue = this.#queues.get(streamer);
    if (!queue) {
      queue = { tail: Promise.resolve(), waiting: 0, fence: new Fence() };
      this.#queues.set(streamer, queue);
    }
    const { fence } = queue;
    const turn = queue.tail.then(async () => {
      try {
        return await takeTurn(fence, place, work, options);
      } finally {
        if (--queue.waiting === 0 && fence.isEmpty) this.#queues.delete(streamer);
      }
    });
    queue.waiting++;
    queue.tail = turn.catch(() => {}); // Its own caller gets the error.
    return turn;
  }
}

/** Reports of one streamer. */
interface Queue {
  tail: Promise<unknown>;
  waiting: number;
  readonly fence: Fence;
}

async function takeTurn<T>(
  fence: Fence,
  { streamer, ids }: UploadPlace,
  work: () => Promise<T>,
  { signal, skipFailed }: TurnOptions,
): Promise<T> {
  if (ids === undefined) {
    signal?.throwIfAborted();
    return await work();
  }
  try {
    signal?.throwIfAborted();
    if (skipFailed) giveUp(fence, streamer, ids);
    const first = fence.before(ids.lowest);
    if (first !== undefined) throw unsent(streamer, ids, fence, first.cause);
    const result = await work();
    fence.countedTo(ids.highest);
    return result;
  } catch (error) {
    // The first failure, not the last report that was held back because of it.
    fence.add(ids, error instanceof UnsentReport ? error.cause : error);
    throw error;
  }
}

function giveUp(fence: Fence, streamer: string, { lowest }: IdSpan): void {
  const spans = fence.giveUpBelow(lowest);
  if (spans.length === 0) return;
  log.warning(
    "Readings of {streamer} with the ids {ids} are given up: they failed, and {lowest} follows",
    {
      streamer,
      ids: spansText(spans),
      lowest: String(lowest),
    },
  );
}

function unsent(streamer: string, ids: IdSpan, fence: Fence, cause: unknown): UnsentReport {
  return new UnsentReport(
    `Cannot upload the report of ${streamer} with the reading ids ${
      spansText([ids])
    }: the ids ${fence} ` +
      "failed before it, and the cloud would not count them after it. Upload the failed reports first, " +
      "from the lowest id, or give them up with skipFailed",
    { cause },
  );
}

/** A report that was not sent. It has the name of its base class. */
class UnsentReport extends RestBaseException {}
