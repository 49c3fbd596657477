/**
 * The actions of `archfx gateway queue`: look into a queue, and decide about dead letters and conflicts.
 *
 * @module
 */
import { isSafeInteger } from "../_integers.ts";
import { shown } from "../_shown.ts";
import { type Api, lastReadingId } from "../api/mod.ts";
import { ArchFxDeviceSlug } from "../slugs/mod.ts";
import type { BatchInfo } from "./_batch_info.ts";
import { QueueError } from "./errors.ts";
import { batchColumns, isIntact, readBatch, readDead } from "./_frames.ts";
import { takeOver } from "./_take_over.ts";
import type { Change } from "./_store.ts";
import type { SqliteQueue } from "./sqlite_queue.ts";
import type { Lane } from "./outbox.ts";

/** A dead letter in a list, with what it says. */
interface DeadInfo {
  readonly letter: number;
  readonly device: string;
}

const dashed = (hex: string) => String(new ArchFxDeviceSlug(BigInt(`0x${hex}`)));

/** Tools for one queue. */
export class QueueTools {
  readonly #queue: SqliteQueue;
  readonly #api: Api | undefined;

  constructor(queue: SqliteQueue, api?: Api) {
    this.#queue = queue;
    this.#api = api;
  }

  /** Answers a request by its name: what the control socket calls. */
  async handle(op: string, args: Record<string, unknown>): Promise<unknown> {
    switch (op) {
      case "ls":
        return await this.batches(Number(args.limit ?? 100));
      case "dead":
        return await this.dead(Number(args.limit ?? 1000));
      case "show":
        return await this.show(Number(args.id), args.dead === true);
      case "retry":
        return await this.retry(chosen(args.ids));
      case "drop":
        return await this.drop(chosen(args.ids));
      case "check":
        return await this.check();
      case "conflict":
        return await this.conflict(String(args.device), Number(args.streamer));
      case "take-over":
        return await this.takeOver(args);
      default:
        throw new QueueError(`Cannot do "${op}": the gateway does not know it`);
    }
  }

  /** Batches that wait, oldest first within each lane. */
  async batches(limit: number): Promise<BatchInfo[]> {
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

  /** Dead letters, oldest first. */
  async dead(limit: number): Promise<DeadInfo[]> {
    const letters = await this.#queue.store.ask("dead", 0, limit);
    return letters.map(({ id, data }) => {
      const about = isIntact(data) ? readDead(data).about : { reason: "damaged", readings: 0 };
      const { device, ...rest } = about;
      return { letter: id, device: typeof device === "string" ? dashed(device) : "", ...rest };
    });
  }

  /** The readings of a batch, or of a dead letter. */
  async show(id: number, dead: boolean): Promise<Record<string, unknown>> {
    let frame: Uint8Array | undefined;
    let about: object = {};
    if (dead) {
      const letter = await this.#letter(id);
      frame = letter.batch;
      about = letter.about;
    } else {
      for (const lane of await this.#queue.outbox.lanes()) {
        const [found] = await this.#queue.store.ask("take", lane.id, id - 1, 1, id);
        if (found?.id === id) frame = found.frame;
      }
      if (!frame) {
        throw new QueueError(`Cannot show batch ${id}: there is no such batch, or it is damaged`);
      }
      about = describe(id, frame);
    }
    const columns = frame && isIntact(frame) ? batchColumns(frame) : undefined;
    const readings = Array.from({ length: columns?.length ?? 0 }, (_, row) => ({
      timestamp: new Date(Number(columns!.timestamps[row]! / 1000n)).toISOString(),
      stream: columns!.streams[row]!.toString(16).padStart(8, "0").replace(/(.{4})/, "$1-"),
      value: columns!.values[row]!,
    }));
    return { ...about, rows: readings };
  }

  async #letter(id: number) {
    const [letter] = await this.#queue.store.ask("dead", id - 1, 1);
    if (letter?.id !== id) {
      throw new QueueError(`Cannot find dead letter ${id}: there is no such letter`);
    }
    return readDead(letter.data);
  }

