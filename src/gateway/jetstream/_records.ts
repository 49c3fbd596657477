/**
 * Records, one for each device: the sealed, attempted and confirmed readings, and the messages that contain them.
 *
 * Invariants that this file maintains:
 * 3. A record is written by compare-and-swap, before the first byte of an attempt: if two gateways think that
 *    they send a device, one of them fails and reads the record that the other one has written.
 * 4. A dead letter is in the same batch as the record that gives up its reading.
 *
 * @module
 */
import { Later } from "../_cloud.ts";
import { Budget } from "../_pauses.ts";
import type { Piece } from "../_pieces.ts";
import type { Plan } from "../_plan.ts";
import type { StreamerState } from "../outbox.ts";
import { type Cached, RecordCache } from "./_record_cache.ts";
import { type Bus, CODES, JetStreamError, type Outgoing } from "./_bus.ts";
import { DONE, doneText, HEAD, HELD, laneKey, recordSubject, shardOf } from "./_messages.ts";

/** A place in a lane. */
export interface Cursor {
  /** The message before it. */
  readonly seq: number;
  /** The number of readings of the next message that are also before it. */
  readonly offset: number;
  /** The number of readings of the lane before it. */
  readonly number: number;
}

/** A sealed report. */
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
  /** Everything before it is part of a report, or done. */
  readonly sealed: Cursor;
  /** The number of readings that were counted or given up. */
  readonly done: number;
  /** The last message of which all readings were. */
  readonly doneSeq?: number;
  /** The streamer of the last report, if the gateway chooses. */
  readonly current?: number;
  readonly report?: StoredReport;
  /** Messages after the cursor that the user gave up, by their sequence. */
  readonly skip?: readonly number[];
  /**
   * Counts the changes of the lane and of its streamers: a program that has read an older version cannot change
   * it.
   */
  readonly rev?: number;
}

/** The state of a device. */
export interface DeviceRecord {
  /** By the index of the streamer, or "any". */
  readonly lanes: Readonly<Record<string, LaneRecord>>;
  readonly streamers: Readonly<Record<string, StreamerState>>;
  /** Moves of other queues whose streamers are in this record. */
  readonly imported?: readonly string[];
}

/** Another gateway has written the record. This is temporary: the record is read again, and the work continues. */
export class Overtaken extends Later {
  constructor() {
    super(
      "another gateway sends this device now, or a user has decided about it",
      undefined,
      true,
    );
  }
}

/** A lane without a known state. */
export const NEW_LANE: LaneRecord = { sealed: { seq: 0, offset: 0, number: 0 }, done: 0 };
const EMPTY: DeviceRecord = { lanes: {}, streamers: {} };
const ATTEMPTS = 8;
/** The number of simultaneous writes: ten thousand streamers start at the same time. */
const MOST_WRITES = 128;
const PAUSE_MS = 250;

/** The state of a lane of a device. */
export function laneRecord({ lanes }: DeviceRecord, streamer: number): LaneRecord {
  return lanes[laneKey(streamer)] ?? NEW_LANE;
}

/** The records of all devices that this gateway sends. */
export class Records {
  readonly #bus: Bus;
  readonly #cache = new RecordCache<DeviceRecord>();
  readonly #loading = new Map<bigint, Promise<Cached<DeviceRecord>>>();
  /** Writes of one device are done one after another. */
  readonly #writing = new Map<bigint, Promise<unknown>>();
  readonly #writes = new Budget(MOST_WRITES);
  readonly #onWrite: (subject: string, done: string, held: number) => void;

  constructor(bus: Bus, onWrite: (subject: string, done: string, held: number) => void) {
    this.#bus = bus;
    this.#onWrite = onWrite;
  }

  /** The record of a device, possibly from the cache. */
  async read(device: bigint): Promise<DeviceRecord> {
    await this.#writing.get(device);
    return (await this.#cached(device)).record;
  }

  /** The record of a device, if it was already read. */
  known(device: bigint): DeviceRecord | undefined {
    return this.#cache.get(device)?.record;
  }

  /** The current record of a device, from the leader. */
  async fresh(device: bigint): Promise<DeviceRecord> {
    return (await this.#load(device)).cached.record;
  }

  async #cached(device: bigint): Promise<Cached<DeviceRecord>> {
    return this.#cache.get(device) ?? await (this.#loading.get(device) ?? this.#loaded(device));
  }

  /** Reads a record, and caches it unless it is invalidated in the meantime. */
  #loaded(device: bigint): Promise<Cached<DeviceRecord>> {
    const loading: Promise<Cached<DeviceRecord>> = this.#load(device).then(({ cached, text }) => {
      if (this.#loading.get(device) === loading) this.#cache.set(device, cached, text);
      return cached;
    }).finally(() => {
      if (this.#loading.get(device) === loading) this.#loading.delete(device);
    });
    this.#loading.set(device, loading);
    return loading;
  }

  async #load(
    device: bigint,
  ): Promise<{ cached: Cached<DeviceRecord>; text: string; id: string }> {
    const last = await this.#bus.last(recordSubject(device));
    const text = last ? new TextDecoder().decode(last.data) : JSON.stringify(EMPTY);
    const cached = { seq: last?.seq ?? 0, record: JSON.parse(text) as DeviceRecord };
    return { cached, text, id: last?.header(HEAD) ?? "" };
  }

  #drop(device: bigint): void {
    this.#cache.delete(device);
    this.#loading.delete(device);
  }

  /** Invalidates the cached record: it may be old. */
  forget(device?: bigint): void {
    if (device !== undefined) this.#drop(device);
    else this.forgetIf(() => true);
  }

  /**
   * The stream has a record with this sequence: if another process wrote it, the cached record is dropped.
   *
   * @returns Whether it was dropped.
   */
  async seen(device: bigint, seq: number): Promise<boolean> {
    // One of our own writes detects its result itself.
    if (this.#writing.has(device)) return false;
    const loading = this.#loading.get(device);
    if (loading) await loading.catch(() => undefined); // The reader reports the error.
    const known = this.#cache.seq(device);
    if (known === undefined || known >= seq || this.#writing.has(device)) return false;
    this.#drop(device);
    return true;
  }

  /** Invalidates the cached records of the devices of some shards. */
  forgetIf(fits: (shard: number) => boolean): void {
    for (const device of [...this.#cache.devices(), ...this.#loading.keys()]) {
      if (fits(shardOf(device))) this.#drop(device);
    }
  }

  /**
   * Changes a record and stores messages with it, atomically.
   *
   * @returns The new record.
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
    const text = JSON.stringify(record);
    const message: Outgoing = {
      subject,
      data: new TextEncoder().encode(text),
      headers: { [HEAD]: id, [DONE]: done, [HELD]: String(held), "Nats-Rollup": "sub" },
      after: before.seq,
    };
    try {
      const seq = await this.#store([...more, message], before.seq, id, device);
      this.#cache.set(device, { seq, record }, text);
      this.#onWrite(subject, done, held);
      return record;
    } catch (error) {
      this.forget(device);
      throw error;
    }
  }

  /** Stores messages, the last of which is the record; after a lost response, it checks whether they were stored. */
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

/** Counts the change in the affected lanes, including changes of their streamers. */
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
