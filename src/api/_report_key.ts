/**
 * The queue that an upload belongs to.
 *
 * @module
 */
import { peekReportHeader, uploadQueueName } from "../reports/_header.ts";
import type { UploadSource } from "./_multipart.ts";

/** Device and streamer stand within the first bytes of a report. */
const HEAD_BYTES = 512;

/** The name of the queue, or undefined where the file is no report. */
export async function reportKey(source: UploadSource): Promise<string | undefined> {
  const head = peekReportHeader(await source.head(HEAD_BYTES));
  if (!head) return undefined;
  return uploadQueueName(head.device, head.streamer);
}
