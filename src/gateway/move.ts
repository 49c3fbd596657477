/**
 * Moving a queue: `archfx gateway queue export` and `import`. The file is described in `_queue_file.ts`.
 *
 * Invariants that this file maintains:
 * 1. A complete file under its final name exists only after the queue was marked as moved: two gateways never
 *    send the same readings. If the export is killed before that, nothing has changed; if it is killed later, it
 *    can be repeated.
 * 2. An import commits batches together with the number of the last one: if it is killed at any point, it can be
 *    repeated, and no batch is stored twice.
 *
 * @module
 */
import { joinedBytes } from "../_joined_bytes.ts";
import { randomUUID } from "node:crypto";
import { access, type FileHandle, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import process from "node:process";
import { errorCode, errorMessage } from "../_error_fields.ts";
import { batchColumns, batchFrame, isIntact, readBatch, readDead } from "./_frames.ts";
import { type CloseOptions, closeReports } from "./_close_reports.ts";
import { encodeEntry, type QueueEntry, queueFileStart } from "./_queue_file.ts";
import { deviceText } from "./_device_text.ts";
import { QueueError } from "./errors.ts";
import { step } from "./_steps.ts";
import type { LaneRecord, Moved } from "./_records.ts";
import type { ScannedBatch } from "./_store_reads.ts";
import type { SqliteQueue } from "./sqlite_queue.ts";

export type { Imported } from "./_import_file.ts";
export { importQueue } from "./_import_queue.ts";

/** What was exported. */
interface Exported {
  readonly batches: number;
  readonly readings: number;
  /** Dead letters. */
  readonly letters: number;
}

/** The record of a move. */

const WRITE_BYTES = 1 << 20;

/**
 * Writes a queue to a file and marks it as moved.
 *
 * @param queue The queue, which nothing else uses.
 * @param path The file, which must not exist.
 * @param options The cloud, which is needed if a report is open.
 * @returns How much was written.
 * @throws {QueueError} If a report is open and the cloud cannot be queried, or the file cannot be written.
 */
export async function exportQueue(
  queue: SqliteQueue,
  path: string,
  options: CloseOptions,
): Promise<Exported> {
  if (await access(path).then(() => true, () => false)) {
    throw new QueueError(`Cannot write "${path}": it already exists`);
  }
  const { store } = queue;
  const before = await store.record("moved");
  if (!before) await closeReports(queue, options);
  const id = await store.record("queue") ?? randomUUID();
  const at = new Date().toISOString();
  const moved: Moved = before ?? { move: randomUUID(), file: path, at };
  const part = `${path}.part`;
  const file = await open(part, "w", 0o600).catch((error) => {
    throw new QueueError(`Cannot write "${path}": ${errorMessage(error)}`);
  });
  let exported: Exported;
  try {
    const writer = new Writer(file);
    await writer.write(queueFileStart());
    await writer.entry({ kind: "queue", queue: String(id), move: moved.move, at });
    await writeStates(queue, writer);
    exported = await writeBatches(queue, writer, options);
    await writer.entry({ kind: "end", ...exported });
    await writer.flush();
    step("export");
    await file.sync();
    options.signal.throwIfAborted();
    await store.apply([
      { kind: "set", name: "queue", value: id },
      { kind: "set", name: "moved", value: moved },
    ]);
    step("exported");
  } catch (error) {
    await file.close();
    await rm(part, { force: true });
    if (errorCode(error) === undefined) throw error;
    throw new QueueError(`Cannot write "${path}": ${errorMessage(error)}`);
  }
  await file.close();
  await rename(part, path);
  await syncFolder(dirname(path)).catch((error) => {
    throw new QueueError(
      `Cannot be sure that "${path}" survives a power cut: ${errorMessage(error)}; export again`,
    );
  });
  return exported;
}

async function writeStates({ store }: SqliteQueue, writer: Writer): Promise<void> {
  for (const [name, { hold, accept, ...state }] of await store.records("streamer")) {
    const [, hex, index] = name.split("/");
    const streamer = Number(index);
    if (accept) {
      const device = deviceText(hex);
      throw new QueueError(
        `Cannot export: the record of a report of ${device}, streamer ${streamer}, was damaged: run the ` +
          "gateway until it has sent a report of that streamer",
      );
    }
    await writer.entry({
      kind: "streamer",
      device: deviceText(hex),
      streamer,
      ...state,
      // A report that the cloud rejects is tried again automatically.
      ...(hold?.kind === "conflict" && { hold }),
    });
  }
  for (const [name, position] of await store.records("position")) {
    const source = name.slice("position/".length);
    await writer.entry({ kind: "position", source, position });
  }
  for (const { name, age } of await store.ask("keys")) {
    await writer.entry({ kind: "key", name, age });
  }
}

async function writeBatches(
  { store }: SqliteQueue,
  writer: Writer,
  { signal, tell }: CloseOptions,
): Promise<Exported> {
  let [batches, readings, letters] = [0, 0, 0];
  const lanes = new Map<number, LaneRecord>();
  for (const { lane, record } of await store.ask("lanes")) lanes.set(lane, record);
  const begun = new Set<number>();
  for (let last = 0;;) {
    signal.throwIfAborted();
    const found = await store.ask("scan", last);
    if (found.length === 0) break;
    for (const batch of found) {
      last = batch.id;
      const { sealed, streamer } = lanes.get(batch.lane)!;
      if (batch.id <= sealed.batch) continue;
      const offset = begun.has(batch.lane) ? 0 : sealed.offset;
      begun.add(batch.lane);
      const frame = rest(batch, offset);
      if (!frame) {
        await store.apply([{ kind: "set aside", lane: batch.lane, batch: batch.id }]);
        tell(`Batch ${batch.id} is damaged: it is exported as a dead letter`);
        continue;
      }
      batches++;
      readings += readBatch(frame).readings;
      const chosen = streamer < 0 ? null : streamer;
      await writer.entry({ kind: "batch", number: batch.id, streamer: chosen, frame });
      step("export batch");
    }
  }
  for (let last = 0;;) {
    const found = await store.ask("dead", last, 64);
    if (found.length === 0) break;
    for (const { id, data } of found) {
      last = id;
      if (!isIntact(data)) {
        tell(`Dead letter ${id} is damaged: it stays in this queue`);
        continue;
      }
      const { about, batch } = readDead(data);
      letters++;
      const entry = { kind: "dead", about } as const;
      await writer.entry(batch ? { ...entry, frame: batch } : entry);
    }
  }
  return { batches, readings, letters };
}

/** A batch without the readings that were counted; undefined if it is damaged. */
function rest({ frame }: ScannedBatch, offset: number): Uint8Array | undefined {
  if (!frame || offset === 0) return frame;
  const columns = batchColumns(frame);
  const { device, streamer, at } = readBatch(frame);
  return batchFrame({ device, streamer, at }, columns, offset, columns.length);
}

/**
 * Makes an exported queue usable again.
 *
 * @param queue The queue.
 * @returns The file that it was exported to; undefined if it was not exported.
 */
export async function undoMove({ store }: SqliteQueue): Promise<Moved | undefined> {
  const moved = await store.record("moved");
  if (moved) await store.apply([{ kind: "unset", name: "moved" }]);
  return moved;
}

/** Writes entries, some at a time. */
class Writer {
  readonly #file: FileHandle;
  #waiting: Uint8Array[] = [];
  #bytes = 0;

  constructor(file: FileHandle) {
    this.#file = file;
  }

  async entry(entry: QueueEntry): Promise<void> {
    await this.write(encodeEntry(entry));
  }

  async write(bytes: Uint8Array): Promise<void> {
    this.#waiting.push(bytes);
    this.#bytes += bytes.length;
    if (this.#bytes >= WRITE_BYTES) await this.flush();
  }

  async flush(): Promise<void> {
    if (this.#bytes === 0) return;
    this.#bytes = 0;
    await this.#file.writeFile(joinedBytes(this.#waiting.splice(0)));
  }
}

/** A new name survives a power cut once its folder is synced. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === "win32") return; // Windows cannot open a folder, and does not need this call.
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } catch (error) {
    // Some file systems cannot sync a folder; other errors mean that the disk fails.
    if (!/EINVAL|ENOTSUP/.test(String(error))) throw error;
  } finally {
    await folder.close();
  }
}
