/**
 * HttpRateLimitError, an answer with status 429.
 *
 * @module
 */
import { named } from "./_named.ts";
import { HttpClientError } from "./http_client_error.ts";

/**
 * There were too many calls (429); `retryAfterMs` says how long the server wants to rest.
 *
 * @example
 * ```ts
 * import { HttpRateLimitError } from "@archfx/cloud";
 * import { assertEquals } from "@std/assert";
 *
 * const url = "https://arch.archfx.io/api/v1/org/";
 * const error = new HttpRateLimitError("Cannot GET", { method: "GET", url, status: 429 });
 * assertEquals([error.name, error.method, error.url], ["HttpRateLimitError", "GET", url]);
 * ```
 */
export class HttpRateLimitError extends HttpClientError {
  static {
    named(this, "HttpRateLimitError");
  }
}
