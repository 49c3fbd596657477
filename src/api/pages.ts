/**
 * Pages of a list, one after another, in constant memory.
 *
 * Only the query of the `next` address is used. Its scheme, host and port may be those of a proxy in front of the
 * server, and the token must not be sent there.
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
  /** Makes a page from a response. */
  readonly read?: (answer: Answered) => unknown;
  /** Whether the next page is requested while one is in use: for callers that need all pages. */
  readonly ahead?: boolean;
}

/** Reads page after page; an array without paging is one page. */
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
        // Rows were deleted in the meantime, so the page that was named as the next one does not exist any more.
        if (asked.size > 1 && isMissingPage(error)) return;
        throw error;
      }
      const page = asPage<Row>(read(answer), answer.url);
      const { next } = page;
      const askNext = () => {
        const query = nextQuery(next!, answer.url);
        if (asked.has(query)) throw repeated(client, path, query);
        // The first call has checked the signal.
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

/** Whether the API itself said that the page does not exist: `{"detail": "Invalid page."}`. */
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