  async #ids(ids: readonly number[] | "all"): Promise<readonly number[]> {
    return ids === "all" ? (await this.dead(1_000_000)).map(({ letter }) => letter) : ids;
  }

  /** Puts the readings of dead letters into the queue again, with new ids. */
  async retry(ids: readonly number[] | "all"): Promise<{ letters: number; readings: number }> {
    let readings = 0;
    const chosen = await this.#ids(ids);
    for (const id of chosen) {
      const { batch } = await this.#letter(id);
      if (!batch || !isIntact(batch)) {
        throw new QueueError(`Cannot retry dead letter ${id}: its readings are damaged`);
      }
      readings += readBatch(batch).readings;
      await this.#queue.store.apply([
        { kind: "unbury", id },
        { kind: "insert", frames: [batch] },
      ]);
    }
    this.#queue.outbox.changed();
    return { letters: chosen.length, readings };
  }

  /** Deletes dead letters. */
  async drop(ids: readonly number[] | "all"): Promise<{ letters: number }> {
    const chosen = await this.#ids(ids);
    for (const id of chosen) await this.#letter(id);
    await this.#queue.store.apply(chosen.map((id): Change => ({ kind: "unbury", id })));
    return { letters: chosen.length };
  }

  /** Everything that is wrong with the file. */
  async check(): Promise<string[]> {
    return await this.#queue.store.ask("check");
  }

  async #lane(device: string, streamer: number): Promise<Lane> {
    const { id } = new ArchFxDeviceSlug(device);
    for (const lane of await this.#queue.outbox.lanes()) {
      if (lane.device !== id) continue;
      if (lane.streamer === streamer) return lane;
      if (lane.streamer === null && await this.#queue.outbox.streamer(id, streamer)) return lane;
    }
    throw new QueueError(`Cannot take over ${device}, streamer ${streamer}: nothing waits for it`);
  }

  /** Both sides of a conflict. */
  async conflict(device: string, streamer: number): Promise<Record<string, unknown>> {
    const lane = await this.#lane(device, streamer);
    const state = await this.#queue.outbox.streamer(lane.device, streamer);
    const report = await this.#queue.outbox.report(lane);
    const batches = await this.#queue.store.ask("take", lane.id, 0, 1_000_000);
    return {
      hold: state?.hold ?? null,
      confirmed: state?.confirmed ?? null,
      lastId: this.#api ? Number(await lastReadingId(this.#api, lane.device, streamer)) : null,
      report: report ? [report.first, report.last] : null,
      batches: batches.map(({ id, frame }) => frame ? describe(id, frame) : damaged(id, lane)),
    };
  }

  /** Accepts the `last_id` of the cloud, and gives batches up. */
  async takeOver(args: Record<string, unknown>): Promise<{ dropped: number }> {
    const streamer = Number(args.streamer);
    const lane = await this.#lane(String(args.device), streamer);
    const now = this.#api && Number(await lastReadingId(this.#api, lane.device, streamer));
    const lastId = Number(args.lastId ?? now);
    if (now !== undefined && now !== lastId) {
      throw new QueueError(`Cannot take over: last_id has become ${now}; look at both sides again`);
    }
    const drop = integers("drop", args.drop ?? []);
    return { dropped: await takeOver(this.#queue, { lane, streamer, lastId, drop }) };
  }
}

/** Letters by their numbers, as a request names them. */
function chosen(ids: unknown): readonly number[] | "all" {
  return ids === "all" ? ids : integers("ids", ids);
}

function integers(name: string, value: unknown): readonly number[] {
  if (Array.isArray(value) && value.every((it): it is number => isSafeInteger(it))) return value;
  throw new QueueError(`Cannot use ${shown(value)} as "${name}": it must be a list of integers`);
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
