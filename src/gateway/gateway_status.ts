/**
 * GatewayStatus, the status of a gateway.
 *
 * @module
 */
import type { SenderCounts } from "./_sender_context.ts";
import type { SourceState } from "./_source_runner.ts";
import type { Hold, QueueNumbers } from "./outbox.ts";
import type { QueueDepth } from "./types.ts";

/** An event for users. */
export interface GatewayEvent {
  /** ISO 8601. */
  readonly at: string;
  /** Its severity. */
  readonly level: "info" | "warning" | "error";
  /** One line. */
  readonly message: string;
}

/** One streamer with waiting readings. */
export interface LaneStatus {
  /** The slug of the device. */
  readonly device: string;
  /** The index of the streamer in use; null before the first report. */
  readonly streamer: number | null;
  /** Waiting readings. */
  readonly readings: number;
  /** The `last_id` that was confirmed last. */
  readonly confirmed: number | null;
  /** The latest `last_id`. */
  readonly lastId: number | null;
  /** Ids of the report in flight. */
  readonly sending: readonly [first: number, last: number] | null;
  /** The reason why nothing is sent to it. */
  readonly hold: Hold | null;
  /** Its current problem. */
  readonly lastError: string | null;
}

/** The status of a gateway. */
export interface GatewayStatus {
  /** Whether `run` has been called and has not ended. */
  readonly running: boolean;
  /** The contents of the queue. */
  readonly depth: QueueDepth;
  /** The sources. */
  readonly sources: readonly SourceState[];
  /** The streamers with waiting readings. */
  readonly lanes: readonly LaneStatus[];
  /** Counts since the gateway was created. */
  readonly counts: Readonly<SenderCounts>;
  /** The latest events, newest last. */
  readonly events: readonly GatewayEvent[];
}

/** Something with a status: a gateway. */
export interface StatusSource {
  /** Its current status. */
  status(): Promise<GatewayStatus>;
  /** Numbers of its queue. */
  storeNumbers(): Promise<QueueNumbers>;
}
