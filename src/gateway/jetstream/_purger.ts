/**
 * Purger, which removes what is counted.
 *
 * Invariant that this file maintains: the last message of a lane is never removed, since the next one continues its
 * numbers; and what is counted stays for ten minutes, in which a publisher whose response was lost looks for its push.
 *
 * @module
 */
import type { Bus } from "./_bus.ts";

const ROUND_MS = 10_000;
/** Requests at a time. */
const PARALLEL = 4;

interface Due {
  /** Messages before this one go; it stays. */
  readonly seq: number;
  readonly at: number;
}

/** Removes messages of one stream. */
export class Purger {
  readonly #bus: Bus;
  readonly #afterMs: number;
  readonly #due = new Map<string, Due[]>();
  #timer: ReturnType<typeof setInterval> | undefined;
  #running = false;

  constructor(bus: Bus, afterMs: number) {
    this.#bus = bus;
    this.#afterMs = afterMs;
  }

  /** Everything of a lane up to a sequence is counted or given up, and the record says so. */
  done(subject: string, seq: number): void {
    this.#timer ??= setInterval(
      () => this.#round(),
      Math.max(20, Math.min(ROUND_MS, this.#afterMs)),
    );
    const due = this.#due.get(subject) ?? [];
    this.#due.set(subject, due);
    const at = performance.now() + this.#afterMs;
    const last = due[due.length - 1];
    if (last && last.seq >= seq) return;
    const before = due[due.length - 2];
    // One request for all of a round.
    if (before && last!.at - before.at < ROUND_MS) due.pop();
    due.push({ seq, at });
  }

  async #round(): Promise<void> {
    if (this.#running) return;
    this.#running = true;
    try {
      const now = performance.now();
      const work: { subject: string; seq: number }[] = [];
      for (const [subject, due] of this.#due) {
        let seq = 0;
        while (due[0] && due[0].at <= now) seq = due.shift()!.seq;
        if (due.length === 0) this.#due.delete(subject);
        if (seq > 0) work.push({ subject, seq });
      }
      await Promise.all(Array.from({ length: PARALLEL }, async () => {
        for (let next = work.pop(); next; next = work.pop()) {
          const { subject, seq } = next;
          // What is not removed now goes with the next purge of the lane.
          await this.#bus.purge(subject, seq).catch(() => this.done(subject, seq));
        }
      }));
    } finally {
      this.#running = false;
    }
  }

  /** Ends it. */
  close(): void {
    clearInterval(this.#timer);
  }
}
