/** The list and the rows of a resource, by its service. */
import type { ResourceService } from "../resources/service.ts";
import { type Methods, route, type RouteContext } from "./_route.ts";

/** Serves a resource: `path/` and `path/:key/`. */
export function resourceRoutes(
  context: RouteContext,
  service: ResourceService,
  more: { readonly list?: Methods; readonly row?: Methods } = {},
): void {
  const { path } = service.spec;
  route(context, `${path}/`, {
    GET: ({ api }) => ({ status: 200, body: service.list(api) }),
    POST: async (call) => {
      const { data } = await call.body();
      return { status: 201, body: service.create(call.api, data) };
    },
    ...more.list,
  });
  const update: Methods["PUT"] = async (call) => {
    // A missing row is reported before the body is read.
    service.find(call.api, call.params.key);
    const { data } = await call.body();
    return { status: 200, body: service.update(call.api, call.params.key, data) };
  };
  route(context, `${path}/:key/`, {
    GET: ({ api, params }) => ({ status: 200, body: service.get(api, params.key) }),
    PUT: update,
    PATCH: update,
    DELETE: ({ api, params }) => {
      service.delete(api, params.key);
      return { status: 204 };
    },
    ...more.row,
  });
}
