/**
 * An upload that resolves when there is proof that the report was counted.
 *
 * The proof has two parts: `last_id` was below the report's lowest id before the first attempt, and is its
 * highest id afterwards. If `last_id` is not below the lowest id at the start, an earlier run may have sent the
 * report. Its first and last reading are then compared with those in the cloud.
 *
 * @module
 */
import { DataError } from "../codec/data_error.ts";
import type { Id } from "../readings/reading_columns.ts";
import type { ReportFacts } from "../reports/report_cloud.ts";
import { streamerText } from "../reports/report_head.ts";
import type { Client } from "./_client.ts";
import { compareReadings } from "./_compare_readings.ts";
import { reportName, waitForLastId } from "./_last_id.ts";
import { RestBaseException } from "./errors/mod.ts";
import { IdsTooLow } from "./ids_too_low.ts";
import { queryLastId } from "./last_reading_id.ts";

/** How long to wait for the proof, unless the caller says otherwise. */
export const DEFAULT_CONFIRM_MS = 60_000;

/** How long to wait until `data/` shows readings that an earlier run sent. */
const EARLIER_MS = 2_000;

/** What the comparison found for ids that are too low. */
const REASONS = {
  different: "It already has other readings with the ids of this report",
  same: "",
  unreadable: "It may have counted this report before, but its data/ cannot be read",
};

/** The response to a report. */
export interface CountedReply {
  /** How many readings were new. */
  readonly count: number;
}

/** The response to a confirmed upload. */
interface ConfirmedReply extends CountedReply {
  /** `last_id` of the streamer before the upload. */
  readonly before: Id;
  /** Set if the report was not sent, because the cloud had counted it before. */
  readonly countedBefore?: true;
}

/** How to wait for the proof. */
interface ProofOptions {
  /** Stops the wait. */
  readonly signal: AbortSignal | undefined;
  /** How long to wait, in milliseconds. */
  readonly timeoutMs: number;
}

/**
 * Sends a report and waits for the proof that it was counted.
 *
 * @throws {DataError} If its ids are too low, or something else uploads to the same streamer.
 * @throws {RestBaseException} If the proof did not come in time.
 */
export async function confirmed(
  client: Client,
  report: ReportFacts,
  send: () => Promise<CountedReply>,
  { signal, timeoutMs }: ProofOptions,
): Promise<CountedReply | ConfirmedReply> {
  const { lowestId, highestId, length } = report;
  // The cloud counts no reading of it.
  if (highestId === 0) return await send();
  const name = reportName(report);
  const streamer = streamerText(report.origin, report.originStreamer);
  const before = await queryLastId(client, streamer, { signal });
  const isPartlyCounted = before >= lowestId;
  if (isPartlyCounted) {
    const earlier = report.ends?.().filter(({ id }) => id <= before);
    const found = await compareReadings(client, report, earlier, {
      signal,
      timeoutMs: Math.min(timeoutMs, EARLIER_MS),
    });
    // If the account may not read `data/`, the only proof is that `last_id` is its highest id.
    const isSame = found === "same" ||
      found === "unreadable" && BigInt(before) === BigInt(highestId);
    if (!isSame) throw new IdsTooLow(`Cannot upload ${name}`, before, REASONS[found]);
    if (before >= highestId) {
      return { count: 0, before, countedBefore: true } satisfies ConfirmedReply;
    }
  }
  const reply = await send();
  if (!(await waitForLastId(client, report, { signal, timeoutMs }))) {
    throw new RestBaseException(
      `Cannot confirm ${name}: the cloud accepted it but did not count it within ${timeoutMs} ms. Upload ` +
        "it again: no reading is counted twice",
    );
  }
  // Then `last_id` is not enough: some of the ids may belong to readings of another sender.
  if (isPartlyCounted || length !== undefined && reply.count < length) {
    const found = await compareReadings(client, report, report.ends?.(), { signal, timeoutMs });
    if (found === "different") {
      throw new DataError(
        `Cannot confirm ${name}: last_id is its highest id, but the cloud has other readings with these ` +
          "ids. Something else uploads to this streamer",
      );
    }
  }
  return { ...reply, before } satisfies ConfirmedReply;
}
