/**
 * The parts that all senders of a gateway share.
 *
 * @module
 */
import type { Cloud } from "./_cloud.ts";
import type { Budget } from "./_pauses.ts";
import type { Outbox } from "./outbox.ts";

/** Counters of the senders of a gateway. */
export interface SenderCounts {
  /** Attempts to send a report. */
  attempts: number;
  /** Readings that were counted by the cloud. */
  sent: number;
  /** Readings that became dead letters. */
  dead: number;
  /** Attempts that failed and are repeated. */
  failures: number;
}

/** The parts that all senders of a gateway share. */
export interface SenderContext {
  readonly cloud: Cloud;
  readonly outbox: Outbox;
  readonly streamers: readonly [first: number, last: number];
  readonly maxReadings: number;
  readonly maxReportBytes: number;
  readonly maxDelayMs: number;
  readonly maxReadingId: number;
  readonly confirmMs: number;
  readonly retryHeldMs: number;
  readonly budget: Budget;
  readonly counts: SenderCounts;
  tell(level: "info" | "warning" | "error", message: string): void;
}
