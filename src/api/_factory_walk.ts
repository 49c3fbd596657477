/**
 * Reads the lists of a factory, several pages at a time.
 *
 * A list ends with the page whose `next` is null, not where its count says. The count of the first page only says
 * how many pages to request by number at the same time. A list that changes while it is read is read again; one
 * that keeps changing is read page after page.
 *
 * @module
 */
import { isMap } from "../_is_record.ts";
import { RestBaseException } from "./errors/rest_base_exception.ts";
import { type FactoryLevel, type FactoryState, LEVELS, type ListState } from "./_factory_lists.ts";
import type { Page } from "./resources.ts";
import type { Row } from "./rows.ts";
import type { CallOptions } from "./options.ts";
import type { Params } from "./_query.ts";
import { asPage, isMissingPage, nextQuery } from "./pages.ts";

/** A list that changes more often than this while it is read is then read page after page. */
const MOST_RESTARTS = 3;

/** The largest number of pages that are requested because of a count. A larger count is not trusted. */
const MOST_PAGES_AHEAD = 10_000;

/** Reads one address, like `api(path).get`. */
type Get = (path: string, params: Params, options: CallOptions) => Promise<unknown>;

/** What to read, and how. */
interface Walk {
  readonly get: Get;
  readonly state: FactoryState;
  readonly concurrency: number;
  readonly pageSize: number | undefined;
  readonly signal: AbortSignal | undefined;
  /** Called after each response. */
  readonly onAnswer: () => void;
}

interface Task {
  readonly level: FactoryLevel;
  /** The number of the page. */
  readonly page: number;
  /** The list that it belongs to; undefined for the first page of a new one. */
  readonly list?: ListState;
}

/** Reads the missing pages. When a request fails, no more are started, and the results of the others are kept. */
export async function walk(it: Walk): Promise<void> {
  const tasks: Task[] = LEVELS.flatMap((level) => missing(level, it.state.lists[level]));
  const restarts = new Map<FactoryLevel, number>();
  const failures: unknown[] = [];
  let running = 0;
  await new Promise<void>((resolve) => {
    const next = () => {
      while (failures.length === 0 && running < it.concurrency) {
        const task = tasks.shift();
        if (!task) break;
        running++;
        readTask(it, task, restarts).then(
          (more) => void tasks.push(...more),
          (error) => void failures.push(error),
        ).finally(() => {
          running--;
          next();
        });
      }
      if (running === 0) resolve();
    };
    next();
  });
  if (failures.length > 0) throw failures[0];
}

/** The pages of a list that have not been read yet. */
function missing(level: FactoryLevel, list: ListState | undefined): Task[] {
  if (!list) return [{ level, page: 1 }];
  if (list.done) return [];
  if (list.pageCount === undefined) {
    return [{ level, page: Object.keys(list.pages).length + 1, list }];
  }
  const pages: Task[] = [];
  for (let page = 1; page <= list.pageCount; page++) {
    if (!list.pages[page]) pages.push({ level, page, list });
  }
  return pages.length > 0 ? pages : nextTasks(level, list);
}

async function readTask(
  it: Walk,
  { level, page, list }: Task,
  restarts: Map<FactoryLevel, number>,
): Promise<Task[]> {
  const { lists, org } = it.state;
  const before = lists[level];
  if (before !== list) return []; // The list is being read again, with this page.
  if (level === "org" && org !== null) {
    const row = await it.get(`org/${org}`, {}, { signal: it.signal });
    if (!isMap(row)) throw new RestBaseException(`Cannot read org/${org}: it is not an object`);
    lists.org = { count: 1, pageCount: 1, next: undefined, pages: { 1: [row] }, done: true };
    it.onAnswer();
    return [];
  }
  if (before && page > Math.min(before.last ?? Infinity, (before.absent ?? Infinity) - 1)) {
    return [];
  }
  const again = () => restart(it, level, before, restarts);
  let answer: Page<Row>;
  try {
    const body = await it.get(level, pageParams(it, level, page), { signal: it.signal });
    answer = asPage<Row>(body, level);
  } catch (error) {
    if (before === undefined || !isMissingPage(error)) throw error;
    return lists[level] === before ? absentPage(before, level, page, again) : [];
  }
  if (lists[level] !== before) return []; // Another page found that the list changed.
  if (page > 1 && before?.pageCount !== undefined && answer.results.length === 0) {
    return absentPage(before, level, page, again);
  }
  const rows = answer.results.filter((row) => org === null || !row.org || row.org === org);
  const tasks = before === undefined
    ? firstPage(it, level, answer, rows, (restarts.get(level) ?? 0) < MOST_RESTARTS)
    : before.pageCount === undefined
    ? followingPage(before, level, page, answer, rows)
    : numberedPage(before, level, page, answer, rows, again);
  it.onAnswer();
  return tasks;
}

