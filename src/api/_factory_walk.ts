/**
 * Reads the lists of a factory, several pages at a time.
 *
 * The first page of a list tells how many there are; the others are asked for by number, so that they
 * need not wait for each other. A list that changes while it is read is read anew.
 *
 * @module
 */
import { HttpNotFoundError } from "./errors/http_not_found_error.ts";
import { RestBaseException } from "./errors/rest_base_exception.ts";
import { type FactoryLevel, type FactoryState, LEVELS, type ListState } from "./_factory_lists.ts";
import type { Page } from "./known_resources.ts";
import type { Row } from "./rows.ts";
import type { CallOptions } from "./options.ts";
import type { Params } from "./_query.ts";
import { asPage, nextQuery } from "./pages.ts";

/** A list that changes more often than this while it is read cannot be read. */
const MOST_RESTARTS = 3;

/** Reads one address; what `api(path).get` does. */
export type Get = (path: string, params: Params, options: CallOptions) => Promise<unknown>;

/** How the walk goes. */
export interface Walk {
  readonly get: Get;
  readonly state: FactoryState;
  readonly concurrency: number;
  readonly pageSize: number | undefined;
  readonly signal: AbortSignal | undefined;
  /** Called after each answer. */
  readonly onAnswer: () => void;
}

interface Task {
  readonly level: FactoryLevel;
  /** The number of the page. */
  readonly page: number;
}

/** Reads what is missing. When a request fails no more are begun, and what is on its way is kept. */
export async function walk(it: Walk): Promise<void> {
  const tasks: Task[] = LEVELS.flatMap((level) => missing(level, it.state.lists[level]));
  const restarts = new Map<FactoryLevel, number>();
  let failed: { error: unknown } | undefined;
  let running = 0;
  await new Promise<void>((resolve) => {
    const next = () => {
      while (!failed && running < it.concurrency) {
        const task = tasks.shift();
        if (!task) break;
        running++;
        readTask(it, task, restarts).then(
          (more) => void tasks.push(...more),
          (error) => void (failed ??= { error }),
        ).finally(() => {
          running--;
          next();
        });
      }
      if (running === 0) resolve();
    };
    next();
  });
  if (failed) throw (failed as { error: unknown }).error;
}

/** The pages of a list that are still to be read. */
function missing(level: FactoryLevel, list: ListState | undefined): Task[] {
  if (!list) return [{ level, page: 1 }];
  if (list.done) return [];
  if (list.pageCount === undefined) return [{ level, page: Object.keys(list.pages).length + 1 }];
  const pages: Task[] = [];
  for (let page = 1; page <= list.pageCount; page++) {
    if (!list.pages[page]) pages.push({ level, page });
  }
  return pages;
}

async function readTask(
  it: Walk,
  { level, page }: Task,
  restarts: Map<FactoryLevel, number>,
): Promise<Task[]> {
  const { lists, org } = it.state;
  const before = lists[level];
  if (level === "org" && org !== null) {
    const row = await it.get(`org/${org}`, {}, { signal: it.signal }) as Row;
    lists.org = { count: 1, pageCount: 1, next: undefined, pages: { 1: [row] }, done: true };
    it.onAnswer();
    return [];
  }
  const again = () => restart(it, level, before, restarts);
  let answer: Page<Row>;
  try {
    const body = await it.get(level, pageParams(it, level, page), { signal: it.signal });
    answer = asPage<Row>(body, level);
  } catch (error) {
    if (page > 1 && error instanceof HttpNotFoundError) return again(); // It shrank: no such page now.
    throw error;
  }
  if (lists[level] !== before) return []; // Another page found that the list changed.
  const rows = answer.results.filter((row) => org === null || !row.org || row.org === org);
  const tasks = before === undefined
    ? firstPage(it, level, answer, rows)
    : answer.count === before.count
    ? laterPage(before, level, page, answer, rows)
    : again();
  it.onAnswer();
  return tasks;
}

function pageParams(it: Walk, level: FactoryLevel, page: number): Params {
  const { lists, org } = it.state;
  const { next, pageCount } = lists[level] ?? {};
  if (page === 1 || next === undefined) {
    // Devices are known to be filtered by org__slug, the others by org.
    const filter = org === null ? {} : level === "device" ? { org__slug: org } : { org };
    return { ...filter, page_size: it.pageSize };
  }
  const params: Record<string, string> = Object.fromEntries(new URLSearchParams(next));
  return pageCount === undefined ? params : { ...params, page: String(page) };
}

function firstPage(it: Walk, level: FactoryLevel, answer: Page<Row>, rows: Row[]): Task[] {
  const { count, next, results } = answer;
  const query = next === null ? undefined : nextQuery(next, "https://list.invalid/");
  const numbered = query !== undefined && new URLSearchParams(query).get("page") === "2";
  const pageCount = query === undefined
    ? 1
    : numbered
    ? Math.ceil(count / Math.max(1, results.length))
    : undefined;
  const list = { count, pageCount, next: query, pages: { 1: rows }, done: query === undefined };
  it.state.lists[level] = list;
  return missing(level, list);
}

function laterPage(
  list: ListState,
  level: FactoryLevel,
  page: number,
  answer: Page<Row>,
  rows: Row[],
): Task[] {
  list.pages[page] = rows;
  if (list.pageCount !== undefined) {
    list.done = Object.keys(list.pages).length >= list.pageCount;
    return [];
  }
  const query = answer.next === null ? undefined : nextQuery(answer.next, "https://list.invalid/");
  if (query !== undefined && query === list.next) {
    throw new RestBaseException(`Cannot read the list "${level}": the server names a page again`);
  }
  list.done = query === undefined;
  list.next = query ?? list.next;
  return list.done ? [] : [{ level, page: page + 1 }];
}

/** Forgets what was read of a list that changed meanwhile. */
function restart(
  it: Walk,
  level: FactoryLevel,
  before: ListState | undefined,
  restarts: Map<FactoryLevel, number>,
): Task[] {
  if (it.state.lists[level] !== before) return [];
  const count = (restarts.get(level) ?? 0) + 1;
  restarts.set(level, count);
  if (count > MOST_RESTARTS) {
    throw new RestBaseException(
      `Cannot read the list "${level}": it changed ${count} times while it was read`,
    );
  }
  delete it.state.lists[level];
  return [{ level, page: 1 }];
}
