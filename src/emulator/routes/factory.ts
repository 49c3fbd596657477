/** site/, area/, line/, machine/ and device/, with the nested paths of machines and devices. */
import type { ResourceService } from "../resources/service.ts";
import type { Store } from "../store/store.ts";
import { route, type RouteContext } from "./_route.ts";
import { resourceRoutes } from "./resources.ts";

/** The services of a factory. */
interface FactoryServices {
  readonly site: ResourceService;
  readonly area: ResourceService;
  readonly line: ResourceService;
  readonly machine: ResourceService;
  readonly device: ResourceService;
  readonly streamer: ResourceService;
}

/** Serves places, machines and devices. */
export function factoryRoutes(context: RouteContext, services: FactoryServices, store: Store) {
  const { machine, device, streamer } = services;
  for (const service of [services.site, services.area, services.line, machine, device]) {
    resourceRoutes(context, service);
  }
  route(context, "machine/:key/devices/", {
    GET: ({ api, params }) => {
      const { slug } = machine.find(api, params.key);
      return { status: 200, body: device.list(api, [{ column: "machine", is: "=", value: slug }]) };
    },
  });
  route(context, "device/:key/streamers/", {
    GET: ({ api, params }) => {
      const { slug } = device.find(api, params.key);
      return { status: 200, body: streamer.all([{ column: "device", is: "=", value: slug }]) };
    },
  });
  route(context, "device/:key/extra/", {
    GET: ({ api, params }) => {
      const row = device.find(api, params.key);
      const streams = store.tables.stream.list([{ column: "device", is: "=", value: row.slug }]);
      return {
        status: 200,
        body: {
          ...device.show(row),
          stream_counts: Object.fromEntries(
            streams.map(({ slug, readings }) => [slug, { points: readings }]),
          ),
        },
      };
    },
  });
}
