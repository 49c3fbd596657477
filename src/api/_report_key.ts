/**
 * The queue that an upload belongs to.
 *
 * @module
 */
import { peekReportHeader } from "../reports/_header.ts";
import type { UploadSource } from "./_multipart.ts";

/** Device and streamer stand within the first bytes of a report. */
const HEAD_BYTES = 512;

/** `d--... streamer 0x100`, or undefined where the file is no report. */
export async function reportKey(source: UploadSource): Promise<string | undefined> {
  const head = peekReportHeader(await source.head(HEAD_BYTES));
  if (!head) return undefined;
  const device = head.device.toString(16).padStart(16, "0").replace(/(.{4})(?=.)/g, "$1-");
  return `device d--${device}, streamer ${head.streamer}`;
}
