/**
 * The actions of `archfx gateway queue` on a queue on JetStream: inspect it, and resolve dead letters and
 * conflicts. Batches and dead letters are identified by their sequence in the stream. Gateways may run at the
 * same time: every change is atomic, and only succeeds if the state is still the one that was read.
 *
 * @module
 */
import type { Api } from "../../api/mod.ts";
import { ArchFxDeviceSlug } from "../../slugs/mod.ts";
import type { BatchInfo } from "../_batch_info.ts";
import { QueueError } from "../errors.ts";
import { readBatch } from "../_frames.ts";
import { type Decision, type Letter, QueueActions } from "../_queue_actions.ts";
import type { Bus, Outgoing } from "./_bus.ts";
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
import { laneRecord, Records } from "./_records.ts";
import { findProblems } from "./_check.ts";
import { takeOver } from "./_take_over.ts";
import { plantStatus } from "./plant_status.ts";
import type { Stored } from "./_stored.ts";

/** The number of messages and bytes that are read at a time. */
const PAGE = { messages: 64, bytes: 4 << 20 };
/** The time after which a resolved dead letter is removed. */
const TOMBSTONE_TTL = "24h";
const ATTEMPTS = 20;

/** A dead letter and its message. */
interface DeadMessage extends Letter {
  readonly message: Stored;
}

/** The lane that a streamer of a device belongs to. */
interface FoundLane {
  readonly device: bigint;
  /** −1: the gateway chooses. */
  readonly index: number;
}

/** Tools for one queue. */
export class JetStreamTools extends QueueActions<FoundLane, DeadMessage> {
  readonly #bus: Bus;
  readonly #records: Records;

  constructor(bus: Bus, api?: Api) {
    super(api);
    this.#bus = bus;
    this.#records = new Records(bus, () => {});
  }

  /** Waiting batches, oldest first within each streamer. */
  override async batches(limit: number): Promise<BatchInfo[]> {
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

  /** The lanes of a device, and the beginning of the waiting readings in each. */
  async #lanesOf(device: bigint): Promise<[streamer: number, from: number][]> {
    const record = await this.#records.fresh(device);
    const { state } = await this.#bus.info(`${laneSubject({ device, streamer: 0 }).slice(0, -1)}*`);
    const { stream } = this.#bus.place;
    return Object.keys(state.subjects ?? {}).flatMap((subject) => {
      const name = laneOfSubject(subject.slice(stream.length + 1));
      if (!name) return [];
      const { report, sealed } = laneRecord(record, name.streamer);
      const from = report?.pieces[0]?.[0] ?? sealed.seq + 1;
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

  /** All problems of the stream. */
  override async check(): Promise<string[]> {
    return await findProblems(this.#bus, this.#records);
  }

  protected override async *letters(): AsyncGenerator<Letter> {
    for (let from = 1;;) {
      const page = await this.#bus.batch("x.>", from, PAGE);
      if (page.length === 0) return;
      for (const { seq, data } of page) if (data.length > 0) yield { id: seq, data };
      from = page[page.length - 1]!.seq + 1;
    }
  }

  protected override async letter(id: number): Promise<DeadMessage> {
    const message = await this.#bus.next("x.>", id);
    if (message?.seq !== id || message.data.length === 0) {
      throw new QueueError(`Cannot find dead letter ${id}: it does not exist`);
    }
    return { id, data: message.data, message };
  }

  protected override async batch(id: number): Promise<{ about: BatchInfo; frames: Uint8Array[] }> {
    const found = await this.#bus.next("r.>", id);
    if (found?.seq !== id) throw new QueueError(`Cannot show batch ${id}: it does not exist`);
    const frames = bodyFrames(found.data);
    if (!frames) throw new QueueError(`Cannot show batch ${id}: it is damaged`);
    return { about: describe(found), frames };
  }

  protected override async revive({ message }: DeadMessage, batch: Uint8Array): Promise<void> {
    await this.#bury(message, batch);
  }

  protected override async remove(ids: readonly number[]): Promise<void> {
    for (const id of ids) await this.#bury((await this.letter(id)).message);
  }

  /** Resolves a dead letter; its readings, if given, go to the end of their lane, atomically. */
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
        // It may have been stored nevertheless; or another gateway has pushed to the lane in the meantime.
        const last = await this.#bus.last(letter.subject);
        if (last?.header(HEAD) === id) return;
        if (last?.seq !== letter.seq) {
          throw new QueueError(
            `Cannot change dead letter ${letter.seq}: another command has already changed it`,
          );
        }
        if (attempt === ATTEMPTS) throw error;
      }
    }
  }

  /** A message with readings after the last one of their lane. */
  async #behind(frame: Uint8Array, push: string): Promise<Outgoing> {
    const { readings, device, streamer } = readBatch(frame);
    const subject = laneSubject({ device, streamer });
    const last = await this.#bus.last(subject);
    const head = last && readHead(last.header(HEAD));
    let from = head ? head.from + head.readings : 0;
    if (!head) {
      const { sealed, done } = laneRecord(await this.#records.fresh(device), streamer);
      from = Math.max(sealed.number, done);
    }
    return {
      subject,
      data: body([frame]),
      headers: { [HEAD]: headText({ push, from, readings }) },
      after: last?.seq ?? 0,
    };
  }

  protected override async lane(device: string, streamer: number): Promise<FoundLane> {
    const { id } = new ArchFxDeviceSlug(device);
    const { streamers } = await this.#records.fresh(id);
    const lanes = (await this.#lanesOf(id)).map(([index]) => index);
    if (lanes.includes(streamer)) return { device: id, index: streamer };
    if (streamers[streamer] && lanes.includes(-1)) return { device: id, index: -1 };
    throw new QueueError(`Cannot take over ${device}, streamer ${streamer}: nothing waits for it`);
  }

  protected override async side({ device, index }: FoundLane, streamer: number) {
    const record = await this.#records.fresh(device);
    return {
      state: record.streamers[streamer],
      report: laneRecord(record, index).report,
      batches: await this.#waiting(device, index, 100_000),
    };
  }

  protected override async accept(
    { device, index }: FoundLane,
    { streamer, lastId, drop }: Decision,
  ): Promise<number> {
    const waiting = await this.#waiting(device, index, 1_000_000);
    const given = drop.map((batch) => {
      const found = waiting.find((it) => it.batch === batch);
      if (found) return found;
      const slug = new ArchFxDeviceSlug(device);
      throw new QueueError(`Cannot drop batch ${batch}: ${slug} does not have it`);
    });
    await takeOver(this.#records, { device, lane: index, streamer, lastId, drop });
    return given.reduce((sum, { readings }) => sum + readings, 0);
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
