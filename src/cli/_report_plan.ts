/**
 * Which reports are sent in which order.
 *
 * The cloud counts a reading only if its id is above the streamer's last one, so the reports of a streamer are
 * sent in the order of their lowest ids. If one cannot be sent, later ones of the streamer must not be sent:
 * after their higher ids, the cloud would never count the first one.
 *
 * @module
 */
import type { ReportFacts } from "../reports/mod.ts";
import { peekStreamer } from "../reports/report_head.ts";
import { scanReport } from "../reports/scan_report.ts";
import { openReport } from "./_open_report.ts";
import { explained, streamerName } from "./_report_file.ts";
import type { FileIdentity } from "./_sent_file.ts";

/** A report file that can be sent. */
export interface PlannedReport {
  /** The file. */
  readonly path: string;
  /** The file as it was read. */
  readonly identity: FileIdentity;
  /** Its streamer, as a slug. */
  readonly streamer: string;
  /** The ids that determine its place in the order and prove that it was counted. */
  readonly facts: ReportFacts & { readonly length: number };
  /** How many of its readings the cloud can count: readings with an id, each id once. */
  readonly countable: number;
  /** The first reading without an id, or −1. */
  readonly firstWithoutId: number;
  /** When the device sent it, in microseconds; null if it does not say. */
  readonly sentMicros: bigint | null;
  /** Its size. */
  readonly bytes: number;
}

/** A file that cannot be sent. */
interface UnreadableReport {
  /** The file. */
  readonly path: string;
  /** Its streamer, if its first bytes can be read. */
  readonly streamer: string | undefined;
  /** Why. */
  readonly error: unknown;
}

/** All files that the arguments name, in the order of sending. */
export interface UploadPlan {
  /** By streamer, then by lowest id. */
  readonly reports: readonly PlannedReport[];
  /** Files that are not reports. */
  readonly unreadable: readonly UnreadableReport[];
}

/** Reads every file once, and keeps the data that the order and the proof need. */
export async function planUpload(
  paths: readonly string[],
  signal: AbortSignal,
): Promise<UploadPlan> {
  const reports: PlannedReport[] = [];
  const unreadable: UnreadableReport[] = [];
  let waited = -Infinity;
  for (const path of paths) {
    signal.throwIfAborted();
    // Signals are handled only during this wait. A wait for each of many small files would take too long.
    if (performance.now() - waited > 50) {
      await new Promise((resolve) => setTimeout(resolve));
      waited = performance.now();
    }
    try {
      reports.push(planned(path));
    } catch (error) {
      unreadable.push({ path, streamer: streamerOf(path), error });
    }
  }
  reports.sort((a, b) =>
    a.streamer < b.streamer
      ? -1
      : a.streamer > b.streamer
      ? 1
      : compare(a.facts.lowestId, b.facts.lowestId) || compare(a.facts.highestId, b.facts.highestId)
  );
  return { reports, unreadable };
}

/**
 * Checks a file and keeps what is needed to send it. It is read synchronously, because the decoder's memory is
 * shared, and only once, a window at a time, so that its size does not matter.
 */
function planned(path: string): PlannedReport {
  const file = openReport(path);
  try {
    const { facts, ...scanned } = scanReport(file);
    return {
      ...scanned,
      path,
      identity: file.identity,
      streamer: streamerName(facts.origin, facts.originStreamer),
      facts,
      bytes: file.length,
    };
  } catch (error) {
    throw explained(error, file.read(0, Math.min(512, file.length)));
  } finally {
    file.close();
  }
}

/** The streamer of a file that is not a valid report, if its first bytes can be read. */
function streamerOf(path: string): string | undefined {
  try {
    const file = openReport(path);
    try {
      const head = peekStreamer(file.read(0, Math.min(512, file.length)));
      return head && streamerName(head.device, head.streamer);
    } finally {
      file.close();
    }
  } catch {
    return undefined; // The reason is already known.
  }
}

function compare(a: number | bigint, b: number | bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
