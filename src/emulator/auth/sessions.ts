/** Identifies the caller, and implements login, refresh with rotation, and keys. */
import { isMap, isRecord } from "../../_is_record.ts";
import type { Account } from "../store/accounts.ts";
import type { Store } from "../store/store.ts";
import { bareText, CHALLENGE, detail, ErrorResponse, fieldErrors } from "../http/error_response.ts";
import { formatMillis } from "../http/times.ts";
import { checkNothing, checkPassword } from "./passwords.ts";
import type { Tokens, TokenType } from "./tokens.ts";

/** The caller of a request. */
export interface Caller {
  readonly account: Account;
  /** The roles by organisation. */
  readonly roles: ReadonlyMap<string, string>;
}

const TOKEN_CLASSES = { access: "AccessToken", refresh: "RefreshToken" } as const;

/** 401 for an invalid token, in the words of SimpleJWT. */
function invalidToken(type: TokenType): ErrorResponse {
  return new ErrorResponse(401, {
    detail: "Given token not valid for any token type",
    code: "token_not_valid",
    messages: [{
      token_class: TOKEN_CLASSES[type],
      token_type: type,
      message: "Token is invalid or expired",
    }],
  }, { headers: CHALLENGE });
}

function tokenNotValid(text: string): ErrorResponse {
  return new ErrorResponse(401, { detail: text, code: "token_not_valid" }, { headers: CHALLENGE });
}

/** The rules for logging in. */
export class Sessions {
  #store: Store;
  #tokens: Tokens;

  constructor(store: Store, tokens: Tokens) {
    this.#store = store;
    this.#tokens = tokens;
  }

  /**
   * The caller that the Authorization header names; undefined without a header or with another scheme.
   *
   * @throws ErrorResponse 401 for a token that is wrong or expired.
   */
  async identify(authorization: string | undefined): Promise<Caller | undefined> {
    const [scheme = "", credentials, more] = (authorization ?? "").trim().split(/\s+/);
    switch (scheme.toLowerCase()) {
      case "jwt": {
        if (!credentials || more) {
          throw new ErrorResponse(401, {
            detail: "Authorization header must contain two space-delimited values",
            code: "bad_authorization_header",
          }, { headers: CHALLENGE });
        }
        const claims = await this.#tokens.check("access", credentials);
        const account = claims && this.#store.accounts.byId(claims.user_id);
        if (!account?.is_active) throw invalidToken("access");
        return this.caller(account);
      }
      case "token": {
        if (!credentials || more) {
          throw detail(401, "Invalid token header. No credentials provided.", CHALLENGE);
        }
        const account = this.#store.accounts.byKey(credentials);
        if (!account?.is_active) throw detail(401, "Invalid token.", CHALLENGE);
        return this.caller(account);
      }
      case "api-key": {
        const account = credentials && !more
          ? this.#store.accounts.byApiKey(credentials)
          : undefined;
        if (!account?.is_active) throw detail(401, "Invalid API key.", CHALLENGE);
        return this.caller(account);
      }
      default:
        return undefined;
    }
  }

