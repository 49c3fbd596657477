/**
 * The common parts of all routes: the caller, the methods, reading a body and writing a response. Authentication
 * comes first, then the method, then the body, like in the framework of the real service.
 */
import type { Hono } from "hono";
import type { Caller, Sessions } from "../auth/sessions.ts";
import { type Body, parseBody, readBytes } from "../http/body.ts";
import { jsonResponse } from "../http/json.ts";
import { detail, notAuthenticated } from "../http/error_response.ts";
import type { ApiRequest } from "../resources/request.ts";

/** Data about a request, in addition to the request itself. */
export interface RequestState {
  /** The names of the parts of the body, for the log. */
  parts: string[];
  account: string | null;
  requestBytes: number;
  /** The internal error, in one line. */
  error?: string;
  /** Treat the token as expired. */
  readonly expiredToken: boolean;
  /** The report is stored but never counted. */
  readonly workerFails: boolean;
  /** Called with the bytes of the body read so far. */
  readonly onBytes: (total: number, announced: number) => void;
  readonly now: number;
}

/** The environment that hono passes to each route. */
export type App = Hono<{ Bindings: RequestState }>;

/** The dependencies of routes. */
export interface RouteContext {
  readonly app: App;
  readonly sessions: Sessions;
  readonly maxBodyBytes: number;
  /** All served paths, for the redirect of a path without its slash. */
  readonly served: RegExp[];
}

/** A call of a route. */
export interface Call {
  readonly request: Request;
  readonly url: URL;
  /** The parts of the path that vary. */
  readonly params: Readonly<Record<string, string>>;
  readonly state: RequestState;
  /** The caller; undefined if the route is open to all. */
  readonly caller: Caller | undefined;
  /** The request for services; only for routes that are not open to all. */
  readonly api: ApiRequest;
  /** Reads and parses the body. */
  body(): Promise<Body>;
}

/** A response: a status and the value of its JSON. */
type Reply = Response | { readonly status: number; readonly body?: unknown };

/** The handler of a method of a route. */
export type Handler = (call: Call) => Reply | Promise<Reply>;

/** The methods of a route. */
export interface Methods {
  readonly GET?: Handler;
  readonly POST?: Handler;
  readonly PUT?: Handler;
  readonly PATCH?: Handler;
  readonly DELETE?: Handler;
}

/** Who may call: callers with a token, everyone, or everyone without a check of the token. */
type Access = "token" | "open" | "blind";

/** Serves a path below `/api/v1/`. */
export function route(
  context: RouteContext,
  path: string,
  methods: Methods,
  access: Access = "token",
): void {
  const full = `/api/v1/${path}`;
  context.served.push(new RegExp(`^${full.replace(/:[a-z]+/g, "[^/]+")}$`));
  const allowed = [...Object.keys(methods), "HEAD", "OPTIONS"];
  context.app.all(full, async (c) => {
    const state = c.env;
    const request = c.req.raw;
    const caller = access === "blind" ? undefined : await identify(context, state, request);
    if (access === "token" && !caller) throw notAuthenticated();
    state.account = caller?.account.email ?? null;
    const method = request.method === "HEAD" ? "GET" : request.method;
    const handler = new Map<string, Handler | undefined>(Object.entries(methods)).get(method);
    const headers = { Allow: allowed.join(", ") };
    if (method === "OPTIONS") return jsonResponse(200, { name: path, methods: allowed }, headers);
    if (!handler) throw detail(405, `Method "${request.method}" not allowed.`, headers);
    const url = new URL(request.url);
    const reply = await handler({
      request,
      url,
      params: Object.fromEntries(
        Object.entries(c.req.param()).map(([name, value]) => [name, String(value)]),
      ),
      state,
      caller,
      api: { caller: caller!, url, query: url.searchParams, now: state.now },
      body: () => readBody(context, state, request),
    });
    if (reply instanceof Response) return reply;
    return reply.body === undefined
      ? new Response(null, { status: reply.status })
      : jsonResponse(reply.status, reply.body);
  });
}

function identify(
  { sessions }: RouteContext,
  state: RequestState,
  request: Request,
): Promise<Caller | undefined> {
  const authorization = request.headers.get("authorization") ?? undefined;
  const scheme = authorization?.trim().split(/\s+/)[0].toLowerCase();
  // An invalid token gets the same response as an expired one.
  if (state.expiredToken && scheme === "jwt") return sessions.identify("jwt expired");
  return sessions.identify(authorization);
}

async function readBody(
  context: RouteContext,
  state: RequestState,
  request: Request,
): Promise<Body> {
  const contentType = request.headers.get("content-type") ?? undefined;
  const announced = Number(request.headers.get("content-length") ?? 0);
  const bytes = await readBytes(request, context.maxBodyBytes, (total) => {
    state.requestBytes = total;
    state.onBytes(total, announced);
  });
  const body = parseBody(bytes, contentType);
  state.parts = body.parts.map(({ name, filename }) =>
    filename === undefined ? name : `${name}=${filename}`
  );
  return body;
}
