/**
 * HttpCouldNotVerifyServerError, a certificate that cannot be trusted.
 *
 * @module
 */
import { named } from "./_named.ts";
import { RestHttpBaseException } from "./rest_http_base_exception.ts";

/**
 * The server shows a certificate that is self-signed, expired, for another name or of an unknown authority.
 * The option `caCerts` names further authorities. A browser does not tell this case from a lost network.
 *
 * @example
 * ```ts
 * import { HttpCouldNotVerifyServerError } from "@archfx/cloud";
 * import { assertEquals } from "@std/assert";
 *
 * const url = "https://arch.archfx.io/api/v1/org/";
 * const error = new HttpCouldNotVerifyServerError("Cannot GET", { method: "GET", url });
 * assertEquals([error.name, error.method, error.url], ["HttpCouldNotVerifyServerError", "GET", url]);
 * ```
 */
export class HttpCouldNotVerifyServerError extends RestHttpBaseException {
  static {
    named(this, "HttpCouldNotVerifyServerError");
  }
}
