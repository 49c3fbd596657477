/**
 * The store with an interface of requests: it runs in a worker, or on this thread if the runtime has no workers.
 *
 * Everything is synchronous: requests are handled one at a time, in order. Events of the store are part of the
 * next response.
 *
 * @module
 */
import { readBatch } from "./_frames.ts";
import { salvageInto } from "./_salvage.ts";
import type { StoreEvent } from "./_store_event.ts";
import { type HostOptions, type Outcome, type StoreCall, StoreHost } from "./_store_host.ts";
import type {
  LaneCount,
  LaneRecord,
  RecordKind,
  RecordName,
  RecordOf,
  RecordsOf,
} from "./_records.ts";
import { laneNumber, type Store } from "./_store.ts";
import {
  deadLetters,
  findDamage,
  oldestBatch,
  scanBatches,
  type ScannedBatch,
  type StoredBatch,
  takeBatches,
} from "./_store_reads.ts";

/** A lane with its waiting readings. */
export interface LaneEntry extends LaneCount {
  readonly lane: number;
  readonly record: LaneRecord;
  /** The streamer of its last report, if the gateway chooses. */
  readonly current: number | null;
}

/** Numbers of a queue. */
export interface StoreStats {
  readonly readings: number;
  readonly bytes: number;
  /** When the oldest batch was pushed, in ms since the Unix epoch; null if no batch waits. */
  readonly oldest: number | null;
  /** Dead letters. */
  readonly dead: number;
  readonly full: boolean;
  readonly reserve: number;
  readonly commits: { readonly ms: number; readonly count: number; readonly slowestMs: number };
}

/** The requests, and their results. */
export interface StoreOps {
  open(path: string, options: HostOptions): void;
  commit(calls: readonly StoreCall[], resume: boolean): Outcome[];
  tick(): void;
  lanes(): LaneEntry[];
  lane(lane: number): LaneEntry | undefined;
  record(name: RecordName): RecordOf<RecordName> | undefined;
  records(kind: RecordKind): RecordsOf<RecordKind>;
  take(lane: number, after: number, readings: number, upTo?: number): StoredBatch[];
  /** Batches of all lanes, some at a time. */
  scan(after: number): ScannedBatch[];
  /** Idempotency keys, and how many seconds ago they were used. */
  keys(): { name: string; age: number }[];
  dead(after: number, limit: number): { id: number; data: Uint8Array }[];
  stats(): StoreStats;
  /** All problems of the file. */
  check(): string[];
  /** Copies the intact batches of a file that was set aside into this store, with new ids. */
  salvage(path: string): { readings: number; batches: number };
  close(): void;
}

/** A request. */
export interface StoreRequest {
  readonly op: keyof StoreOps;
  readonly args: readonly unknown[];
}

/** A response: a value, and the events of the store. */
export interface StoreReply {
  readonly value: unknown;
  readonly events: readonly StoreEvent[];
}

/** Runs a store for one client. */
export class StoreServer {
  #host: StoreHost | undefined;
  #events: StoreEvent[] = [];

  /** Handles one request. */
  handle({ op, args }: StoreRequest): StoreReply {
    // Both sides use the types of `StoreOps`, so the compiler checks the arguments of the client.
    const value = (this.#ops[op] as (...args: unknown[]) => unknown)(...args);
    const events = this.#events;
    this.#events = [];
    return { value, events };
  }

  get #open(): StoreHost {
    if (!this.#host) throw new Error("Cannot use the queue: it is closed");
    return this.#host;
  }

  readonly #ops: StoreOps = {
    open: (path, options) => {
      this.#host = new StoreHost(path, options, (event) => this.#events.push(event));
    },
    commit: (calls, resume) => this.#open.commit(calls, resume),
    tick: () => this.#open.tick(),
    lanes: () =>
      this.#open.read((store) =>
        store.records("lane").map(([name]) => entry(store, laneNumber(name))!)
      ),
    lane: (lane) => this.#open.read((store) => entry(store, lane)),
    record: (name) => this.#open.read((store) => store.record(name)),
    records: (kind) => this.#open.read((store) => store.records(kind)),
    take: (lane, after, readings, upTo) =>
      this.#open.read((store) => takeBatches(store.db, lane, after, readings, upTo)),
    scan: (after) => this.#open.read((store) => scanBatches(store.db, after)),
    keys: () =>
      this.#open.read((store) =>
        store.db.all<{ name: string; at: number }>("SELECT name, at FROM key ORDER BY id")
          .map(({ name, at }) => ({ name, age: store.seconds - at }))
      ),
    dead: (after, limit) => this.#open.read((store) => deadLetters(store.db, after, limit)),
    stats: () => this.#stats(),
    check: () => this.#open.read((store) => findDamage(store.db)),
    salvage: (path) => this.#open.read((store) => salvageInto(path, store)),
    close: () => {
      this.#host?.close();
      this.#host = undefined;
    },
  };

  #stats(): StoreStats {
    const host = this.#open;
    return host.read((store) => {
      let [readings, bytes] = [0, 0];
      for (const [, count] of store.records("count")) {
        readings += count.readings;
        bytes += count.bytes;
      }
      const oldest = oldestBatch(store.db);
      return {
        readings,
        bytes,
        oldest: oldest ? readBatch(oldest).at : null,
        dead: Number(store.db.value("SELECT count(*) FROM dead")),
        full: host.full,
        reserve: host.reserve,
        commits: { ...host.commits },
      };
    });
  }
}

function entry(store: Store, lane: number): LaneEntry | undefined {
  const record = store.record(`lane/${lane}`);
  return record === undefined ? undefined : {
    lane,
    record,
    ...store.count(lane),
    current: store.record(`current/${lane}`) ?? null,
  };
}
