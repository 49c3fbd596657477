/**
 * A `fetch` whose token refreshes go one at a time over all processes of the user.
 *
 * A refresh token works once. Of two processes that send the same one, the second would be logged
 * out; and one that is killed between the answer and the disk loses the new one. So a refresh is
 * sent under the lock of the credentials file, its answer is on disk before the client sees it, and
 * whoever comes second finds the first one's tokens in the file and sends nothing.
 *
 * @module
 */
import type { Context } from "./_command.ts";
import type { CredentialsStore } from "./credentials.ts";

const REFRESH_PATH = "/auth/api-jwt-refresh/";

/**
 * Wraps `fetch`.
 *
 * @param store Where the tokens are kept.
 * @param domain Whose they are.
 * @param context Says what is going on.
 */
export function lockedRefresh(
  store: CredentialsStore,
  domain: string,
  context: Context,
): typeof fetch {
  return async (input, init) => {
    const url = input instanceof Request ? input.url : String(input);
    if (!new URL(url).pathname.endsWith(REFRESH_PATH)) return await fetch(input, init);
    const sent = await new Request(input, init).json() as { refresh?: string };
    let response: Response | undefined;
    await store.update(async (file) => {
      const saved = file.clouds[domain];
      if (saved?.refresh !== undefined && saved.refresh !== sent.refresh) {
        context.trace("token: refreshed by another process");
        response = Response.json({ access: saved.access, refresh: saved.refresh });
        return false;
      }
      response = await fetch(input, init);
      if (!response.ok || !saved) return false;
      const tokens = await response.clone().json() as { access?: string; refresh?: string };
      if (typeof tokens.access !== "string") return false;
      saved.access = tokens.access;
      if (tokens.refresh !== undefined) saved.refresh = tokens.refresh;
      saved.savedAt = new Date().toISOString();
      context.trace("token: refreshed");
    }, context.signal);
    return response!;
  };
}
