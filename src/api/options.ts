/**
 * ApiOptions and CallOptions, the settings of the REST client, and their rules.
 *
 * @module
 */
import { checkNames } from "../_options.ts";
import type { ConfirmChoice, ReportFacts } from "../reports/report_cloud.ts";
import type { Params, ParamScalar } from "./_query.ts";
import { pemCertificates } from "./_pem.ts";
import { ImproperlyConfigured } from "./errors/named_errors.ts";

/** Tokens as the server issues them. */
export interface Tokens {
  /** The token of the calls. */
  readonly access: string;
  /** The token that gets new ones; missing if the server issued none. */
  readonly refresh?: string;
}

/** An attempt of a call, before it is sent. */
export interface OutgoingRequest {
  /** The HTTP method. */
  readonly method: string;
  /** The address, with its query. */
  readonly url: string;
  /** Which attempt of the call it is, from 1. */
  readonly attempt: number;
  /** Bytes of the body. */
  readonly sentBytes: number;
  /** The headers that the client sets, without the token; they can be changed. */
  readonly headers: Headers;
}

/** An attempt of a call, after its response was read or it failed. */
export interface IncomingResponse {
  /** The HTTP method. */
  readonly method: string;
  /** The address, with its query. */
  readonly url: string;
  /** Which attempt of the call it is, from 1. */
  readonly attempt: number;
  /** The time from sending to the end of the response, in milliseconds. */
  readonly ms: number;
  /** Bytes of the body that was sent. */
  readonly sentBytes: number;
  /** Bytes of the body of the response, decompressed. */
  readonly receivedBytes: number;
  /** The status; undefined if there is no response. */
  readonly status: number | undefined;
  /** The headers of the response; undefined without a response. */
  readonly headers: Headers | undefined;
  /** The failure; undefined if there is a response, whatever its status. */
  readonly error: Error | undefined;
}

/** How an {@linkcode Api} behaves. */
export interface ApiOptions {
  /**
   * The scheme of the Authorization header: `jwt`, `token` for the permanent key of an account, or
   * `Api-Key`.
   *
   * @default {"jwt"}
   */
  tokenType?: string;
  /**
   * How long one attempt may take, including reading its response, in milliseconds. For an upload: how long it
   * may be without progress, including the wait for the response. `Infinity` for no limit.
   *
   * @default {30_000}
   */
  timeoutMs?: number;
  /**
   * How long a call may take with all its attempts and waits, in milliseconds. If the server asks for a wait that
   * does not fit, the call fails immediately. `Infinity` for no limit.
   *
   * @default {300_000}
   */
  totalTimeoutMs?: number;
  /**
   * The number of retries after the first attempt, for calls that may be repeated (GET, PUT, DELETE, report uploads).
   *
   * @default {3}
   */
  retries?: number;
  /**
   * Whether the server's certificate is verified. `false` is for a test bench: others on the network
   * can then read the token. Not in browsers.
   *
   * @default {true}
   */
  verify?: boolean;
  /**
   * Certificate authorities as PEM texts, trusted in addition to the system's. A text may contain several
   * and other text around them. Not in browsers.
   */
  caCerts?: readonly string[];
  /** Sends the requests instead of the runtime's `fetch`: for proxies, tests, other transports. */
  fetch?: typeof fetch;
  /** Stops every call of this Api. */
  signal?: AbortSignal;
  /**
   * The header `User-Agent`; a browser sends its own.
   *
   * @default {"archfx-cloud-ts"}
   */
  userAgent?: string;
  /**
   * Called with the new tokens after login and after each refresh, to store them; calls wait for it. An error
   * that it throws rejects `login()`; after a refresh the error is logged, and the calls continue.
   */
  onTokens?: (tokens: Tokens) => void | Promise<void>;
  /**
   * Gets new tokens instead of a refresh request to the server: for several processes that share a session, or
   * for tokens from a vault. It runs once at a time, before the token expires and on a 401. `undefined` means
   * that the tokens are rejected, and they are dropped; an error keeps them.
   */
  renewTokens?: (tokens: Tokens, options: { signal: AbortSignal }) => Promise<Tokens | undefined>;
  /**
   * Called before each attempt of a call, which waits for it. It can add headers, such as those of a trace; the
   * header `Authorization` is set afterwards. An error that it throws ends the call.
   */
  onRequest?: (request: OutgoingRequest) => void | Promise<void>;
  /** Called after each attempt, with its response or its error. An error that it throws is logged. */
  onResponse?: (response: IncomingResponse) => void | Promise<void>;
  /**
   * Whether credentials may go to a server on plain http that is not this machine.
   *
   * @default {false}
   */
  allowInsecureHttp?: boolean;
}

/** Options of one call, always its last argument. */
export interface CallOptions {
  /** Stops the call. */
  signal?: AbortSignal;
  /** Instead of the Api's `timeoutMs`. */
  timeoutMs?: number;
  /** Instead of the Api's `retries`; POST and PATCH are repeated only if this is set. */
  retries?: number;
  /** Headers in addition to those of the client. */
  headers?: Record<string, string>;
}

/** Options of `all`. */
export interface AllOptions extends CallOptions {
  /**
   * The most rows to read.
   *
   * @default {Infinity}
   */
  limit?: number;
}

