/**
 * The actions of `archfx gateway queue` on a queue in a file.
 *
 * @module
 */
import type { Api } from "../api/mod.ts";
import { ArchFxDeviceSlug } from "../slugs/mod.ts";
import type { BatchInfo } from "./_batch_info.ts";
import { readBatch } from "./_frames.ts";
import { type Decision, type Letter, QueueActions } from "./_queue_actions.ts";
import { takeOver } from "./_take_over.ts";
import type { Change } from "./_store.ts";
import { QueueError } from "./errors.ts";
import type { Lane } from "./outbox.ts";
import type { SqliteQueue } from "./sqlite_queue.ts";

/** The number of dead letters that are read at a time. */
const PAGE = 256;

/** Tools for one queue. */
export class QueueTools extends QueueActions<Lane, Letter> {
  readonly #queue: SqliteQueue;

  constructor(queue: SqliteQueue, api?: Api) {
    super(api);
    this.#queue = queue;
  }

  /** Waiting batches, oldest first within each lane. */
  override async batches(limit: number): Promise<BatchInfo[]> {
    const found: BatchInfo[] = [];
    for (const lane of await this.#queue.outbox.lanes()) {
      for (let last = 0; found.length < limit;) {
        const batches = await this.#queue.store.ask("take", lane.id, last, 4096);
        if (batches.length === 0) break;
        for (const { id, frame } of batches.slice(0, limit - found.length)) {
          found.push(frame ? describe(id, frame) : damaged(id, lane));
        }
        last = batches[batches.length - 1]!.id;
      }
    }
    return found;
  }

  /** All problems of the file. */
  override async check(): Promise<string[]> {
    return await this.#queue.store.ask("check");
  }

  protected override async *letters(): AsyncGenerator<Letter> {
    for (let last = 0;;) {
      const page = await this.#queue.store.ask("dead", last, PAGE);
      if (page.length === 0) return;
      yield* page;
      last = page[page.length - 1]!.id;
    }
  }

  protected override async letter(id: number): Promise<Letter> {
    const [letter] = await this.#queue.store.ask("dead", id - 1, 1);
    if (letter?.id === id) return letter;
    throw new QueueError(`Cannot find dead letter ${id}: it does not exist`);
  }

  protected override async batch(id: number): Promise<{ about: BatchInfo; frames: Uint8Array[] }> {
    for (const lane of await this.#queue.outbox.lanes()) {
      const [found] = await this.#queue.store.ask("take", lane.id, id - 1, 1, id);
      if (found?.id !== id || !found.frame) continue;
      return { about: describe(id, found.frame), frames: [found.frame] };
    }
    throw new QueueError(`Cannot show batch ${id}: it does not exist or is damaged`);
  }

  protected override async revive({ id }: Letter, batch: Uint8Array): Promise<void> {
    await this.#queue.store.apply([
      { kind: "unbury", id },
      { kind: "insert", frames: [batch] },
    ]);
    this.#queue.outbox.changed();
  }

  /** In one transaction. */
  protected override async remove(ids: readonly number[]): Promise<void> {
    for (const id of ids) await this.letter(id);
    await this.#queue.store.apply(ids.map((id): Change => ({ kind: "unbury", id })));
  }

  protected override async lane(device: string, streamer: number): Promise<Lane> {
    const { id } = new ArchFxDeviceSlug(device);
    for (const lane of await this.#queue.outbox.lanes()) {
      if (lane.device !== id) continue;
      if (lane.streamer === streamer) return lane;
      if (lane.streamer === null && await this.#queue.outbox.streamer(id, streamer)) return lane;
    }
    throw new QueueError(`Cannot take over ${device}, streamer ${streamer}: nothing waits for it`);
  }

  protected override async side(lane: Lane, streamer: number) {
    const { outbox, store } = this.#queue;
    const batches = await store.ask("take", lane.id, 0, 1_000_000);
    return {
      state: await outbox.streamer(lane.device, streamer),
      report: await outbox.report(lane),
      batches: batches.map(({ id, frame }) => frame ? describe(id, frame) : damaged(id, lane)),
    };
  }

  protected override async accept(lane: Lane, decision: Decision): Promise<number> {
    return await takeOver(this.#queue, { lane, ...decision });
  }
}

function describe(batch: number, frame: Uint8Array): BatchInfo {
  const { device, streamer, readings, at } = readBatch(frame);
  return {
    batch,
    device: String(new ArchFxDeviceSlug(device)),
    streamer: streamer < 0 ? null : streamer,
    readings,
    bytes: frame.length,
    pushed: new Date(at).toISOString(),
  };
}

function damaged(batch: number, { device, streamer }: Lane): BatchInfo {
  const slug = String(new ArchFxDeviceSlug(device));
  return { batch, device: slug, streamer, readings: 0, bytes: 0, pushed: "damaged" };
}
