/**
 * Waiting until `last_id` of a streamer is the highest id of a report.
 *
 * @module
 */
import { DataError } from "../codec/data_error.ts";
import type { ReportFacts } from "../reports/report_cloud.ts";
import { streamerText } from "../reports/report_head.ts";
import type { Client } from "./_client.ts";
import { spansText } from "./_fence.ts";
import { Scope, TimeUp } from "./_scope.ts";
import {
  HttpAuthenticationError,
  HttpCouldNotVerifyServerError,
  HttpPermissionError,
  RestHttpBaseException,
} from "./errors/mod.ts";
import { queryLastId } from "./last_reading_id.ts";
import { sleep } from "./retry.ts";

/** The pause after the first query. Each one after it is twice as long, */
const FIRST_PAUSE_MS = 20;
/** up to this. */
const LONGEST_PAUSE_MS = 2_000;

/** A report as messages name it. */
export function reportName({ origin, originStreamer, lowestId, highestId }: ReportFacts): string {
  const ids = spansText([{ lowest: lowestId, highest: highestId }]);
  return `the report of ${streamerText(origin, originStreamer)} with the reading ids ${ids}`;
}

/**
 * Waits until `last_id` is the highest id of a report.
 *
 * @returns Whether it was, within the time; it is queried at least once.
 * @throws {DataError} If it is above the highest id without having been equal to it.
 * @throws {RestHttpBaseException} If it could not be queried, not even at the end of the time.
 */
export async function waitForLastId(
  client: Client,
  report: ReportFacts,
  { signal, timeoutMs }: { signal: AbortSignal | undefined; timeoutMs: number },
): Promise<boolean> {
  const { highestId } = report;
  const streamer = streamerText(report.origin, report.originStreamer);
  const scope = new Scope(signal);
  const until = performance.now() + timeoutMs;
  let failure: unknown;
  try {
    for (let pause = FIRST_PAUSE_MS;; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
      try {
        const id = await queryLastId(client, streamer, { signal: scope.signal });
        failure = undefined;
        if (BigInt(id) === BigInt(highestId)) return true;
        if (id > highestId) {
          throw new DataError(
            `Cannot confirm ${
              reportName(report)
            }: last_id is ${id} and was never ${highestId}. Something else uploads to ` +
              "this streamer, and the cloud may have counted its readings in place of these",
          );
        }
      } catch (error) {
        if (scope.signal.aborted) throw scope.signal.reason;
        if (!mayPass(error)) throw error;
        failure = error;
      }
      // Set after the first query, which must get an answer whatever the limit is.
      scope.limit(new TimeUp("timeoutMs", until - performance.now()));
      await sleep(pause, scope.signal);
    }
  } catch (error) {
    if (!(error instanceof TimeUp)) throw error;
    if (failure !== undefined) throw failure;
    return false;
  } finally {
    scope.close();
  }
}

/** Whether the next query may succeed although this one failed: the report has been sent in any case. */
export function mayPass(error: unknown): boolean {
  return error instanceof RestHttpBaseException && !(error instanceof HttpAuthenticationError ||
    error instanceof HttpPermissionError || error instanceof HttpCouldNotVerifyServerError);
}
