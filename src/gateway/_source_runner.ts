/**
 * SourceRunner, which runs one source: it provides the sink, counts, and restarts the source after a failure.
 *
 * @module
 */
import { errorMessage } from "../_error_fields.ts";
import { Backoff, pause } from "./_pauses.ts";
import type { ReadingBatch, ReadingQueue, ReadingSink, ReadingSource } from "./types.ts";

/** The status of a source. */
export interface SourceState {
  /** Its name. */
  readonly name: string;
  /** Its current state. */
  readonly state: "not started" | "running" | "waiting" | "failed" | "ended";
  /** Readings that it has pushed since the gateway was started. */
  readonly readings: number;
  /** Readings or rows that could not be used. */
  readonly bad: number;
  /** The last problem. */
  readonly lastError: string | null;
  /** When it pushed last, ISO 8601. */
  readonly lastPush: string | null;
}

type Tell = (level: "info" | "warning" | "error", message: string) => void;

/** Runs a source. */
export class SourceRunner {
  readonly #source: ReadingSource;
  readonly #queue: ReadingQueue;
  readonly #tell: Tell;
  #state: SourceState;
  /** Resolves when it has ended and will not be started again. */
  ended: Promise<void> = Promise.resolve();

  constructor(source: ReadingSource, queue: ReadingQueue, tell: Tell) {
    this.#source = source;
    this.#queue = queue;
    this.#tell = tell;
    this.#state = {
      name: source.name,
      state: "not started",
      readings: 0,
      bad: 0,
      lastError: null,
      lastPush: null,
    };
  }

  /** Its status. */
  get state(): SourceState {
    return this.#state;
  }

  #set(changes: Partial<SourceState>): void {
    this.#state = { ...this.#state, ...changes };
  }

  /** Runs it until it ends or the signal is aborted; restarts it after a failure. */
  run(signal: AbortSignal): Promise<void> {
    return this.ended = this.#run(signal);
  }

  async #run(signal: AbortSignal): Promise<void> {
    const { name } = this.#source;
    const backoff = new Backoff();
    while (!signal.aborted) {
      this.#set({ state: "running" });
      const before = this.#state.readings;
      try {
        await this.#source.run(this.#sink(signal), signal);
        this.#set({ state: "ended" });
        return;
      } catch (error) {
        if (signal.aborted) break;
        const message = errorMessage(error);
        if (this.#state.lastError !== message) this.#tell("error", `Source ${name}: ${message}`);
        this.#set({ state: "failed", lastError: message });
        if (this.#state.readings > before) backoff.reset();
        await pause(backoff.next(), signal).catch(() => {}); // The loop ends then.
      }
    }
    this.#set({ state: "ended" });
  }

  #sink(signal: AbortSignal): ReadingSink {
    const source = this.#source.name;
    return {
      push: async (batches, options = {}) => {
        await this.#queue.push(batches, { signal, ...options, source });
        const readings = count(batches);
        // A push with only a position does not show that readings arrive.
        if (readings === 0) return;
        this.#set({
          readings: this.#state.readings + readings,
          lastPush: new Date().toISOString(),
          lastError: null,
        });
      },
      position: () => this.#queue.position(source),
      bad: (message, rows = 1) => {
        this.#set({ bad: this.#state.bad + rows, lastError: message });
        this.#tell("warning", `Source ${source}: ${message}`);
      },
    };
  }
}

function count(batches: ReadingBatch | readonly ReadingBatch[]): number {
  const list: readonly ReadingBatch[] = Array.isArray(batches) ? batches : [batches];
  return list.reduce((sum, { columns, points }) => {
    if (columns) return sum + columns.length;
    return sum + (Array.isArray(points) ? points.length : 0);
  }, 0);
}
