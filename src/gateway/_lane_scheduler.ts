/**
 * LaneScheduler, which runs the steps of the senders of lanes.
 *
 * The number of simultaneous steps is limited: a step takes some kilobytes of memory, and ten thousand lanes may
 * have something to send. Steps only wait for responses, so a lane that is held or retried does not block the
 * others; lanes with many readings take turns.
 *
 * @module
 */
import { LaneMemory, type Wait } from "./_lane_memory.ts";
import { LaneSender } from "./_sender.ts";
import type { SenderContext } from "./_sender_context.ts";

/** The number of simultaneous steps: twice as many as requests to the cloud, because others read and write at the same time. */
const MOST_STEPS = 128;

/** A lane, and when its next step is due. */
export class ScheduledLane extends LaneMemory {
  /** Its sender, while it has steps to run. */
  sender: LaneSender | undefined = undefined;
  /** What it waits for; undefined: for its turn. */
  wait: Wait | undefined = undefined;
  timer: ReturnType<typeof setTimeout> | undefined = undefined;
  /** It was woken during a step. */
  rang = false;
}

/** Runs the steps of lanes until its signal is aborted. */
export class LaneScheduler {
  readonly #context: SenderContext;
  readonly #signal: AbortSignal;
  readonly #ready = new Set<ScheduledLane>();
  readonly #timed = new Set<ScheduledLane>();
  readonly #steps = new Set<Promise<void>>();

  constructor(context: SenderContext, signal: AbortSignal) {
    this.#context = context;
    this.#signal = signal;
    signal.addEventListener("abort", () => {
      for (const { timer } of this.#timed) clearTimeout(timer);
    }, { once: true });
  }

  /** Readings of a lane wait. */
  start(lane: ScheduledLane): void {
    if (lane.sender || this.#timed.has(lane)) return;
    this.#enqueue(lane);
    this.#run();
  }

  /** Readings were pushed to a lane, or the user has decided about it. */
  wake(lane: ScheduledLane): void {
    lane.rang = true;
    if (lane.wait && !lane.wait.wakes) return;
    if (lane.sender && !lane.wait) return; // It is running a step, or will.
    this.#enqueue(lane);
    this.#run();
  }

  #enqueue(lane: ScheduledLane): void {
    clearTimeout(lane.timer);
    this.#timed.delete(lane);
    lane.timer = lane.wait = undefined;
    lane.sender ??= new LaneSender(lane, this.#context);
    this.#ready.add(lane);
  }

  #run(): void {
    for (const lane of this.#ready) {
      if (this.#signal.aborted || this.#steps.size >= MOST_STEPS) return;
      this.#ready.delete(lane);
      const step = this.#step(lane, lane.sender!).finally(() => {
        this.#steps.delete(step);
        this.#run();
      });
      this.#steps.add(step);
    }
  }

  async #step(lane: ScheduledLane, sender: LaneSender): Promise<void> {
    lane.rang = false;
    const wait = await sender.step(this.#signal);
    if (this.#signal.aborted) return;
    if (!wait || (wait.wakes && lane.rang)) return this.#enqueue(lane);
    lane.wait = wait;
    lane.sender = undefined;
    if (wait.ms === Infinity) return;
    this.#timed.add(lane);
    lane.timer = setTimeout(() => {
      this.#enqueue(lane);
      this.#run();
    }, wait.ms);
  }

  /** Waits until the current steps have ended; call it after the signal is aborted. */
  async end(): Promise<void> {
    await Promise.all(this.#steps);
  }
}