  /** The caller for an account. */
  caller(account: Account): Caller {
    return { account, roles: this.#store.accounts.memberships(account.slug) };
  }

  /** POST auth/login/. */
  async login(body: unknown, signedIn: boolean): Promise<Record<string, unknown>> {
    const { email, password } = credentials(body, "email");
    if (signedIn) throw bareText(403, "Already Logged-in");
    const account = await this.#authenticate(email, password);
    if (!account) throw bareText(401, "Username/password combination invalid.");
    const { access, refresh } = await this.#pair(account.id);
    return {
      ...showAccount(account),
      token: account.key,
      jwt: access,
      jwt_refresh_token: refresh,
    };
  }

  /** POST auth/api-jwt-auth/: the user name is the e-mail address. */
  async authenticate(body: unknown): Promise<{ refresh: string; access: string }> {
    const { email, password } = credentials(body, "username");
    const account = await this.#authenticate(email, password);
    if (!account) {
      throw detail(401, "No active account found with the given credentials", CHALLENGE);
    }
    const { access, refresh } = await this.#pair(account.id);
    return { refresh, access };
  }

  /** POST auth/api-jwt-refresh/: `{refresh}` rotates, `{token}` is the older kind. */
  async refresh(body: unknown): Promise<Record<string, string>> {
    const { refresh, token } = isRecord(body) ? body : {};
    if (refresh === undefined && typeof token === "string") {
      const claims = await this.#tokens.check("access", token);
      if (!claims) throw tokenNotValid("Token is invalid or expired");
      return { token: (await this.#tokens.make("access", claims.user_id)).token };
    }
    if (refresh === undefined || refresh === null) {
      throw fieldErrors({ refresh: ["This field is required."] });
    }
    if (refresh === "") throw fieldErrors({ refresh: ["This field may not be blank."] });
    const claims = await this.#tokens.check("refresh", String(refresh));
    if (!claims || !this.#store.accounts.byId(claims.user_id)?.is_active) {
      throw tokenNotValid("Token is invalid or expired");
    }
    switch (this.#store.refreshTokens.use(claims.jti)) {
      case "blacklisted":
        throw tokenNotValid("Token is blacklisted");
      case "unknown":
        throw tokenNotValid("Token is invalid or expired");
    }
    return { ...await this.#pair(claims.user_id) };
  }

  /** POST auth/api-jwt-verify/. */
  async verify(body: unknown): Promise<Record<string, never>> {
    const { token } = isRecord(body) ? body : {};
    if (token === undefined) throw fieldErrors({ token: ["This field is required."] });
    const good = await this.#tokens.check("access", String(token)) ??
      await this.#tokens.check("refresh", String(token));
    if (!good) throw tokenNotValid("Token is invalid or expired");
    return {};
  }

  /** A new access token for an account. */
  async accessToken(account: Account): Promise<string> {
    return (await this.#tokens.make("access", account.id)).token;
  }

  async #authenticate(email: string, password: string): Promise<Account | undefined> {
    const account = this.#store.accounts.byEmail(email);
    const good = account
      ? await checkPassword(password, account.password)
      : await checkNothing(password);
    return good && account?.is_active ? account : undefined;
  }

  async #pair(account: number): Promise<{ access: string; refresh: string }> {
    const access = await this.#tokens.make("access", account);
    const refresh = await this.#tokens.make("refresh", account);
    const { jti, exp } = refresh.claims;
    this.#store.refreshTokens.issue(jti, account, Math.ceil(exp), Math.floor(this.#tokens.now));
    return { access: access.token, refresh: refresh.token };
  }
}

/** An account in the form that the API returns. */
export function showAccount(account: Account): Record<string, unknown> {
  return {
    id: account.id,
    email: account.email,
    username: account.username,
    created_at: account.created_at,
    updated_at: account.updated_at,
    name: account.name,
    tagline: account.tagline,
    avatar: { tiny: "", thumbnail: "", medium: "" },
    slug: account.slug,
    is_staff: account.is_staff,
  };
}

/** The current time in the form that rows use. */
export function timestamp(now: number): string {
  return formatMillis(now);
}

function credentials(body: unknown, userField: string): { email: string; password: string } {
  if (!isMap(body)) {
    const kind = Array.isArray(body) ? "list" : typeof body;
    throw fieldErrors({
      non_field_errors: [`Invalid data. Expected a dictionary, but got ${kind}.`],
    });
  }
  const errors: Record<string, string[]> = {};
  for (const field of [userField, "password"]) {
    const value = body[field];
    if (value === undefined) errors[field] = ["This field is required."];
    else if (value === null) errors[field] = ["This field may not be null."];
    else if (value === "") errors[field] = ["This field may not be blank."];
    else if (typeof value === "object" || typeof value === "boolean") {
      errors[field] = ["Not a valid string."];
    }
  }
  if (Object.keys(errors).length > 0) throw fieldErrors(errors);
  return { email: String(body[userField]), password: String(body.password) };
}
