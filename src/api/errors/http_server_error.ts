/**
 * HttpServerError, an answer with a status of 500 to 599.
 *
 * @module
 */
import { named } from "./_named.ts";
import { RestHttpBaseException } from "./rest_http_base_exception.ts";

/**
 * The server, or a proxy before it, failed (5xx).
 *
 * @example
 * ```ts
 * import { HttpServerError } from "@archfx/cloud";
 * import { assertEquals } from "@std/assert";
 *
 * const url = "https://arch.archfx.io/api/v1/org/";
 * const error = new HttpServerError("Cannot GET", { method: "GET", url, status: 503 });
 * assertEquals([error.name, error.method, error.url], ["HttpServerError", "GET", url]);
 * ```
 */
export class HttpServerError extends RestHttpBaseException {
  static {
    named(this, "HttpServerError");
  }
}
