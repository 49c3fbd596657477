/**
 * RestHttpBaseException, the base of the errors of one HTTP call, and their details.
 *
 * @module
 */
import { named } from "./_named.ts";
import { RestBaseException } from "./rest_base_exception.ts";

/** The details of a failed call. Tokens, passwords and headers are never part of it. */
export interface HttpErrorDetails {
  /** The status of the answer; absent where none came. */
  readonly status?: number;
  /** The HTTP method. */
  readonly method: string;
  /** The address that was called. */
  readonly url: string;
  /** The body of the answer: JSON as a value, anything else as text; absent where it was empty. */
  readonly data?: unknown;
  /** The header `X-Request-Id` of the answer, which the people who run the server can look up. */
  readonly requestId?: string;
  /** The media type of the answer, such as `text/html`, without parameters. */
  readonly contentType?: string;
  /**
   * How many times the call was tried.
   *
   * @default {1}
   */
  readonly attempts?: number;
  /** How long the server asked to wait (`Retry-After`), in milliseconds. */
  readonly retryAfterMs?: number;
  /** The error below this one. */
  readonly cause?: unknown;
}

/**
 * The base class of the errors of one HTTP call. A call with a forbidden redirect, an answer that
 * is too large, or an answer that claims to be JSON and is not, fails with this class itself.
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

  /** The status of the answer; undefined where none came. */
  readonly status: number | undefined;
  /** The HTTP method. */
  readonly method: string;
  /** The address that was called. */
  readonly url: string;
  /** The body of the answer: JSON as a value, anything else as text; undefined where it was empty. */
  readonly data: unknown;
  /** The header `X-Request-Id` of the answer. */
  readonly requestId: string | undefined;
  /** The media type of the answer, such as `text/html`; undefined where none came. */
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
