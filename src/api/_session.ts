/**
 * Sessions: login, tokens that were set, logout.
 *
 * @module
 */
import { jsonBody } from "./_body.ts";
import type { Client } from "./_client.ts";
import { jsonMap } from "./_answer.ts";
import { answerError } from "./_describe_error.ts";
import { ImproperlyConfigured } from "./errors/improperly_configured.ts";
import { log } from "./_log.ts";
import type { CallOptions, Tokens } from "./options.ts";

/** Printable ASCII without spaces: what a header can carry. */
const TOKEN = /^[!-~]+$/;

/** Logs in; false where the server refuses the credentials. */
export async function openSession(
  client: Client,
  credentials: { email: string; password: string },
  options?: CallOptions,
): Promise<boolean> {
  const { email, password } = credentials ?? {};
  if (typeof email !== "string" || typeof password !== "string") {
    throw new TypeError("Cannot log in: email and password must both be text");
  }
  client.allowCredentials();
  const answer = await client.send({
    method: "POST",
    path: "auth/login/",
    body: jsonBody({ email, password }),
    options,
    anonymous: true,
    accept: [400, 401, 403],
    secrets: [password],
  });
  if (answer.status >= 400) {
    log.error("Login failed: {status}", { status: answer.status });
    return false;
  }
  const account = jsonMap(answer.bytes);
  const access = client.tokenType.toLowerCase() === "token" ? account.token : account.jwt;
  if (typeof access !== "string" || !TOKEN.test(access)) {
    const bare = { ...answer, bytes: new Uint8Array() };
    const why = `there is no ${client.tokenType} token in the answer`;
    throw answerError({ method: "POST", url: answer.url }, bare, answer.attempts, [], why);
  }
  const refresh = access === account.jwt ? account.jwt_refresh_token : undefined;
  const tokens = typeof refresh === "string" ? { access, refresh } : { access };
  client.tokens.set(tokens, true);
  const username = typeof account.username === "string" ? account.username : email;
  client.session = { username };
  log.debug("Welcome @{username}", { username });
  await client.tokens.announce(tokens);
  return true;
}

/** Takes tokens got elsewhere. */
export function setTokens(
  client: Client,
  given: string | Tokens | { readonly token: string },
): void {
  const tokens = tokensFrom(given);
  client.allowCredentials();
  client.session = undefined;
  client.tokens.set(tokens);
}

/** Logs out. A session that the server no longer knows is over too. */
export async function endSession(client: Client, options?: CallOptions): Promise<void> {
  const { session, tokens } = client;
  if (!tokens.tokens) return;
  await client.send({
    method: "POST",
    path: "auth/logout/",
    body: jsonBody({}),
    options,
    lastCall: true,
    accept: [401, 403],
  });
  log.debug("Goodbye @{username}", { username: session?.username ?? "" });
  client.session = undefined;
  tokens.set(undefined);
}

function tokensFrom(given: unknown): Tokens {
  const map = typeof given === "string" ? { access: given } : given as Record<string, unknown>;
  const access = map?.access ?? map?.token;
  const refresh = map?.access === undefined ? undefined : map.refresh;
  if (typeof access !== "string" || !TOKEN.test(access)) throw noToken("access");
  if (refresh === undefined || refresh === null) return { access };
  if (typeof refresh !== "string" || !TOKEN.test(refresh)) throw noToken("refresh");
  return { access, refresh };
}

/** The value is a secret, even where it is a wrong one. */
function noToken(which: string): ImproperlyConfigured {
  return new ImproperlyConfigured(
    `Cannot use this as ${which} token: it must be text of printable ASCII without spaces, ` +
      "or an object { access, refresh } or { token } of such texts",
  );
}
