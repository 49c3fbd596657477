/**
 * ApiBase, the members of an Api besides its resources.
 *
 * @module
 */
import type { CallOptions, Tokens } from "./options.ts";
import type { KnownPaths, KnownResources, RestResource } from "./resources.ts";

/** E-mail and password of an account. */
export interface Credentials {
  /** The e-mail of the account. */
  email: string;
  /** Its password. */
  password: string;
}

/** The members of an {@linkcode Api} besides its resources. */
export interface ApiBase {
  /** The known resource of this name. */
  <Path extends keyof KnownResources>(path: Path): KnownResources[Path];
  /** The known resource at this path. */
  <Path extends keyof KnownPaths>(path: Path): KnownPaths[Path];
  /**
   * The resource at any path: `api("streamer/report")`, `api<Shift>("shift")`.
   *
   * @param path Segments with slashes between them, without a slash at the start or end.
   */
  <Got = unknown, Row = Got>(path: string): RestResource<Got, Row>;
  /** The token of the calls; undefined without a login. It is a secret: keep it out of logs. */
  readonly token: string | undefined;
  /** The scheme of the Authorization header. */
  readonly tokenType: string;
  /** Who is logged in, after `login()`. */
  readonly username: string | undefined;
  /** The server's address. */
  readonly domain: string;
  /** The address that all paths begin with. */
  readonly baseUrl: string;
  /**
   * The address of a resource.
   *
   * @param path Segments with slashes between them, without a slash at the start or end.
   * @returns The address, with a slash at its end.
   * @throws {TypeError} If a segment is empty, `..` or the like, or contains control characters.
   */
  url(path: string): string;
  /**
   * Logs in. The request is sent without a token, and only once.
   *
   * @param credentials E-mail and password.
   * @param options Options of this call.
   * @returns Whether the server accepted the account: false on 400, 401 and 403.
   * @throws {ImproperlyConfigured} If the server is on plain http and is not this machine.
   * @throws {RestHttpBaseException} If there is no response, or one that does not come from the API.
   */
  login(credentials: Credentials, options?: CallOptions): Promise<boolean>;
  /**
   * Sets a token that the application has.
   *
   * @param token Text, `{ access, refresh }` or `{ token }`.
   * @param type The scheme of the Authorization header from now on: `jwt`, `token` or `Api-Key`.
   * @throws {ImproperlyConfigured} If it is not a valid token, or the server is on plain http and is not this machine.
   */
  setToken(token: string | Tokens | { readonly token: string }, type?: string): void;
  /**
   * Gets a new token now. Calls do that automatically, before the token expires and on a 401.
   *
   * @param options Options of this call. A refresh that is already running keeps its own limits, and an aborted
   * `signal` only ends the wait for it.
   * @returns False if the server rejects the tokens; they are then dropped.
   * @throws {RestHttpBaseException} If the API did not answer; the tokens are kept.
   * @throws {ImproperlyConfigured} If the token is not a jwt.
   */
  refreshToken(options?: CallOptions): Promise<boolean>;
  /**
   * Logs out and drops the tokens. Does nothing without a token; an API key is only dropped.
   *
   * @param options Options of this call.
   * @throws {RestHttpBaseException} If the API did not answer; the tokens are kept.
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
