/**
 * LaneSender, the loop that sends what waits in one lane. It ends when nothing waits: of ten thousand lanes few have
 * something to send, and each loop takes some kilobytes.
 *
 * Invariants that this file maintains, with the outbox:
 * 1. One report of a lane is in flight, and none is sealed before the one before it is counted or given up.
 * 2. Before each attempt `last_id` is queried, and the table of `judge` says what it means. A response alone proves
 *    nothing: neither a 201 that the report was counted, nor an error that it was not.
 * 3. Every id range is on disk, as an attempt, before its first byte is sent.
 * 4. A lane waits by itself: its pauses and holds do not stop any other.
 *
 * @module
 */
import { errorMessage } from "../_error_fields.ts";
import type { ReadingColumns } from "../readings/reading_columns.ts";
import { ArchFXFlexibleDictionaryReport } from "../reports/report.ts";
import { ArchFxDeviceSlug } from "../slugs/mod.ts";
import { Later, type Outcome } from "./_cloud.ts";
import { step } from "./_steps.ts";
import { free, freeColumns } from "./_free.ts";
import { Backoff, Bell, pause } from "./_pauses.ts";
import {
  attempting,
  counted,
  fromTheStart,
  halve,
  judge,
  MOST_REJECTED,
  type Plan,
  setAside,
  withoutFirst,
} from "./_plan.ts";
import { Prover, rangeOf, type Sending } from "./_prover.ts";
import { bytesOf, Sealer } from "./_sealer.ts";
import type { LaneMemory, SenderContext } from "./_sender_context.ts";
import type { Hold, Lane, OpenReport, StreamerState } from "./outbox.ts";

/** Resends of a report that was accepted and not counted, before it is bisected. */
const RESENDS = 5;

/** The longest pause after a problem that is over soon. */
const SOON_MS = 4000;

/** What a step returns if nothing waits, or another gateway sends the lane. */
const NOTHING = Symbol("nothing");

/** Sends one lane. */
export class LaneSender {
  readonly #memory: LaneMemory;
  readonly #context: SenderContext;
  readonly #bell = new Bell();
  readonly #backoff = new Backoff();
  readonly #sealer: Sealer;
  /** When the first of the readings that wait was seen. */
  #since: number | undefined;
  /** When a held report is tried again; not set: now. */
  #retryAt: number | undefined;
  #ended = false;
  /** The last problem, for `status`. */
  lastError: string | undefined;
  /** What a `last_id` means for its reports. */
  readonly prover: Prover;

  constructor(memory: LaneMemory, context: SenderContext) {
    this.#memory = memory;
    this.#context = context;
    this.prover = new Prover(context, this, memory);
    this.#sealer = new Sealer(context, this);
  }

  /** The device, for messages. */
  get title(): string {
    return `Device ${String(new ArchFxDeviceSlug(this.#memory.device))}`;
  }

  /** Wakes the loop: something was pushed or decided; false if it has ended. */
  wake(): boolean {
    this.#bell.ring();
    return !this.#ended;
  }

  /** Runs until nothing waits, or the signal is aborted. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const seen = this.#bell.rings;
      try {
        const isOver = await this.#step(seen, signal) === NOTHING;
        this.#backoff.reset();
        this.lastError = undefined;
        if (isOver && this.#bell.rings === seen) {
          this.#ended = true;
          return;
        }
      } catch (error) {
        if (signal.aborted) return;
        const message = errorMessage(error);
        this.#context.counts.failures++;
        if (this.lastError !== message) {
          this.lastError = message;
          const level = error instanceof Later ? "warning" : "error";
          this.#context.tell(level, `${this.title}: ${message}`);
        }
        const { afterMs, soon } = error instanceof Later ? error : { afterMs: 0, soon: false };
        const ms = this.#backoff.next(afterMs, soon ? SOON_MS : undefined);
        await pause(ms, signal).catch(() => {}); // The loop ends then.
      }
    }
  }

  async #step(seen: number, signal: AbortSignal): Promise<typeof NOTHING | void> {
    const { outbox, maxReadings, maxDelayMs } = this.#context;
    const lane = await outbox.lane(this.#memory.id);
    if (!lane) return NOTHING;
    const report = await outbox.report(lane);
    if (!report) {
      if (lane.readings === 0) return NOTHING;
      this.#since ??= performance.now();
      const left = this.#since + maxDelayMs - performance.now();
      if (lane.readings < maxReadings && left > 0) return await this.#bell.wait(seen, left, signal);
      this.#since = undefined;
      return await this.#seal(lane, seen, signal);
    }
    const state = (await outbox.streamer(lane.device, report.streamer))!;
    const sending = { lane, report, state, plan: report.plan };
    if (state.hold && !(await this.#isDue(sending, state.hold, seen, signal))) return;
    await this.#sendPart(sending, signal);
  }

  /** Whether a lane that is held is tried again now. */
  async #isDue(sending: Sending, hold: Hold, seen: number, signal: AbortSignal): Promise<boolean> {
    if (hold.kind === "conflict") {
      await this.#bell.wait(seen, 60_000, signal);
      return false;
    }
    const left = (this.#retryAt ?? 0) - performance.now();
    if (left > 0) {
      // Not for a push: there are many of them.
      await pause(Math.min(left, 1000), signal);
      return false;
    }
    const { lane, report, state } = sending;
    const { hold: _, ...free } = state;
    if (sending.plan.parts.length === 0) {
      // All of its readings were rejected, one by one: the readings behind them show what the cause is.
      await this.#sealer.extend(lane, report, free);
      return false;
    }
    sending.state = free;
    sending.plan = fromTheStart(sending.plan, report.last);
    await this.#context.outbox.setPlan(lane, sending.plan, free);
    return true;
  }

