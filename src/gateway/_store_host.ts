/**
 * StoreHost, the store with its limits: it handles a full queue, a full disk and a damaged file. It is
 * synchronous and runs in a worker, because each fsync blocks its thread.
 *
 * Invariants that this file maintains:
 * 1. A call is "done" only after the commit that contains it, which is an fsync.
 * 2. Only overflow mode `drop-oldest` gives up batches, but never a batch that is part of a report; each time, an
 *    event has the device and the number of readings.
 * 3. A full disk stops pushes, but not the sender: its changes may use the reserve.
 * 4. Pushes are stored in the order in which they arrive: after one that does not fit, no other one is stored.
 *
 * @module
 */
import fs from "node:fs";
import { errorMessage } from "../_error_fields.ts";
import { troubleOf } from "./_database.ts";
import { dropOlder, dropOldest } from "./_overflow.ts";
import { Mark } from "./_mark.ts";
import { Reserve } from "./_reserve.ts";
import { openStore, setAside } from "./_set_aside.ts";
import type { StoreEvent } from "./_store_event.ts";
import type { Change, PushCall, Store } from "./_store.ts";
import { shrink } from "./_store_reads.ts";
import type { QueueOptions } from "./types.ts";

/** A queue's options with all defaults filled in. */
export type HostOptions =
  & Required<Omit<QueueOptions, "maxAgeMs">>
  & Pick<QueueOptions, "maxAgeMs">;

/** A call to commit: a push, or changes of the sender. */
export type StoreCall =
  | { readonly push: PushCall }
  | { readonly changes: readonly Change[] };

/** The result of a call. `full`: the reason why it does not fit. */
export type Outcome =
  | { readonly done: true }
  | { readonly full: string }
  | { readonly error: string };

/** The identity of a file, apart from its name. */
function identityOf(path: string): string | undefined {
  try {
    const { dev, ino } = fs.statSync(path);
    return `${dev}/${ino}`;
  } catch {
    return undefined;
  }
}

const BEHIND = "earlier pushes wait for space";

/** The store and the rules for its use. */
export class StoreHost {
  #store: Store;
  readonly #path: string;
  readonly #options: HostOptions;
  readonly #tell: (event: StoreEvent) => void;
  readonly #reserve: Reserve;
  readonly #mark: Mark;
  #diskFull = false;
  /** A push did not fit: the others wait until the client tries it again. */
  #stalled = false;
  #checked = -Infinity;
  /**
   * The file was removed or replaced while it was open: everything that is written to it is lost when this
   * process ends.
   */
  #removed = false;
  #identity: string | undefined;
  #low = false;
  /** The duration of commits: the sum in ms, the number, the slowest. */
  readonly commits = { ms: 0, count: 0, slowestMs: 0 };

  /** Opens the file; a damaged one is set aside. */
  constructor(path: string, options: HostOptions, tell: (event: StoreEvent) => void) {
    this.#path = path;
    this.#options = options;
    this.#tell = tell;
    this.#store = openStore(path, tell);
    this.#identity = identityOf(path);
    this.#mark = new Mark(path);
    this.#mark.write(this.#store.progress);
    this.#reserve = new Reserve(path, options.reserveBytes);
    this.#reserve.restore(options.minFreeBytes);
    // On a small disk, the log must also stay small.
    const pages = Math.min(1000, Math.max(32, Math.floor(this.#reserve.free() / 4096 / 64)));
    this.#store.db.exec(
      `PRAGMA wal_autocheckpoint = ${pages}; PRAGMA journal_size_limit = 4194304`,
    );
  }

  /** Runs a read; a damaged file is replaced first. */
  read<T>(work: (store: Store) => T): T {
    try {
      return work(this.#store);
    } catch (error) {
      if (troubleOf(error) !== "damaged") throw error;
      this.#recover(error);
      return work(this.#store);
    }
  }

  #recover(error: unknown): void {
    this.#store.db.close();
    this.#store = setAside(this.#path, error, this.#tell);
    this.#identity = identityOf(this.#path);
  }

  /**
   * Commits calls in one transaction.
   *
   * @param calls The calls, in order.
   * @param resume The first call is the one that did not fit the last time.
   * @returns The result of each.
   */
  commit(calls: readonly StoreCall[], resume: boolean): Outcome[] {
    if (resume) this.#stalled = false;
    const outcomes: Outcome[] = new Array(calls.length);
    const ready: number[] = [];
    let coming = 0;
    calls.forEach((call, i) => {
      if ("push" in call) {
        const size = call.push.frames.reduce((sum, frame) => sum + frame.length, 0);
        const full = this.#stalled ? BEHIND : this.#lack(coming + size);
        if (full !== undefined) {
          this.#stalled = true;
          outcomes[i] = { full };
          return;
        }
        coming += size;
      }
      ready.push(i);
    });
    if (ready.length === 0) return outcomes;
    try {
      this.#write(ready.map((i) => calls[i]!));
      for (const i of ready) outcomes[i] = { done: true };
    } catch {
      // The reason is one of them or the disk: trying each alone shows which.
      for (const i of ready) outcomes[i] = this.#single(calls[i]!, true);
    }
    return outcomes;
  }

  #write(calls: readonly StoreCall[]): void {
    const started = performance.now();
    this.#store.transaction(() => {
      for (const call of calls) {
        if ("push" in call) this.#store.push(call.push);
        else this.#store.apply(call.changes);
      }
    });
    this.#mark.write(this.#store.progress);
    const ms = performance.now() - started;
    this.commits.ms += ms;
    this.commits.count++;
    this.commits.slowestMs = Math.max(this.commits.slowestMs, ms);
  }

