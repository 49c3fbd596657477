/**
 * Where a report goes: into a stream, to the cloud.
 *
 * @module
 */
import { checkNames } from "../_options.ts";
import { DataError } from "../codec/data_error.ts";
import { formatMicros, timestampMicros } from "../codec/timestamps.ts";
import type { ReportCloud } from "./report_cloud.ts";
import type { ReportSendOptions } from "./report_options.ts";

/** Writes pieces to a stream as it takes them and closes it; it is aborted where that fails. */
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

/** Uploads the bytes of a report; gives how many readings were new. */
export async function uploadReport(
  api: ReportCloud,
  options: ReportSendOptions,
  { bytes, queue, sentMicros, firstWithoutId }: {
    bytes: Uint8Array;
    /** Which uploads go one after another. */
    queue: string;
    sentMicros: bigint | null;
    /** −1 where every reading has an id. */
    firstWithoutId: number;
  },
): Promise<number> {
  checkNames(options, ["signal", "onProgress", "allowMissingIds"], "option of upload");
  const { signal, onProgress, allowMissingIds = false } = options;
  if (firstWithoutId >= 0 && !allowMissingIds) {
    throw new DataError(
      `Cannot upload the report as reading ${firstWithoutId} has no id and the cloud would not count it: ` +
        "allowMissingIds sends it anyway",
    );
  }
  // The same on every attempt, since the attempts are the API's.
  const sent = sentMicros ?? timestampMicros(new Date());
  const reply = await api("streamer/report").uploadFp(
    { name: "report.mp", data: bytes },
    {
      params: { timestamp: formatMicros(sent) },
      queue,
      ...(signal && { signal }),
      ...(onProgress && { onProgress }),
      ...(firstWithoutId >= 0 && { retries: 0 }),
    },
  );
  const count = (reply as { count?: unknown } | null)?.count;
  if (typeof count !== "number") {
    throw new DataError("Cannot tell how many readings were new as the reply has no count");
  }
  return count;
}

/** The first reading whose id is 0, or −1. */
export function firstWithoutId(ids: ArrayLike<number | bigint>, length: number): number {
  for (let i = 0; i < length; i++) if (Number(ids[i]) === 0) return i;
  return -1;
}
