/**
 * The types that the parts of the client exchange: calls, requests on the wire, responses.
 *
 * In one file without imports of those parts, so that none of them has to know another one for a type.
 *
 * @module
 */
import type { CallOptions } from "./options.ts";
import type { Multipart } from "./_multipart.ts";

/** A call as errors and logs name it. */
export interface CallName {
  readonly method: string;
  readonly url: string;
}

/** One call. */
export interface ApiCall {
  readonly method: string;
  /** Path and query below the base URL. */
  readonly path: string;
  readonly body?: Blob | Multipart;
  readonly options?: CallOptions;
  /** How often the call is repeated if its options do not say. */
  readonly retries?: number;
  /** Sent without a token. */
  readonly anonymous?: boolean;
  /** Sent with the current token: a logout causes no refresh. */
  readonly lastCall?: boolean;
  /** Texts that no error may show, in addition to the tokens. */
  readonly secrets?: readonly string[];
  /** Statuses that are a response, not an error; "all" for every one. */
  readonly accept?: readonly number[] | "all";
  /** A 404 to a repeated call is success. */
  readonly goneIsDone?: boolean;
  /** Whether the body is small and may be sent twice. */
  readonly isRepeatable?: boolean;
  /** Called with the number of bytes of the file that were sent. */
  readonly onSent?: (sent: number) => void;
}

/** A response whose body was read. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly retryAfterMs: number | undefined;
}

/** A response that the caller gets, and how many attempts it took. */
export interface Answered extends Answer {
  readonly url: string;
  readonly attempts: number;
  /** Texts that no error may show. */
  readonly secrets: readonly string[];
}

/** One request on the wire. */
export interface WireRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Headers;
  readonly body: Blob | Multipart | undefined;
  /** Whether the body is small and may be sent twice, so that a connection that was kept may be used. */
  readonly isRepeatable?: boolean;
  readonly signal: AbortSignal;
  /** Called with the number of bytes of the file that were sent, if the transport knows it. */
  readonly onSent?: (sent: number) => void;
  /** Called before an upload of so many bytes whose progress is not known. */
  readonly onQuiet?: (bytes: number) => void;
}

/** Sends one request; redirects are returned, not followed. */
export type Transport = (request: WireRequest) => Promise<Response>;