  #single(call: StoreCall, again: boolean): Outcome {
    if (this.#stalled && "push" in call) return { full: BEHIND };
    try {
      this.#write([call]);
      return { done: true };
    } catch (error) {
      const trouble = troubleOf(error);
      if (trouble === "damaged" && again) {
        this.#recover(error);
        return this.#single(call, false);
      }
      if (trouble !== "full") return { error: errorMessage(error) };
      this.#full();
      if ("push" in call) {
        this.#stalled = true;
        return { full: "the disk is full" };
      }
      this.#shortenLog();
      if (again && this.#reserve.spend()) {
        this.#tell({
          level: "warning",
          message: "The disk is full: the reserve is used for sending the waiting readings",
        });
        return this.#single(call, true);
      }
      return { error: "the disk is full" };
    }
  }

  #full(): void {
    if (this.#diskFull) return;
    this.#diskFull = true;
    this.#tell({ level: "error", message: "The disk is full: intake stops until there is space" });
  }

  /** Truncates the log. */
  #shortenLog(): void {
    try {
      this.#store.db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
    } catch {
      // It needs space: the reserve is used next.
    }
  }

  /** Why this number of bytes does not fit; undefined if it fits. */
  #lack(bytes: number): string | undefined {
    const { maxBytes, minFreeBytes, overflow } = this.#options;
    if (!this.#diskFull && minFreeBytes > 0 && this.#isLow()) this.#full();
    if (this.#diskFull) return "the disk is full";
    if (this.#removed) return "its file was removed";
    const missing = this.#store.bytes + bytes - maxBytes;
    if (missing <= 0) return undefined;
    if (overflow === "drop-oldest") {
      try {
        if (dropOldest(this.#store, missing, this.#tell)) return undefined;
      } catch (error) {
        if (troubleOf(error) === "full") this.#full();
        else if (troubleOf(error) === "damaged") this.#recover(error);
        else throw error;
      }
    }
    return `${this.#store.bytes} bytes wait in it, and maxBytes is ${maxBytes}`;
  }

  /** Whether the disk has too little free space; queried at most four times a second. */
  #isLow(): boolean {
    if (performance.now() - this.#checked > 250) {
      this.#checked = performance.now();
      this.#low = this.#reserve.free() < this.#options.minFreeBytes;
    }
    return this.#low;
  }

  /** Whether intake has stopped. */
  get full(): boolean {
    return this.#diskFull || this.#removed;
  }

  #lookForFile(): void {
    const removed = identityOf(this.#path) !== this.#identity;
    if (removed === this.#removed) return;
    this.#removed = removed;
    this.#tell(
      removed
        ? {
          level: "error",
          message:
            `The queue "${this.#path}" was removed or replaced while it is in use: intake stops, and the waiting ` +
            "readings are sent. Put it back, or restart the gateway",
        }
        : { level: "info", message: `The queue "${this.#path}" is back: intake continues` },
    );
  }

  /** Bytes of the reserve. */
  get reserve(): number {
    return this.#reserve.held;
  }

  /** Runs every second: handles old readings, free space on the disk, and unused pages. */
  tick(): void {
    this.#lookForFile();
    try {
      const { maxAgeMs } = this.#options;
      if (maxAgeMs !== undefined) dropOlder(this.#store, maxAgeMs, this.#tell);
      if (this.#diskFull) this.#lookForRoom();
      else shrink(this.#store.db, 4096);
    } catch (error) {
      if (troubleOf(error) === "damaged") this.#recover(error);
      else if (troubleOf(error) !== "full") throw error;
    }
  }

  /** Intake continues once the reserve is complete again and enough other space is free. */
  #lookForRoom(): void {
    this.#shortenLog();
    shrink(this.#store.db, 0);
    this.#shortenLog();
    const leave = this.#options.minFreeBytes + 65536;
    if (!this.#reserve.restore(leave) || this.#reserve.free() < leave) return;
    this.#diskFull = false;
    this.#checked = -Infinity;
    this.#tell({ level: "info", message: "There is space on the disk: intake continues" });
  }

  /** Closes the file. */
  close(): void {
    this.#store.close();
    this.#mark.write(this.#store.progress);
    this.#mark.close();
  }
}
