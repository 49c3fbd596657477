/** stream/, streampages/, streamer/ and streamer/report/. */
import type { ReportUploads } from "../reports/upload.ts";
import { forbidden } from "../http/error_response.ts";
import type { DataService } from "../resources/data.ts";
import type { ResourceService } from "../resources/service.ts";
import { rejectStreamDelete } from "../resources/stream.ts";
import { csvResponse } from "./csv.ts";
import { type Handler, route, type RouteContext } from "./_route.ts";
import { resourceRoutes } from "./resources.ts";

const readOnly: Handler = () => {
  throw forbidden();
};

/** Serves streams and streamers. */
export function streamRoutes(
  context: RouteContext,
  services: {
    readonly stream: ResourceService;
    readonly streampage: ResourceService;
    readonly streamer: ResourceService;
    readonly report: ResourceService;
    readonly data: DataService;
    readonly uploads: ReportUploads;
  },
): void {
  const { stream, streamer, report, data, uploads } = services;
  resourceRoutes(context, stream, {
    row: {
      DELETE: ({ api, params }) => {
        stream.find(api, params.key);
        rejectStreamDelete(api.caller.account.is_staff);
        stream.delete(api, params.key);
        return { status: 204 };
      },
    },
  });
  route(context, "stream/:key/data/", {
    GET: ({ api, params }) => {
      const { slug } = stream.find(api, params.key);
      return api.query.get("format") === "csv"
        ? csvResponse(data.rows(api, slug))
        : { status: 200, body: data.listStream(api, slug) };
    },
  });
  resourceRoutes(context, services.streampage);
  // Before streamer/:key/, which would treat "report" as a key.
  resourceRoutes(context, report, {
    list: {
      POST: async (call) => {
        const { parts } = await call.body();
        return { status: 201, body: uploads.receive(call.api, parts, call.state.workerFails) };
      },
    },
    row: { PUT: readOnly, PATCH: readOnly, DELETE: readOnly },
  });
  resourceRoutes(context, streamer, { list: { POST: readOnly } });
  route(context, "streamer/:key/report/", {
    GET: ({ api, params }) => {
      const { slug } = streamer.find(api, params.key);
      return { status: 200, body: report.all([{ column: "streamer", is: "=", value: slug }]) };
    },
  });
}
