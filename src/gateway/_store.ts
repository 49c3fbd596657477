/**
 * The store of a queue on SQLite: batches, records, keys and dead letters. It does not know their meaning for the
 * cloud. It is synchronous: `_store_host.ts` decides what is in one transaction.
 *
 * Invariants that this file maintains:
 * 1. The batches of a push, its position and its key are written in one transaction (1 and 2 of the gateway).
 * 2. A batch is only inserted and deleted, never changed, so that damage cannot spread. `done` of its lane is the
 *    last finished batch, so that a stale page cannot restore a finished one.
 * 3. Every record is written to two tables: 1 kB of damage cannot destroy both copies.
 * 4. Everything has a CRC32C, which is checked when it is read: SQLite only notices damage to its own structure.
 *
 * @module
 */
import { QueueDatabase } from "./_database.ts";
import { deviceDigits } from "./_device_text.ts";
import type { Progress } from "./_mark.ts";
import {
  deadFrame,
  isIntact,
  readBatch,
  readRecord,
  type RecordFrame,
  recordFrame,
  stampBatch,
} from "./_frames.ts";
import {
  type LaneCount,
  type LaneRecord,
  type RecordKind,
  type RecordName,
  type RecordOf,
  recordOf,
  type RecordsOf,
  recordsOf,
  type SetRecord,
} from "./_records.ts";

/** One step of a transaction. */
export type Change =
  | SetRecord
  | { readonly kind: "unset"; readonly name: RecordName }
  /** Deletes the batches of a lane up to `batch`; `readings` more are finished. */
  | {
    readonly kind: "finish";
    readonly lane: number;
    readonly batch: number;
    readonly readings: number;
  }
  /** Deletes one batch, which is finished for any reason. */
  | {
    readonly kind: "remove";
    readonly lane: number;
    readonly batch: number;
    readonly readings: number;
  }
  /** Turns a damaged batch into a dead letter. */
  | { readonly kind: "set aside"; readonly lane: number; readonly batch: number }
  | { readonly kind: "bury"; readonly frame: Uint8Array }
  | { readonly kind: "unbury"; readonly id: number }
  /** Stores batches again, with new ids: dead letters that are retried, batches of another queue. */
  | { readonly kind: "insert"; readonly frames: readonly Uint8Array[] }
  /** An idempotency key that was used with another queue, this number of seconds ago. */
  | { readonly kind: "key"; readonly name: string; readonly age: number };

/** A push that is to be stored. */
export interface PushCall {
  readonly frames: readonly Uint8Array[];
  readonly source?: string;
  readonly position?: string;
  readonly key?: string;
}

/** How long an idempotency key is kept. */
const DAY_SECONDS = 24 * 3600;

/** The number of the lane of a record. */
export function laneNumber(name: string): number {
  return Number(name.slice(name.indexOf("/") + 1));
}

/** The tables. */
export class Store {
  readonly db: QueueDatabase;
  readonly #records = new Map<string, { value: unknown; version: number }>();
  readonly #lanes = new Map<string, number>();
  readonly #counts = new Map<number, LaneCount>();
  readonly #touched = new Set<number>();
  #version = 0;
  #nextBatch = 1;
  #nextLane = 1;
  /** Seconds that this queue has been open, over all runs: the age of keys and batches. */
  #seconds = 0;
  readonly #opened = performance.now();
  /** All readings that were ever pushed. */
  #pushed = 0;
  /** Bytes of all batches. */
  bytes = 0;
  /** Records without an intact copy when the file was opened. */
  readonly damagedRecords: string[] = [];

  constructor(path: string) {
    this.db = new QueueDatabase(path);
    try {
      this.#load();
    } catch (error) {
      this.db.close();
      throw error;
    }
  }

  #load(): void {
    this.#loadRecords();
    let last = Number(this.db.value("SELECT max(id) FROM batch") ?? 0);
    for (const [name, record] of this.records("lane")) {
      last = Math.max(last, this.#enterLane(laneNumber(name), record));
    }
    for (const [name, count] of this.records("count")) {
      this.#counts.set(laneNumber(name), { ...count });
      this.bytes += count.bytes;
    }
    const progress = this.record("last");
    this.#pushed = progress?.readings ?? 0;
    this.#nextBatch = Math.max(last, progress?.batch ?? 0) + 1;
    this.#seconds = Number(this.record("seconds") ?? 0);
  }

  /** The state of this queue, for its mark. */
  get progress(): Progress {
    return { version: this.#version, batch: this.#nextBatch - 1, readings: this.#pushed };
  }

  /** Continues after lost commits, without reusing their numbers. */
  skipTo({ version, batch, readings }: Progress): void {
    this.#version = Math.max(this.#version, version);
    this.#nextBatch = Math.max(this.#nextBatch, batch + 1);
    this.#pushed = Math.max(this.#pushed, readings);
  }

  /** Registers a lane; returns the highest batch in its record. */
  #enterLane(lane: number, { device, streamer, done, sealed }: LaneRecord): number {
    this.#lanes.set(`${device}/${streamer}`, lane);
    this.#nextLane = Math.max(this.#nextLane, lane + 1);
    return Math.max(done, sealed.batch);
  }

