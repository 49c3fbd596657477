/**
 * Pushes, the queue of waiting pushes: it decides which of them are stored together, and which have to wait for
 * others.
 *
 * Two pushes that share a lane, a source or a key keep their order: the second waits until the first is stored.
 * All others may be in flight at the same time.
 *
 * @module
 */

/** A push that waits. */
export interface Push {
  /** Its frames, by the subject of their lane. */
  readonly frames: ReadonlyMap<string, readonly Uint8Array[]>;
  readonly readings: number;
  readonly bytes: number;
  /** The position of its source, by the subject of the position. */
  readonly position:
    | { readonly subject: string; readonly source: string; readonly text: string }
    | undefined;
  /** The subject of its idempotency key. */
  readonly key: string | undefined;
  resolve(): void;
  reject(error: Error): void;
}

/** The maximum number of messages in a group: a batch of JetStream has at most a thousand. */
const MOST_MESSAGES = 400;
const MOST_BYTES = 4 << 20;
/**
 * Pushes are distributed to this number of groups, none of them smaller than `SMALLEST`: while the servers store
 * one group, the next one is encoded and sent. With only one group, the servers and the gateway would wait for
 * each other; each additional group costs the servers more writes.
 */
const GROUPS = 2, SMALLEST = 16;

/** Pushes that wait, in order. */
export class Pushes {
  #waiting: Push[] = [];
  readonly #busy = new Set<string>();
  /** How many are in flight. */
  #away = 0;
  /** How many of the waiting ones cannot be sent before others are done. */
  #stuck = 0;

  /** How many wait. */
  get size(): number {
    return this.#waiting.length;
  }

  /** The current maximum number of pushes in a group. */
  get #share(): number {
    const free = this.#waiting.length - this.#stuck + this.#away;
    return Math.max(SMALLEST, Math.ceil(free / GROUPS));
  }

  /** Whether the next group is full. If many pushes are stuck, they must not be searched often. */
  get isFull(): boolean {
    return this.#waiting.length - this.#stuck >= Math.max(this.#share, this.#stuck);
  }

  /** Adds a push at the end. */
  add(push: Push): void {
    this.#waiting.push(push);
  }

  /** Removes a waiting push; false if it is in flight or done. */
  remove(push: Push): boolean {
    this.#stuck = 0;
    const index = this.#waiting.indexOf(push);
    if (index < 0) return false;
    this.#waiting.splice(index, 1);
    return true;
  }

  /** Removes the waiting pushes that match. */
  removeAll(fits: (push: Push) => boolean): Push[] {
    const removed = this.#waiting.filter(fits);
    this.#waiting = this.#waiting.filter((it) => !removed.includes(it));
    return removed;
  }

  /** The next pushes that can be stored together; undefined if none can. Call `done` after they are stored. */
  take(): { readonly pushes: readonly Push[]; done(): void } | undefined {
    const taken: Push[] = [];
    const left: Push[] = [];
    /** The keys of pushes that stay in the queue: nothing may overtake them. */
    const needed = new Set<string>();
    const own = new Set<string>();
    const keys = new Set<string>();
    const most = this.#share;
    let messages = 0;
    let bytes = 0;
    let stuck = 0;
    for (const [i, push] of this.#waiting.entries()) {
      const full = taken.length >= most || messages >= MOST_MESSAGES || bytes >= MOST_BYTES;
      if (full && taken.length > 0) {
        left.push(...this.#waiting.slice(i));
        break;
      }
      const names = [...push.frames.keys()];
      if (push.position) names.push(push.position.subject);
      if (push.key) names.push(push.key);
      const more = push.frames.size + 2;
      const waits = names.some((name) => this.#busy.has(name) || needed.has(name)) ||
        // The second push with a key sees that the first one is stored.
        (push.key !== undefined && keys.has(push.key)) ||
        (taken.length > 0 && messages + more > MOST_MESSAGES);
      if (waits) {
        for (const name of names) needed.add(name);
        stuck++;
        left.push(push);
        continue;
      }
      if (push.key) keys.add(push.key);
      for (const name of names) own.add(name);
      taken.push(push);
      messages += more;
      bytes += push.bytes;
    }
    this.#stuck = stuck;
    if (taken.length === 0) return undefined;
    this.#waiting = left;
    this.#away += taken.length;
    for (const name of own) this.#busy.add(name);
    return {
      pushes: taken,
      done: () => {
        this.#away -= taken.length;
        this.#stuck = 0;
        for (const name of own) this.#busy.delete(name);
      },
    };
  }
}
