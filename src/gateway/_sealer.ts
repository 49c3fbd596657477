/**
 * Sealer, which combines waiting readings into a report, and chooses the streamer, the ids and the number of
 * readings.
 *
 * Ids have no gaps: the first is `max(next, last_id + 1)`. A streamer that is new to this queue is not used
 * before its `last_id` has not changed for `confirmMs`, because the last report of a replaced gateway may be
 * counted late.
 *
 * @module
 */
import type { ReadingColumns } from "../readings/reading_columns.ts";
import type { LaneMemory, Wait } from "./_lane_memory.ts";
import { attempting, conflictReason, judge, newPlan } from "./_plan.ts";
import { step } from "./_steps.ts";
import type { Prover } from "./_prover.ts";
import type { SenderContext } from "./_sender_context.ts";
import type { Draft, Hold, Lane, OpenReport, StreamerState } from "./outbox.ts";

/** The time after which held or missing streamers are checked again, unless a push or a decision comes earlier. */
const RESTING: Wait = { ms: 60_000, wakes: true };

/** The approximate size of a reading in a report, and of its other memory, in bytes. */
const BYTES_PER_READING = 160;
/** Bytes that a report needs even with few readings: for its requests and its source. */
const BYTES_PER_REPORT = 1 << 17;

/** The memory of a report while it is being sent. */
export function bytesOf(readings: number): number {
  return BYTES_PER_REPORT + readings * BYTES_PER_READING;
}

/** A report that has just been sealed. */
interface Sealed {
  readonly report: OpenReport;
  readonly state: StreamerState;
  readonly columns: ReadingColumns;
  readonly bytes: Uint8Array;
  /** Releases the memory that was reserved for it. */
  release(): void;
}

/** The sender whose reports are sealed. */
interface SealingSender {
  /** The bytes of a report. */
  encode(
    lane: Lane,
    report: Pick<OpenReport, "streamer" | "sent">,
    columns: ReadingColumns,
  ): Uint8Array;
  /** Reports that a streamer is held. */
  tellHold(streamer: number, hold: Hold): void;
}

/** Seals the reports of one lane. */
export class Sealer {
  readonly #context: SenderContext;
  readonly #sender: SealingSender;
  readonly #prover: Pick<Prover, "query" | "lowered">;
  readonly #memory: LaneMemory;

  constructor(
    context: SenderContext,
    sender: SealingSender,
    prover: Pick<Prover, "query" | "lowered">,
    memory: LaneMemory,
  ) {
    this.#context = context;
    this.#sender = sender;
    this.#prover = prover;
    this.#memory = memory;
  }

  /** Seals the next report; or returns when to try again, if the streamer is new or held, or nothing waits. */
  async seal(lane: Lane, signal: AbortSignal): Promise<Sealed | Wait> {
    const { outbox, maxReadings, maxReadingId } = this.#context;
    const chosen = await this.#streamer(lane, signal);
    if (!("state" in chosen)) return chosen;
    const { streamer, state, first } = chosen;
    let wanted = Math.min(maxReadings, state.fits ?? Infinity, maxReadingId - first + 1);
    // Not while it waits until `last_id` stops changing: all new streamers wait at the same time.
    const release = await this.#context.budget.take(bytesOf(Math.min(lane.readings, wanted)));
    try {
      for (;;) {
        const draft = await outbox.draft(lane, wanted);
        if (!draft) break;
        const { columns } = draft;
        number(columns, first);
        const report = { streamer, sent: Math.max(Date.now(), state.sent) };
        const bytes = this.#sender.encode(lane, report, columns);
        if (bytes.length > this.#context.maxReportBytes && columns.length > 1) {
          wanted = Math.floor(columns.length / 2);
          continue;
        }
        const stored = await this.#store(lane, draft, state, { ...report, first });
        return { ...stored, columns, bytes, release };
      }
    } catch (error) {
      release();
      throw error;
    }
    release();
    return RESTING;
  }