function pageParams(it: Walk, level: FactoryLevel, page: number): Params {
  const { lists, org } = it.state;
  const { next, pageCount } = lists[level] ?? {};
  if (page === 1 || next === undefined) {
    // The server filters devices by org__slug, the others by org.
    const filter = org === null ? {} : level === "device" ? { org__slug: org } : { org };
    return { ...filter, page_size: it.pageSize };
  }
  const params: Record<string, string> = Object.fromEntries(new URLSearchParams(next));
  return pageCount === undefined ? params : { ...params, page: String(page) };
}

/** `ahead`: whether more pages may be requested by number. */
function firstPage(
  it: Walk,
  level: FactoryLevel,
  answer: Page<Row>,
  rows: Row[],
  ahead: boolean,
): Task[] {
  const { count, results } = answer;
  const next = queryOf(answer);
  const isNumbered = next !== undefined && new URLSearchParams(next).get("page") === "2";
  const expected = Math.ceil(count / Math.max(1, results.length));
  // At least the page that `next` names; NaN if the count is not a number.
  const pages = expected > 2 ? Math.min(expected, MOST_PAGES_AHEAD) : 2;
  const list: ListState = {
    count,
    pageCount: next === undefined ? 1 : isNumbered && ahead ? pages : undefined,
    next,
    pages: { 1: rows },
    ...(next === undefined && { last: 1 }),
    done: next === undefined,
  };
  it.state.lists[level] = list;
  return missing(level, list);
}

/** A page that was requested by its number. */
function numberedPage(
  list: ListState,
  level: FactoryLevel,
  page: number,
  answer: Page<Row>,
  rows: Row[],
  again: () => Task[],
): Task[] {
  const isLast = queryOf(answer) === undefined;
  const isBeyond = page > (list.last ?? Infinity) || page >= (list.absent ?? Infinity);
  const ends = isLast ? Object.keys(list.pages).some((other) => Number(other) > page) : false;
  const goesOn = !isLast && (page === list.last || page + 1 === list.absent);
  if (answer.count !== list.count || isBeyond || ends || goesOn) return again();
  list.pages[page] = rows;
  if (isLast) list.last = page;
  return nextTasks(level, list);
}

/** Decides what to do when all requested pages have arrived. */
function nextTasks(level: FactoryLevel, list: ListState): Task[] {
  const read = Object.keys(list.pages).length;
  if (list.last !== undefined) list.done = read >= list.last;
  else if (read >= (list.pageCount ?? Infinity)) {
    // The count was too low: the last expected page has a next one.
    return [{ level, page: list.pageCount = read + 1, list }];
  }
  return [];
}

/** The server has no page of this number: the count was too high, or the list got shorter. */
function absentPage(
  list: ListState,
  level: FactoryLevel,
  page: number,
  again: () => Task[],
): Task[] {
  if (list.pageCount === undefined) {
    list.done = true;
    return [];
  }
  list.absent = Math.min(list.absent ?? Infinity, page);
  list.pageCount = Math.min(list.pageCount, page - 1);
  const isShorter = page <= (list.last ?? 0) || (list.pages[page - 1] && list.last !== page - 1);
  return isShorter ? again() : nextTasks(level, list);
}

/** A page that was the `next` of the one before. */
function followingPage(
  list: ListState,
  level: FactoryLevel,
  page: number,
  answer: Page<Row>,
  rows: Row[],
): Task[] {
  const query = queryOf(answer);
  if (query !== undefined && (query === list.next || page > MOST_PAGES_AHEAD)) {
    throw new RestBaseException(`Cannot read the list "${level}": the server names a page again`);
  }
  list.pages[page] = rows;
  list.done = query === undefined;
  list.next = query ?? list.next;
  return list.done ? [] : [{ level, page: page + 1, list }];
}

function queryOf({ next }: Page<Row>): string | undefined {
  return next === null ? undefined : nextQuery(next, "https://list.invalid/");
}

/** Forgets the pages of a list that has changed. */
function restart(
  it: Walk,
  level: FactoryLevel,
  before: ListState | undefined,
  restarts: Map<FactoryLevel, number>,
): Task[] {
  if (it.state.lists[level] !== before) return [];
  restarts.set(level, (restarts.get(level) ?? 0) + 1);
  delete it.state.lists[level];
  return [{ level, page: 1 }];
}
