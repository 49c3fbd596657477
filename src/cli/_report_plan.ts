/**
 * Which reports are sent in which order.
 *
 * The cloud counts a reading only if its id is above the streamer's last one, so the reports of a
 * streamer go by their lowest id. Where one cannot be sent, the later ones of its streamer must not
 * be: their higher ids would make it unacceptable for ever.
 *
 * @module
 */
import { stat } from "node:fs/promises";
import { integerReader } from "../_integers.ts";
import { ArchFXFlexibleDictionaryReport, type ReportFacts } from "../reports/mod.ts";
import { peekStreamer } from "../reports/report_head.ts";
import { reportFacts } from "../reports/report.ts";
import { CommandError, fileError } from "./_errors.ts";
import { readReportFile, streamerName } from "./_report_file.ts";
import { type FileIdentity, identityFrom } from "./_sent_file.ts";

/** A report file that can be sent. */
export interface PlannedReport {
  /** The file. */
  readonly path: string;
  /** The file as it was read. */
  readonly identity: FileIdentity;
  /** Its streamer, as a slug. */
  readonly streamer: string;
  /** What decides its turn, and what proves that it was counted. */
  readonly facts: Required<ReportFacts>;
  /** How many of its readings the cloud can count: those with an id, each id once. */
  readonly countable: number;
  /** The first reading without an id, or −1. */
  readonly firstWithoutId: number;
  /** When the device sent it, in microseconds; null if it does not say. */
  readonly sentMicros: bigint | null;
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

/** Reads every file once, and keeps of each what the order and the proof need. */
export async function planUpload(
  paths: readonly string[],
  signal: AbortSignal,
): Promise<UploadPlan> {
  const reports: PlannedReport[] = [];
  const unreadable: UnreadableReport[] = [];
  for (const path of paths) {
    signal.throwIfAborted();
    let bytes: Uint8Array | undefined;
    try {
      const identity = await regularFile(path);
      bytes = await readReportFile(path, signal);
      reports.push(planned(path, identity, bytes));
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      const head = bytes && peekStreamer(bytes);
      const streamer = head && streamerName(head.device, head.streamer);
      unreadable.push({ path, streamer, error: error as Error });
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

/** A path that may be removed later: not a pipe, and not a folder. */
async function regularFile(path: string): Promise<FileIdentity> {
  try {
    const info = await stat(path, { bigint: true });
    if (!info.isFile()) throw new CommandError(`Cannot send "${path}": it is not a regular file`);
    return identityFrom(info);
  } catch (error) {
    throw error instanceof CommandError ? error : fileError("read", path, error);
  }
}

function planned(path: string, identity: FileIdentity, bytes: Uint8Array): PlannedReport {
  const report = ArchFXFlexibleDictionaryReport.decode(bytes);
  const facts = reportFacts(report);
  // Made now, so that the readings are not kept until the file is sent.
  const ends = facts.highestId === 0 ? undefined : facts.ends();
  const { countable, firstWithoutId } = countableIds(report.columns().readingIds as BigUint64Array);
  return {
    path,
    identity,
    streamer: streamerName(facts.origin, facts.originStreamer),
    facts: { ...facts, ...(ends && { ends: () => ends }) },
    countable,
    firstWithoutId,
    sentMicros: report.sentTimestampMicros,
    bytes: bytes.length,
  };
}

/** How many ids there are without 0, each once; and where the first 0 is, or −1. */
function countableIds(ids: BigUint64Array): { countable: number; firstWithoutId: number } {
  const idAt = integerReader(ids);
  let firstWithoutId = -1;
  let last: number | bigint = 0;
  let isRising = true;
  let countable = 0;
  for (let row = 0; row < ids.length; row++) {
    const id = idAt(row);
    if (id === 0) {
      if (firstWithoutId < 0) firstWithoutId = row;
      continue;
    }
    isRising &&= id > last;
    last = id;
    countable++;
  }
  if (!isRising) {
    const all = new Set<number | bigint>();
    for (let row = 0; row < ids.length; row++) all.add(idAt(row));
    countable = all.size - (firstWithoutId < 0 ? 0 : 1);
  }
  return { countable, firstWithoutId };
}

function compare(a: number | bigint, b: number | bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
