/**
 * Token refreshes, one at a time over all processes of the user.
 *
 * A refresh token works once. If two processes sent the same one, the second would be logged out. A process that
 * is killed before it saves the response loses the new token. So a refresh holds the lock of the credentials
 * file, and its result is on disk before the client uses it. A second process finds the new tokens in the file
 * and sends nothing.
 *
 * @module
 */
import type { Api, ApiOptions, Tokens } from "../api/mod.ts";
import type { Context } from "./_command.ts";
import type { CredentialsStore } from "./credentials.ts";

/**
 * Makes the `renewTokens` of a client.
 *
 * @param store The store of the tokens.
 * @param domain The cloud that they belong to.
 * @param context Reports what happens.
 * @param connect Makes a client of that cloud, which sends the refresh.
 */
export function renewalUnderLock(
  store: CredentialsStore,
  domain: string,
  context: Context,
  connect: (options: ApiOptions) => Api,
): NonNullable<ApiOptions["renewTokens"]> {
  return async (sent, { signal }) => {
    let renewed: Tokens | undefined;
    await store.update(async (file) => {
      const saved = file.clouds[domain];
      if (saved?.refresh !== undefined && saved.refresh !== sent.refresh) {
        context.trace("token: refreshed by another process");
        renewed = { access: saved.access, refresh: saved.refresh };
        return false;
      }
      const api = connect({ onTokens: (tokens) => void (renewed = tokens) });
      api.setToken(sent);
      if (!(await api.refreshToken({ signal })) || !renewed || !saved) return false;
      saved.access = renewed.access;
      if (renewed.refresh !== undefined) saved.refresh = renewed.refresh;
      saved.savedAt = new Date().toISOString();
      context.trace("token: refreshed");
    }, signal);
    if (renewed) return renewed;
    // It was rejected, perhaps because another process sent the same token while this one was paused.
    const now = (await store.read()).clouds[domain];
    if (now?.refresh === undefined || now.refresh === sent.refresh) return undefined;
    return { access: now.access, refresh: now.refresh };
  };
}
