/**
 * Records, one for each device: what is sealed, attempted and confirmed, and in which messages it is.
 *
 * Invariants that this file maintains:
 * 3. A record is written by compare-and-swap, before the first byte of an attempt: of two gateways that both think
 *    that they send a device, one fails, and reads what the other one has written.
 * 4. A dead letter is in the same batch as the record that gives its reading up.
 *
 * @module
 */
import { Later } from "../_cloud.ts";
import { Budget } from "../_pauses.ts";
import type { Piece } from "../_pieces.ts";
import type { Plan } from "../_plan.ts";
import type { StreamerState } from "../outbox.ts";
import { type Bus, CODES, JetStreamError, type Outgoing } from "./_bus.ts";
import { DONE, doneText, HEAD, HELD, laneKey, recordSubject, shardOf } from "./_messages.ts";

/** A place in a lane. */
export interface Cursor {
  /** The message before it. */
  readonly seq: number;
  /** So many readings of the next one are before it too. */
  readonly offset: number;
  /** How many readings of the lane are before it. */
  readonly number: number;
}

/** A report that is sealed. */
export interface StoredReport {
  readonly streamer: number;
  readonly first: number;
  readonly last: number;
  readonly sent: number;
  readonly plan: Plan;
  /** The batch of a piece is the sequence of its message. */
  readonly pieces: readonly Piece[];
}

/** A lane. */
export interface LaneRecord {
  /** What is before it is part of a report, or done. */
  readonly sealed: Cursor;
  /** Readings that were counted or given up. */
  readonly done: number;
  /** The last message all of whose readings were. */
  readonly doneSeq?: number;
  /** The streamer of the last report, if the gateway chooses. */
  readonly current?: number;
  readonly report?: StoredReport;
  /** Messages behind the cursor that a person gave up, by their sequence. */
  readonly skip?: readonly number[];
  /** Counts the changes of the lane and of its streamers: who has read an older one changes nothing. */
  readonly rev?: number;
}

/** What is known of a device. */
export interface DeviceRecord {
  /** By the index of the streamer, or "any". */
  readonly lanes: Readonly<Record<string, LaneRecord>>;
  readonly streamers: Readonly<Record<string, StreamerState>>;
  /** Moves of other queues whose streamers are in this record. */
  readonly imported?: readonly string[];
}

/** Another gateway has written the record. It passes: what it wrote is read, and the work continues there. */
export class Overtaken extends Later {
  constructor() {
    super(
      "another gateway sends this device now, or a person has decided about it",
      undefined,
      true,
    );
  }
}

interface Cached {
  readonly seq: number;
  readonly record: DeviceRecord;
}

/** A lane of which nothing is known. */
export const NEW_LANE: LaneRecord = { sealed: { seq: 0, offset: 0, number: 0 }, done: 0 };
const EMPTY: DeviceRecord = { lanes: {}, streamers: {} };
const ATTEMPTS = 8;
/** Writes at a time: ten thousand streamers begin together. */
const MOST_WRITES = 128;
const PAUSE_MS = 250;

/** What is known of a lane of a device. */
export function laneRecord({ lanes }: DeviceRecord, streamer: number): LaneRecord {
  return lanes[laneKey(streamer)] ?? NEW_LANE;
}

/** The records of all devices that this gateway sends. */
export class Records {
  readonly #bus: Bus;
  readonly #cache = new Map<bigint, Promise<Cached>>();
  /** Writes of one device follow one another. */
  readonly #writing = new Map<bigint, Promise<unknown>>();
  readonly #writes = new Budget(MOST_WRITES);
  readonly #onWrite: (subject: string, done: string, held: number) => void;

  constructor(bus: Bus, onWrite: (subject: string, done: string, held: number) => void) {
    this.#bus = bus;
    this.#onWrite = onWrite;
  }

