/**
 * HttpPermissionError, an answer with status 403.
 *
 * @module
 */
import { named } from "./_named.ts";
import { HttpClientError } from "./http_client_error.ts";

/**
 * The account may not do this (403).
 *
 * @example
 * ```ts
 * import { HttpPermissionError } from "@archfx/cloud";
 * import { assertEquals } from "@std/assert";
 *
 * const url = "https://arch.archfx.io/api/v1/org/";
 * const error = new HttpPermissionError("Cannot GET", { method: "GET", url, status: 403 });
 * assertEquals([error.name, error.method, error.url], ["HttpPermissionError", "GET", url]);
 * ```
 */
export class HttpPermissionError extends HttpClientError {
  static {
    named(this, "HttpPermissionError");
  }
}
