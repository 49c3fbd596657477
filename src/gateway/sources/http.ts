/**
 * httpSource(), readings that are posted over HTTP.
 *
 * @module
 */
import { listen as listenOn } from "../_listen.ts";
import http from "node:http";
import type { Socket } from "node:net";
import { createHash, timingSafeEqual } from "node:crypto";
import { errorCode, errorMessage } from "../../_error_fields.ts";
import { portOf } from "../../_node_port.ts";
import { checkNames } from "../../_options.ts";
import { isLoopback } from "../../_loopback.ts";
import { QueueFullError } from "../errors.ts";
import { parseAddress } from "../gateway_options.ts";
import type { ReadingBatch, ReadingSink, ReadingSource } from "../types.ts";
import { BodyError, readRequestBody } from "./_http_body.ts";
import { badRowText, checkTextOptions, parseText, type TextOptions } from "./_parse.ts";

/** How readings are received over HTTP. */
export interface HttpOptions extends TextOptions {
  /** The address, such as `127.0.0.1:8470`; port 0 chooses a free one. */
  readonly listen: string;
  /** The token that clients send as `Authorization: Bearer TOKEN`. */
  readonly token: string;
  /**
   * Whether other machines may reach it. In that case, put a proxy with TLS in front of it.
   *
   * @default {false}
   */
  readonly expose?: boolean;
  /**
   * The name of the source.
   *
   * @default {"http"}
   */
  readonly name?: string;
  /**
   * The maximum size of an unpacked body, in bytes.
   *
   * @default {16 * 2 ** 20}
   */
  readonly maxBodyBytes?: number;
  /**
   * How long a client may take to send its body, in milliseconds.
   *
   * @default {30_000}
   */
  readonly timeoutMs?: number;
  /** Is called with the port when the server listens. */
  readonly onListen?: (port: number) => void;
}

const NAMES = [
  "listen",
  "token",
  "expose",
  "name",
  "maxBodyBytes",
  "timeoutMs",
  "onListen",
  "format",
  "device",
  "streamer",
  "read",
];
/** How long a client may take for its request. */
const TIMEOUT_MS = 30_000;
/** How long a request waits for space in the queue. */
const ROOM_MS = 2000;
/** The `Retry-After` for a client after that, in seconds. */
const RETRY_AFTER = "5";

interface Reply {
  readonly status: number;
  readonly body: Record<string, unknown>;
  readonly headers?: Record<string, string>;
}

/**
 * A source that accepts `POST /readings`: NDJSON, or CSV with `Content-Type: text/csv`, also with
 * `Content-Encoding: gzip`. The response is 202 when the readings are durable. With an `Idempotency-Key`, a
 * request that is repeated within 24 hours is not stored again: delivery is exactly once.
 *
 * A body with a row that is not a reading is rejected as a whole (400, with the line). When the queue is full, the
 * response is 429 with `Retry-After`.
 *
 * @param options The address, the token, and how bodies are read.
 * @returns The source, for a `Gateway`.
 * @throws {TypeError} If an option is not valid.
 *
 * @example
 * ```ts
 * import { httpSource } from "@archfx/cloud/gateway";
 * import { assertEquals } from "@std/assert";
 *
 * const source = httpSource({ listen: "127.0.0.1:8470", token: crypto.randomUUID() });
 * assertEquals(source.name, "http");
 * ```
 */
export function httpSource(options: HttpOptions): ReadingSource {
  checkNames(options, NAMES, "option of httpSource");
  const { listen, token, expose = false, name = "http" } = options;
  const { hostname, port } = parseAddress("listen", listen);
  if (typeof token !== "string" || !/^[!-~]{16,}$/.test(token)) {
    throw new TypeError(
      'Cannot use this "token": it must have at least 16 characters of ASCII, without spaces',
    );
  }
  if (!expose && !isLoopback(hostname)) {
    throw new TypeError(
      `Cannot listen on "${listen}": others can reach it; set "expose" if that is intended`,
    );
  }
  checkTextOptions(options);
  return { name, run: (sink, signal) => serve(options, { hostname, port }, sink, signal) };
}

