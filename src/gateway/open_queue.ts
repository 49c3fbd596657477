/**
 * openQueue(), a durable queue of readings.
 *
 * @module
 */
import { isNats } from "./nats_url.ts";
import { SqliteQueue } from "./sqlite_queue.ts";
import type { NatsQueueOptions, QueueOptions, ReadingQueue } from "./types.ts";

/**
 * Opens a queue of readings, or creates it. Pushed readings survive a crash and a power cut.
 *
 * @param where The path of a SQLite file on this machine, on a local disk, which only one process can use; or
 * `nats://host,host,host/STREAM`: a stream of NATS JetStream, which many gateways share. That needs the package
 * `@nats-io/transport-node`, and servers from 2.12 with `sync_interval: always`.
 * @param options Limits, and what happens when they are reached; for NATS also the credentials.
 * @returns The queue. Close it when you are done.
 * @throws {QueueError} If the file cannot be opened: another process uses it, or the runtime has no SQLite; or if
 * no server of NATS responds, or the stream has settings that can lose readings.
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
  options: QueueOptions | NatsQueueOptions = {},
): Promise<ReadingQueue> {
  if (isNats(String(where))) {
    const { JetStreamQueue } = await import("./jetstream/jetstream_queue.ts");
    return await JetStreamQueue.open(where, options as NatsQueueOptions);
  }
  return await SqliteQueue.open(pathOf(where), options as QueueOptions);
}

/** A path, or the path of a file URL. */
function pathOf(where: string | URL): string {
  const text = String(where);
  if (!text.startsWith("file:")) return text;
  const path = decodeURIComponent(new URL(text).pathname);
  return /^\/[A-Za-z]:/.test(path) ? path.slice(1) : path;
}
