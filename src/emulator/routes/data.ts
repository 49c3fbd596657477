/** data/: readings of a stream or a device, as JSON or CSV. */
import { type DataService, notImplemented } from "../resources/data.ts";
import { handMade } from "../http/error_response.ts";
import { csvResponse } from "./csv.ts";
import { type Handler, route, type RouteContext } from "./_route.ts";

/** Serves readings. */
export function dataRoutes(context: RouteContext, data: DataService): void {
  route(context, "data/", {
    GET: ({ api }) =>
      api.query.get("format") === "csv"
        ? csvResponse(data.rows(api))
        : { status: 200, body: data.list(api) },
    POST: async (call) => {
      const { data: body } = await call.body();
      return { status: 201, body: data.create(call.api, body) };
    },
  });
  route(context, "data/df/", {
    GET: ({ url }) => {
      throw notImplemented(`GET ${url.pathname}`);
    },
  });
  const restricted: Handler = ({ api, params }) => {
    data.get(api, params.key);
    throw handMade(403, "Restricted Access. Contact Arch");
  };
  route(context, "data/:key/", {
    GET: ({ api, params }) => ({ status: 200, body: data.get(api, params.key) }),
    PUT: restricted,
    PATCH: restricted,
    DELETE: restricted,
  });
}
