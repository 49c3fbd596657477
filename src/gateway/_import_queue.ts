/**
 * Importing a queue: the other half of `move.ts`.
 *
 * @module
 */
import { ArchFxDeviceSlug } from "../slugs/mod.ts";
import { deadFrame, readBatch } from "./_frames.ts";
import { QueueError } from "./errors.ts";
import {
  type BatchEntry,
  type PositionEntry,
  type QueueHead,
  readQueueFile,
  type StreamerEntry,
} from "./_queue_file.ts";
import type { ImportProgress } from "./_records.ts";
import { step } from "./_steps.ts";
import type { Change } from "./_store.ts";
import type { SqliteQueue } from "./sqlite_queue.ts";
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

/** What a file says before its batches. */
export interface States {
  readonly head: QueueHead;
  readonly streamers: StreamerEntry[];
  readonly positions: PositionEntry[];
  /** The first id that was assigned to waiting readings, by device and streamer. */
  readonly assigned: Map<string, number>;
}

/** How many bytes of batches share a transaction. */
const TOGETHER = 1 << 22;

/**
 * Stores what a file holds in a queue, and keeps the ids that were assigned.
 *
 * @param queue The queue; nothing else may use it.
 * @param path The file.
 * @param options A signal that stops it. It can be repeated.
 * @returns How much was stored, and how much already existed.
 * @throws {QueueError} If the file is damaged or incomplete, or the queue has gone past it; nothing is stored then.
 */
export async function importQueue(
  queue: SqliteQueue,
  path: string,
  { signal }: { readonly signal: AbortSignal },
): Promise<Imported> {
  const { store } = queue;
  const states = await checkQueueFile(path, signal);
  const name = `imported/${states.head.queue}` as const;
  const before = await store.record(name);
  const { move } = states.head;
  const begun = before?.move === move;
  let progress: ImportProgress = {
    move,
    batch: before?.batch ?? 0,
    letters: begun ? before.letters : 0,
  };
  if (!begun) {
    await rejectWhatIsPast(queue, path, states);
    await store.apply([...await adopt(queue, path, states), {
      kind: "set",
      name,
      value: progress,
    }]);
  }
  step("import");
  let [batches, readings, letters, skipped, bytes, seen] = [0, 0, 0, 0, 0, 0];
  let changes: Change[] = [];
  const flush = async () => {
    if (changes.length === 0) return;
    await store.apply([...changes, { kind: "set", name, value: progress }]);
    changes = [];
    bytes = 0;
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
      changes.push({ kind: "insert", frames: [entry.frame] });
      bytes += entry.frame.length;
      progress = { ...progress, batch: entry.number };
    } else if (entry.kind === "dead") {
      if (++seen <= progress.letters) continue;
      letters++;
      changes.push({ kind: "bury", frame: deadFrame(entry.about, entry.frame) });
      bytes += entry.frame?.length ?? 0;
      progress = { ...progress, letters: seen };
    }
    if (bytes >= TOGETHER || changes.length >= 256) await flush();
  }
  await flush();
  queue.outbox.changed();
  return { batches, readings, letters, skipped };
}

/** Reads the whole file once, so that nothing of a damaged or incomplete file is stored. */
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

/** Ids that were assigned are dense. */
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
      `Cannot import "${path}": batch ${number} begins at id ${assigned.first}, and ${expected} is next`,
    );
  }
  if (!firsts.has(key)) firsts.set(key, assigned.first);
  next.set(key, assigned.first + readings);
}

async function rejectWhatIsPast(
  { store, outbox }: SqliteQueue,
  path: string,
  { streamers, positions, assigned }: States,
): Promise<void> {
  const wrong = (what: string) => new QueueError(`Cannot import "${path}": ${what}`);
  const lanes = await outbox.lanes();
  for (const { device, streamer, confirmed } of streamers) {
    const { id } = new ArchFxDeviceSlug(device);
    const here = await outbox.streamer(id, streamer);
    if (here && here.confirmed > confirmed) {
      throw wrong(
        `this queue has confirmed id ${here.confirmed} of ${device}, streamer ${streamer}, and the file ` +
          `${confirmed}: its readings would get ids that are used`,
      );
    }
    for (const lane of lanes) {
      if (lane.device !== id) continue;
      const report = await outbox.report(lane);
      if (report?.streamer === streamer) {
        throw wrong(`this queue has a report of ${device}, streamer ${streamer}, in flight`);
      }
      if (assigned.has(`${device}/${streamer}`)) {
        throw wrong(
          `readings of ${device} wait in this queue, and those of the file have ids already: import it into an ` +
            "empty queue",
        );
      }
    }
  }
  for (const { source, position } of positions) {
    const here = await store.record(`position/${source}`);
    if (here !== undefined && here !== position) {
      throw wrong(
        `this queue has a position of the source "${source}" already: import the file into an empty queue`,
      );
    }
  }
}

/** Streamers, positions and keys: one transaction, before any batch. */
async function adopt(
  { outbox }: SqliteQueue,
  path: string,
  { streamers, positions, assigned }: States,
): Promise<Change[]> {
  const changes: Change[] = [];
  for (const { kind: _, device, streamer, ...state } of streamers) {
    const { id } = new ArchFxDeviceSlug(device);
    const here = await outbox.streamer(id, streamer);
    const next = assigned.get(`${device}/${streamer}`) ?? state.next;
    const value: StreamerState = {
      ...state,
      next: Math.max(next, here?.next ?? 0),
      sent: Math.max(state.sent, here?.sent ?? 0),
    };
    changes.push({ kind: "set", name: outbox.nameOf(id, streamer), value });
  }
  for (const { source, position } of positions) {
    changes.push({ kind: "set", name: `position/${source}`, value: position });
  }
  for await (const entry of readQueueFile(path)) {
    if (entry.kind === "key") changes.push({ kind: "key", name: entry.name, age: entry.age });
    else if (entry.kind === "batch" || entry.kind === "dead") break;
  }
  return changes;
}
