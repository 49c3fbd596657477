/**
 * The part of the API that a report needs for its upload.
 *
 * @module
 */
import type { Id } from "../readings/reading_columns.ts";

/** The fields of a reading that are needed to recognize it in the cloud. */
export interface ReadingFacts {
  /** Its id. */
  readonly id: Id;
  /** Its stream: the id of the variable. */
  readonly stream: number;
  /** When the data was acquired, in microseconds since the Unix epoch, UTC. */
  readonly timestampMicros: bigint;
  /** Its value. */
  readonly value: number;
}

/** Facts about a report besides its bytes: they decide when it is sent, and prove that it was counted. */
export interface ReportFacts {
  /** The device. */
  readonly origin: Id;
  /** The index of the streamer. */
  readonly originStreamer: Id | null;
  /** The number of its readings; absent if only the header is known. */
  readonly length?: number;
  /** The lowest id of its readings; 0 if none has an id. */
  readonly lowestId: Id;
  /** The highest id of its readings; 0 if none has an id. */
  readonly highestId: Id;
  /** The readings with the lowest and the highest id; absent if only the header is known. */
  readonly ends?: () => readonly [ReadingFacts, ReadingFacts];
}

/** Whether an upload waits for proof that the report was counted, and for how long. */
export type ConfirmChoice = boolean | {
  /**
   * The maximum time to wait for the proof, in milliseconds.
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
  /** Called with the number of bytes sent so far and in total. */
  onProgress?: (progress: { readonly sent: number; readonly total: number }) => void;
  /** The maximum number of retries of a failed attempt. */
  retries?: number;
  /** Facts about the report. */
  report?: ReportFacts;
  /** Called when it is the turn of the report, before anything is sent. An error that it throws ends the upload. */
  check?: () => void;
  /** Gives up failed reports of the streamer that have lower ids. */
  skipFailed?: boolean;
  /** Waits for proof that the report was counted; the next report of the streamer waits as well. */
  confirm?: ConfirmChoice;
}

/** The part of `Api` that the upload of a report uses: `api("streamer/report").uploadFp(...)`. */
export interface ReportCloud {
  /** The resource at a path. */
  (path: string): {
    uploadFp(
      file: { name: string; data: Uint8Array },
      options?: ReportUploadOptions,
    ): Promise<unknown>;
  };
}
