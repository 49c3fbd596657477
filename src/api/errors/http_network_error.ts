/**
 * HttpNetworkError, no answer, or one that broke off.
 *
 * @module
 */
import { named } from "./_named.ts";
import { RestHttpBaseException } from "./rest_http_base_exception.ts";

/**
 * The server could not be reached, or the connection broke before the answer was whole.
 *
 * @example
 * ```ts
 * import { HttpNetworkError } from "@archfx/cloud";
 * import { assertEquals } from "@std/assert";
 *
 * const url = "https://arch.archfx.io/api/v1/org/";
 * const error = new HttpNetworkError("Cannot GET", { method: "GET", url });
 * assertEquals([error.name, error.method, error.url], ["HttpNetworkError", "GET", url]);
 * ```
 */
export class HttpNetworkError extends RestHttpBaseException {
  static {
    named(this, "HttpNetworkError");
  }
}
