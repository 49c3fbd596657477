/**
 * Handles each request: applies the faults, passes the request to the routes, turns errors into responses, and records
 * what happened.
 */
import type { Hono } from "hono";
import { timestamp } from "./auth/sessions.ts";
import type { Events } from "./control/events.ts";
import { ConnectionDropped, type Faults, type SetFault } from "./control/faults.ts";
import { errorBody, withoutSecretHeaders, withoutSecretParameters } from "./control/redact.ts";
import { jsonResponse } from "./http/json.ts";
import { ErrorResponse, htmlPage, unknownPath } from "./http/error_response.ts";
import type { RequestState } from "./routes/_route.ts";
import { StoreError } from "./store/database.ts";

/** What the handler needs. */
interface HandlerContext {
  readonly routes: Hono<{ Bindings: RequestState }>;
  readonly served: readonly RegExp[];
  readonly faults: Faults;
  readonly events: Events;
  readonly now: () => number;
  /** Called with one line for each response with status 500. */
  readonly log: (line: string) => void;
}

/** Answers requests. */
export class RequestHandler {
  #context: HandlerContext;

  constructor(context: HandlerContext) {
    this.#context = context;
  }

  /**
   * Answers one request.
   *
   * @throws ConnectionDropped where a fault cuts the connection.
   */
  async handle(request: Request): Promise<Response> {
    const { faults, events, now } = this.#context;
    const url = new URL(request.url);
    // The console only observes: its own requests do not trigger faults and are not in the log.
    const isControl = url.pathname.startsWith("/__emulator__/") || !isLogged(url.pathname) ||
      request.headers.has("x-archfx-console");
    if (isControl) return await this.#answer(request, url, this.#state([], now()));
    const started = performance.now();
    const at = now();
    const struck = faults.take(request.method, url.pathname);
    const state = this.#state(struck, at);
    let response: Response | undefined;
    let body: string | null = null;
    try {
      response = await this.#withFaults(request, url, state, struck);
      body = await errorBody(response);
      return response;
    } finally {
      events.emit({
        kind: "request",
        at: timestamp(at),
        method: request.method,
        path: url.pathname,
        query: withoutSecretParameters(url.searchParams),
        account: state.account,
        status: response?.status ?? 0,
        milliseconds: performance.now() - started,
        requestBytes: state.requestBytes || Number(request.headers.get("content-length") ?? 0),
        responseBytes: Number(response?.headers.get("content-length") ?? 0),
        parts: state.parts,
        faults: struck.map(({ id }) => id),
        struck: struck.map(({ id: _, ...spec }) => spec),
        requestHeaders: withoutSecretHeaders(request.headers),
        responseHeaders: response === undefined ? {} : withoutSecretHeaders(response.headers),
        errorBody: body,
        ...(state.error === undefined ? {} : { error: state.error }),
      });
    }
  }

  #state(struck: readonly SetFault[], now: number): RequestState {
    const during = struck.some((fault) => fault.kind === "drop" && fault.phase === "during");
    return {
      parts: [],
      account: null,
      requestBytes: 0,
      now,
      expiredToken: struck.some(({ kind }) => kind === "expired-token"),
      workerFails: struck.some(({ kind }) => kind === "worker-fails"),
      onBytes: (total, announced) => {
        if (during && total >= announced / 2) throw new ConnectionDropped();
      },
    };
  }

  async #withFaults(
    request: Request,
    url: URL,
    state: RequestState,
    struck: readonly SetFault[],
  ): Promise<Response> {
    for (const fault of struck) {
      switch (fault.kind) {
        case "delay":
          await new Promise((resolve) => setTimeout(resolve, fault.milliseconds));
          break;
        case "status":
          return faultyStatus(fault);
        case "redirect":
          return new Response(null, {
            status: fault.status ?? 302,
            headers: { Location: fault.origin + url.pathname + url.search },
          });
        case "drop":
          if (fault.phase === "before") throw new ConnectionDropped();
          // A response without a body has no middle.
          if (fault.phase === "during" && !request.body) throw new ConnectionDropped();
      }
    }
    let response = await this.#answer(request, url, state);
    for (const fault of struck) {
      if (fault.kind === "next") response = await relinked(response, url.origin, fault.origin);
      if (fault.kind === "drop" && fault.phase === "after") throw new ConnectionDropped();
      if (fault.kind === "drop" && fault.phase === "answer") throw new ConnectionDropped(response);
      // The route responded without reading the body.
      if (fault.kind === "drop" && fault.phase === "during") throw new ConnectionDropped();
    }
    return response;
  }

  async #answer(request: Request, url: URL, state: RequestState): Promise<Response> {
    try {
      const response = await this.#context.routes.fetch(request, state);
      return request.method === "HEAD" ? new Response(null, response) : response;
    } catch (error) {
      if (error instanceof ConnectionDropped) throw error;
      return this.#errorResponse(error, request, url, state);
    }
  }

  #errorResponse(error: unknown, request: Request, url: URL, state: RequestState): Response {
    if (error instanceof ErrorResponse) return toResponse(error);
    state.error = oneLine(error);
    this.#context.log(`${request.method} ${url.pathname}: ${state.error}`);
    return toResponse(htmlPage(500, "Server Error (500)"));
  }

  /** The response for a path without a route: a redirect to the path with a slash, or a page. */
  notFound(url: URL): Response {
    const slashed = `${url.pathname}/`;
    if (!url.pathname.endsWith("/") && this.#context.served.some((path) => path.test(slashed))) {
      return new Response(null, { status: 301, headers: { Location: slashed + url.search } });
    }
    return toResponse(unknownPath());
  }
}

/** The HTTP response of an error. */
function toResponse({ status, body, html, headers }: ErrorResponse): Response {
  if (html === undefined) return jsonResponse(status, body, { ...headers });
  return new Response(html, {
    status,
    headers: { "Content-Type": "text/html; charset=utf-8", ...headers },
  });
}

/** An error in one line; for bugs of the emulator, with the place. */
function oneLine(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof StoreError) return error.message;
  const where = error.stack?.split("\n").find((line) => /^\s+at /.test(line))?.trim() ?? "";
  return `${error.name}: ${error.message.split("\n", 1)[0]} ${where}`.trim();
}

function isLogged(path: string): boolean {
  return path.startsWith("/api/");
}

function faultyStatus(fault: SetFault & { kind: "status" }): Response {
  const headers: Record<string, string> = fault.retryAfter === undefined
    ? {}
    : { "Retry-After": String(fault.retryAfter) };
  if (fault.status === 204 || fault.status === 304) {
    return new Response(null, { status: fault.status, headers });
  }
  if (fault.body !== undefined) return jsonResponse(fault.status, fault.body, headers);
  if (fault.status === 429) {
    const wait = fault.retryAfter ?? 1;
    return jsonResponse(429, {
      detail: `Request was throttled. Expected available in ${wait} seconds.`,
    }, headers);
  }
  return toResponse(
    new ErrorResponse(fault.status, undefined, {
      headers,
      html: htmlPage(fault.status, `${fault.status} from the proxy`).html,
    }),
  );
}

/** Puts another origin into the links of a list. */
async function relinked(response: Response, from: string, to: string): Promise<Response> {
  if (!response.headers.get("content-type")?.startsWith("application/json")) return response;
  const text = await response.text();
  const links = /"(next|previous)":"([^"]*)"/g;
  const changed = text.replace(
    links,
    (_all, name, link) =>
      `"${name}":"${link.startsWith(from) ? to + link.slice(from.length) : link}"`,
  );
  return new Response(changed, { status: response.status, headers: response.headers });
}
