/**
 * The client of a gateway. Unlike other commands, a gateway starts without the network: it does not contact the
 * cloud before there is something to send.
 *
 * @module
 */
import { Api, type ApiOptions } from "../api/mod.ts";
import type { Context } from "./_command.ts";
import { CommandError, ExitCode } from "./_errors.ts";
import { type LoadedConfig, secret } from "./_gateway_config.ts";
import { namedDomain, type Renewal, userAgent, withSession } from "./_session.ts";

/**
 * A renewal that throws instead of ending the session when the tokens are rejected. The gateway then tries again,
 * and continues when a user has logged in again or the account works again.
 */
function withoutEnd(renewal: Renewal, remedy: string): Renewal {
  return async (tokens, options) => {
    const renewed = await renewal(tokens, options);
    if (renewed) return renewed;
    throw new CommandError(`Cannot log in: the cloud rejects the tokens: ${remedy}`);
  };
}

/** Runs a task with a client that logs in by itself. */
export async function withGatewayCloud(
  context: Context,
  loaded: LoadedConfig,
  task: (api: Api) => Promise<void>,
): Promise<void> {
  const { apiKeyFile, domain } = loaded.config;
  const args = { ...(domain !== undefined && { domain }) };
  const { ARCHFX_TOKEN, ARCHFX_API_KEY, ARCHFX_EMAIL, ARCHFX_PASSWORD } = context.io.env;
  const key = await secret(context, loaded.path, apiKeyFile, undefined);
  const options: ApiOptions = { userAgent: await userAgent(), retries: 0 };
  const address = namedDomain(context, args);
  if (key !== undefined) {
    if (address === undefined) {
      throw new CommandError(`Cannot use apiKeyFile: "${loaded.path}" has no "domain"`);
    }
    const api = new Api(address, options);
    api.setToken(key, "Api-Key");
    return await task(api);
  }
  if (
    !ARCHFX_TOKEN && !ARCHFX_API_KEY && ARCHFX_EMAIL && ARCHFX_PASSWORD && address !== undefined
  ) {
    const login = { email: ARCHFX_EMAIL, password: ARCHFX_PASSWORD };
    const api: Api = new Api(address, {
      ...options,
      renewTokens: withoutEnd(async (_tokens, { signal }) => {
        let tokens: { access: string; refresh?: string } | undefined;
        const fresh = new Api(address, { ...options, onTokens: (given) => void (tokens = given) });
        return await fresh.login(login, { signal }) ? tokens : undefined;
      }, "see ARCHFX_EMAIL and ARCHFX_PASSWORD"),
    });
    // This is not a valid token, so the first call is rejected and logs in.
    api.setToken({ access: "none", refresh: "none" }, "jwt");
    return await task(api);
  }
  try {
    const remedy = 'run "archfx login" again, or use an API key';
    await withSession(
      context,
      args,
      (api) => task(api),
      (renewal) => withoutEnd(renewal, remedy),
    );
  } catch (error) {
    if (error instanceof CommandError && error.exitCode === ExitCode.NotLoggedIn) {
      throw new CommandError(
        `${error.message}; for a gateway, an API key is best: set "apiKeyFile" in "${loaded.path}"`,
        ExitCode.NotLoggedIn,
      );
    }
    throw error;
  }
}
