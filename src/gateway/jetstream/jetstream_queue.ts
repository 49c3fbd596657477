/**
 * JetStreamQueue, a `ReadingQueue` in a stream of NATS JetStream, which many gateways share.
 *
 * @module
 */

import os from "node:os";
import process from "node:process";
import { checkBatches } from "../_batches.ts";
import { deviceText } from "../_device_text.ts";
import { QueueError } from "../errors.ts";
import { readBatch } from "../_frames.ts";
import { gatewayLog, loadGatewayLog } from "../_log.ts";
import { step } from "../_steps.ts";
import type { StoreEvent } from "../_store_event.ts";
import type { QueueNumbers, SendingQueue } from "../outbox.ts";
import type {
  GatewayRole,
  NatsQueueOptions,
  PushOptions,
  QueueDepth,
  ReadingBatch,
} from "../types.ts";
import { Bus } from "./_bus.ts";
import { Consumer } from "./_consumer.ts";
import { Guard } from "./_guard.ts";
import { LEASE_TIMES, Leases, type LeaseTimes } from "./_leases.ts";
import { Limits } from "./_limits.ts";
import { HEAD, keySubject, laneOfSubject, laneSubject, readHead } from "./_messages.ts";
import { natsOptions, natsPlace } from "./_options.ts";
import { JetStreamOutbox } from "./_outbox.ts";
import { Publisher } from "./_publisher.ts";
import { Purger } from "./_purger.ts";
import { laneRecord, Records } from "./_records.ts";
import { ensureStream, tellPromise } from "./_stream.ts";
import { View } from "./_view.ts";

const CLOSE_MS = 15_000, FLUSH_POLL_MS = 100, PURGE_AFTER_MS = 600_000;
const FOLLOWED = ["r.>", "s.>", "x.>", "m.*", "o.*"];
/** The number of requests for the oldest reading. */
const MOST_LOOKS = 32;

/** Settings that only tests change. */
export interface QueueTimes extends LeaseTimes {
  readonly purgeAfterMs: number;
  /** Every gateway acts as if it owned all shards. */
  readonly stale?: boolean;
}

/** A queue in a stream. */
export class JetStreamQueue implements SendingQueue {
  /** The requests to its servers, for tools. */
  readonly bus: Bus;
  /** The view of this gateway, once it follows the stream. */
  readonly view: View = new View();
  /** The records of devices, for tools. */
  readonly records: Records;
  readonly outbox: JetStreamOutbox;
  /** The latest events for users, newest last. */
  readonly events: (StoreEvent & { readonly at: string })[] = [];
  /** Readings that were given up since the queue was opened. */
  dropped = 0;
  /** Readings that were stored since the queue was opened. */
  pushed = 0;
  readonly #limits: Limits;
  readonly #guard: Guard;
  readonly #publisher: Publisher;
  readonly #purger: Purger;
  readonly #times: QueueTimes;
  readonly #toldIds = new Set<string>();
  #consumer: Consumer | undefined;
  #leases: Leases | undefined;
  #closing: Promise<void> | undefined;

