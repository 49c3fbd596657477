/**
 * StoreHost, who runs the store: which calls share an fsync, what happens when the queue or the disk is full,
 * and when the file is damaged. It runs in a Worker, since each fsync stops its thread.
 *
 * Invariants that this file maintains:
 * 1. A push is answered only after the commit that contains it, which is an fsync.
 * 2. A batch is given up only by overflow mode `drop-oldest`, never one that is part of a report, and each time
 *    an event says how many readings of which device.
 * 3. A full disk stops pushes, not the sender: its changes may spend the reserve.
 * 4. A file that SQLite cannot read is set aside, never deleted, and what it holds is salvaged.
 *
 * @module
 */
import fs from "node:fs";
import { batchColumns, isIntact, readBatch } from "./_frames.ts";
import { troubleOf } from "./_database.ts";
import { QueueError, QueueFullError } from "./errors.ts";
import { Reserve } from "./_reserve.ts";
import { salvage } from "./_salvage.ts";
import { type Change, type PushCall, Store } from "./_store.ts";
import type { QueueOptions } from "./types.ts";

/** Something that people should know, with its numbers. */
export interface StoreEvent {
  readonly level: "info" | "warning" | "error";
  readonly message: string;
  /** Readings that were given up. */
  readonly dropped?: number;
}

/** A queue's options with nothing left open. */
export type HostOptions =
  & Required<Omit<QueueOptions, "maxAgeMs">>
  & Pick<QueueOptions, "maxAgeMs">;

interface Call {
  readonly push?: PushCall;
  readonly changes?: readonly Change[];
  readonly bytes: number;
  resolve(): void;
  reject(error: unknown): void;
  canceled?: boolean;
}

/** So many pushes share a commit at most. */
const GROUP = 64;
const TICK_MS = 1000;

/** The store and the rules for its use. */
export class StoreHost {
  store: Store;
  readonly #path: string;
  readonly #options: HostOptions;
  readonly #tell: (event: StoreEvent) => void;
  readonly #reserve: Reserve;
  #group: Call[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #blocked: Call[] = [];
  readonly #ticker: ReturnType<typeof setInterval>;
  #diskFull = false;
  #saidFull = false;
  /** How long commits took: the sum in ms, and how many. */
  readonly commits = { ms: 0, count: 0, slowestMs: 0 };

