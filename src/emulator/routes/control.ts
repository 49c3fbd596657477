/**
 * The control paths, for tests in any language and for the console:
 *
 * - `GET /health`: 200 once the emulator is ready
 * - `GET|POST|DELETE /__emulator__/faults`, `DELETE /__emulator__/faults/<id>`
 * - `GET|PUT /__emulator__/counting`: when reports are counted
 * - `POST /__emulator__/tokens/expire`, `POST /__emulator__/tokens/revoke`
 * - `GET|DELETE /__emulator__/requests`, `GET /__emulator__/reports`
 * - `GET /__emulator__/events`: server-sent events
 * - `GET /__emulator__/about`: which emulator this is, and where its store is
 * - `POST /__emulator__/reset`, `POST /__emulator__/export` with `{"dir": "..."}`
 *
 * They need no token. A page of another origin cannot use them: a request is rejected if its Origin is not that
 * of the emulator.
 */
import type { Context } from "hono";
import { errorMessage } from "../../_error_fields.ts";
import type { EmulatorEvent, Events } from "../control/events.ts";
import type { Faults, FaultSpec } from "../control/faults.ts";
import type { Counting, CountingOptions } from "../reports/counting.ts";
import { jsonResponse } from "../http/json.ts";
import type { App } from "./_route.ts";

/** The data of an emulator that the console needs before the user has signed in. */
export interface About {
  /** A value that changes with each start. */
  readonly instance: string;
  /** When it was started, as ISO 8601. */
  readonly startedAt: string;
  /** Whether the stored data is lost when it stops. */
  readonly memory: boolean;
  /** Whether it has the account of the demo seed. */
  readonly demo: boolean;
}

/** The parts that the control paths use. */
interface Controls {
  readonly faults: Faults;
  readonly events: Events;
  readonly counting: Counting;
  /** Expires all access tokens. */
  expireTokens(): void;
  /** Blacklists all refresh tokens, and returns how many. */
  revokeRefreshTokens(): number;
  about(): About;
  reset(): void;
  exportTo(dir: string): Promise<void>;
}

/** Serves the control paths. */
export function controlRoutes(app: App, controls: Controls): void {
  const { faults, events, counting } = controls;
  app.get("/health", () => jsonResponse(200, { status: "ok" }));

  app.use("/__emulator__/*", async (c, next) => {
    const origin = c.req.header("origin");
    if (origin !== undefined && origin !== new URL(c.req.url).origin) {
      return jsonResponse(403, { error: `Cannot control the emulator from the origin ${origin}` });
    }
    await next();
  });
  app.get("/__emulator__/faults", () => jsonResponse(200, faults.list()));
  app.post("/__emulator__/faults", async (c) => {
    const spec = await body<FaultSpec | FaultSpec[]>(c);
    // `add` reports what is missing.
    return guarded(() => ({ ids: [spec].flat().map((one) => faults.add(one!)) }), 201);
  });
  app.delete("/__emulator__/faults", () => guarded(() => faults.clear(), 204));
  app.delete(
    "/__emulator__/faults/:id",
    (c) =>
      faults.remove(c.req.param("id")) ? new Response(null, { status: 204 }) : jsonResponse(404, {
        error: `Cannot remove fault "${c.req.param("id")}": it does not exist`,
      }),
  );
  app.get("/__emulator__/counting", () => jsonResponse(200, counting.toJSON()));
  app.put("/__emulator__/counting", async (c) => {
    const options = await body<CountingOptions>(c);
    return guarded(() => {
      counting.set(options ?? {});
      return counting.toJSON();
    }, 200);
  });
  app.post("/__emulator__/tokens/expire", () => guarded(() => controls.expireTokens(), 204));
  app.post(
    "/__emulator__/tokens/revoke",
    () => guarded(() => ({ revoked: controls.revokeRefreshTokens() }), 200),
  );
  app.get("/__emulator__/requests", () => jsonResponse(200, events.requests));
  app.delete("/__emulator__/requests", () => guarded(() => events.clearRequests(), 204));
  app.get("/__emulator__/reports", () => jsonResponse(200, events.reports));
  app.get("/__emulator__/about", () => jsonResponse(200, controls.about()));
  app.get("/__emulator__/events", (c) => eventStream(events, c.req.raw.signal));
  app.post("/__emulator__/reset", () => guarded(() => controls.reset(), 204));
  app.post("/__emulator__/export", async (c) => {
    const dir = (await body<{ dir?: unknown } | null>(c))?.dir;
    if (typeof dir !== "string" || dir === "") {
      return jsonResponse(400, { error: 'Cannot export: "dir" must be the path of a folder' });
    }
    try {
      await controls.exportTo(dir);
    } catch (error) {
      return jsonResponse(400, { error: errorMessage(error) });
    }
    return jsonResponse(200, { dir });
  });
}

/** The body as JSON; undefined if it is not valid JSON. The caller then reports what is missing. */
async function body<T>(c: Context): Promise<T | undefined> {
  try {
    return await c.req.json();
  } catch {
    return undefined; // the caller reports what is missing
  }
}

function guarded(work: () => unknown, status: number): Response {
  try {
    const result = work();
    return result === undefined
      ? new Response(null, { status: status === 200 ? 204 : status })
      : jsonResponse(status, result);
  } catch (error) {
    if (error instanceof TypeError) return jsonResponse(400, { error: error.message });
    throw error;
  }
}

/** How often a line is sent if there are no events, so that the connection is kept alive. */
const HEARTBEAT_MS = 15_000;

function eventStream(events: Events, signal: AbortSignal): Response {
  const encoder = new TextEncoder();
  let stop = () => {};
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      const send = (text: string) => controller.enqueue(encoder.encode(text));
      const unlisten = events.listen((event: EmulatorEvent) =>
        send(`id: ${event.id}\nevent: ${event.kind}\ndata: ${JSON.stringify(event)}\n\n`)
      );
      const heartbeat = setInterval(() => send(": still here\n\n"), HEARTBEAT_MS);
      stop = () => {
        unlisten();
        clearInterval(heartbeat);
      };
      signal.addEventListener("abort", () => stop(), { once: true });
      send(": connected\n\n");
    },
    cancel: () => stop(),
  });
  return new Response(stream, {
    headers: { "Content-Type": "text/event-stream", "Cache-Control": "no-store" },
  });
}
