/**
 * HttpTimeoutError, no answer in time.
 *
 * @module
 */
import { named } from "./_named.ts";
import { RestHttpBaseException } from "./rest_http_base_exception.ts";

/**
 * The answer did not come within `timeoutMs` or `totalTimeoutMs`.
 *
 * @example
 * ```ts
 * import { HttpTimeoutError } from "@archfx/cloud";
 * import { assertEquals } from "@std/assert";
 *
 * const url = "https://arch.archfx.io/api/v1/org/";
 * const error = new HttpTimeoutError("Cannot GET", { method: "GET", url });
 * assertEquals([error.name, error.method, error.url], ["HttpTimeoutError", "GET", url]);
 * ```
 */
export class HttpTimeoutError extends RestHttpBaseException {
  static {
    named(this, "HttpTimeoutError");
  }
}