async function serve(
  options: HttpOptions,
  { hostname, port }: { hostname: string; port: number },
  sink: ReadingSink,
  signal: AbortSignal,
): Promise<void> {
  const timeoutMs = options.timeoutMs ?? TIMEOUT_MS;
  const timeouts = {
    headersTimeout: timeoutMs,
    // Later than our own timeout, which returns the reason.
    requestTimeout: 2 * timeoutMs,
    connectionsCheckingInterval: Math.min(timeoutMs, TIMEOUT_MS),
  };
  const server = http.createServer(timeouts, (request, response) => {
    const stopped = new AbortController();
    response.on("close", () => stopped.abort(new Error("the client has disconnected")));
    const client = from(request);
    answer(options, request, sink, stopped.signal)
      .catch((error): Reply => {
        if (!signal.aborted) sink.bad(`${client}: ${errorMessage(error)}`);
        return { status: 503, body: { error: "the gateway could not store it" } };
      })
      .then(({ status, body, headers }) => {
        // After a body that was not completely read, the connection cannot be used again.
        const close: Record<string, string> = request.complete ? {} : { connection: "close" };
        response.writeHead(status, { "content-type": "application/json", ...headers, ...close });
        response.end(`${JSON.stringify(body)}\n`, () => {
          if (!request.complete) request.destroy();
        });
      })
      .catch((error) => {
        // An error of a client must not stop the gateway.
        sink.bad(`${client}: ${errorMessage(error)}`);
        request.destroy();
      });
  });
  server.on("clientError", (error, socket) => {
    const code = errorCode(error) ?? "";
    const late = code === "ERR_HTTP_REQUEST_TIMEOUT";
    // The client closed the connection, which is not worth a log line.
    if (!socket.writable || (!late && !code.startsWith("HPE_"))) return void socket.destroy();
    const what = late ? `its head took longer than ${timeoutMs} ms` : "it is not HTTP";
    sink.bad(`connection of ${(socket as Socket).remoteAddress ?? "a client"}: ${what}`);
    const status = late ? "408 Request Timeout" : "400 Bad Request";
    socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\n\r\n`);
  });
  await listenOn(server, hostname, port);
  options.onListen?.(portOf(server));
  try {
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      if (signal.aborted) resolve();
      signal.addEventListener("abort", () => resolve(), { once: true });
    });
  } finally {
    server.closeAllConnections?.();
    await new Promise((resolve) => server.close(resolve));
  }
}

function from({ socket }: http.IncomingMessage): string {
  // A closed connection has no address, and on Deno no socket.
  return `request of ${(socket as Socket | null)?.remoteAddress ?? "a client"}`;
}

function hasToken(request: http.IncomingMessage, token: string): boolean {
  const given = /^Bearer\s+(\S+)\s*$/i.exec(request.headers.authorization ?? "")?.[1] ?? "";
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(given), digest(token));
}

async function answer(
  options: HttpOptions,
  request: http.IncomingMessage,
  sink: ReadingSink,
  gone: AbortSignal,
): Promise<Reply> {
  const client = from(request);
  const reject = (status: number, error: string, headers?: Record<string, string>): Reply => {
    sink.bad(`${client}: ${error}`);
    return { status, body: { error }, ...(headers && { headers }) };
  };
  const path = (request.url ?? "").split("?")[0];
  if (path !== "/readings" && path !== "/readings/") {
    return reject(404, "only POST /readings exists");
  }
  if (request.method !== "POST") {
    return reject(405, "only POST /readings exists", { allow: "POST" });
  }
  if (!hasToken(request, options.token)) {
    return reject(401, "the token is missing or wrong", { "www-authenticate": "Bearer" });
  }
  const format = formatOf(request, options);
  if (format === undefined) {
    return reject(415, "the content type must be text/csv or application/x-ndjson");
  }
  const key = request.headers["idempotency-key"];
  if (key !== undefined && (typeof key !== "string" || !/^[ -~]{1,200}$/.test(key))) {
    return reject(400, "the Idempotency-Key must be up to 200 characters of ASCII");
  }
  let body: Uint8Array;
  try {
    body = await readRequestBody(
      request,
      options.maxBodyBytes ?? 16 * 2 ** 20,
      options.timeoutMs ?? TIMEOUT_MS,
    );
  } catch (error) {
    if (error instanceof BodyError) return reject(error.status, error.message);
    throw error;
  }
  const batches: ReadingBatch[] = [];
  let readings = 0;
  let wrong: string | undefined;
  try {
    const rows = parseText(body, { ...options, format }, (row) => wrong ??= badRowText(row));
    for await (const chunk of rows) {
      batches.push(...chunk.batches);
      readings += chunk.readings;
    }
  } catch (error) {
    wrong = errorMessage(error);
  }
  if (wrong !== undefined) return reject(400, wrong);
  // A request does not wait for long: its client can keep the readings and try again.
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(new QueueFullError("no space")), ROOM_MS);
  gone.addEventListener("abort", () => late.abort(gone.reason));
  try {
    await sink.push(batches, {
      signal: late.signal,
      ...(key !== undefined && { idempotencyKey: key }),
    });
  } catch (error) {
    if (!(error instanceof QueueFullError)) throw error;
    return reject(429, "the queue is full", { "retry-after": RETRY_AFTER });
  } finally {
    clearTimeout(timer);
  }
  return { status: 202, body: { readings } };
}

function formatOf(
  request: http.IncomingMessage,
  { format }: HttpOptions,
): "csv" | "ndjson" | undefined {
  const type = (request.headers["content-type"] ?? "").split(";")[0]!.trim().toLowerCase();
  if (type === "text/csv") return "csv";
  if (/^application\/(?:x-ndjson|ndjson|jsonl|json)$/.test(type)) return "ndjson";
  // curl and fetch send one of these by default.
  return /^(?:|text\/plain|application\/x-www-form-urlencoded)$/.test(type)
    ? format ?? "ndjson"
    : undefined;
}
