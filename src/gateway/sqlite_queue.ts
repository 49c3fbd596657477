/**
 * SqliteQueue, a `ReadingQueue` in a SQLite file on this machine.
 *
 * @module
 */
import { checkBatches } from "./_batches.ts";
import { QueueError } from "./errors.ts";
import { gatewayLog, loadGatewayLog } from "./_log.ts";
import type { StoreEvent } from "./_store_event.ts";
import { SqliteOutbox } from "./_sqlite_outbox.ts";
import { StoreClient } from "./_store_client.ts";
import type { StoreStats } from "./_store_server.ts";
import { localPort, workerPort } from "./_store_port.ts";
import { queueOptions } from "./_queue_options.ts";
import { step } from "./_steps.ts";
import type { QueueNumbers, SendingQueue } from "./outbox.ts";
import type { PushOptions, QueueDepth, QueueOptions, ReadingBatch } from "./types.ts";

/** How often `flush` checks whether everything is counted. */
const FLUSH_POLL_MS = 100;

/** A queue in a file. */
export class SqliteQueue implements SendingQueue {
  readonly #path: string;
  readonly #store: StoreClient;
  readonly #toldIds = new Set<string>();
  readonly outbox: SqliteOutbox;
  /** The latest events of the store, newest last. */
  readonly events: (StoreEvent & { readonly at: string })[] = [];
  /** Readings that were given up since the queue was opened. */
  dropped = 0;
  /** Readings that were stored since the queue was opened. */
  pushed = 0;

  private constructor(path: string, store: StoreClient) {
    this.#path = path;
    this.#store = store;
    this.outbox = new SqliteOutbox(store);
  }

  /**
   * Opens a file, or creates it.
   *
   * @param path The file.
   * @param options The limits.
   * @param how Whether the store runs on this thread, for commands that read a queue only once; and whether an
   * exported queue is opened.
   * @throws {QueueError} If it was exported.
   */
  static async open(
    path: string,
    options: QueueOptions = {},
    { thread = false, moved = false }: { readonly thread?: boolean; readonly moved?: boolean } = {},
  ): Promise<SqliteQueue> {
    const settled = queueOptions(options);
    await loadGatewayLog();
    const early: StoreEvent[] = [];
    let tell = (event: StoreEvent): void => void early.push(event);
    const port = thread ? localPort() : await workerPort();
    const store = await StoreClient.open(port, path, settled, (event) => tell(event));
    const was = await store.record("moved");
    if (was && !moved) {
      await store.close();
      throw new QueueError(
        `Cannot open the queue "${path}": it was exported to "${was.file}" at ${was.at}, so that another gateway ` +
          'sends its readings; "archfx gateway queue import --undo" makes it usable again',
      );
    }
    const queue = new SqliteQueue(path, store);
    tell = (event) => queue.#tell(event);
    for (const event of early) tell(event);
    return queue;
  }

  #tell(event: StoreEvent): void {
    this.dropped += event.dropped ?? 0;
    this.events.push({ ...event, at: new Date().toISOString() });
    if (this.events.length > 100) this.events.shift();
    gatewayLog[event.level](event.message);
  }

  async push(
    batches: ReadingBatch | readonly ReadingBatch[],
    { source, position, idempotencyKey, signal }: PushOptions = {},
  ): Promise<void> {
    const { frames, lanes, readings, hadIds } = checkBatches(batches);
    if (hadIds && !this.#toldIds.has(source ?? "")) {
      this.#toldIds.add(source ?? "");
      gatewayLog.warning(
        "Reading ids of the source {source} are ignored: the queue assigns ids",
        { source: source ?? "push" },
      );
    }
    if (frames.length === 0 && position === undefined) return;
    step("push");
    await this.#store.push({
      frames,
      ...(source !== undefined && { source }),
      ...(position !== undefined && { position }),
      ...(idempotencyKey !== undefined && { key: idempotencyKey }),
    }, signal);
    step("pushed");
    this.pushed += readings;
    this.outbox.changed(lanes);
  }

  async position(source: string): Promise<string | undefined> {
    return await this.#store.record(`position/${source}`);
  }

  async depth(): Promise<QueueDepth> {
    const { readings, bytes, oldest, dead } = await this.stats();
    const streamers = await this.#store.records("streamer");
    const held = streamers.filter(([, state]) => state.hold).length;
    return { readings, bytes, oldest: oldest === null ? null : new Date(oldest), dead, held };
  }

  /** Numbers of the store. */
  async stats(): Promise<StoreStats> {
    return await this.#store.ask("stats");
  }

  async numbers(): Promise<QueueNumbers> {
    const { full, reserve, commits } = await this.stats();
    const { pushed, dropped } = this;
    return { pushed, dropped, blocked: this.#store.blocked, full, reserve, commits };
  }

  async flush({ signal }: { readonly signal?: AbortSignal } = {}): Promise<void> {
    while ((await this.stats()).readings > 0) {
      signal?.throwIfAborted();
      await new Promise((resolve) => setTimeout(resolve, FLUSH_POLL_MS));
    }
  }

  /** The store, for `archfx gateway queue`. */
  get store(): StoreClient {
    return this.#store;
  }

  async close(): Promise<void> {
    await this.#store.close();
  }

  toString(): string {
    return `SqliteQueue ${this.#path}`;
  }

  toJSON(): Record<string, unknown> {
    return { path: this.#path };
  }
}
