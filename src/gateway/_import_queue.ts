/**
 * Imports the contents of another queue into a queue in a file: the other half of `move.ts`.
 *
 * @module
 */
import { ArchFxDeviceSlug } from "../slugs/mod.ts";
import { deadFrame } from "./_frames.ts";
import {
  adoptedState,
  checkQueueFile,
  type Imported,
  importEntries,
  progressOf,
  type States,
} from "./_import_file.ts";
import { readQueueFile } from "./_queue_file.ts";
import type { ImportProgress } from "./_records.ts";
import type { Change } from "./_store.ts";
import { QueueError } from "./errors.ts";
import type { SqliteQueue } from "./sqlite_queue.ts";

/**
 * Stores the contents of a file in a queue, and keeps the assigned ids.
 *
 * @param queue The queue; nothing else may use it.
 * @param path The file.
 * @param options A signal that stops it. It can be repeated.
 * @returns How much was stored, and how much already existed.
 * @throws {QueueError} If the file is damaged or incomplete, or the queue has already used later ids; nothing is
 * stored then.
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
  const begin = progressOf(move, before);
  const stored = (value: ImportProgress): Change => ({ kind: "set", name, value });
  if (before?.move !== move) {
    await store.apply([...await adopt(queue, path, states), stored(begin)]);
  }
  const imported = await importEntries(path, begin, signal, async ({ frames, dead, progress }) => {
    const insert: Change[] = frames.length > 0 ? [{ kind: "insert", frames }] : [];
    const bury = dead.map(({ entry }): Change => ({
      kind: "bury",
      frame: deadFrame(entry.about, entry.frame),
    }));
    await store.apply([...insert, ...bury, stored(progress)]);
  });
  queue.outbox.changed();
  return imported;
}

/** Streamers, positions and keys: one transaction, before any batch, unless the queue has already used later ids. */
async function adopt(
  { store, outbox }: SqliteQueue,
  path: string,
  { streamers, positions, assigned }: States,
): Promise<Change[]> {
  const wrong = (what: string) => new QueueError(`Cannot import "${path}": ${what}`);
  const changes: Change[] = [];
  const lanes = await outbox.lanes();
  for (const entry of streamers) {
    const { device, streamer } = entry;
    const { id } = new ArchFxDeviceSlug(device);
    const next = assigned.get(`${device}/${streamer}`);
    const here = await outbox.streamer(id, streamer);
    const value = adoptedState(path, { ...entry, next: next ?? entry.next }, here);
    changes.push({ kind: "set", name: outbox.nameOf(id, streamer), value });
    for (const lane of lanes) {
      if (lane.device !== id) continue;
      const report = await outbox.report(lane);
      if (report?.streamer === streamer) {
        throw wrong(`this queue has a report of ${device}, streamer ${streamer}, in flight`);
      }
      if (next !== undefined) {
        throw wrong(
          `readings of ${device} wait in this queue, and those in the file already have ids: import it into an ` +
            "empty queue",
        );
      }
    }
  }
  for (const { source, position } of positions) {
    const here = await store.record(`position/${source}`);
    if (here !== undefined && here !== position) {
      throw wrong(
        `this queue already has a position of the source "${source}": import the file into an empty queue`,
      );
    }
    changes.push({ kind: "set", name: `position/${source}`, value: position });
  }
  for await (const entry of readQueueFile(path)) {
    if (entry.kind === "key") changes.push({ kind: "key", name: entry.name, age: entry.age });
    else if (entry.kind === "batch" || entry.kind === "dead") break;
  }
  return changes;
}
