/**
 * Sessions: login, setToken, logout.
 *
 * @module
 */
import { jsonBody } from "./_body.ts";
import type { Client } from "./_client.ts";
import { jsonMap, rejectPage } from "./_answer.ts";
import { answerError } from "./_describe_error.ts";
import { ImproperlyConfigured } from "./errors/named_errors.ts";
import { log } from "./_log.ts";
import type { CallOptions, Tokens } from "./options.ts";
import { isToken, tokensFrom } from "./tokens.ts";

/** Logs in; false if the server rejects the credentials. */
export async function openSession(
  client: Client,
  credentials: { email: string; password: string },
  options?: CallOptions,
): Promise<boolean> {
  const { email, password } = credentials ?? {};
  if (typeof email !== "string" || typeof password !== "string") {
    throw new TypeError("Cannot log in: email and password must both be text");
  }
  if (client.kindOfToken === "api-key") {
    throw new ImproperlyConfigured(
      'Cannot log in with tokenType "Api-Key": an API key needs no login, setToken(key, "Api-Key") is enough',
    );
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
  rejectPage("POST", answer);
  if (answer.status >= 400) {
    log.error("Login failed: {status}", { status: answer.status });
    return false;
  }
  const account = jsonMap(answer.bytes);
  const access = client.kindOfToken === "token" ? account.token : account.jwt;
  if (!isToken(access)) {
    // Without its body, which may contain half of a token.
    const bare = { ...answer, bytes: new Uint8Array() };
    const why = `there is no ${client.tokenType} token in the response`;
    throw answerError({ method: "POST", url: answer.url }, bare, answer.attempts, [], why);
  }
  const refresh = access === account.jwt ? account.jwt_refresh_token : undefined;
  const tokens = isToken(refresh) ? { access, refresh } : { access };
  client.tokens.set(tokens, true);
  const username = typeof account.username === "string" ? account.username : email;
  client.session = { username };
  log.debug("Welcome @{username}", { username });
  await client.tokens.announce(tokens);
  return true;
}

/** Sets tokens that the application has. Only a jwt can be refreshed. */
export function setTokens(
  client: Client,
  given: string | Tokens | { readonly token: string },
): void {
  const tokens = tokensFrom(given);
  client.allowCredentials();
  client.session = undefined;
  client.tokens.set(client.kindOfToken === "jwt" ? tokens : { access: tokens.access });
}

/** Logs out. If the server does not know the session any more, it has ended too. An API key has no session. */
export async function endSession(client: Client, options?: CallOptions): Promise<void> {
  const { session, tokens } = client;
  if (!tokens.tokens) return;
  if (client.kindOfToken === "api-key") return tokens.set(undefined);
  const answer = await client.send({
    method: "POST",
    path: "auth/logout/",
    body: jsonBody({}),
    options,
    lastCall: true,
    accept: [401, 403],
  });
  rejectPage("POST", answer);
  log.debug("Goodbye @{username}", { username: session?.username ?? "" });
  client.session = undefined;
  tokens.set(undefined);
}
