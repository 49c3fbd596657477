/**
 * Pages of a list, one after another, in constant memory.
 *
 * Of the address of the next page only the query is used: scheme, host and port are those of a proxy in
 * front of the server, and a token must not be sent there.
 *
 * @module
 */
import { isMap, isRecord } from "../_is_record.ts";
import { answerValue } from "./_answer.ts";
import type { Client } from "./_client.ts";
import { Scope } from "./_scope.ts";
import type { Answered } from "./_types.ts";
import { HttpNotFoundError } from "./errors/named_errors.ts";
import { RestBaseException } from "./errors/rest_base_exception.ts";
import type { Page } from "./resources.ts";
import { type Params, queryText } from "./_query.ts";
import type { CallOptions } from "./options.ts";

/** How pages are read. */
interface ReadingPages {
  /** Makes a page from an answer. */
  readonly read?: (answer: Answered) => unknown;
  /** Whether the next page is asked for while one is used: for callers that want all of them. */
  readonly ahead?: boolean;
}

/** Reads page after page; a bare list is one page. */
export async function* readPages<Row>(
  client: Client,
  path: string,
  params: Params | undefined,
  options: CallOptions | undefined,
  { read = (answer) => answerValue("GET", answer), ahead = false }: ReadingPages = {},
): AsyncGenerator<Page<Row>, void, undefined> {
  const asked = new Set<string>();
  const ask = (query: string, own = options): Promise<Answered> => {
    asked.add(query);
    return client.send({ method: "GET", path: path + query, options: own });
  };
  let answering = ask(queryText(params));
  const left = new AbortController();
  let scope: Scope | undefined;
  try {
    while (true) {
      let answer: Answered;
      try {
        answer = await answering;
      } catch (error) {
        // Rows were deleted meanwhile, and with them the page that the page before named as the next.
        if (asked.size > 1 && isMissingPage(error)) return;
        throw error;
      }
      const page = asPage<Row>(read(answer), answer.url);
      const { next } = page;
      const askNext = () => {
        const query = nextQuery(next!, answer.url);
        if (asked.has(query)) throw repeated(client, path, query);
        // The signal has been checked by the first call.
        return ask(query, scope && { ...options, signal: scope.signal });
      };
      if (next !== null && ahead) {
        scope ??= new Scope(options?.signal, left.signal);
        // An error of the next page is thrown when that page is requested.
        answering = new Promise((resolve) => resolve(askNext()));
        answering.catch(() => {});
      }
      yield page;
      if (next === null) return;
      if (!ahead) answering = askNext();
    }
  } finally {
    left.abort(new DOMException("The reader of the pages has stopped", "AbortError"));
    scope?.close();
  }
}

function repeated(client: Client, path: string, query: string): RestBaseException {
  return new RestBaseException(
    `Cannot read the pages of "${client.baseUrl}/${path}" to their end: ` +
      `the server names the page "${query}" again as the next one`,
  );
}

/** Whether the API itself said that it has no such page: `{"detail": "Invalid page."}`. */
export function isMissingPage(error: unknown): boolean {
  if (!(error instanceof HttpNotFoundError) || !isMap(error.data)) return false;
  const { detail } = error.data;
  return typeof detail === "string" && /\bpage\b/i.test(detail);
}

/** The query of the address of the next page. */
export function nextQuery(next: string, url: string): string {
  try {
    return new URL(next, url).search;
  } catch {
    throw new RestBaseException(
      `Cannot read the next page of "${url}": the server does not name an address, but ${
        JSON.stringify(next)
      }`,
    );
  }
}

/** A body as a page. */
export function asPage<Row>(body: unknown, url: string): Page<Row> {
  if (Array.isArray(body)) return { count: body.length, next: null, previous: null, results: body };
  if (isRecord(body) && Array.isArray(body.results)) {
    const { count, next, previous, results } = body;
    return {
      ...body,
      count: typeof count === "number" ? count : results.length,
      next: typeof next === "string" && next !== "" ? next : null,
      previous: typeof previous === "string" ? previous : null,
      results,
    };
  }
  throw new RestBaseException(`Cannot read "${url}" as a list: the response has no results`);
}

/** Row after row over all pages. */
export async function* readRows<Row>(
  pages: AsyncIterable<Page<Row>>,
): AsyncGenerator<Row, void, undefined> {
  for await (const { results } of pages) yield* results;
}

/** The rows of all pages, no more than `limit`. */
export async function readAll<Row>(
  pages: AsyncIterable<Page<Row>>,
  limit: number = Infinity,
): Promise<Row[]> {
  if (typeof limit !== "number" || !(limit >= 0)) {
    throw new TypeError(`Cannot use ${String(limit)} as "limit": it must be a number from 0`);
  }
  const rows: Row[] = [];
  if (limit === 0) return rows;
  for await (const { results } of pages) {
    for (const row of results) {
      rows.push(row);
      if (rows.length >= limit) return rows;
    }
  }
  return rows;
}
