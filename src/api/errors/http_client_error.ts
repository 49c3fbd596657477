/**
 * HttpClientError, an answer with a status of 400 to 499.
 *
 * @module
 */
import { named } from "./_named.ts";
import { RestHttpBaseException } from "./rest_http_base_exception.ts";

/**
 * The server refused the call (4xx).
 *
 * @example
 * ```ts
 * import { HttpClientError } from "@archfx/cloud";
 * import { assertEquals } from "@std/assert";
 *
 * const url = "https://arch.archfx.io/api/v1/org/";
 * const error = new HttpClientError("Cannot GET", { method: "GET", url, status: 409 });
 * assertEquals([error.name, error.method, error.url], ["HttpClientError", "GET", url]);
 * ```
 */
export class HttpClientError extends RestHttpBaseException {
  static {
    named(this, "HttpClientError");
  }
}
