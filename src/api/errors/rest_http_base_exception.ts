/**
 * RestHttpBaseException, the base of the errors of one HTTP call, and their details.
 *
 * @module
 */
import { named } from "./_named.ts";
import { RestBaseException } from "./rest_base_exception.ts";

/** The details of a failed call. Tokens, passwords and headers are never part of it. */
export interface HttpErrorDetails {
  /** The status of the response; absent if there was none. */
  readonly status?: number;
  /** The HTTP method. */
  readonly method: string;
  /** The address that was called. */
  readonly url: string;
  /** The body of the response: JSON as a value, anything else as text; absent if it was empty. */
  readonly data?: unknown;
  /** The header `X-Request-Id` of the response, which the operators of the server can look up. */
  readonly requestId?: string;
  /** The media type of the response, such as `text/html`, without parameters. */
  readonly contentType?: string;
  /**
   * How many times the call was tried.
   *
   * @default {1}
   */
  readonly attempts?: number;
  /** How long the server asked to wait (`Retry-After`), in milliseconds. */
  readonly retryAfterMs?: number;
  /** The error that caused this one. */
  readonly cause?: unknown;
}

/**
 * The base class of the errors of one HTTP call. This class itself is thrown for a forbidden redirect, a response
 * that is too large, or one that is declared as JSON but is not valid JSON.
 *
 * @example
 * ```ts
 * import { RestHttpBaseException } from "@archfx/cloud";
 * import { assertEquals } from "@std/assert";
 *
 * const details = { method: "GET", url: "https://arch.archfx.io/api/v1/org/", status: 302 };
 * const error = new RestHttpBaseException("Cannot GET: the server redirects", details);
 * assertEquals([error.status, error.attempts], [302, 1]);
 * ```
 */
export class RestHttpBaseException extends RestBaseException {
  static {
    named(this, "RestHttpBaseException");
  }

  /** The status of the response; undefined if there was none. */
  readonly status: number | undefined;
  /** The HTTP method. */
  readonly method: string;
  /** The address that was called. */
  readonly url: string;
  /** The body of the response: JSON as a value, anything else as text; undefined if it was empty. */
  readonly data: unknown;
  /** The header `X-Request-Id` of the response. */
  readonly requestId: string | undefined;
  /** The media type of the response, such as `text/html`; undefined if there was none. */
  readonly contentType: string | undefined;
  /** How many times the call was tried. */
  readonly attempts: number;
  /** How long the server asked to wait (`Retry-After`), in milliseconds. */
  readonly retryAfterMs: number | undefined;

  /**
   * Makes the error.
   *
   * @param message What could not be done, and why.
   * @param details The details of the call.
   */
  constructor(message: string, details: HttpErrorDetails) {
    super(message, "cause" in details ? { cause: details.cause } : undefined);
    this.status = details.status;
    this.method = details.method;
    this.url = details.url;
    this.data = details.data;
    this.requestId = details.requestId;
    this.contentType = details.contentType;
    this.attempts = details.attempts ?? 1;
    this.retryAfterMs = details.retryAfterMs;
  }

  /**
   * The error for JSON: name, message and details of the call, without the stack.
   *
   * @returns A plain object.
   */
  override toJSON(): Record<string, unknown> {
    const { name, message, status, method, url, data, requestId, contentType } = this;
    const { attempts, retryAfterMs } = this;
    return {
      name,
      message,
      status,
      method,
      url,
      data,
      requestId,
      contentType,
      attempts,
      retryAfterMs,
    };
  }
}
