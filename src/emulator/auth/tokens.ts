/**
 * The two kinds of JSON Web Tokens: signed with HS256, expiring by the emulator's own clock.
 *
 * A token contains the generation in which it was made. Raising the generation expires all tokens of a kind at
 * once, so that a test gets an expired token without waiting.
 */
import { sign, verify } from "hono/jwt";
import { isRecord } from "../../_is_record.ts";

/** The kinds of token. */
export type TokenType = "access" | "refresh";

/** The claims of a token. */
interface Claims {
  readonly token_type: TokenType;
  /** Seconds since the Unix epoch, with fractions. */
  readonly exp: number;
  readonly iat: number;
  readonly jti: string;
  readonly user_id: number;
  /** The generation. */
  readonly gen: number;
}

/** The claims of a token whose signature is valid; the fields depend on the kind of token. */
function isClaims(value: unknown): value is Claims {
  return isRecord(value) && typeof value.exp === "number";
}

/** The lifetimes of tokens, and the clock. */
interface TokenOptions {
  readonly secret: string;
  readonly accessSeconds: number;
  readonly refreshSeconds: number;
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number;
}

/** Makes and checks tokens. */
export class Tokens {
  #options: TokenOptions;
  #generation: number;

  constructor(options: TokenOptions) {
    this.#options = options;
    this.#generation = 0;
  }

  /** The clock, in seconds. */
  get now(): number {
    return this.#options.now() / 1000;
  }

  /** Expires all access tokens that were made so far. */
  expireAll(): void {
    this.#generation++;
  }

  /** Makes a token. */
  async make(type: TokenType, account: number): Promise<{ token: string; claims: Claims }> {
    const { secret, accessSeconds, refreshSeconds } = this.#options;
    const iat = this.now;
    const claims: Claims = {
      token_type: type,
      exp: iat + (type === "access" ? accessSeconds : refreshSeconds),
      iat,
      jti: crypto.randomUUID().replaceAll("-", ""),
      user_id: account,
      gen: this.#generation,
    };
    return { token: await sign({ ...claims }, secret, "HS256"), claims };
  }

  /** The claims of a valid token of this type that has not expired, otherwise `undefined`. */
  async check(type: TokenType, token: string): Promise<Claims | undefined> {
    let claims: unknown;
    try {
      claims = await verify(token, this.#options.secret, {
        alg: "HS256",
        exp: false,
        iat: false,
        nbf: false,
      });
    } catch {
      return undefined; // the response is the same for every problem
    }
    if (!isClaims(claims)) return undefined;
    const stale = claims.token_type !== type || claims.exp <= this.now ||
      (type === "access" && claims.gen < this.#generation);
    return stale ? undefined : claims;
  }
}
