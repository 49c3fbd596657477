/**
 * What a report needs of the API in order to upload itself.
 *
 * @module
 */
import type { Id } from "../readings/reading_columns.ts";

/** A reading, as far as it takes to recognize it in the cloud. */
export interface ReadingFacts {
  /** Its id. */
  readonly id: Id;
  /** Its stream: the id of the variable. */
  readonly stream: number;
  /** When it was taken, in microseconds since the Unix epoch, UTC. */
  readonly timestampMicros: bigint;
  /** Its value. */
  readonly value: number;
}

/** What is known of a report beside its bytes: decides its turn, and what proves that it was counted. */
export interface ReportFacts {
  /** The device. */
  readonly origin: Id;
  /** The index of the streamer. */
  readonly originStreamer: Id | null;
  /** How many readings it has; absent if only the header is known. */
  readonly length?: number;
  /** The lowest id of its readings; 0 if none has an id. */
  readonly lowestId: Id;
  /** The highest id of its readings; 0 if none has an id. */
  readonly highestId: Id;
  /** The readings with the lowest and the highest id; absent if only the header is known. */
  readonly ends?: () => readonly [ReadingFacts, ReadingFacts];
}

/** Whether an upload waits for the proof that it was counted, and for how long. */
export type ConfirmChoice = boolean | {
  /**
   * How long to wait for the proof, in milliseconds.
   *
   * @default {60_000}
   */
  readonly timeoutMs?: number;
};

/** Options of an upload that a report passes on. */
export interface ReportUploadOptions {
  /** Query parameters. */
  params?: Record<string, string>;
  /** Stops the upload. */
  signal?: AbortSignal;
  /** Called with the bytes sent so far and in total. */
  onProgress?: (progress: { readonly sent: number; readonly total: number }) => void;
  /** How often a failed attempt is repeated. */
  retries?: number;
  /** What is known of the report. */
  report?: ReportFacts;
  /** Called at the turn of the report, before anything is sent: an error that it throws is how the upload fails. */
  check?: () => void;
  /** Gives up the reports of the streamer that failed and have lower ids. */
  skipFailed?: boolean;
  /** Waits for the proof that the report was counted; the next report of the streamer waits as well. */
  confirm?: ConfirmChoice;
}

/** The part of `Api` that a report uploads itself through: `api("streamer/report").uploadFp(...)`. */
export interface ReportCloud {
  /** The resource at a path. */
  (path: string): {
    uploadFp(
      file: { name: string; data: Uint8Array },
      options?: ReportUploadOptions,
    ): Promise<unknown>;
  };
}
