/** Pages of a list: `?page=`, `?page_size=` and the envelope with absolute links. */
import { detail } from "./error_response.ts";

/** How many rows a page holds by default, and at most. */
export interface PageSizes {
  readonly size: number;
  readonly most: number;
}

/** The sizes of most lists; devices, streams and data have their own. */
export const PAGE: PageSizes = { size: 100, most: 1000 };

/** One page, cut out of a list. */
interface Page {
  readonly number: number;
  readonly size: number;
  readonly offset: number;
  readonly pages: number;
}

/** A list in the form that the API returns. */
export interface Envelope {
  readonly count: number;
  readonly next: string | null;
  readonly previous: string | null;
  readonly results: unknown[];
}

/** The page size of a query. An invalid size is ignored, and one that is too large is reduced. */
function pageSize(query: URLSearchParams, sizes: PageSizes): number {
  const asked = query.get("page_size");
  if (asked === null || !/^\d{1,15}$/.test(asked) || Number(asked) === 0) return sizes.size;
  return Math.min(Number(asked), sizes.most);
}

/**
 * The page that a query requests.
 *
 * @throws ErrorResponse 404 if the page is not a number or out of range.
 */
export function choosePage(query: URLSearchParams, sizes: PageSizes, count: number): Page {
  const size = pageSize(query, sizes);
  const pages = Math.max(1, Math.ceil(count / size));
  const asked = query.get("page") ?? "1";
  const number = asked === "last" ? pages : /^\d{1,15}$/.test(asked) ? Number(asked) : 0;
  if (number < 1 || number > pages) throw detail(404, "Invalid page.");
  return { number, size, offset: (number - 1) * size, pages };
}

/** Puts a page of rows into its envelope. */
export function envelope(url: URL, page: Page, count: number, results: unknown[]): Envelope {
  return {
    count,
    next: page.number < page.pages ? link(url, page.number + 1) : null,
    previous: page.number > 1 ? link(url, page.number - 1) : null,
    results,
  };
}

function link(url: URL, page: number): string {
  const target = new URL(url);
  if (page === 1) target.searchParams.delete("page");
  else target.searchParams.set("page", String(page));
  return target.href;
}
