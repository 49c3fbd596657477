/**
 * The actions of `archfx gateway queue` for any kind of queue. Each kind of queue implements finding and changing
 * batches and dead letters.
 *
 * @module
 */
import { isSafeInteger } from "../_integers.ts";
import { shown } from "../_shown.ts";
import { type Api, lastReadingId } from "../api/mod.ts";
import { ArchFxDeviceSlug } from "../slugs/mod.ts";
import type { BatchInfo } from "./_batch_info.ts";
import { batchColumns, isIntact, readBatch, readDead } from "./_frames.ts";
import { QueueError } from "./errors.ts";
import type { StreamerState } from "./outbox.ts";

/** A stored dead letter. */
export interface Letter {
  readonly id: number;
  readonly data: Uint8Array;
}

/** A dead letter in a list, with its description. */
interface DeadInfo {
  readonly letter: number;
  readonly device: string;
}

/** Letters by their numbers. */
type Chosen = readonly number[] | "all";

/** The state of a streamer whose ids are in conflict with those of the cloud. */
interface QueueSide {
  readonly state: StreamerState | undefined;
  readonly report: { readonly first: number; readonly last: number } | undefined;
  readonly batches: readonly BatchInfo[];
}

/** The decision of a user about such a streamer. */
export interface Decision {
  readonly streamer: number;
  /** The `last_id` of the cloud that the user has seen. */
  readonly lastId: number;
  /** Batches that are given up. */
  readonly drop: readonly number[];
}

/** Actions on one queue; `L` identifies a lane. */
export abstract class QueueActions<L extends { readonly device: bigint }, Found extends Letter> {
  readonly #api: Api | undefined;

  constructor(api?: Api) {
    this.#api = api;
  }

  /** Waiting batches, oldest first within each lane. */
  abstract batches(limit: number): Promise<BatchInfo[]>;
  /** All problems of the queue. */
  abstract check(): Promise<string[]>;
  /** Deletes dead letters. */
  protected abstract remove(ids: readonly number[]): Promise<void>;
  /** Replaces a dead letter with a batch, in one transaction. */
  protected abstract revive(letter: Found, batch: Uint8Array): Promise<void>;
  /** Dead letters, oldest first. */
  protected abstract letters(): AsyncIterable<Letter>;
  /** One dead letter; it must exist. */
  protected abstract letter(id: number): Promise<Found>;
  /** One batch, which must exist and be intact, and its frames. */
  protected abstract batch(id: number): Promise<{ about: BatchInfo; frames: Uint8Array[] }>;
  /** The lane of a streamer; readings must wait in it. */
  protected abstract lane(device: string, streamer: number): Promise<L>;
  /** The state of a streamer of a lane. */
  protected abstract side(lane: L, streamer: number): Promise<QueueSide>;
  /** Accepts the `last_id` of the cloud; returns how many readings were given up. */
  protected abstract accept(lane: L, decision: Decision): Promise<number>;

  /** Handles a request by its name: the control socket calls it. */
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
        throw new QueueError(`Cannot do "${op}": this queue does not support it`);
    }
  }

  /** Dead letters, oldest first. */
  async dead(limit: number): Promise<DeadInfo[]> {
    const found: DeadInfo[] = [];
    for await (const { id, data } of this.letters()) {
      if (found.length >= limit) break;
      const about = isIntact(data) ? readDead(data).about : { reason: "damaged", readings: 0 };
      const { device, ...rest } = about;
      found.push({ letter: id, device: typeof device === "string" ? dashed(device) : "", ...rest });
    }
    return found;
  }

  /** The readings of a batch, or of a dead letter. */
  async show(id: number, dead: boolean): Promise<Record<string, unknown>> {
    const { about, frames } = dead ? await this.#deadBatch(id) : await this.batch(id);
    const rows = frames.flatMap((frame) => {
      const { length, timestamps, streams, values } = batchColumns(frame);
      return Array.from({ length }, (_, row) => ({
        timestamp: new Date(Number(timestamps[row]! / 1000n)).toISOString(),
        stream: streams[row]!.toString(16).padStart(8, "0").replace(/(.{4})/, "$1-"),
        value: values[row]!,
      }));
    });
    return { ...about, rows };
  }

  async #deadBatch(id: number): Promise<{ about: object; frames: Uint8Array[] }> {
    const { data } = await this.letter(id);
    if (!isIntact(data)) throw new QueueError(`Cannot show dead letter ${id}: it is damaged`);
    const { about, batch } = readDead(data);
    return { about, frames: batch && isIntact(batch) ? [batch] : [] };
  }

  async #ids(ids: Chosen): Promise<readonly number[]> {
    if (ids !== "all") return ids;
    const found: number[] = [];
    for await (const { id } of this.letters()) found.push(id);
    return found;
  }

  /** Returns the readings of dead letters to the queue, with new ids. */
  async retry(ids: Chosen): Promise<{ letters: number; readings: number }> {
    let readings = 0;
    const chosen = await this.#ids(ids);
    for (const id of chosen) {
      const letter = await this.letter(id);
      const batch = isIntact(letter.data) ? readDead(letter.data).batch : undefined;
      if (!batch || !isIntact(batch)) {
        throw new QueueError(`Cannot retry dead letter ${id}: its readings are damaged`);
      }
      readings += readBatch(batch).readings;
      await this.revive(letter, batch);
    }
    return { letters: chosen.length, readings };
  }

  /** Deletes dead letters. */
  async drop(ids: Chosen): Promise<{ letters: number }> {
    const chosen = await this.#ids(ids);
    await this.remove(chosen);
    return { letters: chosen.length };
  }

  async #lastId({ device }: L, streamer: number): Promise<number | undefined> {
    return this.#api && Number(await lastReadingId(this.#api, device, streamer));
  }

  /** Both sides of a conflict. */
  async conflict(device: string, streamer: number): Promise<Record<string, unknown>> {
    const lane = await this.lane(device, streamer);
    const { state, report, batches } = await this.side(lane, streamer);
    return {
      hold: state?.hold ?? null,
      confirmed: state?.confirmed ?? null,
      lastId: await this.#lastId(lane, streamer) ?? null,
      report: report ? [report.first, report.last] : null,
      batches,
    };
  }

  /** Accepts the `last_id` of the cloud, and gives batches up. */
  async takeOver(args: Record<string, unknown>): Promise<{ dropped: number }> {
    const streamer = Number(args.streamer);
    const lane = await this.lane(String(args.device), streamer);
    const now = await this.#lastId(lane, streamer);
    const lastId = Number(args.lastId ?? now);
    if (now !== undefined && now !== lastId) {
      throw new QueueError(`Cannot take over: last_id is now ${now}; compare both sides again`);
    }
    const drop = integers("drop", args.drop ?? []);
    return { dropped: await this.accept(lane, { streamer, lastId, drop }) };
  }
}

/** The letters of a request, by their numbers. */
function chosen(ids: unknown): Chosen {
  return ids === "all" ? ids : integers("ids", ids);
}

function integers(name: string, value: unknown): readonly number[] {
  if (Array.isArray(value) && value.every((it): it is number => isSafeInteger(it))) return value;
  throw new QueueError(`Cannot use ${shown(value)} as "${name}": it must be a list of integers`);
}

function dashed(hex: string): string {
  return String(new ArchFxDeviceSlug(BigInt(`0x${hex}`)));
}
