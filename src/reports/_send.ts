/**
 * Sends a report to a stream or to the cloud.
 *
 * @module
 */
import { isSafeInteger } from "../_integers.ts";
import { isRecord } from "../_is_record.ts";
import { checkNames } from "../_options.ts";
import { shown } from "../_shown.ts";
import { DataError } from "../codec/data_error.ts";
import { formatMicros } from "../codec/timestamps.ts";
import type { ReportCloud, ReportFacts } from "./report_cloud.ts";
import type { ReportSendOptions } from "./report_options.ts";

/** Writes pieces to a stream as it accepts them and closes it; if this fails, aborts it. */
export async function writePieces(
  stream: WritableStream<Uint8Array>,
  pieces: Iterable<Uint8Array>,
): Promise<void> {
  const writer = stream.getWriter();
  try {
    for (const piece of pieces) {
      await writer.ready;
      await writer.write(piece);
    }
    await writer.close();
  } catch (error) {
    await writer.abort(error).catch(() => {});
    throw error;
  } finally {
    writer.releaseLock();
  }
}

/** A report to be uploaded. */
interface Sending {
  readonly facts: Required<ReportFacts>;
  readonly encode: () => Uint8Array;
  readonly sentMicros: bigint;
  /** −1 if every reading has an id. */
  readonly firstWithoutId: number;
}

/** Uploads a report; returns the number of readings that were new. */
export async function uploadReport(
  api: ReportCloud,
  options: ReportSendOptions,
  { facts, encode, sentMicros, firstWithoutId }: Sending,
): Promise<number> {
  const { signal, onProgress, skipFailed, confirm } = options ?? {};
  let bytes: Uint8Array | undefined;
  const file = {
    name: "report.mp",
    // Read when it is the turn of this report. Errors in the report or the options are thrown only then: a report that
    // fails here keeps its place among the reports of its streamer, like one that the cloud rejects.
    get data() {
      return bytes ??= checked();
    },
  };
  const checked = () => {
    checkNames(options, NAMES, "option of upload");
    if (firstWithoutId >= 0 && !options.allowMissingIds) {
      throw new DataError(
        `Cannot upload the report: reading ${firstWithoutId} has no id, and the cloud would never count ` +
          "it; give it an id, or send it anyway with allowMissingIds",
      );
    }
    return encode();
  };
  const reply = await api("streamer/report").uploadFp(file, {
    params: { timestamp: formatMicros(sentMicros) },
    report: facts,
    ...(signal && { signal }),
    ...(onProgress && { onProgress }),
    ...(skipFailed && { skipFailed }),
    ...(confirm && { confirm }),
    ...(firstWithoutId >= 0 && { retries: 0 }),
  });
  const count = isRecord(reply) ? reply.count : undefined;
  if (!isSafeInteger(count) || count < 0 || count > facts.length) {
    throw new DataError(
      `Cannot determine how many readings were new: the count in the response is ${
        shown(count)
      }, and the ` +
        `report has ${facts.length} readings`,
    );
  }
  return count;
}

const NAMES = ["signal", "onProgress", "allowMissingIds", "skipFailed", "confirm"];