  async #store(
    lane: Lane,
    draft: Draft,
    state: StreamerState,
    { streamer, sent, first }: Pick<OpenReport, "streamer" | "sent" | "first">,
  ): Promise<{ report: OpenReport; state: StreamerState }> {
    const last = first + draft.columns.length - 1;
    const plan = attempting(newPlan(first, last), { lo: first, hi: last });
    const report = { streamer, first, last, sent, plan };
    const next = { ...state, next: last + 1, sent };
    step("seal");
    await this.#context.outbox.seal(lane, draft, report, next);
    step("sealed");
    return { report, state: next };
  }

  /** Adds readings to a report whose readings were all rejected, and begins it again. */
  async extend(lane: Lane, report: OpenReport, state: StreamerState): Promise<void> {
    const { outbox, maxReadings, maxReadingId } = this.#context;
    const room = Math.min(maxReadings, maxReadingId - report.last);
    const draft = room > 0 ? await outbox.draft(lane, room) : undefined;
    const last = report.last + (draft?.columns.length ?? 0);
    const lo = Math.min(...report.plan.aside.map(({ id }) => id));
    const plan = { ...report.plan, parts: [{ lo, hi: last }], aside: [], sends: 0 };
    if (draft) {
      const next = { ...state, next: last + 1 };
      await outbox.seal(lane, draft, { ...report, last, plan }, next);
    } else await outbox.setPlan(lane, plan, state);
  }

  /** The streamer of the next report, and the id of its first reading. */
  async #streamer(
    lane: Lane,
    signal: AbortSignal,
  ): Promise<{ streamer: number; state: StreamerState; first: number } | Wait> {
    const { streamers: [lowest, highest], maxReadingId } = this.#context;
    const own = lane.streamer === null;
    if (!own && lane.streamer! >= lowest && lane.streamer! <= highest) {
      // Not a hold: it would also stop the gateway's own readings of that streamer.
      throw new Error(
        `a batch has the streamer ${lane.streamer}, which is in the range of this gateway, ${lowest} to ${highest}: ` +
          'change "streamers", or the streamer of the source',
      );
    }
    const from = lane.streamer ?? Math.max(lowest, lane.current ?? 0);
    for (let streamer = from; streamer <= (own ? highest : from); streamer++) {
      const known = await this.#known(lane, streamer, signal);
      if (!("next" in known)) return known;
      const { hold, ...state } = known;
      if (hold) {
        const lookedAt = this.#memory.lookedAt ??= new Set();
        if (!hold.settings || lookedAt.has(streamer)) return RESTING;
        lookedAt.add(streamer);
      }
      const lastId = await this.#prover.query(lane, streamer, signal);
      const verdict = judge(lastId, state.confirmed, []);
      if (verdict.kind === "conflict") {
        await this.#hold(lane, streamer, {
          kind: "conflict",
          reason: conflictReason(lastId, state.confirmed),
        }, state);
        return RESTING;
      }
      const confirmed = verdict.kind === "lower"
        ? await this.#prover.lowered(lane, streamer, state, signal)
        : lastId;
      const first = Math.max(state.next, confirmed + 1);
      if (first <= maxReadingId) return { streamer, state: { ...state, confirmed }, first };
      // Its ids have run out, and the next streamer is used.
      if (hold && own && streamer < highest) {
        await this.#context.outbox.setStreamer(lane.device, streamer, { ...state, confirmed });
      }
    }
    await this.#hold(lane, own ? highest : from, {
      kind: "conflict",
      settings: true,
      reason: `its ids have run out: maxReadingId is ${maxReadingId}${
        own ? `, and ${highest} is the last streamer of the range` : ""
      }`,
    });
    return RESTING;
  }

  /** The state of a streamer. A new one, or one whose state was damaged, is observed first. */
  async #known(lane: Lane, streamer: number, signal: AbortSignal): Promise<StreamerState | Wait> {
    const { outbox, confirmMs } = this.#context;
    const memory = this.#memory;
    const known = await outbox.streamer(lane.device, streamer);
    if (known && !known.accept) return known;
    const { watch } = memory;
    const left = watch?.streamer === streamer ? watch.until - performance.now() : 0;
    if (left > 0) return { ms: left, wakes: false };
    const last = await this.#prover.query(lane, streamer, signal);
    if (watch?.streamer !== streamer || watch.lastId !== last) {
      memory.watch = { streamer, lastId: last, until: performance.now() + confirmMs };
      return { ms: confirmMs, wakes: false };
    }
    memory.watch = undefined;
    const { accept: _, ...rest } = known ?? { next: 1, sent: 0 };
    const state = { ...rest, confirmed: last, next: Math.max(rest.next, last + 1) };
    await outbox.setStreamer(lane.device, streamer, state);
    return state;
  }

  async #hold(
    lane: Lane,
    streamer: number,
    why: Omit<Hold, "since">,
    state: StreamerState = { confirmed: 0, next: 1, sent: 0 },
  ): Promise<void> {
    const { outbox } = this.#context;
    const known = await outbox.streamer(lane.device, streamer) ?? state;
    if (known.hold?.reason === why.reason) return;
    const hold = { ...why, since: new Date().toISOString() };
    await outbox.setStreamer(lane.device, streamer, { ...known, hold });
    this.#sender.tellHold(streamer, hold);
  }
}

/** Assigns ids to readings. */
function number({ readingIds, length }: ReadingColumns, first: number): void {
  for (let i = 0; i < length; i++) readingIds[i] = first + i;
}
