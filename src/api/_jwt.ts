/**
 * When a JSON Web Token expires. Nothing is verified: the server does that.
 *
 * @module
 */

/** The times of a token in milliseconds since the Unix epoch, by the server's clock. */
export interface TokenTimes {
  readonly expires: number;
  readonly issued: number | undefined;
}

/** The times in a token, or undefined where it is no JWT or never expires. */
export function tokenTimes(token: string): TokenTimes | undefined {
  const parts = token.split(".");
  if (parts.length !== 3) return undefined;
  try {
    const claims = JSON.parse(atob(parts[1].replace(/-/g, "+").replace(/_/g, "/")));
    if (typeof claims.exp !== "number") return undefined;
    return {
      expires: claims.exp * 1000,
      issued: typeof claims.iat === "number" ? claims.iat * 1000 : undefined,
    };
  } catch {
    return undefined; // Not a JWT after all: an opaque token may have dots in it.
  }
}