  async #seal(lane: Lane, seen: number, signal: AbortSignal): Promise<void> {
    const sealed = await this.#sealer.seal(lane, signal);
    if (!sealed) return await this.#bell.wait(seen, 60_000, signal);
    const { report, state, columns, bytes, release } = sealed;
    try {
      const sending = { lane, report, state, plan: report.plan };
      // `last_id` was queried for the ids: that was this attempt's query too.
      const outcome = await this.#post(sending, columns, bytes, signal);
      release();
      await this.#handle(sending, columns, outcome, signal);
    } finally {
      release();
    }
  }

  /** Encodes readings of a report. */
  encode(lane: Lane, report: Pick<OpenReport, "streamer" | "sent">, columns: ReadingColumns) {
    return ArchFXFlexibleDictionaryReport.fromColumns({
      device: lane.device,
      columns,
      streamer: report.streamer,
      sentTimestamp: new Date(report.sent),
    }).encode();
  }

  async #sendPart(sending: Sending, signal: AbortSignal): Promise<void> {
    const { lane, report, state } = sending;
    const { outbox, maxReportBytes } = this.#context;
    const [part] = sending.plan.parts;
    if (!part) return await this.hold(sending, "rejected", lastRejection(sending.plan));
    const size = part.hi - part.lo + 1;
    if (size > 1 && size > (state.fits ?? Infinity)) {
      return await outbox.setPlan(lane, halve(sending.plan));
    }
    const release = await this.#context.budget.take(bytesOf(size));
    try {
      const columns = await outbox.read(lane, report, part.lo, part.hi);
      if (columns.length === 0) {
        // Its attempts are lost with its readings; one of them may have been counted, or may still be.
        const attempted = sending.plan.attempts.some(({ hi }) => hi > state.confirmed);
        const left: StreamerState = attempted ? { ...state, accept: true } : state;
        return await outbox.storeOutcome(lane, report, withoutFirst(sending.plan), left, []);
      }
      const range = rangeOf(columns);
      const bytes = this.encode(lane, report, columns);
      if (bytes.length > maxReportBytes && columns.length > 1) {
        return await outbox.setPlan(lane, halve(sending.plan));
      }
      const lastId = await this.prover.query(lane, report.streamer, signal);
      if (state.accept) return await this.#accept(sending, lastId);
      const verdict = judge(lastId, state.confirmed, sending.plan.attempts);
      if (verdict.kind !== "send") return await this.prover.act(sending, verdict, lastId, signal);
      const plan = attempting(sending.plan, range);
      if (plan !== sending.plan) await outbox.setPlan(lane, sending.plan = plan);
      const outcome = await this.#post(sending, columns, bytes, signal);
      release();
      await this.#handle(sending, columns, outcome, signal);
    } finally {
      release();
    }
  }

  /** After damage: the readings up to `last_id` are taken as counted, whatever was attempted. */
  async #accept({ lane, report, state, plan }: Sending, lastId: number): Promise<void> {
    const { accept: _, ...rest } = state;
    const range = { lo: report.first, hi: Math.min(lastId, report.last) };
    const left = lastId >= report.first ? counted({ ...plan, aside: [] }, range).plan : plan;
    const next = { ...rest, confirmed: lastId, next: Math.max(rest.next, lastId + 1) };
    await this.#context.outbox.storeOutcome(lane, report, left, next, []);
  }

  async #post(
    { lane, report }: Sending,
    columns: ReadingColumns,
    bytes: Uint8Array,
    signal: AbortSignal,
  ): Promise<Outcome> {
    this.prover.remember(columns);
    this.#context.counts.attempts++;
    step("send");
    const outcome = await this.#context.cloud.send(bytes, {
      device: lane.device,
      streamer: report.streamer,
      sent: report.sent,
      length: columns.length,
    }, signal);
    step("sent");
    // A request that failed may still look at them.
    if (outcome.kind === "accepted") free(bytes);
    return outcome;
  }

  async #handle(
    sending: Sending,
    columns: ReadingColumns,
    outcome: Outcome,
    signal: AbortSignal,
  ): Promise<void> {
    const { lane, report } = sending;
    switch (outcome.kind) {
      case "later":
        throw new Later(outcome.reason, outcome.afterMs);
      case "hold":
        return await this.hold(sending, "rejected", outcome.reason);
      case "accepted": {
        if (await this.prover.proof(sending, signal)) return freeColumns(columns);
        if (sending.plan.sends < RESENDS) {
          this.#context.tell(
            "warning",
            `${this.title}: a report was accepted and is not counted: it is sent again`,
          );
          return await this.#context.outbox.setPlan(lane, {
            ...sending.plan,
            sends: sending.plan.sends + 1,
          });
        }
        const body = "accepted, and never counted";
        return await this.#rejected(sending, columns, 201, body);
      }
      case "rejected":
      case "too large": {
        const lastId = await this.prover.query(lane, report.streamer, signal);
        const verdict = judge(lastId, sending.state.confirmed, sending.plan.attempts);
        if (verdict.kind !== "send") return await this.prover.act(sending, verdict, lastId, signal);
        if (outcome.kind === "too large" && columns.length > 1) {
          const fits = Math.floor(columns.length / 2);
          const plan = halve(exactly(sending.plan, columns));
          return await this.#context.outbox.setPlan(lane, plan, { ...sending.state, fits });
        }
        return await this.#rejected(sending, columns, outcome.status, outcome.body);
      }
    }
  }

  /** The first part was rejected: a reading of it is the reason, or the device as a whole. */
  async #rejected(
    sending: Sending,
    columns: ReadingColumns,
    status: number,
    body: string,
  ): Promise<void> {
    const { lane } = sending;
    if (columns.length > 1) {
      return await this.#context.outbox.setPlan(lane, halve(exactly(sending.plan, columns)));
    }
    const plan = setAside(sending.plan, { id: rangeOf(columns).lo, status, body });
    sending.plan = plan;
    if (plan.aside.length >= MOST_REJECTED || plan.parts.length === 0) {
      return await this.hold(sending, "rejected", lastRejection(plan));
    }
    await this.#context.outbox.setPlan(lane, plan);
  }

  /** Stops sending until it is tried again, or a person decides. */
  async hold(sending: Sending, kind: Hold["kind"], reason: string): Promise<void> {
    const { lane, report, plan, state } = sending;
    const hold: Hold = { kind, reason, since: new Date().toISOString() };
    this.#retryAt = performance.now() + this.#context.retryHeldMs;
    await this.#context.outbox.setPlan(lane, plan, { ...state, hold });
    this.tellHold(report.streamer, hold);
  }

  /** Reports that a streamer is held, and what can be done. */
  tellHold(streamer: number, { kind, reason }: Hold): void {
    const what = kind === "rejected"
      ? `it is tried again every ${Math.round(this.#context.retryHeldMs / 1000)} s`
      : 'see "archfx gateway queue take-over"';
    this.#context.tell(
      "error",
      `${this.title}, streamer ${streamer}: held: ${reason}; ${what}`,
    );
  }
}

/** The first part as the readings that it has. */
function exactly(plan: Plan, columns: ReadingColumns): Plan {
  return { ...plan, parts: [rangeOf(columns), ...plan.parts.slice(1)] };
}

function lastRejection({ aside }: Plan): string {
  const last = aside[aside.length - 1];
  return last
    ? `the cloud rejects its readings one by one (${last.status}: ${last.body.slice(0, 200)})`
    : "the cloud rejects its readings";
}