  /** Copies records of a damaged file. Called within a transaction, in a store without records. */
  adopt(records: ReadonlyMap<string, RecordFrame>): void {
    for (const [name, { value, version }] of records) {
      // Counts start at zero and include each batch that is found.
      if (name.startsWith("count/")) continue;
      this.#version = Math.max(this.#version, version);
      this.#write(name, value);
    }
    for (const [name, record] of recordsOf(records, "lane")) {
      const last = this.#enterLane(laneNumber(name), record);
      this.#nextBatch = Math.max(this.#nextBatch, last + 1);
    }
    this.#pushed = this.record("last")?.readings ?? 0;
    this.#seconds = Number(this.record("seconds") ?? 0);
  }

  #loadRecords(): void {
    const seen = new Set<string>();
    for (const table of ["record", "copy"]) {
      for (
        const { name, data } of this.db.all<{ name: string; data: Uint8Array }>(
          `SELECT name, data FROM ${table}`,
        )
      ) {
        seen.add(name);
        if (!isIntact(data)) continue;
        const record = readRecord(data);
        const known = this.#records.get(record.name);
        if (!known || known.version < record.version) this.#records.set(record.name, record);
        this.#version = Math.max(this.#version, record.version);
      }
    }
    for (const name of seen) if (!this.#records.has(name)) this.damagedRecords.push(name);
  }

  /** Seconds that this queue has been open, over all runs. It does not depend on the wall clock. */
  get seconds(): number {
    return this.#seconds + Math.floor((performance.now() - this.#opened) / 1000);
  }

  /** A record, or undefined. */
  record<Name extends RecordName>(name: Name): RecordOf<Name> | undefined {
    return recordOf(this.#records, name);
  }

  /** All records of a kind. */
  records<Kind extends RecordKind>(kind: Kind): RecordsOf<Kind> {
    return recordsOf(this.#records, kind);
  }

  /** How much waits in a lane. */
  count(lane: number): LaneCount {
    return this.#counts.get(lane) ?? { readings: 0, bytes: 0 };
  }

  /** Runs a function in one transaction; if it fails, its counts and records are dropped. */
  transaction<T>(work: () => T): T {
    const undo: (() => void)[] = [];
    this.#undo = undo;
    const [batch, lane, pushed] = [this.#nextBatch, this.#nextLane, this.#pushed];
    const version = this.#version;
    try {
      return this.db.transaction(() => {
        const result = work();
        for (const lane of this.#touched) this.#set(`count/${lane}`, this.count(lane));
        // The last record of each commit, with the highest version.
        this.#set("last", { batch: this.#nextBatch - 1, readings: this.#pushed });
        return result;
      });
    } catch (error) {
      for (const step of undo.reverse()) step();
      [this.#nextBatch, this.#nextLane, this.#pushed] = [batch, lane, pushed];
      this.#version = version;
      throw error;
    } finally {
      this.#touched.clear();
      this.#undo = undefined;
    }
  }

  #undo: (() => void)[] | undefined;

  /** Stores a push; false if its key was used before. Within a transaction. */
  push(call: PushCall): boolean {
    const { frames, source, position, key } = call;
    if (key !== undefined) {
      const name = `${source ?? ""}/${key}`;
      const at = this.db.value("SELECT at FROM key WHERE name = ?", name);
      if (at !== undefined && Number(at) > this.seconds - DAY_SECONDS) return false;
      this.db.run("INSERT OR REPLACE INTO key(name, at) VALUES (?, ?)", name, this.seconds);
      this.db.run("DELETE FROM key WHERE at < ?", this.seconds - DAY_SECONDS);
      this.#set("seconds", this.seconds);
    }
    for (const frame of frames) this.#insert(frame);
    if (position !== undefined) this.#set(`position/${source ?? ""}`, position);
    return true;
  }

  #insert(frame: Uint8Array): void {
    const id = this.#nextBatch++;
    stampBatch(frame, id, this.seconds);
    this.#pushed += readBatch(frame).readings;
    // A lane begins after all batches, so that an older frame never belongs to it.
    this.insertStamped(frame, id - 1);
  }

  /**
   * Stores a batch that already has an id: for salvage.
   *
   * @param frame The frame.
   * @param done The last finished batch, if the lane is new with this one.
   */
  insertStamped(frame: Uint8Array, done = 0): void {
    const { id, device, streamer, readings } = readBatch(frame);
    const lane = this.#laneOf(deviceDigits(device), streamer, done);
    this.db.run("INSERT INTO batch(id, lane, data) VALUES (?, ?, ?)", id, lane, frame);
    this.#nextBatch = Math.max(this.#nextBatch, id + 1);
    this.#add(lane, readings, frame.length);
  }

  #laneOf(device: string, streamer: number, done: number): number {
    const key = `${device}/${streamer}`;
    const known = this.#lanes.get(key);
    if (known !== undefined) return known;
    const lane = this.#nextLane++;
    this.#lanes.set(key, lane);
    this.#undo?.push(() => this.#lanes.delete(key));
    const record: LaneRecord = { device, streamer, sealed: { batch: done, offset: 0 }, done };
    this.#set(`lane/${lane}`, record);
    return lane;
  }

  #add(lane: number, readings: number, bytes: number): void {
    let count = this.#counts.get(lane);
    if (!count) this.#counts.set(lane, count = { readings: 0, bytes: 0 });
    const before = { ...count };
    const total = this.bytes;
    this.#undo?.push(() => {
      Object.assign(count, before);
      this.bytes = total;
    });
    count.readings = Math.max(0, count.readings + readings);
    count.bytes = Math.max(0, count.bytes + bytes);
    this.bytes = Math.max(0, total + count.bytes - before.bytes);
    this.#touched.add(lane);
  }

