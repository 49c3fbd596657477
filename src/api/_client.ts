/**
 * Client: turns one call into attempts, with token, time limits, retries, errors and log.
 *
 * @module
 */
import { isPage } from "./_error_body.ts";
import { MAX_ANSWER_BYTES, MAX_ERROR_BYTES, readBody, TooLarge } from "./_body.ts";
import { answerError, failureError } from "./_describe_error.ts";
import { loadLog, log } from "./_log.ts";
import { MAX_REDIRECTS, redirectTarget, RejectedRedirect } from "./_redirect.ts";
import { retryAfterMs } from "./_retry_after.ts";
import { Scope, TimeLimit } from "./_scope.ts";
import { codeOf, isCertificateError } from "./_certificate.ts";
import { OwnFetchError, transportFor } from "./_transport.ts";
import type { Answer, Answered, ApiCall, CallName, Transport } from "./_types.ts";
import { type CallOptions, checkCallOptions, type SettledOptions } from "./options.ts";
import { ImproperlyConfigured } from "./errors/named_errors.ts";
import { RestBaseException } from "./errors/rest_base_exception.ts";
import { rejectClearText } from "./_origin.ts";
import { isRepeatable, isTransient, sleep, waitMs } from "./retry.ts";
import { renewTokens } from "./_renewal.ts";
import { TokenStore } from "./tokens.ts";

/** The slowest rate (64 KiB per second) at which an upload is not aborted if its progress is not known. */
const SLOWEST_BYTES_PER_MS = 64 * 1024 / 1000;

/** The state that an Api and its resources share. */
export class Client {
  readonly baseUrl: string;
  readonly options: SettledOptions;
  readonly tokens: TokenStore;
  tokenType: string;
  /** The account that logged in; undefined if setToken() was used. */
  session: { readonly username: string } | undefined;
  readonly #transport: Transport;
  readonly #path: string;

  constructor(baseUrl: string, options: SettledOptions) {
    this.baseUrl = baseUrl;
    this.#path = new URL(baseUrl).pathname;
    this.options = options;
    this.tokenType = options.tokenType;
    this.tokens = new TokenStore(
      (tokens, limits) => renewTokens(this, tokens, limits),
      ({ refresh }) =>
        this.kindOfToken === "jwt" && (refresh !== undefined || options.renewTokens !== undefined),
      options.onTokens,
    );
    this.#transport = transportFor(options);
  }

  /** Throws if credentials must not be sent to this server. */
  allowCredentials(): void {
    rejectClearText(this.baseUrl, this.options.allowInsecureHttp);
  }

  /** The type of token in lower case: the scheme of a header is case-insensitive. */
  get kindOfToken(): string {
    return this.tokenType.toLowerCase();
  }

  /** Refreshes the token on demand. */
  async refresh(options?: CallOptions): Promise<boolean> {
    if (this.kindOfToken !== "jwt") {
      throw new ImproperlyConfigured(
        `Cannot refresh a token of type "${this.tokenType}": only a jwt can be refreshed`,
      );
    }
    checkCallOptions(options);
    // Other calls may wait for this refresh too, so the signal stops only this wait, not the refresh.
    const { signal, ...limits } = options ?? {};
    const scope = new Scope(signal, this.options.signal);
    try {
      return await scope.race(this.tokens.renew(limits)) !== undefined;
    } finally {
      scope.close();
    }
  }

