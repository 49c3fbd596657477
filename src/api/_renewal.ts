/**
 * Gets new tokens for expired ones, from the server or from the application's `renewTokens`.
 *
 * @module
 */
import { jsonMap, rejectPage } from "./_answer.ts";
import { jsonBody } from "./_body.ts";
import { answerError, failureError } from "./_describe_error.ts";
import { log } from "./_log.ts";
import { Scope, TimeLimit } from "./_scope.ts";
import type { Answered, ApiCall } from "./_types.ts";
import type { CallOptions, SettledOptions, Tokens } from "./options.ts";
import { isToken, tokensFrom } from "./tokens.ts";

/** The part of the client that a renewal uses. */
interface RenewalClient {
  readonly baseUrl: string;
  readonly options: SettledOptions;
  send(call: ApiCall): Promise<Answered>;
}

/** New tokens from the application's `renewTokens` or from the server; undefined if the old ones are rejected. */
export async function renewTokens(
  client: RenewalClient,
  tokens: Tokens,
  options?: CallOptions,
): Promise<Tokens | undefined> {
  const { renewTokens, signal, totalTimeoutMs } = client.options;
  if (!renewTokens) return await askForTokens(client, tokens, options);
  const scope = new Scope(signal);
  scope.limit(new TimeLimit("totalTimeoutMs", totalTimeoutMs));
  try {
    const renewed = await scope.race(renewTokens({ ...tokens }, { signal: scope.signal }));
    return renewed && tokensFrom(renewed, " that renewTokens returned");
  } catch (error) {
    const reason = scope.signal.aborted ? scope.signal.reason : error;
    const name = { method: "POST", url: `${client.baseUrl}/auth/api-jwt-refresh/` };
    throw reason instanceof TimeLimit ? failureError(name, reason, 1, []) : reason;
  } finally {
    scope.close();
  }
}

/** Requests new tokens from the server; undefined if it rejects the old ones. */
async function askForTokens(
  client: RenewalClient,
  tokens: Tokens,
  options?: CallOptions,
): Promise<Tokens | undefined> {
  const { refresh, access } = tokens;
  const answer = await client.send({
    method: "POST",
    path: "auth/api-jwt-refresh/",
    body: jsonBody(refresh === undefined ? { token: access } : { refresh }),
    options,
    retries: client.options.retries,
    anonymous: true,
    accept: [400, 401, 403],
    secrets: refresh === undefined ? [access] : [access, refresh],
  });
  // The error page of a proxy says nothing about the token, so it must not end the session.
  rejectPage("POST", answer);
  if (answer.status >= 400) {
    log.error("Token refresh rejected: {status}", { status: answer.status });
    return undefined;
  }
  const given = jsonMap(answer.bytes);
  const renewed = given.access === undefined
    ? { access: given.token }
    : { access: given.access, refresh: given.refresh ?? refresh };
  const usable = isToken(renewed.access) &&
    (renewed.refresh === undefined || isToken(renewed.refresh));
  if (usable) return tokensFrom(renewed);
  throw answerError(
    { method: "POST", url: answer.url },
    { ...answer, bytes: new Uint8Array() }, // Without its body, which may contain half of a token.
    answer.attempts,
    [],
    "there is no valid token in the response",
  );
}
