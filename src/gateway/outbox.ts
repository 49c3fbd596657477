/**
 * Outbox, the sending side of a queue: the interface that a `Gateway` needs in addition to `ReadingQueue`. Both
 * kinds of queue implement it: in a SQLite file, and on JetStream.
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
  /** Waiting readings, including those of an open report. */
  readonly readings: number;
  /** The streamer of the last report, if the gateway chooses. */
  readonly current: number | null;
}

/** The reason why nothing is sent to a streamer. */
export interface Hold {
  /** `rejected`: the cloud rejects the readings, and the gateway tries again; `conflict`: the user decides. */
  readonly kind: "rejected" | "conflict";
  /** One line for users. */
  readonly reason: string;
  /** ISO 8601. */
  readonly since: string;
  /** It is caused by the options of the gateway, which may change until the next start. */
  readonly settings?: true;
}

/** The state of one streamer of one device. */
export interface StreamerState {
  /** The `last_id` that was confirmed last. */
  readonly confirmed: number;
  /** The id that the next reading gets, unless `last_id` is higher. */
  readonly next: number;
  /** The `sentTimestamp` of its last report, in ms since the Unix epoch: it never decreases. */
  readonly sent: number;
  /** The largest number of readings that fits into a request, if it is known. */
  readonly fits?: number;
  /** A record of an attempt was damaged: the next `last_id` is accepted without a check. */
  readonly accept?: boolean;
  /** The reason why nothing is sent to it. */
  readonly hold?: Hold;
}

/** A sealed report: its ids and its time are on disk. */
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
  /** Where they are stored; only the outbox that created it reads it. */
  readonly pieces: readonly (readonly [batch: number, offset: number, readings: number])[];
  /** The number of readings of the last batch that are left for the next report. */
  readonly rest: number;
}

/** The sending side of a queue. */
export interface Outbox {
  /** Lanes with waiting readings. */
  lanes(): Promise<Lane[]>;
  /** Their names, which are cheaper: it is called once per second, and there may be ten thousand lanes. */
  waiting(): Promise<Pick<Lane, "id" | "device" | "streamer">[]>;
  /** The current state of one lane. */
  lane(id: number): Promise<Lane | undefined>;
  /**
   * Registers a function that is called when readings were pushed to lanes, with `device/streamer` of each (−1
   * for no streamer), or without lanes when anything may have changed. Returns a function that unregisters it.
   */
  onChange(listener: (lanes?: readonly string[]) => void): () => void;
  /** The state of a streamer; undefined if it is new to this queue. */
  streamer(device: bigint, index: number): Promise<StreamerState | undefined>;
  /** Stores the state of a streamer. */
  setStreamer(device: bigint, index: number, state: StreamerState): Promise<void>;
  /** The open report of a lane. */
  report(lane: Lane): Promise<OpenReport | undefined>;
  /** The next readings that are not part of a report; undefined if there are none. */
  draft(lane: Lane, readings: number): Promise<Draft | undefined>;
  /** Adds readings to a new report or to the open one. It is on disk when the promise resolves. */
  seal(lane: Lane, draft: Draft, report: OpenReport, state: StreamerState): Promise<void>;
  /** The readings of an open report with these ids. Damaged batches are set aside and left out. */
  read(lane: Lane, report: OpenReport, lo: number, hi: number): Promise<ReadingColumns>;
  /** Stores a plan, and the state of the streamer if it also changes. */
  setPlan(lane: Lane, plan: Plan, state?: StreamerState): Promise<void>;
  /**
   * Readings were counted or given up: in one transaction, it stores the plan, the streamer and the dead letters,
   * and deletes the batches if nothing of the report is left.
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
  /** Pushes that wait for space. */
  readonly blocked: number;
  /** Whether intake has stopped because the disk is full. */
  readonly full: boolean;
  /** Bytes of the reserve file. */
  readonly reserve: number;
  /** The duration of commits: the sum, the number, the slowest. */
  readonly commits: { readonly ms: number; readonly count: number; readonly slowestMs: number };
}

/** A queue that a `Gateway` can empty. */
export interface SendingQueue extends ReadingQueue {
  /** Its numbers. */
  numbers(): Promise<QueueNumbers>;
  /** Its sending side. */
  readonly outbox: Outbox;
  /**
   * Adds a gateway to those that share this queue; a queue on one machine does not have this function. The
   * gateway sends nothing before.
   *
   * @param role Its role.
   * @returns A function that ends that: its streamers go to the others at once.
   */
  join?(role: GatewayRole): Promise<() => Promise<void>>;
}
