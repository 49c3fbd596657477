/**
 * Fence, the reading ids of one streamer that must be counted before any higher ones.
 *
 * The cloud counts a reading only if its id is above the last one that it has counted. So after a report has
 * failed, a report with higher ids must not be sent: the cloud would never count the failed one. The fence keeps
 * the ids of reports that failed or were held back, until they are counted or given up.
 *
 * @module
 */
import { narrowed } from "../_integers.ts";
import type { Id } from "../readings/reading_columns.ts";

/** Reading ids, both ends included; 0 is not a reading id. */
export interface IdSpan {
  readonly lowest: Id;
  readonly highest: Id;
}

/** Ids that are not counted, and why. */
interface FencedSpan extends IdSpan {
  readonly cause: unknown;
}

/** The ids of one streamer that failed. */
export class Fence {
  /** In order, without overlaps. */
  #spans: FencedSpan[] = [];

  /** Whether every report may be sent. */
  get isEmpty(): boolean {
    return this.#spans.length === 0;
  }

  /** The ids that must be counted before a report whose lowest id is `lowest`, if any. */
  before(lowest: Id): FencedSpan | undefined {
    const [first] = this.#spans;
    return first !== undefined && lowest > first.lowest ? first : undefined;
  }

  /** Adds the ids of a report that failed, or was held back because of `cause`. */
  add({ lowest, highest }: IdSpan, cause: unknown): void {
    const spans = [...this.#spans, { lowest, highest, cause }];
    spans.sort((a, b) => a.lowest < b.lowest ? -1 : a.lowest > b.lowest ? 1 : 0);
    this.#spans = [];
    for (const span of spans) {
      const last = this.#spans.at(-1);
      // Consecutive ids become one span, so that a producer that continues after a failure does not fill the memory.
      if (last === undefined || span.lowest > BigInt(last.highest) + 1n) this.#spans.push(span);
      else if (span.highest > last.highest) {
        this.#spans[this.#spans.length - 1] = { ...last, highest: span.highest };
      }
    }
  }

  /** Removes all ids up to `highest`: they are counted. */
  countedTo(highest: Id): void {
    this.#spans = this.#spans.filter((span) => span.highest > highest)
      .map((span) => span.lowest > highest ? span : { ...span, lowest: following(highest) });
  }

  /** Removes all ids below `lowest`: they are given up. Returns them. */
  giveUpBelow(lowest: Id): IdSpan[] {
    const below = this.#spans.filter((span) => span.lowest < lowest).map((span) => ({
      lowest: span.lowest,
      highest: span.highest < lowest ? span.highest : narrowed(BigInt(lowest) - 1n),
    }));
    if (below.length > 0) this.countedTo(below.at(-1)!.highest);
    return below;
  }

  /** The spans, for an error or a warning. */
  toString(): string {
    return spansText(this.#spans);
  }
}

/** Spans as text for a message. */
export function spansText(spans: readonly IdSpan[]): string {
  const shown = spans.slice(0, 5).map(({ lowest, highest }) =>
    BigInt(lowest) === BigInt(highest) ? `${lowest}` : `${lowest} to ${highest}`
  );
  return shown.join(", ") + (spans.length > 5 ? ` and ${spans.length - 5} more ranges` : "");
}

function following(id: Id): Id {
  return narrowed(BigInt(id) + 1n);
}