  private constructor(bus: Bus, limits: Limits, created: string, times: QueueTimes) {
    this.bus = bus;
    this.#limits = limits;
    this.#times = times;
    this.#guard = new Guard(bus, created);
    this.#guard.onNew = (message) => this.#startOver(message);
    this.records = new Records(bus, (...args) => this.view.record(...args));
    this.#purger = new Purger(bus, times.purgeAfterMs);
    this.#publisher = new Publisher(
      bus,
      limits,
      this.#guard,
      (subject) => this.#countedEnd(subject),
      (...args) => this.view.stored(...args),
    );
    this.outbox = new JetStreamOutbox({
      bus,
      view: this.view,
      records: this.records,
      purger: this.#purger,
      owns: (shard) => times.stale || (this.#leases?.owns(shard) ?? false),
      sends: (shard) => times.stale || (this.#leases?.sends(shard) ?? false),
      tell: (event) => this.#tell(event),
    });
    this.view.onRecord = (device, seq) => void this.#seeRecord(device, seq);
    this.view.onPurged = ({ device, shard }, readings) => {
      if (!times.stale && !this.#leases?.owns(shard)) return; // Its owner reports it.
      this.#tell({
        level: "error",
        message:
          `${readings} readings of device ${
            deviceText(device)
          } that waited are not in the stream any more: ` +
          "another program has purged them, and they are lost",
        dropped: readings,
      });
    };
    this.view.onLane = ({ device, streamer, shard }) => {
      if (times.stale || this.#leases?.owns(shard)) this.outbox.changed([`${device}/${streamer}`]);
    };
  }

  /**
   * Connects, and creates or checks the stream.
   *
   * @param where `nats://host,host/STREAM`.
   * @param options What happens when the stream is full, and the credentials.
   * @param times Settings that only tests change.
   * @throws {QueueError} If no server responds, or the stream has settings that can lose readings.
   * @throws {TypeError} If an option is not valid.
   */
  static async open(
    where: string | URL,
    options: NatsQueueOptions = {},
    times: Partial<QueueTimes> = {},
  ): Promise<JetStreamQueue> {
    const place = natsPlace(where);
    const settled = natsOptions(options);
    await loadGatewayLog();
    const bus = await Bus.open(place, settled);
    try {
      const info = await ensureStream(bus);
      tellPromise(bus, info);
      const all = { ...LEASE_TIMES, purgeAfterMs: PURGE_AFTER_MS, ...times };
      return new JetStreamQueue(bus, new Limits(bus, settled.overflow), info.created, all);
    } catch (error) {
      await bus.close();
      throw error;
    }
  }

  #tell(event: StoreEvent): void {
    this.dropped += event.dropped ?? 0;
    this.events.push({ ...event, at: new Date().toISOString() });
    if (this.events.length > 100) this.events.shift();
    gatewayLog[event.level](event.message);
  }

