/** account/ and account/<slug>/. */
import type { AccountService } from "../resources/accounts.ts";
import { type Handler, route, type RouteContext } from "./_route.ts";

/** Serves accounts. */
export function accountRoutes(context: RouteContext, accounts: AccountService): void {
  const update: Handler = async (call) => {
    accounts.get(call.api, call.params.key);
    const { data } = await call.body();
    return { status: 200, body: accounts.update(call.api, call.params.key, data) };
  };
  route(context, "account/", {
    GET: ({ api }) => ({ status: 200, body: accounts.list(api) }),
  });
  route(context, "account/:key/", {
    GET: ({ api, params }) => ({ status: 200, body: accounts.get(api, params.key) }),
    PUT: update,
    PATCH: update,
  });
}
