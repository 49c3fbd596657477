/**
 * The lists of a factory map, and how far each has been read.
 *
 * Several pages of a list are requested at a time. A page that was read is never requested again, not even by a
 * later run that starts from this state.
 *
 * @module
 */
import { isRecord } from "../_is_record.ts";
import type { Row } from "./rows.ts";

/** One level of a factory. */
export type FactoryLevel = "org" | "site" | "area" | "line" | "machine" | "device";

/** The levels of a factory, outermost first. */
export const LEVELS: readonly FactoryLevel[] = [
  "org",
  "site",
  "area",
  "line",
  "machine",
  "device",
];

/** The pages of one list that were read. */
export interface ListState {
  /** Rows that the server says there are; a hint, since servers return it wrong, late or never. */
  count: number;
  /** The number of pages, as far as it is known; undefined if the pages can only be read one after another. */
  pageCount: number | undefined;
  /** The query of the second page: the pattern for the others, or where to continue. */
  next: string | undefined;
  /** The pages by number. */
  pages: Record<number, Row[]>;
  /** The number of the last page, whose `next` is null. */
  last?: number;
  /** The lowest number of a page that the server does not have. */
  absent?: number;
  /** Whether every page was read. */
  done: boolean;
}

/** The lists of a factory that were read: plain data, for JSON. */
export interface FactoryState {
  readonly version: 1;
  /** The slug of the only organisation, or null for all that the account sees. */
  readonly org: string | null;
  readonly lists: Partial<Record<FactoryLevel, ListState>>;
}

/** An empty state. */
export function emptyState(org: string | undefined): FactoryState {
  return { version: 1, org: org ?? null, lists: {} };
}

/** A copy of a state from JSON. */
export function copyState(given: unknown): FactoryState {
  if (!isState(given)) {
    throw new TypeError(
      "Cannot resume from this: it is neither a FactoryMap nor what its toJSON() returned",
    );
  }
  return structuredClone({ version: 1, org: given.org ?? null, lists: given.lists });
}

/** Whether a value claims to be a state of this version. Its lists are not checked. */
function isState(given: unknown): given is FactoryState {
  return isRecord(given) && given.version === 1 && isRecord(given.lists);
}

/** The rows of a list without duplicates: a list that changes while it is read can return a row twice. */
export function rowsOf(list: ListState | undefined): Row[] {
  const rows = new Map<string, Row>();
  for (const page of Object.values(list?.pages ?? {})) {
    for (const row of page) rows.set(String(row.slug), row);
  }
  return [...rows.values()];
}
