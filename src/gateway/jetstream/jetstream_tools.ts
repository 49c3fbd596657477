/**
 * What `archfx gateway queue` does with a queue on JetStream: look into it, and decide what became of dead letters and
 * conflicts. Batches and dead letters are named by their sequence in the stream. Gateways may run meanwhile: every
 * change expects what it has read, and is made all or none.
 *
 * @module
 */
import { type Api, lastReadingId } from "../../api/mod.ts";
import { ArchFxDeviceSlug } from "../../slugs/mod.ts";
import type { BatchInfo } from "../_batch_info.ts";
import { QueueError } from "../errors.ts";
import { batchColumns, isIntact, readBatch, readDead } from "../_frames.ts";
import type { Bus, Outgoing, Stored } from "./_bus.ts";
import {
  body,
  bodyFrames,
  DEAD,
  HEAD,
  headText,
  laneOfSubject,
  laneSubject,
  readHead,
} from "./_messages.ts";
import { Records } from "./_records.ts";
import { findProblems } from "./_check.ts";
import { takeOver } from "./_take_over.ts";
import { plantStatus } from "./plant_status.ts";

/** So many messages and bytes are read at a time. */
const PAGE = { messages: 64, bytes: 4 << 20 };
/** A dead letter that was dealt with is forgotten after that. */
const TOMBSTONE_TTL = "24h";
const ATTEMPTS = 20;

/** Tools for one queue. */
export class JetStreamTools {
  readonly #bus: Bus;
  readonly #records: Records;
  readonly #api: Api | undefined;

  constructor(bus: Bus, api?: Api) {
    this.#bus = bus;
    this.#records = new Records(bus, () => {});
    this.#api = api;
  }

  /** Answers a request by its name, as the tools of a queue in a file do. */
  async handle(op: string, args: Record<string, unknown>): Promise<unknown> {
    const ids = args.ids as number[] | "all";
    switch (op) {
      case "ls":
        return await this.batches(Number(args.limit ?? 100));
      case "dead":
        return await this.dead(Number(args.limit ?? 1000));
      case "show":
        return await this.show(Number(args.id), args.dead === true);
      case "retry":
        return await this.retry(ids);
      case "drop":
        return await this.drop(ids);
      case "check":
        return await findProblems(this.#bus, this.#records);
      case "conflict":
        return await this.conflict(String(args.device), Number(args.streamer));
      case "take-over":
        return await this.takeOver(args);
      default:
        throw new QueueError(`Cannot do "${op}" with a queue on NATS`);
    }
  }

  /** Batches that wait, oldest first within each streamer. */
  async batches(limit: number): Promise<BatchInfo[]> {
    const found: BatchInfo[] = [];
    const { lanes } = await plantStatus(this.#bus);
    const devices = [...new Set(lanes.map(({ device }) => new ArchFxDeviceSlug(device).id))];
    for (const device of devices) {
      for (const [streamer] of await this.#lanesOf(device)) {
        if (found.length >= limit) return found;
        found.push(...await this.#waiting(device, streamer, limit - found.length));
      }
    }
    return found;
  }

  /** The lanes of a device, and where what waits in them begins. */
  async #lanesOf(device: bigint): Promise<[streamer: number, from: number][]> {
    const { lanes } = await this.#records.fresh(device);
    const { state } = await this.#bus.info(`${laneSubject({ device, streamer: 0 }).slice(0, -1)}*`);
    const { stream } = this.#bus.place;
    return Object.keys(state.subjects ?? {}).flatMap((subject) => {
      const name = laneOfSubject(subject.slice(stream.length + 1));
      if (!name) return [];
      const lane = lanes[name.streamer < 0 ? "any" : name.streamer];
      const from = lane?.report?.pieces[0]?.[0] ??
        (lane ? lane.sealed.seq + 1 : 1);
      return [[name.streamer, from] as [number, number]];
    });
  }

  async #waiting(device: bigint, streamer: number, limit: number): Promise<BatchInfo[]> {
    const found: BatchInfo[] = [];
    const lane = (await this.#lanesOf(device)).find(([index]) => index === streamer);
    const subject = laneSubject({ device, streamer });
    for (let from = lane?.[1] ?? 1; found.length < limit;) {
      const page = await this.#bus.batch(subject, from, PAGE);
      if (page.length === 0) break;
      found.push(...page.map(describe));
      from = page[page.length - 1]!.seq + 1;
    }
    return found.slice(0, limit);
  }

  async *#letters(): AsyncGenerator<Stored> {
    for (let from = 1;;) {
      const page = await this.#bus.batch("x.>", from, PAGE);
      if (page.length === 0) return;
      for (const message of page) if (message.data.length > 0) yield message;
      from = page[page.length - 1]!.seq + 1;
    }
  }

  /** Dead letters, oldest first. */
  async dead(limit: number): Promise<Record<string, unknown>[]> {
    const found: Record<string, unknown>[] = [];
    for await (const { seq, data } of this.#letters()) {
      if (found.length >= limit) break;
      const about = isIntact(data) ? readDead(data).about : { reason: "damaged", readings: 0 };
      const { device, ...rest } = about as { device?: string };
      found.push({ letter: seq, device: device ? dashed(device) : "", ...rest });
    }
    return found;
  }

  async #letter(id: number): Promise<Stored> {
    const found = await this.#bus.next("x.>", id);
    if (found?.seq !== id || found.data.length === 0) {
      throw new QueueError(`Cannot find dead letter ${id}: there is none`);
    }
    return found;
  }

