/**
 * TokenStore, the tokens of an Api: when to refresh them, and only once at a time.
 *
 * Invariants: one refresh runs at a time, however many calls wait for it; the caller that started it
 * cannot stop it; tokens are dropped only when the server rejects the refresh token; tokens that were
 * replaced meanwhile (by login, setToken, logout) are never overwritten by a refresh that ends later.
 *
 * @module
 */
import { isRecord } from "../_is_record.ts";
import { log } from "./_log.ts";
import { ImproperlyConfigured } from "./errors/named_errors.ts";
import type { CallOptions, Tokens } from "./options.ts";

/** A token is refreshed this long before it expires, so that it does not expire during a call. */
const LEEWAY_MS = 30_000;
/** A short-lived token is used for this part of its lifetime, even if the leeway is longer. */
const USED_PART = 0.8;

/** After an early refresh has failed, calls continue for this long before the next try. */
const PAUSE_MS = 5_000;

/** How many old tokens are remembered, to remove them from errors: enough for a year of hourly tokens. */
const REMEMBERED = 20_000;

/** Printable ASCII without spaces: what a header can carry. */
const TOKEN = /^[!-~]+$/;

/** Gets new tokens; undefined if the server rejects the old ones, an error if the result is unknown. */
type Renew = (tokens: Tokens, options?: CallOptions) => Promise<Tokens | undefined>;

/** Whether a value can be sent as a token. */
export function isToken(value: unknown): value is string {
  return typeof value === "string" && TOKEN.test(value);
}

/** Tokens in one of the forms that `setToken` accepts. `from` says where they came from, for errors. */
export function tokensFrom(given: unknown, from = ""): Tokens {
  const map = isRecord(given) ? given : { access: given };
  const access = map.access ?? map.token;
  const refresh = map.access === undefined ? undefined : map.refresh;
  if (!isToken(access)) throw invalidToken("access", from);
  if (refresh === undefined || refresh === null) return { access };
  if (!isToken(refresh)) throw invalidToken("refresh", from);
  return { access, refresh };
}

/** The value is a secret, even if it is not valid. */
function invalidToken(which: string, from: string): ImproperlyConfigured {
  return new ImproperlyConfigured(
    `Cannot use the ${which} token${from}: it must be text of printable ASCII without spaces, ` +
      "alone or in an object { access, refresh } or { token }",
  );
}

/** The tokens of an Api. */
export class TokenStore {
  #tokens: Tokens | undefined;
  #renewAt = Infinity;
  #renewing: Promise<Tokens | undefined> | undefined;
  readonly #renew: Renew;
  readonly #notify: ((tokens: Tokens) => void | Promise<void>) | undefined;
  readonly #renewable: (tokens: Tokens) => boolean;
  readonly #known = new Set<string>();

  /** Makes an empty store. `renewable` says which tokens are refreshed automatically. */
  constructor(
    renew: Renew,
    renewable: (tokens: Tokens) => boolean,
    notify: ((tokens: Tokens) => void | Promise<void>) | undefined,
  ) {
    this.#renew = renew;
    this.#renewable = renewable;
    this.#notify = notify;
  }

  /** The tokens now. */
  get tokens(): Tokens | undefined {
    return this.#tokens;
  }

  /** Texts that errors must not show: the current token and old ones, which a late response may contain. */
  get secrets(): string[] {
    return [...this.#known];
  }

  /**
   * Replaces the tokens. `fresh` tokens were issued just now, so their time of issue shows the difference between
   * the two clocks.
   */
  set(tokens: Tokens | undefined, fresh = false): void {
    this.#tokens = tokens;
    for (const token of [tokens?.access, tokens?.refresh]) {
      if (token !== undefined) this.#known.add(token);
    }
    for (const oldest of this.#known) {
      if (this.#known.size <= REMEMBERED) break;
      this.#known.delete(oldest);
    }
    this.#renewAt = tokens && this.#renewable(tokens)
      ? renewalTime(tokens.access, fresh)
      : Infinity;
  }

  /** Calls `onTokens`. */
  async announce(tokens: Tokens): Promise<void> {
    await this.#notify?.(tokens);
  }

  /** Whether the token must be refreshed before the next call. */
  get due(): boolean {
    return Date.now() >= this.#renewAt;
  }

  /** The token for a call, refreshed first if it is about to expire. */
  async forCall(): Promise<string | undefined> {
    const { access } = this.#tokens ?? {};
    if (!this.due) return access;
    try {
      return (await this.renew())?.access;
    } catch (error) {
      // The token may still be valid for a while: the server decides.
      log.warning("Cannot refresh the token before its expiry: {error}", { error });
      if (this.#tokens?.access === access) this.#renewAt = Date.now() + PAUSE_MS;
      return access;
    }
  }

  /** A new token for one that the server rejected; undefined if no new token can be obtained. */
  async afterRejection(access: string): Promise<string | undefined> {
    const now = this.#tokens;
    if (now && now.access !== access) return now.access; // Another call has refreshed it.
    if (!now || !this.#renewable(now)) return undefined;
    return (await this.renew())?.access;
  }

  /** Refreshes with these limits, or waits for the refresh that is running. */
  renew(options?: CallOptions): Promise<Tokens | undefined> {
    this.#renewing ??= this.#renewOnce(options).finally(() => this.#renewing = undefined);
    return this.#renewing;
  }

  async #renewOnce(options?: CallOptions): Promise<Tokens | undefined> {
    const old = this.#tokens;
    if (!old) return undefined;
    const tokens = await this.#renew(old, options);
    if (this.#tokens !== old) return this.#tokens;
    this.set(tokens, true);
    if (!tokens) return undefined;
    log.info("Token refreshed");
    try {
      await this.announce(tokens);
    } catch (error) {
      // The waiting calls can continue; only the application's copy is missing.
      log.error("Cannot pass the refreshed tokens to onTokens: {error}", { error });
    }
    return tokens;
  }
}

/** When to refresh, by this machine's clock. */
function renewalTime(access: string, fresh: boolean): number {
  const times = tokenTimes(access);
  if (!times) return Infinity;
  const skew = fresh && times.issued !== undefined ? Date.now() - times.issued : 0;
  const life = times.issued === undefined ? Infinity : times.expires - times.issued;
  const renewAt = times.expires + skew - Math.min(LEEWAY_MS, life * (1 - USED_PART));
  // If a new token seems to be expired, the clocks differ. Then only the server's 401 causes a refresh.
  return fresh && renewAt <= Date.now() ? Infinity : renewAt;
}

/** The times in a JSON Web Token in ms, by the server's clock; undefined if it has no expiry. */
function tokenTimes(token: string): { expires: number; issued: number | undefined } | undefined {
  const parts = token.split(".");
  if (parts.length !== 3) return undefined;
  try {
    // The signature is not verified here; the server does that.
    const claims = JSON.parse(atob(parts[1].replace(/-/g, "+").replace(/_/g, "/")));
    if (typeof claims.exp !== "number") return undefined;
    return {
      expires: claims.exp * 1000,
      issued: typeof claims.iat === "number" ? claims.iat * 1000 : undefined,
    };
  } catch {
    return undefined; // It is not a JWT: an opaque token may also contain dots.
  }
}
