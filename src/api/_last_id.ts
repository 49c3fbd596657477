/**
 * Waits until `last_id` of a streamer is the highest id of a report.
 *
 * @module
 */
import { DataError } from "../codec/data_error.ts";
import type { ReportFacts } from "../reports/report_cloud.ts";
import { streamerText } from "../reports/report_head.ts";
import { askAgain } from "./_ask_again.ts";
import type { Client } from "./_client.ts";
import { spansText } from "./_fence.ts";
import { queryLastId } from "./last_reading_id.ts";

const FIRST_PAUSE_MS = 20;

/** The name of a report in messages. */
export function reportName({ origin, originStreamer, lowestId, highestId }: ReportFacts): string {
  const ids = spansText([{ lowest: lowestId, highest: highestId }]);
  return `the report of ${streamerText(origin, originStreamer)} with the reading ids ${ids}`;
}

/**
 * Waits until `last_id` is the highest id of a report.
 *
 * @returns Whether it was reached in time; it is queried at least once.
 * @throws {DataError} If it is above the highest id and was never equal to it.
 * @throws {RestHttpBaseException} If it could still not be queried when the time was up.
 */
export async function waitForLastId(
  client: Client,
  report: ReportFacts,
  { signal, timeoutMs }: { signal: AbortSignal | undefined; timeoutMs: number },
): Promise<boolean> {
  const { highestId } = report;
  const streamer = streamerText(report.origin, report.originStreamer);
  const isCounted = await askAgain(async (within) => {
    const id = await queryLastId(client, streamer, { signal: within });
    if (BigInt(id) === BigInt(highestId)) return true;
    if (id <= highestId) return undefined;
    throw new DataError(
      `Cannot confirm ${
        reportName(report)
      }: last_id is ${id} and was never ${highestId}. Something else uploads to ` +
        "this streamer, and the cloud may have counted its readings in place of these",
    );
  }, { signal, timeoutMs, firstPauseMs: FIRST_PAUSE_MS });
  return isCounted === true;
}
