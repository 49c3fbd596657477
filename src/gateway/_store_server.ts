/**
 * The store behind messages: what a Worker runs, or the same thread where there are no Workers.
 *
 * A request is `{ id, op, args }`, its answer `{ id, value }` or `{ id, error }`; `{ event }` comes by itself.
 *
 * @module
 */
import { loadSqlite } from "./_database.ts";
import { readBatch } from "./_frames.ts";
import { type HostOptions, type StoreEvent, StoreHost } from "./_store_host.ts";
import type { Change, LaneCount, LaneRecord, PushCall, StoredBatch } from "./_store.ts";

/** A lane with what waits in it. */
export interface LaneEntry extends LaneCount {
  readonly lane: number;
  readonly record: LaneRecord;
}

/** Numbers of a queue. */
export interface StoreStats {
  readonly readings: number;
  readonly bytes: number;
  /** When the oldest batch was pushed, in ms since the Unix epoch; null if there is none. */
  readonly oldest: number | null;
  readonly dead: number;
  readonly blocked: number;
  readonly full: boolean;
  readonly reserve: number;
  readonly commits: { readonly ms: number; readonly count: number; readonly slowestMs: number };
}

/** What can be asked, and what the answer is. */
export interface StoreOps {
  open(path: string, options: HostOptions): Promise<void>;
  push(call: PushCall): Promise<void>;
  cancel(id: number): void;
  apply(changes: readonly Change[]): Promise<void>;
  lanes(): LaneEntry[];
  lane(lane: number): LaneEntry | undefined;
  record(name: string): unknown;
  records(prefix: string): [name: string, value: unknown][];
  take(lane: number, after: number, readings: number, upTo?: number): StoredBatch[];
  dead(after: number, limit: number): { id: number; data: Uint8Array }[];
  stats(): StoreStats;
  close(): void;
}

/** A request. */
export interface StoreRequest {
  readonly id: number;
  readonly op: keyof StoreOps;
  readonly args: readonly unknown[];
}

/** What comes back. */
export type StoreReply =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly error: { readonly name: string; readonly message: string } }
  | { readonly event: StoreEvent };

/** Runs a store for whoever sends messages. */
export class StoreServer {
  readonly #reply: (reply: StoreReply) => void;
  #host: StoreHost | undefined;
  readonly #cancels = new Map<number, () => void>();
  readonly #ops: StoreOps;

  constructor(reply: (reply: StoreReply) => void) {
    this.#reply = reply;
    this.#ops = this.#operations();
  }

  /** Takes one request. */
  async receive({ id, op, args }: StoreRequest): Promise<void> {
    try {
      const work = this.#ops[op] as (...args: unknown[]) => unknown;
      const value = op === "push" ? await this.#push(id, args[0] as PushCall) : await work(...args);
      this.#reply({ id, value });
    } catch (error) {
      const { name, message } = error instanceof Error ? error : new Error(String(error));
      this.#reply({ id, error: { name, message } });
    }
  }

  get #open(): StoreHost {
    if (!this.#host) throw new Error("Cannot use the queue: it is closed");
    return this.#host;
  }

  async #push(id: number, call: PushCall): Promise<void> {
    try {
      await this.#open.push(call, (cancel) => this.#cancels.set(id, cancel));
    } finally {
      this.#cancels.delete(id);
    }
  }

  #operations(): StoreOps {
    const read = <T>(work: (store: StoreHost["store"]) => T) => this.#open.read(work);
    const lane = (store: StoreHost["store"], number: number, record: unknown): LaneEntry => ({
      lane: number,
      record: record as LaneRecord,
      ...store.count(number),
    });
    return {
      open: async (path, options) => {
        await loadSqlite();
        this.#host = new StoreHost(path, options, (event) => this.#reply({ event }));
      },
      push: (call) => this.#open.push(call),
      cancel: (id) => this.#cancels.get(id)?.(),
      apply: (changes) => this.#open.apply(changes),
      lanes: () =>
        read((store) =>
          store.records("lane/").map(([name, record]) => lane(store, Number(name.slice(5)), record))
        ),
      lane: (number) =>
        read((store) => {
          const record = store.record(`lane/${number}`);
          return record === undefined ? undefined : lane(store, number, record);
        }),
      record: (name) => read((store) => store.record(name)),
      records: (prefix) => read((store) => store.records(prefix)),
      take: (number, after, readings, upTo) =>
        read((store) => store.take(number, after, readings, upTo)),
      dead: (after, limit) => read((store) => store.dead(after, limit)),
      stats: () => this.#stats(),
      close: () => {
        this.#host?.close();
        this.#host = undefined;
      },
    };
  }

  #stats(): StoreStats {
    const host = this.#open;
    return host.read((store) => {
      let [readings, bytes] = [0, 0];
      for (const [, value] of store.records("count/")) {
        readings += (value as LaneCount).readings;
        bytes += (value as LaneCount).bytes;
      }
      const oldest = store.oldest();
      return {
        readings,
        bytes,
        oldest: oldest ? readBatch(oldest).at : null,
        dead: Number(store.db.value("SELECT count(*) FROM dead")),
        blocked: host.blocked,
        full: host.full,
        reserve: host.reserve,
        commits: { ...host.commits },
      };
    });
  }
}
