/**
 * confirmUpload(), the proof that a report was counted.
 *
 * A response of 201 may mean that the report was only stored, and that its readings are counted later. The proof
 * that they were counted has two parts: `last_id` was below the report's lowest id before the first attempt, and
 * is its highest id now. One part alone proves nothing: with `last_id` at 10, a report with the ids 1 to 3 looks
 * counted, but never is.
 *
 * @module
 */
import { isSafeInteger } from "../_integers.ts";
import { checkNames } from "../_options.ts";
import { shown } from "../_shown.ts";
import { DataError } from "../codec/data_error.ts";
import type { Id } from "../readings/reading_columns.ts";
import { type ArchFXFlexibleDictionaryReport, reportFacts } from "../reports/report.ts";
import { clientOf } from "./_api_state.ts";
import type { ApiBase } from "./api_base.ts";
import { IdsTooLow } from "./ids_too_low.ts";

/** The options of {@linkcode confirmUpload}. */
export interface ConfirmOptions {
  /** `last_id` of the streamer before the first attempt to upload the report. */
  readonly before: Id;
  /** Stops the wait. */
  readonly signal?: AbortSignal;
  /**
   * How long to wait, in milliseconds. `last_id` is queried at least once.
   *
   * @default {60_000}
   */
  readonly timeoutMs?: number;
}

/**
 * Waits until the cloud has counted a report that was uploaded.
 *
 * @param api The Api, logged in.
 * @param report The report.
 * @param options `last_id` from before the upload, and how long to wait.
 * @returns Whether the cloud has counted it: true when `last_id` is its highest id (or it has no readings),
 * false after `timeoutMs`.
 * @throws {DataError} If `before` is not below the report's lowest id: the cloud never counts all of it. If
 * `last_id` is above its highest id and was never equal to it: something else uploads to the same streamer. If
 * the report has readings, but none of them has an id.
 * @throws {RestHttpBaseException} If `last_id` could still not be queried at the end of `timeoutMs`.
 *
 * @example
 * ```ts
 * import { Api, ArchFXDataPoint, ArchFXFlexibleDictionaryReport, confirmUpload, lastReadingId }
 *   from "@archfx/cloud";
 * import { createEmulator } from "@archfx/cloud/emulator";
 * import { assertEquals } from "@std/assert";
 *
 * // Two workers count what was uploaded, after the response.
 * await using emulator = await createEmulator({ counting: { workers: 2 } });
 * const api = new Api("http://127.0.0.1", { fetch: emulator.fetch });
 * await api.login({ email: "user@example.com", password: "my.pass" });
 *
 * const before = await lastReadingId(api, "d--1");
 * const report = ArchFXFlexibleDictionaryReport.fromReadings({
 *   device: "d--1",
 *   data: [
 *     new ArchFXDataPoint({ timestamp: new Date(), stream: "5051", value: 7, readingId: 1 }),
 *   ],
 * });
 * await report.upload(api);
 * assertEquals(await confirmUpload(api, report, { before }), true);
 * ```
 */
export async function confirmUpload(
  api: ApiBase,
  report: ArchFXFlexibleDictionaryReport,
  options: ConfirmOptions,
): Promise<boolean> {
  checkNames(options, ["before", "signal", "timeoutMs"], "option of confirmUpload");
  const { before, signal, timeoutMs = 60_000 } = options;
  if (!isId(before)) {
    throw new TypeError(`Cannot use ${shown(before)} as "before": it must be a reading id, or 0`);
  }
  if (typeof timeoutMs !== "number" || !(timeoutMs >= 0)) {
    throw new TypeError(
      `Cannot use ${shown(timeoutMs)} as "timeoutMs": it must be a number from 0`,
    );
  }
  if (report.length === 0) return true;
  const facts = reportFacts(report);
  const { lowestId, highestId } = facts;
  if (highestId === 0) {
    throw new DataError(
      "Cannot confirm the upload of a report whose readings have no ids: the cloud counts none of them",
    );
  }
  const { reportName, waitForLastId } = await import("./_last_id.ts");
  if (before >= lowestId) throw new IdsTooLow(`Cannot confirm ${reportName(facts)}`, before);
  return await waitForLastId(clientOf(api), facts, { signal, timeoutMs });
}

function isId(value: unknown): value is Id {
  if (typeof value === "bigint") return value >= 0n;
  return isSafeInteger(value) && value >= 0;
}