/** The progress of an upload. A retry starts again from 0. */
export interface UploadProgress {
  /** Bytes of the file that were sent. */
  readonly sent: number;
  /** Bytes of the file. */
  readonly total: number;
}

/** Options of `uploadFp` and `uploadFile`. The last three are for `streamer/report`. */
export interface UploadOptions extends CallOptions {
  /** Form fields in addition to the file. */
  data?: Record<string, ParamScalar | undefined | null>;
  /** Query parameters. */
  params?: Params;
  /** Called while bytes are sent; in browsers, which do not report this, only at the start and at the end. */
  onProgress?: (progress: UploadProgress) => void;
  /**
   * Streamer and ids of the report, which determine its place in the order.
   *
   * @default {from the header of the report}
   */
  report?: ReportFacts;
  /**
   * Whether earlier reports of the streamer that failed and have lower ids are given up.
   *
   * @default {false}
   */
  skipFailed?: boolean;
  /**
   * Whether to wait for the proof that the report was counted.
   *
   * @default {false}
   */
  confirm?: ConfirmChoice;
}

/** A file for `uploadFp`: bytes (named "file"), a Blob or File, or either with a name. */
export type UploadFile =
  | Uint8Array
  | Blob
  | { readonly name: string; readonly data: Uint8Array | Blob };

/** Options with defaults filled in. */
export interface SettledOptions extends ApiOptions {
  readonly tokenType: string;
  readonly timeoutMs: number;
  readonly totalTimeoutMs: number;
  readonly retries: number;
  readonly verify: boolean;
  readonly allowInsecureHttp: boolean;
}

type Rule = readonly [says: string, holds: (value: unknown) => boolean];

const milliseconds: Rule = [
  "a number of milliseconds above 0",
  (value) => typeof value === "number" && value > 0,
];
const count: Rule = ["an integer from 0", (value) => Number.isInteger(value) && Number(value) >= 0];
const truth: Rule = ["true or false", (value) => typeof value === "boolean"];
const callable: Rule = ["a function", (value) => typeof value === "function"];
const signal: Rule = [
  "an AbortSignal",
  (value) => typeof value === "object" && value !== null && "aborted" in value,
];
const scheme: Rule = [
  "the name of an authorization scheme",
  (value) => typeof value === "string" && /^[A-Za-z][A-Za-z0-9._-]*$/.test(value),
];

const RULES: Record<keyof ApiOptions, Rule> = {
  tokenType: scheme,
  timeoutMs: milliseconds,
  totalTimeoutMs: milliseconds,
  retries: count,
  verify: truth,
  caCerts: [
    "a list of texts with valid PEM certificates",
    (value) => Array.isArray(value) && value.every((text) => pemCertificates(text)),
  ],
  fetch: callable,
  signal,
  userAgent: ["text of one line", (value) => typeof value === "string" && /^[ -~]+$/.test(value)],
  onTokens: callable,
  renewTokens: callable,
  onRequest: callable,
  onResponse: callable,
  allowInsecureHttp: truth,
};

const CALL_RULES: Record<string, Rule> = {
  signal,
  timeoutMs: milliseconds,
  retries: count,
  headers: ["an object", (value) => typeof value === "object" && value !== null],
};

/** Whether there is an option of an Api with this name. */
export function isApiOption(name: string): name is keyof ApiOptions {
  return Object.hasOwn(RULES, name);
}

/** Options with defaults, or an error that names the wrong one. */
export function checkedOptions(options: ApiOptions): SettledOptions {
  const given: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined) continue;
    if (!isApiOption(name)) {
      throw new ImproperlyConfigured(
        `Cannot use "${name}" as option: the options are ${Object.keys(RULES).join(", ")}`,
      );
    }
    check(name, value, RULES[name], ImproperlyConfigured);
    given[name] = value;
  }
  const { caCerts } = options;
  if (caCerts) given.caCerts = caCerts.flatMap((text) => pemCertificates(text) ?? []);
  if (given.fetch && (given.verify === false || given.caCerts)) {
    const other = given.caCerts ? "caCerts" : "verify: false";
    throw new ImproperlyConfigured(
      `Cannot use ${other} together with "fetch": that function alone decides which servers to trust`,
    );
  }
  return {
    tokenType: "jwt",
    timeoutMs: 30_000,
    totalTimeoutMs: 300_000,
    retries: 3,
    verify: true,
    allowInsecureHttp: false,
    ...given,
  };
}

/** Throws a TypeError that names the invalid option of a call. */
export function checkCallOptions(options: CallOptions | undefined): CallOptions {
  if (options === undefined || options === null) return {};
  checkNames(options, Object.keys(CALL_RULES), "option of a call");
  for (const name in CALL_RULES) {
    const value: unknown = Reflect.get(options, name);
    if (value !== undefined) check(name, value, CALL_RULES[name], TypeError);
  }
  return options;
}

/** A scheme as `setToken` takes it. */
export function checkTokenType(value: unknown): string {
  check("tokenType", value, scheme, ImproperlyConfigured);
  return String(value);
}

function check(name: string, value: unknown, rule: Rule, Wrong: new (text: string) => Error): void {
  const [says, holds] = rule;
  if (holds(value)) return;
  const plain = typeof value === "object" || typeof value === "function"
    ? typeof value
    : String(value);
  throw new Wrong(`Cannot use ${plain} as "${name}": it must be ${says}`);
}
