/** org/ and its nested paths. */
import type { Members } from "../resources/members.ts";
import type { ResourceService } from "../resources/service.ts";
import { route, type RouteContext } from "./_route.ts";
import { resourceRoutes } from "./resources.ts";

/** Serves organisations. */
export function orgRoutes(
  context: RouteContext,
  orgs: ResourceService,
  members: Members,
  devices: ResourceService,
): void {
  resourceRoutes(context, orgs);
  route(context, "org/:key/members/", {
    GET: ({ api, params }) => ({
      status: 200,
      body: members.list(api, orgs.find(api, params.key)),
    }),
  });
  route(context, "org/:key/extra/", {
    GET: ({ api, params }) => {
      const row = orgs.find(api, params.key);
      return { status: 200, body: { ...orgs.show(row), ...members.extra(api, row) } };
    },
  });
  route(context, "org/:key/devices/", {
    GET: ({ api, params }) => {
      const { slug } = orgs.find(api, params.key);
      return {
        status: 200,
        body: devices.list(api, [{ column: "org", is: "=", value: slug }]),
      };
    },
  });
}
