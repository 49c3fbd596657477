/**
 * LaneMemory, what a gateway knows of a lane between the steps of its sender. It is small, since there may be ten
 * thousand, most of which wait for something; none of it is needed for the promises, which the outbox keeps.
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
  /** It is due at once if something is pushed or decided. */
  readonly wakes: boolean;
}

/** Nothing is due: nothing of the lane waits, or another gateway sends it. */
export const NOTHING: Wait = { ms: Infinity, wakes: true };

/** An attempt that the cloud has accepted. */
export interface Accepted {
  /** The report, by its first id, and which of its sends. */
  readonly first: number;
  readonly sends: number;
  /** The ids of the readings that were sent, and how many they were. */
  readonly range: IdRange;
  readonly readings: number;
  /** When it is sent again, by `performance.now()`. */
  readonly until: number;
  /** The next pause. */
  poll: number;
}

/** A `last_id` that is compared with the readings that the cloud has. */
interface Comparison {
  readonly lastId: number;
  /** When it is a conflict. */
  readonly until: number;
  /** The next pause. */
  poll: number;
}

/** A streamer that is new to the queue, and its `last_id`, which has to stand still for a time. */
interface Watch {
  readonly streamer: number;
  readonly lastId: number;
  readonly until: number;
}

/** What is known of a lane. */
export class LaneMemory {
  readonly id: number;
  readonly device: bigint;
  /** The `last_id` that was seen last. */
  lastId: number | undefined = undefined;
  /** The last problem, for `status`. */
  lastError: string | undefined = undefined;
  /** The pauses after problems. */
  backoff: Backoff | undefined = undefined;
  /** When the first of the readings that wait was seen. */
  since: number | undefined = undefined;
  /** When a held report is tried again; not set: now. */
  retryAt: number | undefined = undefined;
  accepted: Accepted | undefined = undefined;
  comparison: Comparison | undefined = undefined;
  watch: Watch | undefined = undefined;
  /** The first and the last reading of the last attempt. */
  sample: { readonly range: IdRange; readonly columns: ReadingColumns } | undefined = undefined;
  /** Confirmed parts since fewer readings than `maxReadings` fit into a request. */
  confirmed = 0;
  /** Streamers whose hold comes from the options, and was looked at since the start. */
  lookedAt: Set<number> | undefined = undefined;

  constructor({ id, device }: Pick<Lane, "id" | "device">) {
    this.id = id;
    this.device = device;
  }

  /** A report was counted or held: what was waited for is over. */
  settle(): void {
    this.accepted = undefined;
    this.comparison = undefined;
    this.sample = undefined;
  }
}
