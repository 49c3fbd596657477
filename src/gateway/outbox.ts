/**
 * Outbox, the sending side of a queue: what a `Gateway` needs of it beside `ReadingQueue`. SQLite is the first
 * implementation; a queue on several machines implements the same.
 *
 * A *lane* is the readings of one device that go to one streamer, or to those of the gateway's range. At most one
 * report of a lane is open: sealed, and neither counted nor given up.
 *
 * @module
 */
import type { ReadingColumns } from "../readings/reading_columns.ts";
import type { Plan, Rejected } from "./_plan.ts";
import type { GatewayRole, ReadingQueue } from "./types.ts";

/** The readings of one device that go to the same streamer or range. */
export interface Lane {
  /** Its number in this queue. */
  readonly id: number;
  /** The device. */
  readonly device: bigint;
  /** The index of its streamer; null if the gateway chooses. */
  readonly streamer: number | null;
  /** Readings that wait, those of an open report included. */
  readonly readings: number;
  /** The streamer of the last report, if the gateway chooses. */
  readonly current: number | null;
}

/** Why nothing is sent to a streamer. */
export interface Hold {
  /** `rejected`: the cloud rejects what it gets, and it is tried again by itself; `conflict`: a person decides. */
  readonly kind: "rejected" | "conflict";
  /** One line for people. */
  readonly reason: string;
  /** ISO 8601. */
  readonly since: string;
  /** It comes from the options of the gateway, which may change until the next start. */
  readonly settings?: true;
}

/** The state of one streamer of one device. */
export interface StreamerState {
  /** The `last_id` that was confirmed last. */
  readonly confirmed: number;
  /** The id that the next reading gets, unless `last_id` is higher. */
  readonly next: number;
  /** The `sentTimestamp` of its last report, in ms since the Unix epoch: it never goes backwards. */
  readonly sent: number;
  /** How many readings fit into a request, as far as is known. */
  readonly fits?: number;
  /** A record of an attempt was damaged: the next `last_id` is accepted as it is. */
  readonly accept?: boolean;
  /** Why nothing is sent to it. */
  readonly hold?: Hold;
}

/** A report that is sealed: its ids and its time are on disk. */
export interface OpenReport {
  /** The index of the streamer. */
  readonly streamer: number;
  /** The id of its first reading. */
  readonly first: number;
  /** The id of its last reading. */
  readonly last: number;
  /** In ms since the Unix epoch. */
  readonly sent: number;
  /** How it is being sent. */
  readonly plan: Plan;
}

/** Readings that are not part of a report yet. */
export interface Draft {
  /** The readings. */
  readonly columns: ReadingColumns;
  /** Where they are stored; only the outbox that made it reads it. */
  readonly pieces: readonly (readonly [batch: number, offset: number, readings: number])[];
  /** How many readings of the last batch are left for the next report. */
  readonly rest: number;
}

/** The sending side of a queue. */
export interface Outbox {
  /** Lanes with waiting readings. */
  lanes(): Promise<Lane[]>;
  /** Their names, which cost less: it is called once per second, and there may be ten thousand. */
  waiting(): Promise<Pick<Lane, "id" | "device" | "streamer">[]>;
  /** One lane, as it is now. */
  lane(id: number): Promise<Lane | undefined>;
  /**
   * Calls back when something was pushed to lanes, by `device/streamer` with −1 for none, or, without them, when
   * anything may have changed; returns what ends that.
   */
  onChange(listener: (lanes?: readonly string[]) => void): () => void;
  /** What is known of a streamer; undefined if it is new to this queue. */
  streamer(device: bigint, index: number): Promise<StreamerState | undefined>;
  /** Stores what is known of a streamer. */
  setStreamer(device: bigint, index: number, state: StreamerState): Promise<void>;
  /** The open report of a lane. */
  report(lane: Lane): Promise<OpenReport | undefined>;
  /** The next readings that are not part of a report; undefined if there are none. */
  draft(lane: Lane, readings: number): Promise<Draft | undefined>;
  /** Makes readings a report, or part of the open one. It is on disk when the promise resolves. */
  seal(lane: Lane, draft: Draft, report: OpenReport, state: StreamerState): Promise<void>;
  /** The readings of an open report with these ids. Damaged batches are set aside and left out. */
  read(lane: Lane, report: OpenReport, lo: number, hi: number): Promise<ReadingColumns>;
  /** Stores a plan, and what is known of the streamer if that changes too. */
  setPlan(lane: Lane, plan: Plan, state?: StreamerState): Promise<void>;
  /**
   * Something was counted, or given up: in one transaction, the plan, the streamer and the dead letters are
   * stored, and the batches are deleted if nothing of the report is left.
   */
  storeOutcome(
    lane: Lane,
    report: OpenReport,
    plan: Plan,
    state: StreamerState,
    dead: readonly Rejected[],
  ): Promise<void>;
}

/** Numbers of a queue for `/metrics`. */
export interface QueueNumbers {
  /** Readings that were stored since the queue was opened. */
  readonly pushed: number;
  /** Readings that were given up since then: overflow, damage. */
  readonly dropped: number;
  /** Pushes that wait for room. */
  readonly blocked: number;
  /** Whether intake has stopped because the disk is full. */
  readonly full: boolean;
  /** Bytes of the reserve file. */
  readonly reserve: number;
  /** How long commits took: the sum, how many, the slowest. */
  readonly commits: { readonly ms: number; readonly count: number; readonly slowestMs: number };
}

/** A queue that a `Gateway` can empty. */
export interface SendingQueue extends ReadingQueue {
  /** Its numbers. */
  numbers(): Promise<QueueNumbers>;
  /** Its sending side. */
  readonly outbox: Outbox;
  /**
   * Makes a gateway one of those that share this queue; a queue on one machine has no such function. Until then it
   * sends nothing.
   *
   * @param role What it does.
   * @returns What ends that: its streamers go to the others at once.
   */
  join?(role: GatewayRole): Promise<() => Promise<void>>;
}
