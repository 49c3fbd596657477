/**
 * LaneScheduler, which lets the senders of lanes take their steps.
 *
 * So many take one at a time: a step takes some kilobytes, and ten thousand lanes may have something to send. No step waits
 * for anything but responses, so a lane that is held or retried does not keep another one from its turn; lanes that
 * have much to send take turns.
 *
 * @module
 */
import { LaneMemory, type Wait } from "./_lane_memory.ts";
import { LaneSender } from "./_sender.ts";
import type { SenderContext } from "./_sender_context.ts";

/** Steps at a time: twice as many as requests to the cloud, since others read and write at the same time. */
const MOST_STEPS = 128;

/** A lane, and when its next step is due. */
export class ScheduledLane extends LaneMemory {
  /** Takes its steps, while it has some. */
  sender: LaneSender | undefined = undefined;
  /** What it waits for; undefined: its turn. */
  wait: Wait | undefined = undefined;
  timer: ReturnType<typeof setTimeout> | undefined = undefined;
  /** It was woken while it took a step. */
  rang = false;
}

/** Lets lanes take their steps until its signal is aborted. */
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

  /** Something of a lane waits. */
  start(lane: ScheduledLane): void {
    if (lane.sender || this.#timed.has(lane)) return;
    this.#enqueue(lane);
    this.#run();
  }

  /** Something was pushed to a lane, or decided about it. */
  wake(lane: ScheduledLane): void {
    lane.rang = true;
    if (lane.wait && !lane.wait.wakes) return;
    if (lane.sender && !lane.wait) return; // It takes a step, or will.
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

  /** Waits until the steps have ended that are being taken; after the signal. */
  async end(): Promise<void> {
    await Promise.all(this.#steps);
  }
}
