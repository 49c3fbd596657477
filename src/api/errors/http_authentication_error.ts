/**
 * HttpAuthenticationError, an answer with status 401.
 *
 * @module
 */
import { named } from "./_named.ts";
import { HttpClientError } from "./http_client_error.ts";

/**
 * The token is missing, not valid or has expired, and could not be refreshed (401).
 *
 * @example
 * ```ts
 * import { HttpAuthenticationError } from "@archfx/cloud";
 * import { assertEquals } from "@std/assert";
 *
 * const url = "https://arch.archfx.io/api/v1/org/";
 * const error = new HttpAuthenticationError("Cannot GET", { method: "GET", url, status: 401 });
 * assertEquals([error.name, error.method, error.url], ["HttpAuthenticationError", "GET", url]);
 * ```
 */
export class HttpAuthenticationError extends HttpClientError {
  static {
    named(this, "HttpAuthenticationError");
  }
}
