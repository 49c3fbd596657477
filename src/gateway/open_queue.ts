/**
 * openQueue(), a durable queue of readings.
 *
 * @module
 */
import { QueueError } from "./errors.ts";
import { SqliteQueue } from "./sqlite_queue.ts";
import type { QueueOptions, ReadingQueue } from "./types.ts";

/**
 * Opens a queue of readings, or makes it. What was pushed survives a crash and a power cut.
 *
 * @param where The path of a SQLite file on this machine, on a local disk. Only one process can use it.
 * @param options Limits, and what happens when they are reached.
 * @returns The queue. Close it when you are done.
 * @throws {QueueError} If the file cannot be opened: another process uses it, or the runtime has no SQLite.
 * @throws {TypeError} If an option is not valid.
 *
 * @example
 * ```ts
 * import { openQueue } from "@archfx/cloud/gateway";
 * import { assertEquals } from "@std/assert";
 *
 * const folder = await Deno.makeTempDir();
 * const queue = await openQueue(`${folder}/queue.sqlite`);
 * await queue.push({
 *   device: "d--1",
 *   points: [{ timestamp: "2026-03-02T06:00:00Z", stream: "0001-5090", value: 20.5 }],
 * });
 * assertEquals((await queue.depth()).readings, 1);
 * await queue.close();
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export async function openQueue(
  where: string | URL,
  options: QueueOptions = {},
): Promise<ReadingQueue> {
  const text = String(where);
  if (/^nats:/i.test(text)) {
    throw new QueueError(`Cannot open the queue "${text}": this version has no queues on NATS`);
  }
  return await SqliteQueue.open(pathOf(where), options);
}

/** A path, or the path of a file URL. */
function pathOf(where: string | URL): string {
  const text = String(where);
  if (!text.startsWith("file:")) return text;
  const path = decodeURIComponent(new URL(text).pathname);
  return /^\/[A-Za-z]:/.test(path) ? path.slice(1) : path;
}