  /** The readings of a batch, or of a dead letter. */
  async show(id: number, dead: boolean): Promise<Record<string, unknown>> {
    let frames: Uint8Array[] | undefined;
    let about: object;
    if (dead) {
      const { data } = await this.#letter(id);
      if (!isIntact(data)) throw new QueueError(`Cannot show dead letter ${id}: it is damaged`);
      const { about: said, batch } = readDead(data);
      about = said as object;
      frames = batch && isIntact(batch) ? [batch] : [];
    } else {
      const found = await this.#bus.next("r.>", id);
      if (found?.seq !== id) {
        throw new QueueError(`Cannot show batch ${id}: there is no such batch`);
      }
      about = describe(found);
      frames = bodyFrames(found.data);
      if (!frames) throw new QueueError(`Cannot show batch ${id}: it is damaged`);
    }
    const rows = frames.flatMap((frame) => {
      const columns = batchColumns(frame);
      return Array.from({ length: columns.length }, (_, row) => ({
        timestamp: new Date(Number(columns.timestamps[row]! / 1000n)).toISOString(),
        stream: columns.streams[row]!.toString(16).padStart(8, "0").replace(/(.{4})/, "$1-"),
        value: columns.values[row]!,
      }));
    });
    return { ...about, rows };
  }

  async #ids(ids: readonly number[] | "all"): Promise<readonly number[]> {
    if (ids !== "all") return ids;
    const found: number[] = [];
    for await (const { seq } of this.#letters()) found.push(seq);
    return found;
  }

  /** Puts the readings of dead letters into the queue again, with new ids. */
  async retry(ids: readonly number[] | "all"): Promise<{ letters: number; readings: number }> {
    let readings = 0;
    const chosen = await this.#ids(ids);
    for (const id of chosen) {
      const letter = await this.#letter(id);
      const batch = isIntact(letter.data) ? readDead(letter.data).batch : undefined;
      if (!batch || !isIntact(batch)) {
        throw new QueueError(`Cannot retry dead letter ${id}: its readings are damaged`);
      }
      readings += readBatch(batch).readings;
      await this.#bury(letter, batch);
    }
    return { letters: chosen.length, readings };
  }

  /** Deletes dead letters. */
  async drop(ids: readonly number[] | "all"): Promise<{ letters: number }> {
    const chosen = await this.#ids(ids);
    for (const id of chosen) await this.#bury(await this.#letter(id));
    return { letters: chosen.length };
  }

  /** Ends a dead letter; its readings, if given, go to the end of their lane, all or none. */
  async #bury(letter: Stored, batch?: Uint8Array): Promise<void> {
    const id = crypto.randomUUID();
    const headers = { [HEAD]: id, [DEAD]: "0", "Nats-Rollup": "sub", "Nats-TTL": TOMBSTONE_TTL };
    const end: Outgoing = {
      subject: letter.subject,
      data: new Uint8Array(),
      headers,
      after: letter.seq,
    };
    for (let attempt = 1;; attempt++) {
      const messages = batch ? [await this.#behind(batch, id), end] : [end];
      try {
        await this.#bus.store(messages);
        return;
      } catch (error) {
        // It may have been stored all the same; or another gateway pushed to the lane meanwhile.
        const last = await this.#bus.last(letter.subject);
        if (last?.header(HEAD) === id) return;
        if (last?.seq !== letter.seq) {
          throw new QueueError(`Cannot change dead letter ${letter.seq}: another command has`);
        }
        if (attempt === ATTEMPTS) throw error;
      }
    }
  }