  /** Counts that are unknown because of damage become known again with the last batch of their lane. */
  #subtract(lane: number, readings: number, bytes: number): void {
    const more = this.db.value("SELECT 1 FROM batch WHERE lane = ? LIMIT 1", lane) !== undefined;
    this.#add(lane, more ? -readings : -Infinity, more ? -bytes : -Infinity);
  }

  /** Applies changes. Within a transaction. */
  apply(changes: readonly Change[]): void {
    for (const change of changes) {
      switch (change.kind) {
        case "set":
          this.#write(change.name, change.value);
          break;
        case "unset":
          this.#unset(change.name);
          break;
        case "finish": {
          const { lane, batch, readings } = change;
          const bytes = this.db.value(
            "SELECT coalesce(sum(length(data)), 0) FROM batch WHERE lane = ? AND id <= ?",
            lane,
            batch,
          );
          this.db.run("DELETE FROM batch WHERE lane = ? AND id <= ?", lane, batch);
          this.#subtract(lane, readings, Number(bytes));
          break;
        }
        case "remove": {
          const { lane, batch, readings } = change;
          const bytes = this.db.value("SELECT length(data) FROM batch WHERE id = ?", batch);
          if (bytes === undefined) break;
          this.db.run("DELETE FROM batch WHERE id = ?", batch);
          this.#subtract(lane, readings, Number(bytes));
          break;
        }
        case "set aside": {
          const data = this.db.value("SELECT data FROM batch WHERE id = ?", change.batch);
          if (data === undefined) break;
          const about = { reason: "damaged", readings: 0, at: new Date().toISOString() };
          const bytes = data instanceof Uint8Array ? data : undefined;
          this.db.run("INSERT INTO dead(data) VALUES (?)", deadFrame(about, bytes));
          this.apply([{ ...change, kind: "remove", readings: 0 }]);
          break;
        }
        case "bury":
          this.db.run("INSERT INTO dead(data) VALUES (?)", change.frame);
          break;
        case "unbury":
          this.db.run("DELETE FROM dead WHERE id = ?", change.id);
          break;
        case "insert":
          for (const frame of change.frames) this.#insert(frame);
          break;
        case "key": {
          const at = this.seconds - change.age;
          this.db.run("INSERT OR IGNORE INTO key(name, at) VALUES (?, ?)", change.name, at);
        }
      }
    }
  }

  #set<Name extends RecordName>(name: Name, value: RecordOf<Name>): void {
    this.#write(name, value);
  }

  #write(name: string, value: unknown): void {
    const before = this.#records.get(name);
    this.#undo?.push(() => {
      if (before) this.#records.set(name, before);
      else this.#records.delete(name);
    });
    const version = ++this.#version;
    this.#records.set(name, { value, version });
    const frame = recordFrame(version, name, value);
    for (const table of ["record", "copy"]) {
      this.db.run(
        `INSERT INTO ${table}(name, data) VALUES (?, ?) ON CONFLICT(name) DO UPDATE SET data = excluded.data`,
        name,
        frame,
      );
    }
  }

  #unset(name: string): void {
    const before = this.#records.get(name);
    if (before) this.#undo?.push(() => this.#records.set(name, before));
    this.#records.delete(name);
    for (const table of ["record", "copy"]) {
      this.db.run(`DELETE FROM ${table} WHERE name = ?`, name);
    }
  }

  /** Stores for how long the queue was open, and closes it. */
  close(): void {
    try {
      this.transaction(() => this.#set("seconds", this.seconds));
    } catch {
      // The disk is full or the file is damaged: keys are kept for longer, which is safe.
    }
    this.db.close();
  }
}
