/**
 * Tracks what a broker stores for the sessions of a source: their subscriptions and their waiting messages.
 *
 * A session outlives its connection. If it is not used any more, after a change of the topics or of the number of
 * connections, it would continue to collect messages that nobody reads. So the filters of each session are the
 * position of the source: they are stored before the subscription, and removed after it has ended.
 *
 * @module
 */
import type { ReadingSink } from "../types.ts";

/** The filters of each session, by its number. */
type Filters = readonly (readonly string[])[];

/** The sessions of one run. */
export class Sessions {
  readonly #sink: ReadingSink;
  readonly #wanted: Filters;
  #kept: Filters;
  readonly #subscribed = new Set<number>();
  #allSubscribed!: () => void;
  /** Resolves when every needed session has its subscriptions: these replace the dropped ones. */
  readonly ready: Promise<void>;

  private constructor(sink: ReadingSink, wanted: Filters, kept: Filters) {
    this.#sink = sink;
    this.#wanted = wanted;
    this.#kept = kept;
    this.ready = new Promise((resolve) => this.#allSubscribed = resolve);
  }

  /** Stores the sessions, including those of earlier runs. */
  static async open(sink: ReadingSink, wanted: Filters): Promise<Sessions> {
    const before = filtersOf(await sink.position());
    const numbers = Array.from({ length: Math.max(before.length, wanted.length) }, (_, i) => i);
    const kept = numbers.map((i) => [...new Set([...before[i] ?? [], ...wanted[i] ?? []])]);
    const sessions = new Sessions(sink, wanted, before);
    await sessions.#keep(kept);
    return sessions;
  }

  /** The numbers of all sessions. */
  get numbers(): number[] {
    return this.#kept.map((_, i) => i);
  }

  /** Filters that a session subscribes to; empty if it is not used any more. */
  wanted(number: number): readonly string[] {
    return this.#wanted[number] ?? [];
  }

  /** Filters that a session had and must drop. */
  dropped(number: number): string[] {
    return (this.#kept[number] ?? []).filter((filter) => !this.wanted(number).includes(filter));
  }

  /** A session has all of its subscriptions. */
  hasSubscribed(number: number): void {
    this.#subscribed.add(number);
    if (this.#wanted.every((_, i) => this.#subscribed.has(i))) this.#allSubscribed();
  }

  /** A session has dropped its old filters. */
  async hasDropped(number: number): Promise<void> {
    await this.#keep(
      this.#kept.map((filters, i) => i === number ? [...this.wanted(number)] : filters),
    );
  }

  async #keep(filters: Filters): Promise<void> {
    const kept = [...filters];
    while (kept.length > this.#wanted.length && kept[kept.length - 1]!.length === 0) kept.pop();
    const changed = JSON.stringify(kept) !== JSON.stringify(this.#kept);
    this.#kept = kept;
    if (changed) await this.#sink.push([], { position: JSON.stringify({ sessions: kept }) });
  }
}

/** The sessions of an earlier run; a source of another kind may have had this name. */
function filtersOf(position: string | undefined): Filters {
  let kept: unknown;
  try {
    kept = JSON.parse(position ?? "{}").sessions;
  } catch {
    return [];
  }
  const isFilters = (it: unknown) =>
    Array.isArray(it) && it.every((one) => typeof one === "string");
  return Array.isArray(kept) && kept.every(isFilters) ? kept : [];
}
