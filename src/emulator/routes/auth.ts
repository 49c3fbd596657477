/** auth/: login, logout, tokens, and the user; also server/, which is open to all. */
import { bareText } from "../http/error_response.ts";
import { showAccount } from "../auth/sessions.ts";
import { formatMillis } from "../http/times.ts";
import { type Call, route, type RouteContext } from "./_route.ts";

/** Serves auth/ and server/. */
export function authRoutes(context: RouteContext): void {
  const { sessions } = context;
  const data = async (call: Call) => (await call.body()).data;

  route(context, "auth/login/", {
    POST: async (call) => ({
      status: 200,
      body: await sessions.login(await data(call), call.caller !== undefined),
    }),
  }, "open");
  // The token stays valid until it expires: a logout ends a session, not a token.
  route(context, "auth/logout/", { POST: () => ({ status: 204 }) });
  route(context, "auth/api-jwt-auth/", {
    POST: async (call) => ({ status: 200, body: await sessions.authenticate(await data(call)) }),
  }, "blind");
  route(context, "auth/api-jwt-refresh/", {
    POST: async (call) => ({ status: 200, body: await sessions.refresh(await data(call)) }),
  }, "blind");
  route(context, "auth/api-jwt-verify/", {
    POST: async (call) => ({ status: 200, body: await sessions.verify(await data(call)) }),
  }, "blind");
  route(context, "auth/user-info/", {
    GET: async ({ caller }) => {
      if (!caller) throw bareText(403, "User not recognized.");
      const jwt = await sessions.accessToken(caller.account);
      return { status: 200, body: { ...showAccount(caller.account), jwt } };
    },
  }, "open");
  route(context, "auth/token/", {
    GET: async ({ api }) => {
      const { account } = api.caller;
      return {
        status: 200,
        body: { token: account.key, jwt: await sessions.accessToken(account) },
      };
    },
  });
  route(context, "server/", {
    GET: ({ state }) => ({
      status: 200,
      body: {
        now: formatMillis(state.now),
        stage: "emulator",
        name: "ArchFX Cloud emulator",
        company: "Arch Systems",
      },
    }),
  }, "blind");
}
