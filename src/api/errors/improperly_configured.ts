/**
 * ImproperlyConfigured, an Api that cannot work as it was set up.
 *
 * @module
 */
import { named } from "./_named.ts";
import { RestBaseException } from "./rest_base_exception.ts";

/**
 * The Api cannot work as it was set up: an option that is not valid, a token that is none, credentials
 * for a server on plain http.
 *
 * @example
 * ```ts
 * import { Api, ImproperlyConfigured } from "@archfx/cloud";
 * import { assertThrows } from "@std/assert";
 *
 * assertThrows(() => new Api("https://arch.archfx.io", { retries: -1 }), ImproperlyConfigured, "retries");
 * ```
 */
export class ImproperlyConfigured extends RestBaseException {
  static {
    named(this, "ImproperlyConfigured");
  }
}
