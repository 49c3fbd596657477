/**
 * The door: every request comes in here. It lets the faults strike, hands the request to the routes,
 * turns refusals into answers, and notes what happened.
 */
import type { Hono } from "hono";
import { timestamp } from "./auth/sessions.ts";
import type { Events } from "./control/events.ts";
import { ConnectionDropped, type Faults, type FaultSpec, type SetFault } from "./control/faults.ts";
import { errorBody, withoutSecretHeaders, withoutSecretParameters } from "./control/redact.ts";
import { jsonResponse } from "./http/json.ts";
import { htmlPage, Refusal, unknownPath } from "./http/refusal.ts";
import type { Visit } from "./routes/_route.ts";
import { StoreError } from "./store/database.ts";

/** What the door works with. */
export interface DoorContext {
  readonly routes: Hono<{ Bindings: Visit }>;
  readonly served: readonly RegExp[];
  readonly faults: Faults;
  readonly events: Events;
  readonly now: () => number;
  /** One line for each answer of 500. */
  readonly log: (line: string) => void;
}

/** Answers requests. */
export class Door {
  #context: DoorContext;

  constructor(context: DoorContext) {
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
    // The console looks on: what it asks for itself uses up no fault and is not in the log.
    const isControl = url.pathname.startsWith("/__emulator__/") || !isLogged(url.pathname) ||
      request.headers.has("x-archfx-console");
    if (isControl) return await this.#answer(request, url, this.#visit([], now()));
    const started = performance.now();
    const at = now();
    const struck = faults.take(request.method, url.pathname);
    const visit = this.#visit(struck, at);
    let response: Response | undefined;
    let body: string | null = null;
    try {
      response = await this.#withFaults(request, url, visit, struck);
      body = await errorBody(response);
      return response;
    } finally {
      events.emit({
        kind: "request",
        at: timestamp(at),
        method: request.method,
        path: url.pathname,
        query: withoutSecretParameters(url.searchParams),
        account: visit.account,
        status: response?.status ?? 0,
        milliseconds: performance.now() - started,
        requestBytes: visit.requestBytes || Number(request.headers.get("content-length") ?? 0),
        responseBytes: Number(response?.headers.get("content-length") ?? 0),
        parts: visit.parts,
        faults: struck.map(({ id }) => id),
        struck: struck.map(({ id: _, ...spec }) => spec as FaultSpec),
        requestHeaders: withoutSecretHeaders(request.headers),
        responseHeaders: response === undefined ? {} : withoutSecretHeaders(response.headers),
        errorBody: body,
        ...(visit.error === undefined ? {} : { error: visit.error }),
      });
    }
  }

  #visit(struck: readonly SetFault[], now: number): Visit {
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
    visit: Visit,
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
          // Without a body there is nothing to be in the middle of.
          if (fault.phase === "during" && !request.body) throw new ConnectionDropped();
      }
    }
    let response = await this.#answer(request, url, visit);
    for (const fault of struck) {
      if (fault.kind === "next") response = await relinked(response, url.origin, fault.origin);
      if (fault.kind === "drop" && fault.phase === "after") throw new ConnectionDropped();
      if (fault.kind === "drop" && fault.phase === "answer") throw new ConnectionDropped(response);
      // The body was never read: the route answered without it.
      if (fault.kind === "drop" && fault.phase === "during") throw new ConnectionDropped();
    }
    return response;
  }

  async #answer(request: Request, url: URL, visit: Visit): Promise<Response> {
    try {
      const response = await this.#context.routes.fetch(request, visit);
      return request.method === "HEAD" ? new Response(null, response) : response;
    } catch (error) {
      if (error instanceof ConnectionDropped) throw error;
      return this.#refused(error, request, url, visit);
    }
  }

  #refused(error: unknown, request: Request, url: URL, visit: Visit): Response {
    if (error instanceof Refusal) return refusalResponse(error);
    visit.error = oneLine(error);
    this.#context.log(`${request.method} ${url.pathname}: ${visit.error}`);
    return refusalResponse(htmlPage(500, "Server Error (500)"));
  }

  /** What answers a path that no route serves: the path with a slash, or a page. */
  notFound(url: URL): Response {
    const slashed = `${url.pathname}/`;
    if (!url.pathname.endsWith("/") && this.#context.served.some((path) => path.test(slashed))) {
      return new Response(null, { status: 301, headers: { Location: slashed + url.search } });
    }
    return refusalResponse(unknownPath());
  }
}

/** The answer that a refusal is. */
export function refusalResponse({ status, body, html, headers }: Refusal): Response {
  if (html === undefined) return jsonResponse(status, body, { ...headers });
  return new Response(html, {
    status,
    headers: { "Content-Type": "text/html; charset=utf-8", ...headers },
  });
}

/** An error in one line: what, and for our own mistakes where. */
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
  return refusalResponse(
    new Refusal(fault.status, undefined, {
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
