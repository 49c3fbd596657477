/**
 * Api, the client of ArchFX Cloud.
 *
 * @module
 */
import { inspectable } from "../_inspect.ts";
import { callable } from "./_callable.ts";
import { Client } from "./_client.ts";
import { type State, stateOf, states } from "./_api_state.ts";
import { domainUrl } from "./_origin.ts";
import { pathSegments } from "./_path.ts";
import { endSession, openSession, setTokens } from "./_session.ts";
import type { ApiBase, Credentials } from "./api_base.ts";
import {
  type ApiOptions,
  type CallOptions,
  checkedOptions,
  checkTokenType,
  isApiOption,
  type Tokens,
} from "./options.ts";
import { resourceAt } from "./resource.ts";
import type { KnownResources } from "./resources.ts";

/** The server of Arch Systems. */
const DOMAIN = "https://arch.archfx.io";
const PREFIX = "/api/v1";

/** The REST client of ArchFX Cloud: see the constructor of the same name. */
export type Api = ApiBase & KnownResources;

/** Makes an {@linkcode Api}. */
export interface ApiConstructor {
  /**
   * Makes a client. Nothing is sent.
   *
   * @param domain The server's address.
   * @param options How the client behaves.
   * @throws {ImproperlyConfigured} If the domain or an option is not valid.
   */
  new (domain?: string, options?: ApiOptions): Api;
  /** The members of every Api. */
  readonly prototype: Api;
}

/** Properties that users of other clients may try to set, and the replacement for each. */
const INSTEAD: Readonly<Record<string, string>> = {
  token: "use setToken(token)",
  tokenType: "use setToken(token, type)",
  token_type: "use setToken(token, type)",
  refresh_token_data: "use setToken({ access, refresh })",
  username: "login() sets it",
  domain: "use new Api(domain)",
  baseUrl: "use new Api(domain)",
  base_url: "use new Api(domain)",
  timeout: "use new Api(domain, { timeoutMs }), or { timeoutMs } in the options of a call",
  session: "use new Api(domain, { fetch })",
  resource_class: "use new Api(domain, { fetch })",
  headers: "use { headers } in the options of a call, or new Api(domain, { onRequest })",
};

/** Why a property cannot be set. */
function withoutEffect(name: string): string {
  const option = isApiOption(name) ? `use new Api(domain, { ${name} })` : undefined;
  return INSTEAD[name] ?? option ??
    "it would have no effect, since every other property is a resource";
}

class ApiMembers {
  static {
    inspectable(this.prototype, (it) => `Api ${JSON.stringify(it.toJSON())}`);
  }

  constructor(domain: string = DOMAIN, options: ApiOptions = {}) {
    const settled = checkedOptions(options);
    const origin = domainUrl(domain);
    const state: State = { client: new Client(origin + PREFIX, settled), domain: origin };
    const prototype: object = Object.getPrototypeOf(this); // that of a subclass, if one is constructed
    const proxy = callable(
      prototype,
      (path) => resourceAt(state.client, `${pathSegments(path)}/`),
      (name) => resourceAt(state.client, `${name}/`),
      (target) => states.set(target, state),
      { what: "an Api", why: withoutEffect, open: prototype !== ApiMembers.prototype },
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
 * The REST client of ArchFX Cloud. Every other property is a resource (`api.org`), and a call with an id is one
 * row (`api.org("acme")`), to any depth (`api.machine(slug).devices`).
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
