/**
 * JetStreamQueue, a `ReadingQueue` in a stream of NATS JetStream, which many gateways share.
 *
 * @module
 */
import { checkBatches } from "../_batches.ts";
import { readBatch } from "../_frames.ts";
import { gatewayLog, loadGatewayLog } from "../_log.ts";
import { step } from "../_steps.ts";
import type {
  NatsQueueOptions,
  PushOptions,
  QueueDepth,
  ReadingBatch,
  ReadingQueue,
} from "../types.ts";
import { Bus } from "./_bus.ts";
import { Limits } from "./_limits.ts";
import { keySubject, laneSubject } from "./_messages.ts";
import { natsOptions, natsPlace } from "./_options.ts";
import { Publisher } from "./_publisher.ts";
import { ensureStream, tellPromise } from "./_stream.ts";

const CLOSE_MS = 15_000;

/** A queue in a stream. */
export class JetStreamQueue implements ReadingQueue {
  /** The requests to its servers: for tools. */
  readonly bus: Bus;
  readonly #limits: Limits;
  readonly #publisher: Publisher;
  readonly #toldIds = new Set<string>();
  /** Readings that were stored since the queue was opened. */
  pushed = 0;

  private constructor(bus: Bus, limits: Limits) {
    this.bus = bus;
    this.#limits = limits;
    this.#publisher = new Publisher(bus, limits, () => Promise.resolve(0), () => {});
  }

  /**
   * Connects, and creates or checks the stream.
   *
   * @param where `nats://host,host/STREAM`.
   * @param options What happens when the stream is full, and how to sign in.
   * @throws {QueueError} If no server responds, or the stream has settings that can lose readings.
   * @throws {TypeError} If an option is not valid.
   */
  static async open(where: string | URL, options: NatsQueueOptions = {}): Promise<JetStreamQueue> {
    const place = natsPlace(where);
    const settled = natsOptions(options);
    await loadGatewayLog();
    const bus = await Bus.open(place, settled);
    try {
      tellPromise(bus, await ensureStream(bus));
    } catch (error) {
      await bus.close();
      throw error;
    }
    return new JetStreamQueue(bus, new Limits(bus, settled.overflow));
  }

  async push(
    batches: ReadingBatch | readonly ReadingBatch[],
    { source, position, idempotencyKey, signal }: PushOptions = {},
  ): Promise<void> {
    const { frames, readings, hadIds } = checkBatches(batches);
    if (hadIds && !this.#toldIds.has(source ?? "")) {
      this.#toldIds.add(source ?? "");
      gatewayLog.warning(
        "Reading ids of the source {source} are ignored: the queue assigns ids",
        { source: source ?? "push" },
      );
    }
    if (frames.length === 0 && position === undefined) return;
    const lanes = new Map<string, Uint8Array[]>();
    for (const frame of frames) {
      const subject = laneSubject(readBatch(frame));
      const lane = lanes.get(subject);
      if (lane) lane.push(frame);
      else lanes.set(subject, [frame]);
    }
    step("push");
    const key = idempotencyKey === undefined ? undefined : await keySubject(idempotencyKey);
    await this.#publisher.push({ frames: lanes, readings, source, position, key }, signal);
    step("pushed");
    this.pushed += readings;
  }

  async position(source: string): Promise<string | undefined> {
    return await this.#publisher.position(source);
  }

  depth(): Promise<QueueDepth> {
    return Promise.reject(new Error("not yet"));
  }

  flush(): Promise<void> {
    return Promise.reject(new Error("not yet"));
  }

  async close(): Promise<void> {
    await this.#publisher.close(CLOSE_MS);
    await this.bus.close();
  }

  toString(): string {
    return `JetStreamQueue ${this.bus.place.text}`;
  }

  toJSON(): Record<string, unknown> {
    return { url: this.bus.place.text, blocked: this.#limits.blocked };
  }
}
