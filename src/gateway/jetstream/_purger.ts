/**
 * Purger, which removes counted messages.
 *
 * Invariant that this file maintains: the last message of a lane is never removed, because the next one continues
 * its numbers; and counted messages stay for ten minutes, so that a publisher whose response was lost can find
 * its push.
 *
 * @module
 */
import type { Bus } from "./_bus.ts";

const ROUND_MS = 10_000;
/** The number of simultaneous requests. */
const PARALLEL = 4;

interface Due {
  /** Messages before this one are removed; it stays. */
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

  /** All messages of a lane up to a sequence are counted or given up, and this is in the record. */
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
    // One request for all lanes of a round.
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
          // The rest is removed with the next purge of the lane.
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
