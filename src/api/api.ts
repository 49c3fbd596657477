/**
 * Api, the door to ArchFX Cloud.
 *
 * @module
 */
import { inspectable } from "../_inspect.ts";
import { callable } from "./_callable.ts";
import { Client } from "./_client.ts";
import { domainUrl } from "./_origin.ts";
import { pathSegments } from "./_path.ts";
import { endSession, openSession, setTokens } from "./_session.ts";
import type { KnownResources } from "./known_resources.ts";
import {
  type ApiOptions,
  type CallOptions,
  checkTokenType,
  settle,
  type Tokens,
} from "./options.ts";
import { resourceAt, type RestResource } from "./resource.ts";

/** The server of Arch Systems. */
const DOMAIN = "https://arch.archfx.io";
const PREFIX = "/api/v1";

/** E-mail and password of an account. */
export interface Credentials {
  /** The e-mail of the account. */
  email: string;
  /** Its password. */
  password: string;
}

/** What an {@linkcode Api} has besides its resources. */
export interface ApiBase {
  /**
   * The resource at a path, whatever its name: `api("streamer/report")`.
   *
   * @param path Segments with slashes between them, without one at either end.
   */
  (path: string): RestResource;
  /** The token that calls carry; undefined where there is none. A secret: not for logs. */
  readonly token: string | undefined;
  /** The scheme of the Authorization header. */
  readonly tokenType: string;
  /** Who is logged in, after `login()`. */
  readonly username: string | undefined;
  /** The server's address. */
  readonly domain: string;
  /** What every path is below of. */
  readonly baseUrl: string;
  /**
   * The address of a resource.
   *
   * @param path Segments with slashes between them, without one at either end.
   * @returns The address, with a slash at its end.
   * @throws {TypeError} A segment is empty, `..` or the like, or has control characters in it.
   */
  url(path: string): string;
  /**
   * Logs in. Sent without a token, once.
   *
   * @param credentials E-mail and password.
   * @param options Options of this call.
   * @returns Whether the server let the account in: false on 400, 401 and 403.
   * @throws {ImproperlyConfigured} The server is on plain http and not this machine.
   * @throws {RestHttpBaseException} The server could not be asked.
   */
  login(credentials: Credentials, options?: CallOptions): Promise<boolean>;
  /**
   * Takes a token got elsewhere.
   *
   * @param token Text, `{ access, refresh }` or `{ token }`.
   * @param type The scheme of the Authorization header from now on.
   * @throws {ImproperlyConfigured} It is no token, or the server is on plain http and not this machine.
   */
  setToken(token: string | Tokens | { readonly token: string }, type?: string): void;
  /**
   * Gets a new token now. Calls do that by themselves, before the token expires and on a 401.
   *
   * @param options Options of this call; where calls wait for a refresh already, it keeps its own limits, and an
   * aborted `signal` ends the waiting only.
   * @returns False where the server refuses; the tokens are dropped then.
   * @throws {RestHttpBaseException} The server could not be asked; the tokens are kept.
   * @throws {ImproperlyConfigured} The token is no jwt.
   */
  refreshToken(options?: CallOptions): Promise<boolean>;
  /**
   * Logs out and drops the tokens; without a token it does nothing.
   *
   * @param options Options of this call.
   * @throws {RestHttpBaseException} The server could not be asked; the tokens are kept.
   */
  logout(options?: CallOptions): Promise<void>;
  /**
   * The Api as text.
   *
   * @returns Its address, without secrets.
   */
  toString(): string;
  /**
   * The Api for JSON.
   *
   * @returns Domain, type of token and user name; no token.
   */
  toJSON(): Record<string, unknown>;
  /** Logs out of a session that `login()` opened; a token that was set stays valid. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** The REST client of ArchFX Cloud: see the constructor of the same name. */
export type Api = ApiBase & KnownResources & {
  // A narrower type would keep classes from extending Api.
  // deno-lint-ignore no-explicit-any
  readonly [resource: string]: any;
};

/** Makes an {@linkcode Api}. */
export interface ApiConstructor {
  /**
   * Makes a client; nothing is sent.
   *
   * @param domain The server's address.
   * @param options How the client behaves.
   * @throws {ImproperlyConfigured} The domain or an option is not valid.
   */
  new (domain?: string, options?: ApiOptions): Api;
  /** What every Api has. */
  readonly prototype: Api;
}

interface State {
  readonly client: Client;
  readonly domain: string;
}

const states = new WeakMap<object, State>();

function stateOf(api: object): State {
  const state = states.get(api);
  if (!state) throw new TypeError("Cannot use this method as it was taken off its Api");
  return state;
}

/** The client below an Api. */
export function clientOf(api: ApiBase): Client {
  return stateOf(api).client;
}

class ApiMembers {
  static {
    inspectable(this.prototype, (it) => `Api ${JSON.stringify(it.toJSON())}`);
  }

  constructor(domain: string = DOMAIN, options: ApiOptions = {}) {
    const settled = settle(options);
    const origin = domainUrl(domain);
    const state = { client: new Client(origin + PREFIX, settled), domain: origin };
    const { prototype } = new.target; // dnt takes `new.target.` for import.meta
    const proxy = callable(
      prototype,
      (path) => resourceAt(state.client, `${pathSegments(path)}/`),
      (name) => resourceAt(state.client, `${name}/`),
      (target) => states.set(target, state),
    );
    states.set(proxy, state);
    return proxy as ApiMembers;
  }

  get token(): string | undefined {
    return stateOf(this).client.tokens.tokens?.access;
  }

  get tokenType(): string {
    return stateOf(this).client.tokenType;
  }

  get username(): string | undefined {
    return stateOf(this).client.session?.username;
  }

  get domain(): string {
    return stateOf(this).domain;
  }

  get baseUrl(): string {
    return stateOf(this).client.baseUrl;
  }

  url(path: string): string {
    return `${this.baseUrl}/${pathSegments(path)}/`;
  }

  login(credentials: Credentials, options?: CallOptions): Promise<boolean> {
    return openSession(stateOf(this).client, credentials, options);
  }

  setToken(token: string | Tokens | { readonly token: string }, type?: string): void {
    const { client } = stateOf(this);
    if (type !== undefined) client.tokenType = checkTokenType(type);
    setTokens(client, token);
  }

  refreshToken(options?: CallOptions): Promise<boolean> {
    return stateOf(this).client.refresh(options);
  }

  logout(options?: CallOptions): Promise<void> {
    return endSession(stateOf(this).client, options);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { client } = stateOf(this);
    if (client.session) await endSession(client);
  }

  toString(): string {
    return `Api ${this.baseUrl}`;
  }

  toJSON(): Record<string, unknown> {
    const { domain, tokenType, username } = this;
    return { domain, tokenType, username };
  }
}

/**
 * The REST client of ArchFX Cloud. Any property is a resource (`api.org`), a call with an id one row of it
 * (`api.org("acme")`), to any depth (`api.machine(slug).devices`).
 *
 * @example
 * ```ts
 * import { Api } from "@archfx/cloud";
 * import { assertEquals } from "@std/assert";
 *
 * const api = new Api("https://arch.archfx.io", { timeoutMs: 10_000, retries: 5 });
 * assertEquals(api.machine("d--0000-0001-0000-0001").devices.url(),
 *   "https://arch.archfx.io/api/v1/machine/d--0000-0001-0000-0001/devices/");
 * assertEquals(String(api("streamer/report")), "https://arch.archfx.io/api/v1/streamer/report/");
 * ```
 */
export const Api: ApiConstructor = ApiMembers as unknown as ApiConstructor;
