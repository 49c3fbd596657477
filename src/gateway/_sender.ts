/**
 * LaneSender, which sends the waiting readings of one lane, step by step. A step only waits for responses; it
 * returns when the next one is due, and its state until then is in the `LaneMemory`.
 *
 * Invariants that this file maintains, with the outbox:
 * 1. Only one report of a lane is in flight, and the next one is not sealed before it is counted or given up.
 * 2. Before each attempt, `last_id` is queried, and the table of `judge` has its meaning. A response alone proves
 *    nothing: a 201 does not prove that the report was counted, and an error does not prove that it was not.
 * 3. Every id range is on disk, as an attempt, before its first byte is sent.
 * 4. Lanes wait independently: the pauses and holds of one lane do not stop any other.
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
import { type LaneMemory, NOTHING, type Wait } from "./_lane_memory.ts";
import { Backoff } from "./_pauses.ts";
import {
  attempting,
  counted,
  fromTheStart,
  halve,
  type IdRange,
  judge,
  MOST_REJECTED,
  type Plan,
  setAside,
  withoutFirst,
} from "./_plan.ts";
import { Prover, rangeOf, type Sending } from "./_prover.ts";
import { bytesOf, Sealer } from "./_sealer.ts";
import type { SenderContext } from "./_sender_context.ts";
import type { Hold, Lane, OpenReport, StreamerState } from "./outbox.ts";

/** How often an accepted report that is not counted is sent again before it is bisected. */
const RESENDS = 5;

/** The longest pause after a problem that passes soon. */
const SOON_MS = 4000;

/** Sends one lane. */
export class LaneSender {
  readonly #memory: LaneMemory;
  readonly #context: SenderContext;
  readonly #sealer: Sealer;
  readonly #prover: Prover;

  constructor(memory: LaneMemory, context: SenderContext) {
    this.#memory = memory;
    this.#context = context;
    this.#prover = new Prover(context, this, memory);
    this.#sealer = new Sealer(context, this, this.#prover, memory);
  }

  /** The device, for messages. */
  get title(): string {
    return `Device ${String(new ArchFxDeviceSlug(this.#memory.device))}`;
  }

  /** Runs a step; returns when the next one is due, undefined: now. */
  async step(signal: AbortSignal): Promise<Wait | undefined> {
    const memory = this.#memory;
    try {
      const wait = await this.#next(signal);
      memory.backoff = undefined;
      memory.lastError = undefined;
      return wait;
    } catch (error) {
      if (signal.aborted) return NOTHING;
      const message = errorMessage(error);
      this.#context.counts.failures++;
      if (memory.lastError !== message) {
        memory.lastError = message;
        const level = error instanceof Later ? "warning" : "error";
        this.#context.tell(level, `${this.title}: ${message}`);
      }
      const { afterMs, soon } = error instanceof Later ? error : { afterMs: 0, soon: false };
      memory.backoff ??= new Backoff();
      return { ms: memory.backoff.next(afterMs, soon ? SOON_MS : undefined), wakes: false };
    }
  }