  /** Opens the file; a damaged one is set aside. */
  constructor(path: string, options: HostOptions, tell: (event: StoreEvent) => void) {
    this.#path = path;
    this.#options = options;
    this.#tell = tell;
    this.store = this.#open();
    this.#reserve = new Reserve(path, options.reserveBytes);
    this.#reserve.restore(options.minFreeBytes);
    // On a small disk the log must stay small too.
    const pages = Math.min(1000, Math.max(32, Math.floor(this.#reserve.free() / 4096 / 64)));
    this.store.db.exec(`PRAGMA wal_autocheckpoint = ${pages}; PRAGMA journal_size_limit = 4194304`);
    this.#ticker = setInterval(() => this.#tick(), TICK_MS);
    (this.#ticker as { unref?(): void }).unref?.();
  }

  #open(): Store {
    try {
      return this.#opened();
    } catch (error) {
      const trouble = troubleOf(error);
      if (trouble === "locked") {
        throw new QueueError(
          `Cannot open the queue "${this.#path}": another process uses it; ` +
            'stop it, or ask it with "archfx gateway status"',
        );
      }
      if (trouble !== "damaged") {
        if (error instanceof QueueError) throw error;
        throw new QueueError(`Cannot open the queue "${this.#path}": ${(error as Error).message}`);
      }
      return this.#setAside(error);
    }
  }

  #opened(): Store {
    const store = new Store(this.#path);
    if (store.damagedRecords.length > 0) {
      this.#tell({
        level: "error",
        message: `The queue "${this.#path}" is damaged: lost ${store.damagedRecords.join(", ")}`,
      });
      // What SQLite can read is not the whole truth: the salvage reads every page.
      store.db.close();
      return this.#setAside(new Error("both copies of a record are damaged"));
    }
    return store;
  }

  /** Puts a damaged file out of the way and begins a new one with what can be recovered. */
  #setAside(cause: unknown): Store {
    let n = 1;
    while (fs.existsSync(`${this.#path}.damaged-${n}`)) n++;
    const aside = `${this.#path}.damaged-${n}`;
    for (const end of ["", "-wal"]) {
      if (fs.existsSync(this.#path + end)) fs.renameSync(this.#path + end, aside + end);
    }
    fs.rmSync(`${this.#path}-shm`, { force: true });
    this.#tell({
      level: "error",
      message: `The queue "${this.#path}" is damaged (${(cause as Error).message}): ` +
        `it was renamed to "${aside}", and a new one begins`,
    });
    const store = new Store(this.#path);
    try {
      const { batches, readings, damaged, lost } = salvage(aside, store);
      this.#tell({
        level: "warning",
        message: `Salvaged ${readings} readings in ${batches} batches from "${aside}"; ` +
          `${damaged} damaged pieces were left there`,
      });
      for (const { device, readings } of lost) {
        this.#tell({
          level: "error",
          message: `About ${readings} readings of device ${device} were lost by damage`,
          dropped: readings,
        });
      }
    } catch (error) {
      this.#tell({
        level: "error",
        message: `Cannot salvage "${aside}": ${(error as Error).message}; ` +
          '"archfx gateway queue check --salvage" tries again',
      });
    }
    return store;
  }

  /** Runs a read; a damaged file is replaced first. */
  read<T>(work: (store: Store) => T): T {
    try {
      return work(this.store);
    } catch (error) {
      if (troubleOf(error) !== "damaged") throw error;
      this.#recover(error);
      return work(this.store);
    }
  }

  #recover(error: unknown): void {
    this.store.db.close();
    this.store = this.#setAside(error);
  }

  /** Stores a push. */
  push(push: PushCall, cancel?: (canceled: () => void) => void): Promise<void> {
    let bytes = 0;
    for (const frame of push.frames) bytes += frame.length;
    if (bytes > this.#options.maxBytes) {
      return Promise.reject(
        new QueueFullError(
          `Cannot push ${bytes} bytes: maxBytes of the queue is ${this.#options.maxBytes}`,
        ),
      );
    }
    return new Promise((resolve, reject) => {
      const call: Call = { push, bytes, resolve, reject };
      cancel?.(() => {
        call.canceled = true;
        this.#blocked = this.#blocked.filter((it) => it !== call);
      });
      if (this.#blocked.length > 0) this.#block(call);
      else this.#enqueue(call);
    });
  }

  #enqueue(call: Call): void {
    this.#group.push(call);
    if (this.#group.length >= GROUP) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), this.#options.syncMs);
  }

  /** Applies changes, in one transaction with the pushes that wait for one. */
  apply(changes: readonly Change[]): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#group.push({ changes, bytes: 0, resolve, reject });
      this.flush();
    });
  }

  /** Commits what waits for it. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const group = this.#group.filter((call) => !call.canceled);
    this.#group = [];
    const ready = group.filter((call) => call.push === undefined || this.#hasRoom(call));
    if (ready.length === 0) return;
    try {
      this.#commit(ready);
      for (const call of ready) call.resolve();
    } catch {
      // One of them, or the disk: each by itself shows which.
      for (const call of ready) this.#single(call);
    }
    if (ready.some((call) => call.changes !== undefined)) this.#wake();
  }

  #commit(calls: readonly Call[]): void {
    const started = performance.now();
    this.store.transaction(() => {
      for (const { push, changes } of calls) {
        if (push) this.store.push(push);
        else this.store.apply(changes!);
      }
    });
    const ms = performance.now() - started;
    this.commits.ms += ms;
    this.commits.count++;
    this.commits.slowestMs = Math.max(this.commits.slowestMs, ms);
  }

  #single(call: Call, again = true): void {
    try {
      this.#commit([call]);
      call.resolve();
    } catch (error) {
      const trouble = troubleOf(error);
      if (trouble === "damaged" && again) {
        try {
          this.#recover(error);
        } catch (failure) {
          return call.reject(failure);
        }
        return this.#single(call, false);
      }
      if (trouble !== "full") return call.reject(error);
      this.#full();
      if (call.changes === undefined) return this.#refuse(call, "the disk is full");
      this.#makeSpace();
      if (again && this.#reserve.spend()) {
        this.#tell({
          level: "warning",
          message: "The disk is full: the reserve is spent on sending what waits",
        });
        return this.#single(call, true);
      }
      call.reject(new QueueError(`Cannot write to the queue "${this.#path}": the disk is full`));
    }
  }

  #full(): void {
    this.#diskFull = true;
    if (this.#saidFull) return;
    this.#saidFull = true;
    this.#tell({ level: "error", message: "The disk is full: intake stops until there is room" });
  }

  /** Gives the log and free pages back to the file system, as far as that works without space. */
  #makeSpace(): void {
    try {
      this.store.db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
    } catch {
      // It needs space itself: the reserve is next.
    }
  }

  #hasRoom(call: Call): boolean {
    const { maxBytes, minFreeBytes, overflow } = this.#options;
    if (this.#diskFull) {
      this.#refuse(call, "the disk is full");
      return false;
    }
    if (minFreeBytes > 0 && this.#lowOnDisk()) {
      this.#full();
      this.#refuse(call, `less than ${minFreeBytes} bytes are free on the disk`);
      return false;
    }
    const missing = this.store.bytes + call.bytes - maxBytes;
    if (missing <= 0 || (overflow === "drop-oldest" && this.#drop(missing))) return true;
    this.#refuse(call, `${this.store.bytes} bytes wait in it, and maxBytes is ${maxBytes}`);
    return false;
  }

  #checked = -Infinity;
  #low = false;

  #lowOnDisk(): boolean {
    if (performance.now() - this.#checked > 250) {
      this.#checked = performance.now();
      this.#low = this.#reserve.free() < this.#options.minFreeBytes;
    }
    return this.#low;
  }

  #refuse(call: Call, reason: string): void {
    if (this.#options.overflow === "reject") {
      call.reject(new QueueFullError(`Cannot push: the queue is full: ${reason}`));
    } else this.#block(call);
  }

  #block(call: Call): void {
    this.#blocked.push(call);
  }

  /** Tries the pushes that wait for room. */
  #wake(): void {
    if (this.#blocked.length === 0) return;
    const waiting = this.#blocked;
    this.#blocked = [];
    for (const call of waiting) {
      // The order is kept: who comes after one that waits, waits too.
      if (this.#blocked.length > 0) this.#block(call);
      else this.#enqueue(call);
    }
  }

  /** How many pushes wait for room. */
  get blocked(): number {
    return this.#blocked.length;
  }

  /** Whether intake has stopped. */
  get full(): boolean {
    return this.#diskFull;
  }

  /** Bytes of the reserve. */
  get reserve(): number {
    return this.#reserve.held;
  }

  /** Gives up the oldest readings until so many bytes are free; false if there are not enough. */
  #drop(bytes: number): boolean {
    while (bytes > 0) {
      const oldest = this.store.oldestUnsealed(64);
      const taken = [];
      for (const one of oldest) {
        if (bytes <= 0) break;
        bytes -= one.frame.length;
        taken.push(one);
      }
      if (taken.length === 0) return false;
      this.#giveUp(taken, "overflow");
    }
    return true;
  }

  #giveUp(batches: { id: number; lane: number; frame: Uint8Array }[], reason: string): void {
    const given = new Map<string, { readings: number; first: bigint; last: bigint }>();
    const changes: Change[] = [];
    for (const { id, lane, frame } of batches) {
      const intact = isIntact(frame);
      const readings = intact ? readBatch(frame).readings : 0;
      changes.push({ kind: "remove", lane, batch: id, readings });
      if (!intact) continue;
      const { device, streamer } = readBatch(frame);
      const { timestamps } = batchColumns(frame);
      const name = `${device.toString(16).padStart(16, "0")}/${streamer}`;
      const known = given.get(name);
      const first = timestamps[0]!;
      const last = timestamps[timestamps.length - 1]!;
      if (known) {
        known.readings += readings;
        known.last = last;
      } else given.set(name, { readings, first, last });
    }
    for (const [name, { readings }] of given) {
      const before = this.store.record(`lost/${reason}/${name}`) as number | undefined;
      changes.push({
        kind: "set",
        name: `lost/${reason}/${name}`,
        value: (before ?? 0) + readings,
      });
    }
    this.store.transaction(() => this.store.apply(changes));
    for (const [name, { readings, first, last }] of given) {
      const time = (micros: bigint) => new Date(Number(micros / 1000n)).toISOString();
      this.#tell({
        level: "warning",
        message: `Dropped ${readings} readings of ${name} (${time(first)} to ${
          time(last)
        }): ${reason}`,
        dropped: readings,
      });
    }
  }

  /** What is done every second: old readings, room on the disk, pages that are no longer used. */
  #tick(): void {
    try {
      const { maxAgeMs, minFreeBytes } = this.#options;
      if (maxAgeMs !== undefined) {
        const limit = this.store.seconds - maxAgeMs / 1000;
        const old = this.store.oldestUnsealed(64).filter(({ frame }) =>
          readBatch(frame).seconds < limit
        );
        if (old.length > 0) this.#giveUp(old, "age");
      }
      if (this.#diskFull) {
        this.#makeSpace();
        this.store.shrink(0);
        this.#makeSpace();
        const whole = this.#reserve.restore(minFreeBytes + 65536);
        if (whole && this.#reserve.free() > minFreeBytes + 65536) {
          this.#diskFull = this.#saidFull = false;
          this.#tell({ level: "info", message: "There is room on the disk: intake goes on" });
        }
      } else if (this.#group.length === 0) this.store.shrink(4096);
      this.#wake();
    } catch (error) {
      if (troubleOf(error) === "damaged") this.#recover(error);
      else if (troubleOf(error) !== "full") {
        this.#tell({ level: "error", message: `The queue: ${(error as Error).message}` });
      }
    }
  }

  /** Commits what waits, and closes. Pushes that wait for room are rejected. */
  close(): void {
    clearInterval(this.#ticker);
    this.flush();
    for (const call of this.#blocked) {
      call.reject(
        new QueueError("Cannot push: the queue was closed while the push waited for room"),
      );
    }
    this.#blocked = [];
    this.store.close();
  }
}
