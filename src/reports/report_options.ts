/**
 * Options of reports.
 *
 * @module
 */
import { narrowed } from "../_integers.ts";
import { checkNames } from "../_options.ts";
import { shown } from "../_shown.ts";
import { DataError } from "../codec/data_error.ts";
import { timestampMicros } from "../codec/timestamps.ts";
import type { Id, Timestamp } from "../readings/reading_columns.ts";
import { deviceOf } from "../slugs/device_of.ts";
import type { ConfirmChoice } from "./report_cloud.ts";
import { FORMAT_TAG, type Header } from "./_header.ts";

/** A device: a number of 64 bits, text, or a device slug. */
export type DeviceId = number | bigint | string | { readonly id: bigint };

/** The fields of a report besides its readings. */
export interface ReportOptions {
  /** The device that the readings are from. */
  readonly device: DeviceId;
  /**
   * The id of the report itself. Devices use the same sequence for it as for the ids of readings.
   *
   * @default {0}
   */
  readonly reportId?: Id;
  /**
   * How the streamer selects readings.
   *
   * @default {0xffff}
   */
  readonly selector?: Id;
  /**
   * The index of the streamer that sends it.
   *
   * @default {0x100}
   */
  readonly streamer?: Id;
  /**
   * When the device sent it.
   *
   * @default {null}
   */
  readonly sentTimestamp?: Timestamp | null;
  /**
   * When it was received.
   *
   * @default {new Date()}
   */
  readonly receivedTime?: Date;
}

/** Limits of the decoder. */
export interface DecodeOptions {
  /**
   * The maximum nesting of summary data, raw data and unknown fields.
   *
   * @default {512}
   */
  readonly maxDepth?: number;
  /**
   * The maximum length of a report, in bytes.
   *
   * @default {2 ** 30}
   */
  readonly maxBytes?: number;
  /**
   * When it was received.
   *
   * @default {new Date()}
   */
  readonly receivedTime?: Date;
}

/** Options of an upload. */
export interface ReportSendOptions {
  /** Stops the upload. */
  readonly signal?: AbortSignal;
  /** Called with the number of bytes sent so far and in total. */
  readonly onProgress?: (progress: { readonly sent: number; readonly total: number }) => void;
  /**
   * Whether to send readings without an id, which the cloud never counts. Such an upload is not retried.
   *
   * @default {false}
   */
  readonly allowMissingIds?: boolean;
  /**
   * Whether to give up reports of the streamer that failed before and have lower ids, so that this one can be
   * sent. Their readings are then never counted; a warning in the log names their ids.
   *
   * @default {false}
   */
  readonly skipFailed?: boolean;
  /**
   * Whether to wait until `last_id` proves that the report was counted. The next report of the streamer waits
   * as well. A response alone may mean that the report is stored and counted later, possibly after the next
   * one; then its readings can no longer be counted.
   *
   * @default {false}
   */
  readonly confirm?: ConfirmChoice;
}

/** The options of every report. */
const NAMES = ["device", "reportId", "selector", "streamer", "sentTimestamp"];

/** Throws for an option that is neither an option of every report nor in `more`. */
export function checkReportOptions(options: object, more: readonly string[]): void {
  checkNames(options, [...NAMES, ...more], "report option");
}

/** Returns the readings; throws if they are not iterable. */
export function checkedData<T>(data: Iterable<T>): Iterable<T> {
  if (typeof data === "object" && typeof data?.[Symbol.iterator] === "function") return data;
  const shown = data === null ? "null" : typeof data;
  throw new TypeError(
    `Cannot make a report with data of type ${shown}: it must be an iterable of data points`,
  );
}

/** The header from the options, without the ids of the readings. */
export function headerOf(options: ReportOptions): Header {
  const { device, sentTimestamp, reportId = 0, selector = 0xffff, streamer = 0x100 } = options;
  return {
    format: FORMAT_TAG,
    unreadSentTimestamp: false,
    origin: typeof device === "number" && Number.isSafeInteger(device) && device >= 0
      ? device + 0
      : narrowed(deviceOf(device).id),
    originStreamer: integer(streamer, "streamer"),
    streamerSelector: integer(selector, "selector"),
    reportId: integer(reportId, "reportId"),
    lowestId: 0,
    highestId: 0,
    sentMicros: sentTimestamp === undefined || sentTimestamp === null
      ? null
      : timestampMicros(sentTimestamp),
  };
}

/** Checks an integer of 64 bits, the range of the format. The range of the cloud is smaller: verifyReport checks it. */
function integer(value: unknown, name: string): Id {
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return value + 0;
  if (typeof value === "bigint" && value >= 0n && value < 2n ** 64n) return narrowed(value);
  const Wrong = typeof value === "bigint" || typeof value === "number" ? DataError : TypeError;
  throw new Wrong(
    `Cannot make a report with ${name} ${
      shown(value)
    }: it must be an integer from 0 to 2^64-1 (a bigint above 2^53-1)`,
  );
}
