/**
 * Which reports are sent in which order.
 *
 * The cloud counts a reading only if its id is above the streamer's last one, so the reports of a
 * streamer go by their lowest id. Where one cannot be sent, the later ones of its streamer must not
 * be: their higher ids would make it unacceptable for ever.
 *
 * @module
 */
import { peekStreamer } from "../reports/report_head.ts";
import { ArchFXFlexibleDictionaryReport } from "../reports/mod.ts";
import { readReportFile, streamerName } from "./_report_file.ts";

/** A report file that can be sent. */
export interface PlannedReport {
  /** The file. */
  readonly path: string;
  /** Its streamer, as a slug. */
  readonly streamer: string;
  /** Its readings. */
  readonly readings: number;
  /** Its lowest reading id, 0 where none has one. */
  readonly lowestId: bigint;
  /** Its size. */
  readonly bytes: number;
}

/** A file that cannot be sent. */
export interface UnreadableReport {
  /** The file. */
  readonly path: string;
  /** Its streamer, where its first bytes still tell. */
  readonly streamer: string | undefined;
  /** Why. */
  readonly error: Error;
}

/** All that was named, in the order of sending. */
export interface UploadPlan {
  /** By streamer, then by lowest id. */
  readonly reports: readonly PlannedReport[];
  /** What is no report. */
  readonly unreadable: readonly UnreadableReport[];
}

/** Reads every file once, and keeps of each what the order needs. */
export async function planUpload(
  paths: readonly string[],
  onFile: (done: number) => void = () => {},
): Promise<UploadPlan> {
  const reports: PlannedReport[] = [];
  const unreadable: UnreadableReport[] = [];
  for (const [index, path] of paths.entries()) {
    let bytes: Uint8Array | undefined;
    try {
      bytes = await readReportFile(path);
      const report = ArchFXFlexibleDictionaryReport.decode(bytes);
      reports.push({
        path,
        streamer: streamerName(report.origin, report.originStreamer),
        readings: report.length,
        lowestId: lowestId(report.columns().readingIds),
        bytes: bytes.length,
      });
    } catch (error) {
      const header = bytes && peekStreamer(bytes);
      const streamer = header && streamerName(header.device, header.streamer);
      unreadable.push({ path, streamer, error: error as Error });
    }
    onFile(index + 1);
  }
  reports.sort((a, b) =>
    a.streamer < b.streamer
      ? -1
      : a.streamer > b.streamer
      ? 1
      : a.lowestId < b.lowestId
      ? -1
      : a.lowestId > b.lowestId
      ? 1
      : 0
  );
  return { reports, unreadable };
}

/** From the readings themselves: a header may say anything. */
function lowestId(ids: ArrayLike<number | bigint>): bigint {
  let lowest = 0n;
  for (let row = 0; row < ids.length; row++) {
    const id = BigInt(ids[row]!);
    if (id !== 0n && (lowest === 0n || id < lowest)) lowest = id;
  }
  return lowest;
}
