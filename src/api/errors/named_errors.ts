/**
 * The errors that differ from their base class only in name.
 *
 * @module
 */
import { named } from "./_named.ts";
import { RestBaseException } from "./rest_base_exception.ts";
import { RestHttpBaseException } from "./rest_http_base_exception.ts";

/**
 * The server rejected the call (4xx).
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

/**
 * The server's certificate is self-signed, expired, for another name or from an unknown authority. The option
 * `caCerts` adds authorities. A browser does not distinguish this case from a lost connection.
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

/**
 * The server could not be reached, or the connection broke before the response was complete.
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

/**
 * The resource does not exist, or the account may not see it (404).
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

/**
 * There were too many calls (429); `retryAfterMs` says how long the server asks to wait.
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

/**
 * The server, or a proxy in front of it, failed (5xx).
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

/**
 * The response did not come within `timeoutMs` or `totalTimeoutMs`.
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

/**
 * The Api cannot work with its configuration: an invalid option or token, or credentials for a server on plain
 * http.
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
