/**
 * GatewayStatus, the status of a gateway.
 *
 * @module
 */
import type { SenderCounts } from "./_sender_context.ts";
import type { SourceState } from "./_source_runner.ts";
import type { Hold, QueueNumbers } from "./outbox.ts";
import type { QueueDepth } from "./types.ts";

/** An event for people. */
export interface GatewayEvent {
  /** ISO 8601. */
  readonly at: string;
  /** How much it matters. */
  readonly level: "info" | "warning" | "error";
  /** One line. */
  readonly message: string;
}

/** One streamer that has something waiting. */
export interface LaneStatus {
  /** The device as slug. */
  readonly device: string;
  /** The index of the streamer in use; null before the first report. */
  readonly streamer: number | null;
  /** Readings that wait. */
  readonly readings: number;
  /** The `last_id` that was confirmed last. */
  readonly confirmed: number | null;
  /** The `last_id` that was seen last. */
  readonly lastId: number | null;
  /** Ids of the report in flight. */
  readonly sending: readonly [first: number, last: number] | null;
  /** Why nothing is sent to it. */
  readonly hold: Hold | null;
  /** The problem that it has now. */
  readonly lastError: string | null;
}

/** The status of a gateway. */
export interface GatewayStatus {
  /** Whether `run` has been called and has not ended. */
  readonly running: boolean;
  /** What waits in the queue. */
  readonly depth: QueueDepth;
  /** The sources. */
  readonly sources: readonly SourceState[];
  /** The streamers that have something waiting. */
  readonly lanes: readonly LaneStatus[];
  /** What was sent since the gateway was made. */
  readonly counts: Readonly<SenderCounts>;
  /** The latest events, newest last. */
  readonly events: readonly GatewayEvent[];
}

/** Something with a status: a gateway. */
export interface StatusSource {
  /** Its status now. */
  status(): Promise<GatewayStatus>;
  /** Numbers of its queue. */
  storeNumbers(): Promise<QueueNumbers>;
}
