/**
 * Client, how one call becomes attempts: token, time limits, retries, errors, log.
 *
 * @module
 */
import { jsonMap, rejectPage } from "./_answer.ts";
import { isPage } from "./_error_body.ts";
import { jsonBody, MAX_ANSWER_BYTES, MAX_ERROR_BYTES, readBody, TooLarge } from "./_body.ts";
import { type Answer, answerError, type CallName, failureError } from "./_describe_error.ts";
import { loadLog, log } from "./_log.ts";
import type { Multipart } from "./_multipart.ts";
import { MAX_REDIRECTS, redirectTarget, RefusedRedirect } from "./_redirect.ts";
import { retryAfterMs } from "./_retry_after.ts";
import { Scope, TimeUp } from "./_scope.ts";
import { isCertificateError } from "./_certificate.ts";
import { OwnFetchError, type Transport, transportFor } from "./_transport.ts";
import { type CallOptions, checkCallOptions, type SettledOptions, type Tokens } from "./options.ts";
import { ImproperlyConfigured } from "./errors/improperly_configured.ts";
import { RestBaseException } from "./errors/rest_base_exception.ts";
import { refuseClearText } from "./_origin.ts";
import { isRepeatable, isTransient, sleep, waitMs } from "./retry.ts";
import { isToken, tokensFrom, TokenStore } from "./tokens.ts";
import { UploadQueue } from "./_upload_queue.ts";

/** Where no progress is told, an upload at this rate (64 KiB a second) is not taken for a stalled one. */
const SLOWEST_BYTES_PER_MS = 64 * 1024 / 1000;

/** One call. */
export interface ApiCall {
  readonly method: string;
  /** Path and query below the base URL. */
  readonly path: string;
  readonly body?: Blob | Multipart;
  readonly options?: CallOptions;
  /** How often the call is repeated where its options do not say. */
  readonly retries?: number;
  /** Sent without a token. */
  readonly anonymous?: boolean;
  /** Sent with the token as it is: no refresh for a logout. */
  readonly lastCall?: boolean;
  /** Texts that no error may show, beside the tokens. */
  readonly secrets?: readonly string[];
  /** Statuses that are an answer, not an error. */
  readonly accept?: readonly number[];
  /** A 404 to a repeated call is success. */
  readonly goneIsDone?: boolean;
  /** Called with the bytes of the file that went out. */
  readonly onSent?: (sent: number) => void;
}

/** An answer, and how many attempts it took. */
export interface Answered extends Answer {
  readonly url: string;
  readonly attempts: number;
  /** Texts that no error may show. */
  readonly secrets: readonly string[];
}

/** Everything an Api and its resources share. */
export class Client {
  readonly baseUrl: string;
  readonly options: SettledOptions;
  readonly tokens: TokenStore;
  tokenType: string;
  /** Who logged in here; undefined for a token that was set. */
  session: { readonly username: string } | undefined;
  readonly #transport: Transport;
  readonly #path: string;
  /** Reports of one streamer, in order. */
  readonly uploads: UploadQueue = new UploadQueue();

  constructor(baseUrl: string, options: SettledOptions) {
    this.baseUrl = baseUrl;
    this.#path = new URL(baseUrl).pathname;
    this.options = options;
    this.tokenType = options.tokenType;
    this.tokens = new TokenStore(
      (tokens, limits) => this.#renewTokens(tokens, limits),
      ({ refresh }) =>
        this.kindOfToken === "jwt" && (refresh !== undefined || options.renewTokens !== undefined),
      options.onTokens,
    );
    this.#transport = transportFor(options);
  }

  /** Throws where credentials must not be sent to this server. */
  allowCredentials(): void {
    refuseClearText(this.baseUrl, this.options.allowInsecureHttp);
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
    // Calls may wait for this refresh too: the signal ends the waiting, not the refresh.
    const { signal, ...limits } = options ?? {};
    const scope = new Scope(signal, this.options.signal);
    try {
      return await scope.race(this.tokens.renew(limits)) !== undefined;
    } finally {
      scope.close();
    }
  }

