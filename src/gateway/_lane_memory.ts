/**
 * LaneMemory, the state that a gateway keeps for a lane between the steps of its sender. It is small, because
 * there may be ten thousand lanes, most of which wait for something. The guarantees do not depend on it: the
 * outbox stores what they need.
 *
 * @module
 */
import type { ReadingColumns } from "../readings/reading_columns.ts";
import type { Backoff } from "./_pauses.ts";
import type { IdRange } from "./_plan.ts";
import type { Lane } from "./outbox.ts";

/** When the next step of a lane is due. */
export interface Wait {
  readonly ms: number;
  /** It is due at once after a push or a decision of the user. */
  readonly wakes: boolean;
}

/** Nothing is due: no reading of the lane waits, or another gateway sends it. */
export const NOTHING: Wait = { ms: Infinity, wakes: true };

/** An attempt that the cloud has accepted. */
export interface Accepted {
  /** The report, by its first id, and the number of the attempt. */
  readonly first: number;
  readonly sends: number;
  /** The ids of the readings that were sent, and their number. */
  readonly range: IdRange;
  readonly readings: number;
  /** When it is sent again, as in `performance.now()`. */
  readonly until: number;
  /** The next pause. */
  poll: number;
}

/** A `last_id` that is being compared with the readings in the cloud. */
interface Comparison {
  readonly lastId: number;
  /** When it becomes a conflict. */
  readonly until: number;
  /** The next pause. */
  poll: number;
}

/** A streamer that is new to the queue, and its `last_id`, which must not change for some time. */
interface Watch {
  readonly streamer: number;
  readonly lastId: number;
  readonly until: number;
}

/** The state of a lane. */
export class LaneMemory {
  readonly id: number;
  readonly device: bigint;
  /** The latest `last_id`. */
  lastId: number | undefined = undefined;
  /** The last problem, for `status`. */
  lastError: string | undefined = undefined;
  /** The pauses after problems. */
  backoff: Backoff | undefined = undefined;
  /** When the first waiting reading was noticed. */
  since: number | undefined = undefined;
  /** When a held report is tried again; if it is not set: now. */
  retryAt: number | undefined = undefined;
  accepted: Accepted | undefined = undefined;
  comparison: Comparison | undefined = undefined;
  watch: Watch | undefined = undefined;
  /** The first and the last reading of the last attempt. */
  sample: { readonly range: IdRange; readonly columns: ReadingColumns } | undefined = undefined;
  /** The number of parts that were confirmed since fewer than `maxReadings` readings fit into a request. */
  confirmed = 0;
  /** Streamers that are held because of the options, and were checked since the start. */
  lookedAt: Set<number> | undefined = undefined;

  constructor({ id, device }: Pick<Lane, "id" | "device">) {
    this.id = id;
    this.device = device;
  }

  /** A report was counted or held: nothing waits for it any more. */
  settle(): void {
    this.accepted = undefined;
    this.comparison = undefined;
    this.sample = undefined;
  }
}
