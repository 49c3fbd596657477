/**
 * Limits, which checks the free space of a stream: intake stops before the stream is full, because sending also
 * writes.
 *
 * @module
 */
import { QueueFullError } from "../errors.ts";
import { pause } from "../_pauses.ts";
import type { Bus } from "./_bus.ts";

const POLL_MS = 500;
/** The part of the limit that is kept free for records, dead letters and leases, and its maximum in bytes. */
const RESERVED_PART = 8, MOST_RESERVED = 64 << 20;
/** Errors of the servers for a full stream, account or server. */
const FULL = [10047, 10077, 10023, 10028, 10002];

/** The free space of one stream. */
export class Limits {
  readonly #bus: Bus;
  readonly #overflow: "block" | "reject";
  #checked = -Infinity;
  #room = Infinity;
  /** The size of the stream when it is empty. */
  #most = Infinity;
  #checking: Promise<void> | undefined;
  /** Pushes that wait for space. */
  blocked = 0;

  constructor(bus: Bus, overflow: "block" | "reject") {
    this.#bus = bus;
    this.#overflow = overflow;
  }

  /** Whether intake has stopped. */
  get full(): boolean {
    return this.#room <= 0;
  }

  /**
   * Waits until this number of bytes fits.
   *
   * @throws {QueueFullError} If they do not fit and the overflow mode is `reject`, or if they can never fit.
   */
  async enter(bytes: number, signal?: AbortSignal): Promise<void> {
    if (performance.now() < this.#checked + POLL_MS && this.#room >= bytes) {
      this.#room -= bytes;
      return;
    }
    await this.#check();
    this.blocked++;
    try {
      while (this.#room < bytes) {
        if (this.#overflow === "reject" || bytes > this.#most) throw this.fullError();
        await pause(POLL_MS, signal ?? new AbortController().signal);
        this.#checked = -Infinity;
        await this.#check();
      }
      this.#room -= bytes;
    } finally {
      this.blocked--;
    }
  }

  /** Whether an error of the servers means that a push is to be rejected. */
  isFull(code: number): boolean {
    return this.#overflow === "reject" && FULL.includes(code);
  }

  /** The error of a push that is rejected. */
  fullError(): QueueFullError {
    return new QueueFullError(
      "Cannot push: the stream is full; wait until more is sent, or enlarge it with " +
        `"nats stream edit ${this.#bus.place.stream} --max-bytes"`,
    );
  }

  async #check(): Promise<void> {
    if (performance.now() < this.#checked + POLL_MS) return;
    await (this.#checking ??= this.#ask().finally(() => this.#checking = undefined));
  }

  async #ask(): Promise<void> {
    try {
      const { config, state } = await this.#bus.info();
      const most = Number(config.max_bytes ?? -1);
      const reserved = Math.min(most / RESERVED_PART, MOST_RESERVED);
      this.#most = most > 0 ? most - reserved : Infinity;
      this.#room = this.#most - state.bytes;
    } catch {
      // The servers do not respond now: the push itself waits for them.
    }
    this.#checked = performance.now();
  }
}
