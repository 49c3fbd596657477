/**
 * HttpNotFoundError, an answer with status 404.
 *
 * @module
 */
import { named } from "./_named.ts";
import { HttpClientError } from "./http_client_error.ts";

/**
 * There is no such thing, or the account may not know of it (404).
 *
 * @example
 * ```ts
 * import { HttpNotFoundError } from "@archfx/cloud";
 * import { assertEquals } from "@std/assert";
 *
 * const url = "https://arch.archfx.io/api/v1/org/";
 * const error = new HttpNotFoundError("Cannot GET", { method: "GET", url, status: 404 });
 * assertEquals([error.name, error.method, error.url], ["HttpNotFoundError", "GET", url]);
 * ```
 */
export class HttpNotFoundError extends HttpClientError {
  static {
    named(this, "HttpNotFoundError");
  }
}