  /** New tokens, by the application's `renewTokens` or from the server; undefined where these are rejected. */
  async #renewTokens(tokens: Tokens, options?: CallOptions): Promise<Tokens | undefined> {
    const { renewTokens, signal, totalTimeoutMs } = this.options;
    if (!renewTokens) return await this.#askForTokens(tokens, options);
    const scope = new Scope(signal);
    scope.limit(new TimeUp("totalTimeoutMs", totalTimeoutMs));
    try {
      const renewed = await scope.race(renewTokens({ ...tokens }, { signal: scope.signal }));
      return renewed && tokensFrom(renewed, " that renewTokens returned");
    } catch (error) {
      const reason = scope.signal.aborted ? scope.signal.reason : error;
      const name = { method: "POST", url: `${this.baseUrl}/auth/api-jwt-refresh/` };
      throw reason instanceof TimeUp ? failureError(name, reason, 1, []) : reason;
    } finally {
      scope.close();
    }
  }

  /** Asks the server for new tokens; undefined where it rejects these. */
  async #askForTokens(tokens: Tokens, options?: CallOptions): Promise<Tokens | undefined> {
    const { refresh, access } = tokens;
    const answer = await this.send({
      method: "POST",
      path: "auth/api-jwt-refresh/",
      body: jsonBody(refresh === undefined ? { token: access } : { refresh }),
      options,
      retries: this.options.retries,
      anonymous: true,
      accept: [400, 401, 403],
      secrets: refresh === undefined ? [access] : [access, refresh],
    });
    // The page of a proxy says nothing about the token: it must not end the session.
    rejectPage("POST", answer);
    if (answer.status >= 400) {
      log.error("Token refresh rejected: {status}", { status: answer.status });
      return undefined;
    }
    const given = jsonMap(answer.bytes);
    const renewed = given.access === undefined
      ? { access: given.token }
      : { access: given.access, refresh: given.refresh ?? refresh };
    const usable = isToken(renewed.access) &&
      (renewed.refresh === undefined || isToken(renewed.refresh));
    if (usable) return tokensFrom(renewed);
    throw answerError(
      { method: "POST", url: answer.url },
      { ...answer, bytes: new Uint8Array() }, // Without its body, which may contain half of a token.
      answer.attempts,
      [],
      "there is no valid token in the answer",
    );
  }

  /** Makes a call, to its end. */
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
    const name = this.#name(call.method, `${this.baseUrl}/${call.path}`);
    scope.limit(new TimeUp("totalTimeoutMs", limits.total));
    let refused = false;
    let attempt = 1;
    try {
      const loading = loadLog();
      if (loading !== undefined) await scope.race(loading);
      for (;; attempt++) {
        if (scope.signal.aborted) throw scope.signal.reason;
        const access = call.anonymous
          ? undefined
          : call.lastCall || !this.tokens.due
          ? this.tokens.tokens?.access
          : await scope.race(this.tokens.forCall());
        if (access !== undefined) headers.set("authorization", `${this.tokenType} ${access}`);
        else headers.delete("authorization");
        const started = performance.now();
        const outcome = await this.#attempt(call, name, headers, scope, limits);
        this.#report(call, outcome, attempt, performance.now() - started);
        if ("status" in outcome) {
          const { status } = outcome;
          const gone = call.goneIsDone && status === 404 && attempt > 1 &&
            !isPage(outcome.headers, outcome.bytes);
          if ((status >= 200 && status <= 299) || gone || call.accept?.includes(status)) {
            const secrets = this.#secrets(call, access);
            return { ...outcome, url: name.url, attempts: attempt, secrets };
          }
          if (status === 401 && access !== undefined && !refused) {
            refused = true;
            if (await scope.race(this.tokens.afterRefusal(access)) !== undefined) {
              attempt--; // Said no to the token, not to the call.
              continue;
            }
          }
        }
        const again = this.#again(outcome, attempt, repeats, limits);
        if (typeof again !== "number") {
          throw "status" in outcome
            ? answerError(
              name,
              outcome,
              attempt,
              this.#secrets(call, access),
              again ?? this.#rejection(outcome.status, access),
            )
            : failureError(name, outcome.failure, attempt, this.#secrets(call, access));
        }
        log.warning("{method} {path} again in {wait} ms", {
          method: call.method,
          path: this.#path + "/" + call.path,
          wait: Math.round(again),
        });
        await sleep(again, scope.signal);
      }
    } catch (error) {
      throw error instanceof TimeUp ? failureError(name, error, attempt, []) : error;
    } finally {
      scope.close();
    }
  }

  /** The wait before the next attempt, or why there is none. */
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
      ? `no time for another attempt is left of totalTimeoutMs, ${limits.total} ms`
      : `it asks to wait ${
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
    scope.limit(new TimeUp("timeoutMs", limits.each));
    try {
      return await scope.race(this.#exchange(call, name, headers, scope));
    } catch (failure) {
      if (above.signal.aborted) throw above.signal.reason;
      if (scope.signal.aborted) return { failure: scope.signal.reason, transient: true };
      if (failure instanceof OwnFetchError) throw failure.error;
      if (failure instanceof TooLarge || failure instanceof RefusedRedirect) {
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
        signal,
        onSent: (sent) => {
          scope.touch();
          onSent?.(sent);
        },
        onQuiet: (bytes) => {
          const { limit, ms } = scope.running!;
          scope.limit(new TimeUp(limit, ms + bytes / SLOWEST_BYTES_PER_MS));
        },
      });
      const answer = (bytes: Uint8Array): Answer => ({
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
        if (hops === MAX_REDIRECTS) throw new RefusedRedirect("in a circle");
        await response.body?.cancel();
        url = target;
      } catch (failure) {
        if (failure instanceof TooLarge) failure.answer = answer(failure.head);
        if (failure instanceof RefusedRedirect && response.type !== "opaqueredirect") {
          failure.answer = answer(
            await readBody(response, MAX_ERROR_BYTES, true).catch(() => new Uint8Array() // The refusal is what matters.
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

  #secrets(call: ApiCall, access: string | undefined): string[] {
    return [access ?? "", ...this.tokens.secrets, ...call.secrets ?? []];
  }

  /** The query stays out of logs, not out of errors. */
  #report(call: ApiCall, outcome: Outcome, attempt: number, ms: number): void {
    if (!log.isEnabledFor("debug")) return;
    log.debug("{method} {path} {status} in {ms} ms, attempt {attempt}", {
      method: call.method,
      path: `${this.#path}/${call.path.split("?")[0]}`,
      status: "status" in outcome ? outcome.status : "without an answer",
      ms: Math.round(ms),
      attempt,
    });
  }

  #name(method: string, url: string): CallName {
    return { method, url };
  }
}

interface Limits {
  readonly each: number;
  readonly total: number;
  readonly until: number;
}

type Outcome = Answer | { readonly failure: unknown; readonly transient: boolean };

/** fetch tells of lost connections by TypeError; Node's and Bun's own errors have a code. */
function isConnectionFailure(failure: unknown): boolean {
  if (!(failure instanceof Error)) return false;
  return failure instanceof TypeError || typeof (failure as { code?: unknown }).code === "string" ||
    /connection|socket|network|closed|reset/i.test(failure.message);
}
