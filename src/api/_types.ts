/**
 * The types that the parts of the client exchange: calls, requests on the wire, responses.
 *
 * They are in one file that imports none of these parts, so that the parts need not import each other for a type.
 *
 * @module
 */
import type { CallOptions } from "./options.ts";
import type { Multipart } from "./_multipart.ts";

/** The parts of a call that errors and logs show. */
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
  /** How often the call is repeated by default. */
  readonly retries?: number;
  /** Sent without a token. */
  readonly anonymous?: boolean;
  /** Sent with the current token: a logout causes no refresh. */
  readonly lastCall?: boolean;
  /** Texts that no error may show, in addition to the tokens. */
  readonly secrets?: readonly string[];
  /** Statuses that are not an error; "all" for every status. */
  readonly accept?: readonly number[] | "all";
  /** A 404 for a repeated call is a success. */
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

/** A response for the caller, and how many attempts it took. */
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
  /** Whether the body is small and may be sent twice, so that a connection may be reused. */
  readonly isRepeatable?: boolean;
  readonly signal: AbortSignal;
  /** Called with the number of bytes of the file that were sent, if the transport knows it. */
  readonly onSent?: (sent: number) => void;
  /** Called with the number of bytes before an upload whose progress is not known. */
  readonly onQuiet?: (bytes: number) => void;
}

/** Sends one request; redirects are returned, not followed. */
export type Transport = (request: WireRequest) => Promise<Response>;
