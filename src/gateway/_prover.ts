/**
 * Prover, which determines what a `last_id` means for the report in flight, and acts on it: see the table in
 * docs/gateway.md.
 *
 * Invariant that this file maintains: readings are considered counted only if `last_id` was below the ids of an
 * attempt before that attempt, is its highest id now, and `data/` has its first and its last reading, if `data/`
 * can be read.
 *
 * @module
 */
import type { ReadingColumns } from "../readings/reading_columns.ts";
import { Later } from "./_cloud.ts";
import type { Accepted, LaneMemory, Wait } from "./_lane_memory.ts";
import { conflictReason, counted, type IdRange, judge, type Plan, type Verdict } from "./_plan.ts";
import type { SenderContext } from "./_sender_context.ts";
import { step } from "./_steps.ts";
import type { Hold, Lane, OpenReport, StreamerState } from "./outbox.ts";

/** After this many confirmed parts, a larger one is tried again. */
const GROW_AFTER = 16;
const FIRST_POLL_MS = 10, LONGEST_POLL_MS = 2_000;

/** A part of a report on its way. */
export interface Sending {
  readonly lane: Lane;
  readonly report: OpenReport;
  state: StreamerState;
  plan: Plan;
}

/** The result for an attempt: it is settled, or it is checked again after a while, or it was not counted in time. */
type Proof = { readonly wait: Wait | undefined } | { readonly late: Accepted };

/** The sender whose report it is. */
export interface ReportOwner {
  /** The device, for messages. */
  readonly title: string;
  /** Stops sending until it is tried again, or a person decides. */
  hold(sending: Sending, kind: Hold["kind"], reason: string): Promise<void>;
}

/** Proves what was counted, for one lane. */
export class Prover {
  readonly #context: SenderContext;
  readonly #owner: ReportOwner;
  readonly #memory: LaneMemory;
  constructor(context: SenderContext, owner: ReportOwner, memory: LaneMemory) {
    this.#context = context;
    this.#owner = owner;
    this.#memory = memory;
  }

  /** Remembers the first and the last reading of an attempt: they do not have to be read again for its proof. */
  remember(columns: ReadingColumns): void {
    this.#memory.sample = { range: rangeOf(columns), columns: ends(columns) };
  }