  /** Makes a call, with all its attempts. */
  async send(call: ApiCall): Promise<Answered> {
    const options = checkCallOptions(call.options);
    const limits = {
      each: options.timeoutMs ?? this.options.timeoutMs,
      total: this.options.totalTimeoutMs,
      until: performance.now() + this.options.totalTimeoutMs,
    };
    const repeats = options.retries ?? call.retries ??
      (isRepeatable(call.method) ? this.options.retries : 0);
    const headers = this.#headers(options.headers);
    const scope = new Scope(options.signal, this.options.signal);
    const name = { method: call.method, url: `${this.baseUrl}/${call.path}` };
    scope.limit(new TimeLimit("totalTimeoutMs", limits.total));
    let rejected = false;
    let attempt = 1;
    try {
      const loading = loadLog();
      if (loading !== undefined) await scope.race(loading);
      for (;; attempt++) {
        if (scope.signal.aborted) throw scope.signal.reason;
        const access = await this.#tokenFor(call, scope);
        const outcome = await this.#observed(call, name, headers, access, attempt, scope, limits);
        const secrets = () => [access ?? "", ...this.tokens.secrets, ...call.secrets ?? []];
        if ("status" in outcome) {
          if (isAccepted(call, outcome, attempt)) {
            return { ...outcome, url: name.url, attempts: attempt, secrets: secrets() };
          }
          if (outcome.status === 401 && access !== undefined && !rejected) {
            rejected = true;
            if (await scope.race(this.tokens.afterRejection(access)) !== undefined) {
              attempt--; // The token was rejected, not the call.
              continue;
            }
          }
        }
        const again = this.#again(outcome, attempt, repeats, limits);
        if (typeof again !== "number") {
          if (!("status" in outcome)) {
            throw failureError(name, outcome.failure, attempt, secrets());
          }
          if (call.accept === "all") {
            return { ...outcome, url: name.url, attempts: attempt, secrets: secrets() };
          }
          const why = again ?? this.#rejection(outcome.status, access);
          throw answerError(name, outcome, attempt, secrets(), why);
        }
        log.warning("{method} {path} again in {wait} ms", {
          method: call.method,
          path: this.#path + "/" + call.path.split("?")[0],
          wait: Math.round(again),
        });
        await sleep(again, scope.signal);
      }
    } catch (error) {
      throw error instanceof TimeLimit ? failureError(name, error, attempt, []) : error;
    } finally {
      scope.close();
    }
  }

