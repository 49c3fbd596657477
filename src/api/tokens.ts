/**
 * TokenStore, the tokens of an Api: when to refresh them, and that it happens once.
 *
 * Invariants: one refresh runs at a time, whoever waits for it; it is not stopped by the caller that
 * set it off; tokens are dropped only when the server refuses the refresh token; tokens that were
 * replaced meanwhile (by login, setToken, logout) are never overwritten by a refresh that ran late.
 *
 * @module
 */
import { tokenTimes } from "./_jwt.ts";
import { log } from "./_log.ts";
import type { CallOptions, Tokens } from "./options.ts";

/** Expiry is met this much early, so that a call does not expire on its way. */
const LEEWAY_MS = 30_000;
/** A token of a short life is used for this part of it, whatever the leeway. */
const USED_PART = 0.8;

/** After a refresh ahead of expiry failed, calls go on without another one for this long. */
const PAUSE_MS = 5_000;

/** Gets new tokens from the server; undefined where it refuses, an error where it cannot tell. */
export type Renew = (tokens: Tokens, options?: CallOptions) => Promise<Tokens | undefined>;

/** The tokens of an Api. */
export class TokenStore {
  #tokens: Tokens | undefined;
  #before: Tokens | undefined;
  #renewAt = Infinity;
  #renewing: Promise<Tokens | undefined> | undefined;
  readonly #renew: Renew;
  readonly #notify: ((tokens: Tokens) => void | Promise<void>) | undefined;

  /** Makes an empty store. */
  constructor(renew: Renew, notify: ((tokens: Tokens) => void | Promise<void>) | undefined) {
    this.#renew = renew;
    this.#notify = notify;
  }

  /** The tokens now. */
  get tokens(): Tokens | undefined {
    return this.#tokens;
  }

  /** What no error may show: the tokens now, and those before, which a late answer may still name. */
  get secrets(): string[] {
    return [this.#tokens, this.#before].flatMap((tokens) =>
      tokens ? [tokens.access, tokens.refresh ?? ""] : []
    );
  }

  /**
   * Takes tokens. `fresh` ones were made by the server just now, so their time of issue tells how far
   * the two clocks are apart.
   */
  set(tokens: Tokens | undefined, fresh = false): void {
    this.#before = this.#tokens ?? this.#before;
    this.#tokens = tokens;
    this.#renewAt = tokens?.refresh === undefined ? Infinity : renewalTime(tokens.access, fresh);
  }

  /** Tells the application about new tokens. */
  async announce(tokens: Tokens): Promise<void> {
    await this.#notify?.(tokens);
  }

  /** Whether the token is to be refreshed before the next call. */
  get due(): boolean {
    return Date.now() >= this.#renewAt;
  }

  /** The token for a call, refreshed first where it is about to expire. */
  async forCall(): Promise<string | undefined> {
    const { access } = this.#tokens ?? {};
    if (!this.due) return access;
    try {
      return (await this.renew())?.access;
    } catch (error) {
      // The token may be good for a while yet: the server has the last word on it.
      log.warning("Cannot refresh the token ahead of its expiry: {error}", { error });
      if (this.#tokens?.access === access) this.#renewAt = Date.now() + PAUSE_MS;
      return access;
    }
  }

  /** New tokens for ones that a call found to be refused; undefined where there are none to be had. */
  async afterRefusal(access: string): Promise<string | undefined> {
    const now = this.#tokens;
    if (now && now.access !== access) return now.access; // Another call has seen to it.
    if (now?.refresh === undefined) return undefined;
    return (await this.renew())?.access;
  }

  /** Refreshes with these limits, or joins the refresh that runs. */
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
      // The calls that wait can go on; what is lost is the copy outside.
      log.error("Cannot hand the refreshed tokens to onTokens: {error}", { error });
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
  // A token just made that seems to have expired shows clocks apart: leave it to the server's 401.
  return fresh && renewAt <= Date.now() ? Infinity : renewAt;
}
