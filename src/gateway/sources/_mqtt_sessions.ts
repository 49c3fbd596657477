/**
 * What a broker keeps for the sessions of a source: their subscriptions, and the messages that wait.
 *
 * A session outlives its connection. One that is no longer used, after a change of the topics or of their number of
 * connections, would go on collecting messages that nobody reads. So the filters of each session are the position of
 * the source, written before they are subscribed to, and forgotten when they are no longer.
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
  /** Resolves when every session that is wanted has its subscriptions: what is dropped is taken over then. */
  readonly ready: Promise<void>;

  private constructor(sink: ReadingSink, wanted: Filters, kept: Filters) {
    this.#sink = sink;
    this.#wanted = wanted;
    this.#kept = kept;
    this.ready = new Promise((resolve) => this.#allSubscribed = resolve);
  }

  /** Remembers the sessions, those of earlier runs too. */
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

  /** Filters that a session subscribes to; none if it is no longer used. */
  wanted(number: number): readonly string[] {
    return this.#wanted[number] ?? [];
  }

  /** Filters that a session had, and must not have any more. */
  dropped(number: number): string[] {
    return (this.#kept[number] ?? []).filter((filter) => !this.wanted(number).includes(filter));
  }

  /** A session has all of its subscriptions. */
  hasSubscribed(number: number): void {
    this.#subscribed.add(number);
    if (this.#wanted.every((_, i) => this.#subscribed.has(i))) this.#allSubscribed();
  }

  /** A session no longer has what it was to drop. */
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

/** What an earlier run has kept; a source of another kind may have had this name. */
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