  /** Another process may have written a record, for example after a decision of the user. */
  async #seeRecord(device: bigint, seq: number): Promise<void> {
    if (!await this.records.seen(device, seq)) return;
    const lanes = this.view.lanes.filter((lane) => lane.device === device);
    this.outbox.changed(lanes.map(({ streamer }) => `${device}/${streamer}`));
  }

  /** The stream is a new one. */
  #startOver(message: string): void {
    this.#tell({ level: "error", message });
    this.view.forget();
    this.records.forget();
    this.#publisher.forget();
    this.outbox.changed();
  }

  /**
   * The number of readings of a lane whose last message does not contain it, because another program has purged
   * it or written it.
   */
  async #countedEnd(subject: string): Promise<number> {
    const { device, streamer } = laneOfSubject(subject)!;
    const { sealed } = laneRecord(await this.records.fresh(device), streamer);
    let end = sealed.number;
    for (let from = sealed.seq + 1;;) {
      const message = await this.bus.next(subject, from);
      if (!message) return end;
      const head = readHead(message.header(HEAD));
      if (head) end = Math.max(end, head.from + head.readings);
      from = message.seq + 1;
    }
  }

  async push(
    batches: ReadingBatch | readonly ReadingBatch[],
    options: PushOptions = {},
  ): Promise<void> {
    const { frames, hadIds } = checkBatches(batches);
    const { source } = options;
    if (hadIds && !this.#toldIds.has(source ?? "")) {
      this.#toldIds.add(source ?? "");
      gatewayLog.warning(
        "Reading ids of the source {source} are ignored: the queue assigns ids",
        { source: source ?? "push" },
      );
    }
    await this.pushFrames(frames, options);
  }

  /** Stores batches that are already encoded. */
  async pushFrames(
    frames: readonly Uint8Array[],
    { source, position, idempotencyKey, signal }: PushOptions = {},
  ): Promise<void> {
    if (frames.length === 0 && position === undefined) return;
    const lanes = new Map<string, Uint8Array[]>();
    let readings = 0;
    for (const frame of frames) {
      const batch = readBatch(frame);
      const subject = laneSubject(batch);
      readings += batch.readings;
      const lane = lanes.get(subject);
      if (lane) lane.push(frame);
      else lanes.set(subject, [frame]);
    }
    step("push");
    const key = idempotencyKey === undefined
      ? undefined
      : await keySubject(`${source ?? ""}/${idempotencyKey}`);
    await this.#publisher.push({ frames: lanes, readings, source, position, key }, signal);
    step("pushed");
    this.pushed += readings;
  }

  async position(source: string): Promise<string | undefined> {
    return await this.#publisher.position(source);
  }

  /** Makes this gateway one of those that share the queue. */
  async join(role: GatewayRole): Promise<() => Promise<void>> {
    if (this.#leases) {
      throw new QueueError("Cannot join: a gateway with this queue is already running");
    }
    // A collector does not need to know the other gateways. Each one that follows the stream costs the servers 5
    // µs for every message.
    if (role !== "collector") await this.follow();
    const leases = this.#leases = new Leases(this.bus, this.view, {
      role,
      name: `${os.hostname()}:${process.pid}`,
      times: this.#times,
    });
    leases.onChange = (gained, lost) => {
      const moved = new Set([...gained, ...lost]);
      this.records.forgetIf((shard) => moved.has(shard));
      // The previous owner may have died before it purged counted messages.
      for (const { shard, subject, doneSeq } of this.view.lanes) {
        if (doneSeq > 0 && gained.includes(shard)) this.#purger.done(subject, doneSeq);
      }
      if (gained.length > 0) this.outbox.changed();
    };
    return async () => {
      await leases.leave();
      this.#leases = undefined;
    };
  }

  /** Starts to follow the stream, and waits until it has seen everything that is stored now. */
  async follow(): Promise<View> {
    this.#consumer ??= new Consumer(
      this.bus,
      FOLLOWED,
      async () => {
        await this.#guard.check(true);
        return { after: this.view.seq };
      },
      (message) => this.view.take(message),
    );
    await this.#consumer.ready;
    return this.view;
  }

  /** Readings that are not counted yet. */
  #waiting(): number {
    let readings = 0;
    for (const { end, done } of this.view.lanes) readings += Math.max(0, end - done);
    return readings;
  }

  async depth(): Promise<QueueDepth> {
    await this.follow();
    const { state } = await this.bus.info();
    let dead = 0;
    for (const readings of this.view.dead.values()) dead += readings;
    const oldest = await this.#oldest();
    return { readings: this.#waiting(), bytes: state.bytes, oldest, dead, held: this.view.held };
  }

  /** When the oldest waiting reading was stored. */
  async #oldest(): Promise<Date | null> {
    const lanes = this.view.lanes.filter(({ end, done }) => end > done);
    lanes.sort((a, b) => a.doneSeq - b.doneSeq);
    let first = Infinity;
    let time: string | undefined;
    for (const { subject, doneSeq } of lanes.slice(0, MOST_LOOKS)) {
      if (doneSeq >= first) break;
      const found = await this.bus.next(subject, doneSeq + 1);
      if (!found || found.seq >= first) continue;
      [first, time] = [found.seq, found.time];
    }
    return time === undefined ? null : new Date(time);
  }

  numbers(): Promise<QueueNumbers> {
    const { pushed, dropped } = this;
    const { blocked, full } = this.#limits;
    const { ms, count, slowestMs } = this.#publisher.commits;
    const commits = { ms, count, slowestMs };
    return Promise.resolve({ pushed, dropped, blocked, full, reserve: 0, commits });
  }

  async flush({ signal }: { readonly signal?: AbortSignal } = {}): Promise<void> {
    await this.follow();
    while (this.#publisher.waiting > 0 || this.#waiting() > 0) {
      signal?.throwIfAborted();
      await new Promise((resolve) => setTimeout(resolve, FLUSH_POLL_MS));
    }
  }

  async close(): Promise<void> {
    await (this.#closing ??= this.#close());
  }

  async #close(): Promise<void> {
    await this.#publisher.close(CLOSE_MS);
    await this.#leases?.leave();
    this.#leases = undefined;
    this.#purger.close();
    this.#consumer?.close();
    await this.bus.close();
  }

  toString(): string {
    return `JetStreamQueue ${this.bus.place.text}`;
  }

  toJSON(): Record<string, unknown> {
    return { url: this.bus.place.text };
  }
}