  /** The record of a device, as this gateway knows it. */
  async read(device: bigint): Promise<DeviceRecord> {
    await this.#writing.get(device);
    return (await this.#cached(device)).record;
  }

  /** The record of a device, if it was read before. */
  known(device: bigint): Promise<DeviceRecord> | undefined {
    return this.#cache.get(device)?.then(({ record }) => record);
  }

  /** The record of a device, as the leader knows it now. */
  async fresh(device: bigint): Promise<DeviceRecord> {
    return (await this.#load(device)).cached.record;
  }

  #cached(device: bigint): Promise<Cached> {
    const known = this.#cache.get(device);
    if (known) return known;
    const loading = this.#load(device).then(({ cached }) => cached);
    this.#cache.set(device, loading);
    loading.catch(() => this.#cache.delete(device));
    return loading;
  }

  async #load(device: bigint): Promise<{ cached: Cached; id: string }> {
    const last = await this.#bus.last(recordSubject(device));
    if (!last) return { cached: { seq: 0, record: EMPTY }, id: "" };
    const record = JSON.parse(new TextDecoder().decode(last.data)) as DeviceRecord;
    return { cached: { seq: last.seq, record }, id: last.header(HEAD) };
  }

  /** What is known may be old: it is read again. */
  forget(device?: bigint): void {
    if (device === undefined) this.#cache.clear();
    else this.#cache.delete(device);
  }

  /**
   * The stream has a record with this sequence: if another process wrote it, what is known is forgotten.
   *
   * @returns Whether it was.
   */
  async seen(device: bigint, seq: number): Promise<boolean> {
    const known = this.#cache.get(device);
    // A write of our own finds out by itself what became of it.
    if (!known || this.#writing.has(device)) return false;
    const cached = await known.catch(() => undefined);
    if (!cached || cached.seq >= seq || this.#cache.get(device) !== known) return false;
    this.#cache.delete(device);
    return true;
  }

  /** What is known of the devices of some shards may be old. */
  forgetIf(fits: (shard: number) => boolean): void {
    for (const device of this.#cache.keys()) {
      if (fits(shardOf(device))) this.#cache.delete(device);
    }
  }

  /**
   * Changes a record, and stores messages with it, all or none.
   *
   * @returns The record as it is now.
   * @throws {Overtaken} If another gateway has changed it since it was read.
   */
  async write(
    device: bigint,
    change: (record: DeviceRecord) => DeviceRecord,
    more: readonly Outgoing[] = [],
  ): Promise<DeviceRecord> {
    const before = this.#writing.get(device) ?? Promise.resolve();
    const writing = before.then(() => this.#write(device, change, more));
    const settled = writing.then(() => {}, () => {}); // The caller gets its error.
    this.#writing.set(device, settled);
    try {
      return await writing;
    } finally {
      if (this.#writing.get(device) === settled) this.#writing.delete(device);
    }
  }

  async #write(
    device: bigint,
    change: (record: DeviceRecord) => DeviceRecord,
    more: readonly Outgoing[],
  ): Promise<DeviceRecord> {
    const before = await this.#cached(device);
    const record = counted(before.record, change(before.record));
    const id = crypto.randomUUID();
    const subject = recordSubject(device);
    const done = doneText(
      Object.entries(record.lanes).map(([lane, { done, doneSeq = 0 }]) => ({
        lane,
        done,
        doneSeq,
      })),
    );
    const held = Object.values(record.streamers).filter(({ hold }) => hold).length;
    const message: Outgoing = {
      subject,
      data: new TextEncoder().encode(JSON.stringify(record)),
      headers: { [HEAD]: id, [DONE]: done, [HELD]: String(held), "Nats-Rollup": "sub" },
      after: before.seq,
    };
    try {
      const seq = await this.#store([...more, message], before.seq, id, device);
      this.#cache.set(device, Promise.resolve({ seq, record }));
      this.#onWrite(subject, done, held);
      return record;
    } catch (error) {
      this.forget(device);
      throw error;
    }
  }

  /** Stores messages, the last of which is the record; a lost response is looked for. */
  async #store(
    messages: readonly Outgoing[],
    before: number,
    id: string,
    device: bigint,
  ): Promise<number> {
    for (let attempt = 1;; attempt++) {
      try {
        const release = await this.#writes.take(1);
        try {
          return await this.#bus.store(messages);
        } finally {
          release();
        }
      } catch (error) {
        const found = await this.#load(device).catch(() => undefined);
        if (found?.id === id) return found.cached.seq;
        const wrong = error instanceof JetStreamError && error.code === CODES.wrongSequence;
        if (found && found.cached.seq !== before && (wrong || found.cached.seq > before)) {
          throw new Overtaken();
        }
        if (attempt === ATTEMPTS) throw error;
        await new Promise((resolve) => setTimeout(resolve, PAUSE_MS * attempt));
      }
    }
  }
}

/** Counts the change in the lanes that it is about, be it by their streamers. */
function counted(before: DeviceRecord, after: DeviceRecord): DeviceRecord {
  const changed = new Set<string>();
  for (const [key, lane] of Object.entries(after.lanes)) {
    if (lane !== before.lanes[key]) changed.add(key);
  }
  for (const [index, state] of Object.entries(after.streamers)) {
    if (state !== before.streamers[index]) changed.add(after.lanes[index] ? index : "any");
  }
  const lanes: Record<string, LaneRecord> = { ...after.lanes };
  for (const key of changed) {
    lanes[key] = { ...NEW_LANE, ...lanes[key], rev: (before.lanes[key]?.rev ?? 0) + 1 };
  }
  return { ...after, lanes };
}