  /** A message with readings behind the last one of their lane. */
  async #behind(frame: Uint8Array, push: string): Promise<Outgoing> {
    const { readings, device, streamer } = readBatch(frame);
    const subject = laneSubject({ device, streamer });
    const last = await this.#bus.last(subject);
    const head = last && readHead(last.header(HEAD));
    let from = head ? head.from + head.readings : 0;
    if (!head) {
      const lane = (await this.#records.fresh(device)).lanes[streamer < 0 ? "any" : streamer];
      from = Math.max(lane?.sealed.number ?? 0, lane?.done ?? 0);
    }
    return {
      subject,
      data: body([frame]),
      headers: { [HEAD]: headText({ push, from, readings }) },
      after: last?.seq ?? 0,
    };
  }

  /** The lane that a streamer of a device belongs to. */
  async #laneOf(device: string, streamer: number): Promise<number> {
    const { id } = new ArchFxDeviceSlug(device);
    const { streamers } = await this.#records.fresh(id);
    const lanes = (await this.#lanesOf(id)).map(([index]) => index);
    if (lanes.includes(streamer)) return streamer;
    if (streamers[streamer] && lanes.includes(-1)) return -1;
    throw new QueueError(`Cannot take over ${device}, streamer ${streamer}: nothing waits for it`);
  }

  /** Both sides of a conflict. */
  async conflict(device: string, streamer: number): Promise<Record<string, unknown>> {
    const { id } = new ArchFxDeviceSlug(device);
    const lane = await this.#laneOf(device, streamer);
    const { lanes, streamers } = await this.#records.fresh(id);
    const report = lanes[lane < 0 ? "any" : lane]?.report;
    const state = streamers[streamer];
    return {
      hold: state?.hold ?? null,
      confirmed: state?.confirmed ?? null,
      lastId: this.#api ? Number(await lastReadingId(this.#api, id, streamer)) : null,
      report: report ? [report.first, report.last] : null,
      batches: await this.#waiting(id, lane, 100_000),
    };
  }

  /** Accepts the `last_id` of the cloud, and gives batches up. */
  async takeOver(args: Record<string, unknown>): Promise<{ dropped: number }> {
    const [device, streamer] = [String(args.device), Number(args.streamer)];
    const { id } = new ArchFxDeviceSlug(device);
    const lane = await this.#laneOf(device, streamer);
    const now = this.#api && Number(await lastReadingId(this.#api, id, streamer));
    const lastId = Number(args.lastId ?? now);
    if (now !== undefined && now !== lastId) {
      throw new QueueError(`Cannot take over: last_id has become ${now}; look at both sides again`);
    }
    const waiting = await this.#waiting(id, lane, 1_000_000);
    const drop = (args.drop ?? []) as number[];
    const given = drop.map((batch) => {
      const found = waiting.find((it) => it.batch === batch);
      if (found) return found;
      throw new QueueError(`Cannot drop batch ${batch}: ${device} has no such batch`);
    });
    await takeOver(this.#records, { device: id, lane, streamer, lastId, drop });
    return { dropped: given.reduce((sum, { readings }) => sum + readings, 0) };
  }
}

function describe({ subject, seq, data, time, header }: Stored): BatchInfo {
  const { device, streamer } = laneOfSubject(subject)!;
  return {
    batch: seq,
    device: String(new ArchFxDeviceSlug(device)),
    streamer: streamer < 0 ? null : streamer,
    readings: readHead(header(HEAD))?.readings ?? 0,
    bytes: data.length,
    pushed: bodyFrames(data) ? new Date(time).toISOString() : "damaged",
  };
}

function dashed(hex: string): string {
  return String(new ArchFxDeviceSlug(BigInt(`0x${hex}`)));
}
