/**
 * The lists that a factory map is made of, and how far each has been read.
 *
 * A list is read page by page, several at a time; a page that was read is never asked for again, not
 * even by a later run that starts from this state.
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
  /** Pages to ask for, as far as known; undefined where only each page names the next one. */
  pageCount: number | undefined;
  /** The query of the second page: the pattern of the others, or where to continue. */
  next: string | undefined;
  /** The pages by number. */
  pages: Record<number, Row[]>;
  /** The number of the page that names no next one. */
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

/** Whether this says of itself that it is a state of this version; its lists are taken as they are. */
function isState(given: unknown): given is FactoryState {
  return isRecord(given) && given.version === 1 && isRecord(given.lists);
}

/** The rows of a list, once each: a list that changes while it is read can show a row twice. */
export function rowsOf(list: ListState | undefined): Row[] {
  const rows = new Map<string, Row>();
  for (const page of Object.values(list?.pages ?? {})) {
    for (const row of page) rows.set(String(row.slug), row);
  }
  return [...rows.values()];
}