  async #next(signal: AbortSignal): Promise<Wait | undefined> {
    const { outbox, maxReadings, maxDelayMs } = this.#context;
    const memory = this.#memory;
    const lane = await outbox.lane(memory.id);
    if (!lane) return NOTHING;
    const report = await outbox.report(lane);
    if (!report) {
      memory.settle();
      if (lane.readings === 0) {
        memory.since = undefined;
        return NOTHING;
      }
      memory.since ??= performance.now();
      const left = memory.since + maxDelayMs - performance.now();
      if (lane.readings < maxReadings && left > 0) return { ms: left, wakes: true };
      return await this.#seal(lane, signal);
    }
    memory.since = undefined;
    const state = (await outbox.streamer(lane.device, report.streamer))!;
    const sending = { lane, report, state, plan: report.plan };
    if (state.hold) {
      const wait = this.#untilRetry(state.hold);
      if (wait) return wait;
      if (!(await this.#resume(sending))) return undefined;
    }
    if (this.#prover.expects(sending)) return await this.#prove(sending, signal);
    if (this.#memory.comparison && !state.accept) {
      const compared = await this.#prover.compareAgain(sending, signal);
      if (compared) return compared.wait;
    }
    return await this.#sendPart(sending, signal);
  }

  /** How long a held report waits; undefined: it is tried again now. */
  #untilRetry({ kind }: Hold): Wait | undefined {
    if (kind === "conflict") return { ms: 60_000, wakes: true };
    const left = (this.#memory.retryAt ?? 0) - performance.now();
    // Not after a push: there are many of them.
    return left > 0 ? { ms: Math.min(left, 1000), wakes: false } : undefined;
  }

  /** Restarts a held report; false if it has more readings than before. */
  async #resume(sending: Sending): Promise<boolean> {
    const { lane, report, state } = sending;
    const { hold: _, ...free } = state;
    if (sending.plan.parts.length === 0) {
      // All of its readings were rejected, one by one: later readings show the cause.
      await this.#sealer.extend(lane, report, free);
      return false;
    }
    sending.state = free;
    sending.plan = fromTheStart(sending.plan, report.last);
    await this.#context.outbox.setPlan(lane, sending.plan, free);
    return true;
  }

  async #seal(lane: Lane, signal: AbortSignal): Promise<Wait | undefined> {
    const sealed = await this.#sealer.seal(lane, signal);
    if (!("report" in sealed)) return sealed;
    this.#memory.since = undefined;
    const { report, state, columns, bytes, release } = sealed;
    try {
      const sending = { lane, report, state, plan: report.plan };
      // `last_id` was queried for the ids: that was also the query before this attempt.
      const outcome = await this.#post(sending, columns, bytes, signal);
      release();
      return await this.#handle(sending, columns, outcome, signal);
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

  async #sendPart(sending: Sending, signal: AbortSignal): Promise<Wait | undefined> {
    const { lane, report, state } = sending;
    const { outbox, maxReportBytes } = this.#context;
    const [part] = sending.plan.parts;
    if (!part) return void await this.hold(sending, "rejected", lastRejection(sending.plan));
    const size = part.hi - part.lo + 1;
    if (size > 1 && size > (state.fits ?? Infinity)) {
      return void await outbox.setPlan(lane, halve(sending.plan));
    }
    const release = await this.#context.budget.take(bytesOf(size));
    try {
      const columns = await outbox.read(lane, report, part.lo, part.hi);
      if (columns.length === 0) {
        // Its attempts are lost together with its readings; one of them may have been counted, or may be counted
        // later.
        const attempted = sending.plan.attempts.some(({ hi }) => hi > state.confirmed);
        const left: StreamerState = attempted ? { ...state, accept: true } : state;
        return void await outbox.storeOutcome(lane, report, withoutFirst(sending.plan), left, []);
      }
      const range = rangeOf(columns);
      const bytes = this.encode(lane, report, columns);
      if (bytes.length > maxReportBytes && columns.length > 1) {
        return void await outbox.setPlan(lane, halve(sending.plan));
      }
      const lastId = await this.#prover.query(lane, report.streamer, signal);
      if (state.accept) return void await this.#accept(sending, lastId);
      const verdict = judge(lastId, state.confirmed, sending.plan.attempts);
      if (verdict.kind !== "send") return await this.#prover.act(sending, verdict, lastId, signal);
      const plan = attempting(sending.plan, range);
      if (plan !== sending.plan) await outbox.setPlan(lane, sending.plan = plan);
      const outcome = await this.#post(sending, columns, bytes, signal);
      release();
      return await this.#handle(sending, columns, outcome, signal);
    } finally {
      release();
    }
  }

  /** After damage: the readings up to `last_id` are considered counted, whatever was attempted. */
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
    this.#prover.remember(columns);
    this.#context.counts.attempts++;
    step("send");
    const outcome = await this.#context.cloud.send(bytes, {
      device: lane.device,
      streamer: report.streamer,
      sent: report.sent,
      length: columns.length,
    }, signal);
    step("sent");
    // A failed request may still use them.
    if (outcome.kind === "accepted") free(bytes);
    return outcome;
  }

  async #handle(
    sending: Sending,
    columns: ReadingColumns,
    outcome: Outcome,
    signal: AbortSignal,
  ): Promise<Wait | undefined> {
    const { lane, report } = sending;
    const range = rangeOf(columns);
    const readings = columns.length;
    switch (outcome.kind) {
      case "later":
        throw new Later(outcome.reason, outcome.afterMs);
      case "hold":
        return void await this.hold(sending, "rejected", outcome.reason);
      case "accepted":
        freeColumns(columns);
        this.#prover.expect(sending, range, readings);
        return await this.#prove(sending, signal);
      case "rejected":
      case "too large": {
        const lastId = await this.#prover.query(lane, report.streamer, signal);
        const verdict = judge(lastId, sending.state.confirmed, sending.plan.attempts);
        if (verdict.kind !== "send") {
          return await this.#prover.act(sending, verdict, lastId, signal);
        }
        if (outcome.kind === "too large" && readings > 1) {
          const fits = Math.floor(readings / 2);
          const plan = halve(exactly(sending.plan, range));
          return void await this.#context.outbox.setPlan(lane, plan, { ...sending.state, fits });
        }
        return void await this.#rejected(sending, range, readings, outcome.status, outcome.body);
      }
    }
  }

  /** Waits for the proof that an attempt was counted. Without it, the attempt is repeated. */
  async #prove(sending: Sending, signal: AbortSignal): Promise<Wait | undefined> {
    const proof = await this.#prover.proof(sending, signal);
    if (!("late" in proof)) return proof.wait;
    const { range, readings } = proof.late;
    if (sending.plan.sends < RESENDS) {
      this.#context.tell(
        "warning",
        `${this.title}: a report was accepted but not counted: it is sent again`,
      );
      const plan = { ...sending.plan, sends: sending.plan.sends + 1 };
      return void await this.#context.outbox.setPlan(sending.lane, plan);
    }
    const body = "accepted, but never counted";
    return void await this.#rejected(sending, range, readings, 201, body);
  }

  /** The first part was rejected: the reason is one of its readings, or the device. */
  async #rejected(
    sending: Sending,
    range: IdRange,
    readings: number,
    status: number,
    body: string,
  ): Promise<void> {
    const { lane } = sending;
    if (readings > 1) {
      return await this.#context.outbox.setPlan(lane, halve(exactly(sending.plan, range)));
    }
    const plan = setAside(sending.plan, { id: range.lo, status, body });
    sending.plan = plan;
    if (plan.aside.length >= MOST_REJECTED || plan.parts.length === 0) {
      return await this.hold(sending, "rejected", lastRejection(plan));
    }
    await this.#context.outbox.setPlan(lane, plan);
  }

  /** Stops sending until it is tried again, or the user decides. */
  async hold(sending: Sending, kind: Hold["kind"], reason: string): Promise<void> {
    const { lane, report, plan, state } = sending;
    const hold: Hold = { kind, reason, since: new Date().toISOString() };
    this.#memory.settle();
    this.#memory.retryAt = performance.now() + this.#context.retryHeldMs;
    await this.#context.outbox.setPlan(lane, plan, { ...state, hold });
    this.tellHold(report.streamer, hold);
  }

  /** Reports that a streamer is held, and the remedy. */
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

/** The ids of the readings in the first part. */
function exactly(plan: Plan, range: IdRange): Plan {
  return { ...plan, parts: [range, ...plan.parts.slice(1)] };
}

function lastRejection({ aside }: Plan): string {
  const last = aside[aside.length - 1];
  return last
    ? `the cloud rejects its readings one by one (${last.status}: ${last.body.slice(0, 200)})`
    : "the cloud rejects its readings";
}
