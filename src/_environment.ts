/**
 * Reads a login from the environment, for the command and for scripts.
 *
 * @module
 */

/** A token that makes a login unnecessary. */
export interface GivenToken {
  /** The type of the token: `jwt`, `token` (a key of 40 hexadecimal digits) or `Api-Key`. */
  readonly type: "jwt" | "token" | "Api-Key";
  /** The token itself. */
  readonly access: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The token of `ARCHFX_TOKEN` or `ARCHFX_API_KEY`.
 *
 * @returns `undefined` if neither is set.
 * @throws {RangeError} If the value cannot be a token; the error names the variable, never its value.
 */
export function environmentToken(env: Environment): GivenToken | undefined {
  const [token, apiKey] = [env.ARCHFX_TOKEN?.trim(), env.ARCHFX_API_KEY?.trim()];
  if (token && apiKey) {
    throw new RangeError(
      "Cannot use ARCHFX_TOKEN and ARCHFX_API_KEY together: each is a login, unset one of them",
    );
  }
  if (apiKey) return { type: "Api-Key", access: cleanToken(apiKey, "ARCHFX_API_KEY") };
  return token ? keyOrJwt(cleanToken(token, "ARCHFX_TOKEN")) : undefined;
}

/** A key of forty hexadecimal digits, or a JWT. */
export function keyOrJwt(text: string): GivenToken {
  return { type: /^[0-9a-fA-F]{40}$/.test(text) ? "token" : "jwt", access: text };
}

/**
 * Removes the white space and line ends around a token.
 *
 * @param text The token.
 * @param name The source of the token, for errors.
 * @throws {RangeError} If it cannot be a token; the error never shows it.
 */
export function cleanToken(text: string, name: string): string {
  const token = text.trim();
  const invalid = (rule: string) => new RangeError(`Cannot use ${name} as a token: ${rule}`);
  if (token === "") throw invalid("it is empty");
  if (/^["'`“”‘’]|["'`“”‘’]$/.test(token)) throw invalid("it is in quotes, remove them");
  if (/^(?:jwt|token|bearer|api-key|authorization:)\s/i.test(token)) {
    throw invalid(`it begins with "${token.split(/\s/)[0]}", leave that out`);
  }
  if (!/^[\x21-\x7e]+$/.test(token)) {
    throw invalid("it must be printable ASCII without spaces or line ends");
  }
  return token;
}
