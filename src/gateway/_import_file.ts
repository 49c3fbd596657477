/**
 * Reads the contents of another queue, for an import into any kind of queue.
 *
 * @module
 */
import { ArchFxDeviceSlug } from "../slugs/mod.ts";
import { readBatch } from "./_frames.ts";
import {
  type BatchEntry,
  type DeadEntry,
  type PositionEntry,
  type QueueHead,
  readQueueFile,
  type StreamerEntry,
} from "./_queue_file.ts";
import type { ImportProgress } from "./_records.ts";
import { step } from "./_steps.ts";
import { QueueError } from "./errors.ts";
import type { StreamerState } from "./outbox.ts";

/** What was imported. */
export interface Imported {
  readonly batches: number;
  readonly readings: number;
  /** Dead letters. */
  readonly letters: number;
  /** Batches that already existed. */
  readonly skipped: number;
}

/** The part of a file before its batches. */
export interface States {
  readonly head: QueueHead;
  readonly streamers: StreamerEntry[];
  readonly positions: PositionEntry[];
  /** The first id that was assigned to waiting readings, by device and streamer. */
  readonly assigned: Map<string, number>;
}

/** A part that is stored completely or not at all. */
interface ImportPart {
  /** The frames of batches. */
  readonly frames: readonly Uint8Array[];
  /** Dead letters, and the number of each in the file. */
  readonly dead: readonly { readonly entry: DeadEntry; readonly number: number }[];
  /** The progress of the import after them. */
  readonly progress: ImportProgress;
}

/** The maximum numbers of batches, dead letters and bytes in a part; JetStream accepts a thousand messages. */
export const TOGETHER = { entries: 256, bytes: 1 << 22 };

/**
 * Stores the batches and dead letters of a file in parts; an earlier import of the file is continued.
 *
 * @param path The file, which has been checked.
 * @param progress Its progress.
 * @param signal Ends the import.
 * @param store Stores a part.
 * @returns How much was stored, and how much already existed.
 */
export async function importEntries(
  path: string,
  progress: ImportProgress,
  signal: AbortSignal,
  store: (part: ImportPart) => Promise<void>,
): Promise<Imported> {
  step("import");
  let [batches, readings, letters, skipped, bytes, seen] = [0, 0, 0, 0, 0, 0];
  let frames: Uint8Array[] = [];
  let dead: ImportPart["dead"][number][] = [];
  const flush = async () => {
    if (frames.length + dead.length === 0) return;
    await store({ frames, dead, progress });
    [frames, dead, bytes] = [[], [], 0];
    step("import batch");
  };
  for await (const entry of readQueueFile(path)) {
    signal.throwIfAborted();
    if (entry.kind === "batch") {
      if (entry.number <= progress.batch) {
        skipped++;
        continue;
      }
      batches++;
      readings += readBatch(entry.frame).readings;
      frames.push(entry.frame);
      bytes += entry.frame.length;
      progress = { ...progress, batch: entry.number };
    } else if (entry.kind === "dead") {
      if (++seen <= progress.letters) continue;
      letters++;
      dead.push({ entry, number: seen });
      bytes += entry.frame?.length ?? 0;
      progress = { ...progress, letters: seen };
    }
    if (bytes >= TOGETHER.bytes || frames.length + dead.length >= TOGETHER.entries) await flush();
  }
  await flush();
  return { batches, readings, letters, skipped };
}

/** Where an import begins: after everything that an earlier import of the same move has stored. */
export function progressOf(move: string, before: ImportProgress | undefined): ImportProgress {
  return { move, batch: before?.batch ?? 0, letters: before?.move === move ? before.letters : 0 };
}

/**
 * The state of a streamer after an import: ids that either queue has used are not used again.
 *
 * @throws {QueueError} If the queue has confirmed more than the file.
 */
export function adoptedState(
  path: string,
  { kind: _, device, streamer, ...state }: StreamerEntry,
  here: StreamerState | undefined,
): StreamerState {
  if (here && here.confirmed > state.confirmed) {
    throw new QueueError(
      `Cannot import "${path}": this queue has confirmed id ${here.confirmed} of ${device}, streamer ${streamer}, ` +
        `and the file ${state.confirmed}: its readings would get ids that are already used`,
    );
  }
  return {
    ...state,
    next: Math.max(state.next, here?.next ?? 0),
    sent: Math.max(state.sent, here?.sent ?? 0),
  };
}

/** Reads the whole file once, so that no part of a damaged or incomplete file is stored. */
export async function checkQueueFile(path: string, signal: AbortSignal): Promise<States> {
  const streamers: StreamerEntry[] = [];
  const positions: PositionEntry[] = [];
  const assigned = new Map<string, number>();
  const next = new Map<string, number>();
  let head: QueueHead | undefined;
  for await (const entry of readQueueFile(path)) {
    signal.throwIfAborted();
    if (entry.kind === "queue") head = entry;
    else if (entry.kind === "streamer") streamers.push(entry);
    else if (entry.kind === "position") positions.push(entry);
    else if (entry.kind === "batch") checkIds(path, entry, assigned, next);
  }
  return { head: head!, streamers, positions, assigned };
}

/** Assigned ids have no gaps. */
function checkIds(
  path: string,
  { number, assigned, frame }: BatchEntry,
  firsts: Map<string, number>,
  next: Map<string, number>,
): void {
  if (!assigned) return;
  const { device, readings } = readBatch(frame);
  const key = `${new ArchFxDeviceSlug(device)}/${assigned.streamer}`;
  const expected = next.get(key) ?? assigned.first;
  if (assigned.first !== expected) {
    throw new QueueError(
      `Cannot import "${path}": batch ${number} begins at id ${assigned.first}, but the next id is ${expected}`,
    );
  }
  if (!firsts.has(key)) firsts.set(key, assigned.first);
  next.set(key, assigned.first + readings);
}
