/**
 * The way of uploads where refreshes are locked.
 *
 * A client with a `fetch` of its own sends everything through it, and `fetch` tells no progress. So
 * uploads go through a second client on the runtime's own transport, which has the token of the
 * first and none to refresh it; where the cloud no longer takes it, the first one refreshes.
 *
 * @module
 */
import type { Api } from "../api/mod.ts";
import type { ReportCloud } from "../reports/mod.ts";

/**
 * Makes a cloud to upload reports to.
 *
 * @param api The client whose refreshes are locked.
 * @param plain A client of the same cloud on the runtime's own transport, without tokens.
 */
export function uploadCloud(api: Api, plain: Api): ReportCloud {
  return (path) => ({
    async uploadFp(file, options) {
      const send = () => {
        plain.setToken(api.token!, api.tokenType);
        return plain(path).uploadFp(file, options);
      };
      try {
        return await send();
      } catch (error) {
        const refused = error instanceof Error && error.name === "HttpAuthenticationError";
        if (!refused || !(await api.refreshToken())) throw error;
        return await send();
      }
    },
  });
}