  /** The token for an attempt, refreshed first if it is about to expire. */
  async #tokenFor(call: ApiCall, scope: Scope): Promise<string | undefined> {
    if (call.anonymous) return undefined;
    if (call.lastCall || !this.tokens.due) return this.tokens.tokens?.access;
    return await scope.race(this.tokens.forCall());
  }

  /** One attempt, with the application's hooks before and after it, and in the log. */
  async #observed(
    call: ApiCall,
    name: CallName,
    given: Headers,
    access: string | undefined,
    attempt: number,
    scope: Scope,
    limits: Limits,
  ): Promise<Outcome> {
    const { onRequest, onResponse } = this.options;
    const headers = new Headers(given);
    const sentBytes = call.body === undefined
      ? 0
      : call.body instanceof Blob
      ? call.body.size
      : call.body.length;
    if (onRequest) {
      await scope.race(asPromise(() => onRequest({ ...name, attempt, sentBytes, headers })));
    }
    if (access !== undefined) headers.set("authorization", `${this.tokenType} ${access}`);
    else headers.delete("authorization");
    const started = performance.now();
    const outcome = await this.#attempt(call, name, headers, scope, limits);
    const ms = performance.now() - started;
    const status = "status" in outcome ? outcome.status : undefined;
    const receivedBytes = "status" in outcome ? outcome.bytes.length : 0;
    log.debug(
      "{method} {path} {status} in {ms} ms, attempt {attempt}, {sent} bytes sent, {received} received",
      {
        method: call.method,
        // The query is left out, because it may contain private data.
        path: `${this.#path}/${call.path.split("?")[0]}`,
        status: status ?? "no response",
        ms: Math.round(ms),
        attempt,
        sent: sentBytes,
        received: receivedBytes,
      },
    );
    if (!onResponse) return outcome;
    const seen = { ...name, attempt, ms, sentBytes, receivedBytes, status };
    const more = "status" in outcome
      ? { headers: new Headers(outcome.headers), error: undefined }
      : {
        headers: undefined,
        error: failureError(name, outcome.failure, attempt, this.tokens.secrets),
      };
    try {
      await scope.race(asPromise(() => onResponse({ ...seen, ...more })));
    } catch (error) {
      if (scope.signal.aborted) throw error;
      // Only the hook failed; the call itself may have succeeded.
      log.error("onResponse failed: {error}", { error });
    }
    return outcome;
  }

  /** The wait before the next attempt, or the reason why no attempt follows. */
  #again(
    outcome: Outcome,
    attempt: number,
    repeats: number,
    limits: Limits,
  ): number | string | undefined {
    const transient = "status" in outcome ? isTransient(outcome.status) : outcome.transient;
    if (!transient || attempt > repeats) return undefined;
    const asked = "status" in outcome ? outcome.retryAfterMs : undefined;
    const wait = waitMs(attempt, asked);
    if (wait < limits.until - performance.now()) return wait;
    return asked === undefined
      ? `totalTimeoutMs, ${limits.total} ms, leaves no time for another attempt`
      : `the server asks to wait ${
        Math.ceil(asked / 1000)
      } s, more than is left of totalTimeoutMs, ${limits.total} ms`;
  }

  /** One attempt, redirects included. */
  async #attempt(
    call: ApiCall,
    name: CallName,
    headers: Headers,
    above: Scope,
    limits: Limits,
  ): Promise<Outcome> {
    const scope = new Scope(above.signal);
    scope.limit(new TimeLimit("timeoutMs", limits.each));
    try {
      return await scope.race(this.#exchange(call, name, headers, scope));
    } catch (failure) {
      if (above.signal.aborted) throw above.signal.reason;
      if (scope.signal.aborted) return { failure: scope.signal.reason, transient: true };
      if (failure instanceof OwnFetchError) throw failure.error;
      if (failure instanceof TooLarge || failure instanceof RejectedRedirect) {
        return { failure, transient: false };
      }
      if (failure instanceof RestBaseException || !isConnectionFailure(failure)) throw failure;
      return { failure, transient: !isCertificateError(failure) };
    } finally {
      scope.close();
    }
  }

  async #exchange(
    call: ApiCall,
    { method, url }: CallName,
    headers: Headers,
    scope: Scope,
  ): Promise<Answer> {
    const { body, onSent } = call;
    const { signal } = scope;
    for (let hops = 0;; hops++) {
      const response = await this.#transport({
        method,
        url,
        headers,
        body,
        isRepeatable: call.isRepeatable ?? false,
        signal,
        onSent: (sent) => {
          scope.touch();
          onSent?.(sent);
        },
        onQuiet: (bytes) => {
          const { limit, ms } = scope.running!;
          scope.limit(new TimeLimit(limit, ms + bytes / SLOWEST_BYTES_PER_MS));
        },
      });
      const answer = (bytes: Uint8Array<ArrayBuffer>): Answer => ({
        status: response.status,
        headers: response.headers,
        bytes,
        retryAfterMs: retryAfterMs(response.headers),
      });
      try {
        const target = redirectTarget(response, method, url);
        if (target === undefined) {
          const good = response.status <= 299;
          return answer(
            await readBody(response, good ? MAX_ANSWER_BYTES : MAX_ERROR_BYTES, !good),
          );
        }
        if (hops === MAX_REDIRECTS) throw new RejectedRedirect("in a cycle");
        await response.body?.cancel();
        url = target;
      } catch (failure) {
        if (failure instanceof TooLarge) failure.answer = answer(failure.head);
        if (failure instanceof RejectedRedirect && response.type !== "opaqueredirect") {
          failure.answer = answer(
            await readBody(response, MAX_ERROR_BYTES, true).catch(() => new Uint8Array() // The redirect is the error to report.
            ),
          );
        }
        throw failure;
      }
    }
  }

  #headers(given: Record<string, string> | undefined): Headers {
    const headers = new Headers(given);
    if (headers.has("authorization")) {
      throw new TypeError('Cannot use the header "authorization": setToken() sets it');
    }
    if (!headers.has("accept")) headers.set("accept", "application/json, */*;q=0.5");
    if (this.options.userAgent !== undefined) headers.set("user-agent", this.options.userAgent);
    return headers;
  }

  /** What a 401 means for a token that is never refreshed. */
  #rejection(status: number, access: string | undefined): string | undefined {
    if (status !== 401 || access === undefined) return undefined;
    if (this.kindOfToken === "api-key") return "the server rejected the API key";
    return this.kindOfToken === "token" ? "the server rejected the key of the account" : undefined;
  }
}

interface Limits {
  readonly each: number;
  readonly total: number;
  readonly until: number;
}

type Outcome = Answer | { readonly failure: unknown; readonly transient: boolean };

/** fetch reports a lost connection as a TypeError. Errors of Node and Bun have a code. */
function isConnectionFailure(failure: unknown): boolean {
  if (!(failure instanceof Error)) return false;
  return failure instanceof TypeError || codeOf(failure) !== undefined ||
    /connection|socket|network|closed|reset/i.test(failure.message);
}

/** Whether the call accepts this status as a success. */
function isAccepted(
  { accept, goneIsDone }: ApiCall,
  { status, headers, bytes }: Answer,
  attempt: number,
): boolean {
  if ((status >= 200 && status <= 299) || (accept !== "all" && accept?.includes(status))) {
    return true;
  }
  return goneIsDone === true && status === 404 && attempt > 1 && !isPage(headers, bytes);
}

async function asPromise<T>(work: () => T | Promise<T>): Promise<T> {
  return await work();
}
