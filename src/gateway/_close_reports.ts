/**
 * Closes the open reports of a queue while no gateway uses it: the counted part of a report is done, and the rest
 * becomes readings without ids again, so that another queue can take them.
 *
 * It does no harm if a copy of a report is counted even later: the readings get the same ids again, and the cloud
 * counts each id once.
 *
 * @module
 */
import type { Api } from "../api/mod.ts";
import { ArchFxDeviceSlug } from "../slugs/mod.ts";
import { Cloud, Later } from "./_cloud.ts";
import { QueueError } from "./errors.ts";
import { LaneMemory } from "./_lane_memory.ts";
import { Budget, pause } from "./_pauses.ts";
import { Prover, type ReportOwner, type Sending } from "./_prover.ts";
import type { SenderContext } from "./_sender_context.ts";
import { unseal } from "./_take_over.ts";
import type { SqliteQueue } from "./sqlite_queue.ts";
import type { Lane } from "./outbox.ts";

/** How reports are closed. */
export interface CloseOptions {
  /** Returns the cloud; called only if a report is open. */
  readonly api: () => Promise<Api>;
  /** How long an attempt may take to be counted. */
  readonly confirmMs: number;
  readonly signal: AbortSignal;
  /** Called with a message for each step. */
  tell(message: string): void;
}

/**
 * Closes every open report.
 *
 * @throws {QueueError} If the cloud cannot be queried.
 */
export async function closeReports(queue: SqliteQueue, options: CloseOptions): Promise<void> {
  let context: SenderContext | undefined;
  for (const lane of await queue.outbox.lanes()) {
    if (!(await queue.outbox.report(lane))) continue;
    context ??= contextOf(queue, await options.api(), options);
    await new Closer(queue, context, options, lane).close();
  }
}

function contextOf({ outbox }: SqliteQueue, api: Api, options: CloseOptions): SenderContext {
  return {
    cloud: new Cloud(api),
    outbox,
    streamers: [0, 0xffff],
    maxReadings: Infinity,
    maxReportBytes: Infinity,
    maxDelayMs: 0,
    maxReadingId: Infinity,
    confirmMs: options.confirmMs,
    retryHeldMs: 0,
    budget: new Budget(1),
    counts: { attempts: 0, sent: 0, dead: 0, failures: 0 },
    tell: (_level, message) => options.tell(message),
  };
}

/** Closes the report of one lane. */
class Closer implements ReportOwner {
  readonly title: string;
  readonly #queue: SqliteQueue;
  readonly #options: CloseOptions;
  readonly #lane: Lane;
  readonly #prover: Prover;

  constructor(queue: SqliteQueue, context: SenderContext, options: CloseOptions, lane: Lane) {
    this.title = `Device ${new ArchFxDeviceSlug(lane.device)}`;
    this.#queue = queue;
    this.#options = options;
    this.#lane = lane;
    this.#prover = new Prover(context, this, new LaneMemory(lane));
  }

  async close(): Promise<void> {
    const { outbox, store } = this.#queue;
    let streamer = 0;
    for (;;) {
      const report = await outbox.report(this.#lane);
      if (!report) return;
      streamer = report.streamer;
      const state = (await outbox.streamer(this.#lane.device, streamer))!;
      if (state.accept) {
        throw new QueueError(
          `Cannot export: the record of a report of ${this.title}, streamer ${streamer}, was damaged: ` +
            "run the gateway until it has sent that report",
        );
      }
      if (state.hold?.kind === "conflict") break;
      const plan = { ...report.plan, sends: 0 };
      if (!(await this.#isCounted({ lane: this.#lane, report, state, plan }))) break;
    }
    const unsealed = await unseal(store, (await store.ask("lane", this.#lane.id))!);
    if (!unsealed) return;
    const state = (await outbox.streamer(this.#lane.device, streamer))!;
    // The same ids again: whichever copy is counted first, the other is dropped.
    const name = outbox.nameOf(this.#lane.device, streamer);
    const value = { ...state, next: unsealed.first };
    await store.apply([...unsealed.changes, { kind: "set", name, value }]);
    this.#options.tell(
      `${this.title}, streamer ${streamer}: a report was not counted, and its readings are exported without it`,
    );
  }

  async #isCounted(sending: Sending): Promise<boolean> {
    const { signal } = this.#options;
    const { streamer } = sending.report;
    try {
      const lastId = await this.#prover.query(this.#lane, streamer, signal);
      if (lastId === sending.state.confirmed) {
        this.#options.tell(
          `${this.title}, streamer ${streamer}: asking whether its last report is counted, for up to ` +
            `${Math.ceil(this.#options.confirmMs / 1000)} s`,
        );
      }
      const { first, last } = sending.report;
      this.#prover.expect(sending, { lo: first, hi: last }, last - first + 1);
      for (;;) {
        const proof = await this.#prover.proof(sending, signal);
        if ("late" in proof) return false;
        if (!proof.wait) return true;
        await pause(proof.wait.ms, signal);
      }
    } catch (error) {
      if (!(error instanceof Later)) throw error;
      throw new QueueError(
        `Cannot export: ${this.title}, streamer ${streamer}, has a report in flight, and the query ` +
          `whether the cloud has counted it failed: ${error.message}`,
      );
    }
  }

  async hold({ lane, plan, state }: Sending, kind: "rejected" | "conflict", reason: string) {
    const hold = { kind, reason, since: new Date().toISOString() };
    await this.#queue.outbox.setPlan(lane, plan, { ...state, hold });
    this.#options.tell(`${this.title}: held: ${reason}`);
  }
}