  /** Expects that an attempt of a report is counted soon, because the cloud has accepted it. */
  expect({ report, plan }: Sending, range: IdRange, readings: number): void {
    this.#memory.accepted = {
      first: report.first,
      sends: plan.sends,
      range,
      readings,
      until: performance.now() + this.#context.confirmMs * 2 ** plan.sends,
      poll: FIRST_POLL_MS,
    };
  }

  /** Whether the last accepted attempt belongs to this report and may still be counted. */
  expects({ report, plan }: Sending): boolean {
    const { accepted } = this.#memory;
    return accepted?.first === report.first && accepted.sends === plan.sends;
  }

  /** `last_id` of a streamer of the lane's device. */
  async query(lane: Lane, streamer: number, signal: AbortSignal): Promise<number> {
    return this.#memory.lastId = await this.#context.cloud.lastId(lane.device, streamer, signal);
  }

  /** Checks whether an accepted attempt was counted. */
  async proof(sending: Sending, signal: AbortSignal): Promise<Proof> {
    const { report, lane } = sending;
    const accepted = this.#memory.accepted!;
    let failure: unknown;
    try {
      const lastId = await this.query(lane, report.streamer, signal);
      const verdict = judge(lastId, sending.state.confirmed, sending.plan.attempts);
      if (verdict.kind !== "send") {
        return { wait: await this.act(sending, verdict, lastId, signal) };
      }
    } catch (error) {
      if (!(error instanceof Later)) throw error;
      failure = error;
    }
    const left = accepted.until - performance.now();
    if (left > 0) return { wait: nextPoll(accepted, left) };
    this.#memory.settle();
    if (failure) throw failure;
    return { late: accepted };
  }

  /** Acts on a `last_id` that is not the one confirmed last; returns when it is checked again, undefined: now. */
  async act(
    sending: Sending,
    verdict: Verdict,
    lastId: number,
    signal: AbortSignal,
  ): Promise<Wait | undefined> {
    if (verdict.kind === "counted") {
      return await this.#compare(sending, verdict.candidates, lastId, signal);
    }
    const { lane, report, state } = sending;
    if (verdict.kind === "lower") {
      const confirmed = await this.lowered(lane, report.streamer, state, signal);
      await this.#context.outbox.setStreamer(lane.device, report.streamer, {
        ...state,
        confirmed,
      });
      this.#memory.settle();
      return undefined;
    }
    await this.#owner.hold(sending, "conflict", conflictReason(lastId, state.confirmed));
    return undefined;
  }

  /** Handles a `last_id` below the confirmed one: queries it once more, and reports it. */
  async lowered(lane: Lane, streamer: number, state: StreamerState, signal: AbortSignal) {
    const again = await this.query(lane, streamer, signal);
    if (again >= state.confirmed) {
      throw new Later(`last_id decreased and increased again: ${again}`);
    }
    this.#context.tell(
      "error",
      `${this.#owner.title}, streamer ${streamer}: the cloud lost readings that it had counted: last_id ` +
        `was ${state.confirmed} and is ${again}`,
    );
    return again;
  }

  /** Finds the attempt that was counted, by its first and its last reading. */
  async #compare(
    sending: Sending,
    candidates: readonly IdRange[],
    lastId: number,
    signal: AbortSignal,
  ): Promise<Wait | undefined> {
    const { lane, report } = sending;
    const memory = this.#memory;
    if (memory.comparison?.lastId !== lastId) {
      const until = performance.now() + this.#context.confirmMs;
      memory.comparison = { lastId, until, poll: FIRST_POLL_MS };
    }
    for (const range of candidates) {
      const columns = await this.#endsOf(lane, report, range);
      const rows = columns.length > 1 ? [0, columns.length - 1] : columns.length === 1 ? [0] : [];
      const found = rows.length === 0
        ? "unknown"
        : await this.#context.cloud.has(lane.device, columns, rows, signal);
      if (found === "yes") return void await this.#storeCounted(sending, range);
      // It is unknown which one it was: the last one is the most likely.
      if (found === "unknown") {
        return void await this.#storeCounted(sending, candidates[candidates.length - 1]!);
      }
    }
    const left = memory.comparison.until - performance.now();
    if (left > 0) return nextPoll(memory.comparison, left);
    await this.#owner.hold(
      sending,
      "conflict",
      `last_id is ${lastId}, as if this report had been counted, but the cloud has other readings with its ids`,
    );
    return undefined;
  }

  /** Compares once more, without the readings; undefined if nothing was counted. */
  async compareAgain(
    sending: Sending,
    signal: AbortSignal,
  ): Promise<{ readonly wait: Wait | undefined } | undefined> {
    const lastId = await this.query(sending.lane, sending.report.streamer, signal);
    const verdict = judge(lastId, sending.state.confirmed, sending.plan.attempts);
    if (verdict.kind !== "send") return { wait: await this.act(sending, verdict, lastId, signal) };
    this.#memory.comparison = undefined;
    return undefined;
  }

  async #endsOf(lane: Lane, report: OpenReport, range: IdRange): Promise<ReadingColumns> {
    const { sample } = this.#memory;
    if (sample && sample.range.lo === range.lo && sample.range.hi === range.hi) {
      return sample.columns;
    }
    return ends(await this.#context.outbox.read(lane, report, range.lo, range.hi));
  }

  /** An attempt was counted. */
  async #storeCounted(sending: Sending, attempt: IdRange): Promise<void> {
    const { lane, report, state } = sending;
    const { plan, dead } = counted(sending.plan, attempt);
    const { hold: _hold, fits, ...rest } = state;
    const grown = fits !== undefined && ++this.#memory.confirmed % GROW_AFTER === 0
      ? 2 * fits
      : fits;
    const next: StreamerState = {
      ...rest,
      confirmed: attempt.hi,
      ...(grown !== undefined && grown < this.#context.maxReadings && { fits: grown }),
    };
    step("confirm");
    await this.#context.outbox.storeOutcome(lane, report, plan, next, dead);
    step("delete");
    this.#memory.settle();
    this.#context.counts.sent += Math.max(
      0,
      attempt.hi - Math.max(state.confirmed, attempt.lo - 1),
    );
    this.#context.counts.dead += dead.length;
    for (const { id, status, body } of dead) {
      this.#context.tell(
        "error",
        `${this.#owner.title}, streamer ${report.streamer}: gave up reading ${id}, which the cloud rejects ` +
          `(${status}: ${body.slice(0, 200)}); it is a dead letter`,
      );
    }
  }
}

/** When something that is not settled is checked again. */
function nextPoll(it: { poll: number }, left: number): Wait {
  const ms = Math.min(it.poll, left);
  it.poll = Math.min(2 * it.poll, LONGEST_POLL_MS);
  return { ms, wakes: false };
}

/** The ids of readings. */
export function rangeOf({ readingIds, length }: ReadingColumns): IdRange {
  return { lo: Number(readingIds[0]), hi: Number(readingIds[length - 1]) };
}

/** A copy of the first and the last reading. */
function ends(columns: ReadingColumns): ReadingColumns {
  const { length } = columns;
  const rows = length > 1 ? [0, length - 1] : length === 1 ? [0] : [];
  const { streams, readingIds, timestamps, values } = columns;
  return {
    length: rows.length,
    streams: Uint32Array.from(rows, (row) => streams[row]!),
    readingIds: Float64Array.from(rows, (row) => Number(readingIds[row])),
    timestamps: BigInt64Array.from(rows, (row) => timestamps[row]!),
    values: Float64Array.from(rows, (row) => values[row]!),
  };
}
