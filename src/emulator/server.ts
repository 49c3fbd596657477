/**
 * The emulator on a socket. `node:http` works on every runtime and lets a fault cut the connection, unlike the
 * runtimes' own servers.
 */
import { isLoopback } from "../_loopback.ts";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { portOf } from "../_node_port.ts";
import { ConnectionDropped } from "./control/faults.ts";

/** A server that listens. */
export interface Listening {
  /** The address, such as `http://127.0.0.1:8000`. */
  readonly url: string;
  /** The port; if it was 0, the one that the system has chosen. */
  readonly port: number;
  /** Ends all connections and stops. */
  close(): Promise<void>;
}

/** Where to listen. */
export interface ListenOptions {
  /**
   * The port; with 0, the system chooses a free one.
   *
   * @default {0}
   */
  readonly port?: number;
  /**
   * The address to listen on.
   *
   * @default {"127.0.0.1"}
   */
  readonly hostname?: string;
  /**
   * Allows a host that others can reach. The passwords of the emulator are public, and its control paths need
   * none.
   *
   * @default {false}
   */
  readonly expose?: boolean;
}

/**
 * Listens.
 *
 * @throws TypeError If others can reach the host and `expose` is not set, or if the port is invalid.
 */
export async function listen(
  handle: (request: Request) => Promise<Response>,
  options: ListenOptions = {},
  log: (line: string) => void = () => {},
): Promise<Listening> {
  const { port = 0, hostname = "127.0.0.1", expose = false } = options;
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new TypeError(
      `Cannot listen: "port" must be an integer from 0 to 65535; the current value is ${port}`,
    );
  }
  if (!isLoopback(hostname) && !expose) {
    throw new TypeError(
      `Cannot listen on "${hostname}": others could reach it, so "expose" must be set`,
    );
  }
  const http = await import("node:http");
  const server = http.createServer({ keepAlive: true }, (incoming, outgoing) => {
    if (!expose && !isForThisMachine(incoming.headers.host)) return misdirected(incoming, outgoing);
    serve(handle, incoming, outgoing).catch((error) => {
      // A client may close the connection during the response. That is not an error of the emulator.
      if (!outgoing.destroyed) log(`Cannot respond: ${error}`);
      incoming.socket.destroy();
    });
  });
  // An upload may take long, and Node's default limits would stop it.
  server.requestTimeout = 0;
  server.headersTimeout = 60_000;
  // Longer than clients keep a connection. Closing a connection while a client reuses it would look like a fault
  // that no test has set.
  server.keepAliveTimeout = 120_000;
  const host = hostname.replace(/^\[|\]$/g, "");
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => resolve());
  });
  const opened = portOf(server);
  const shown = host.includes(":") ? `[${host}]` : host;
  return {
    url: `http://${shown}:${opened}`,
    port: opened,
    close: () => close(server),
  };
}

/**
 * Whether a request was meant for this machine. A foreign page whose host name resolves to this machine (DNS
 * rebinding) would have the same origin as the control paths, but its requests contain the foreign name.
 */
function isForThisMachine(host: string | undefined): boolean {
  return host === undefined || isLoopback(host.replace(/:\d+$/, ""));
}

function misdirected(incoming: IncomingMessage, outgoing: ServerResponse): void {
  outgoing.writeHead(421, { "Content-Type": "text/plain; charset=utf-8", "Connection": "close" });
  outgoing.end("This emulator accepts only the names of this machine, unless it is exposed\n");
  incoming.resume();
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections?.();
  });
}

/** How long a client may continue sending after the response. */
const LONGEST_DROP_MS = 10_000;

async function serve(
  handle: (request: Request) => Promise<Response>,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const gone = new AbortController();
  outgoing.once("close", () => gone.abort());
  let request: Request;
  try {
    request = requestOf(incoming, gone.signal);
  } catch {
    // The Host, the method or a header is not valid in a Request.
    outgoing.writeHead(400, { "content-type": "text/html; charset=utf-8" });
    outgoing.end("<h1>Bad Request (400)</h1>\n");
    incoming.resume();
    return;
  }
  let response: Response;
  try {
    response = await handle(request);
  } catch (error) {
    if (!(error instanceof ConnectionDropped)) throw error;
    if (error.partial) await sendHalf(error.partial, outgoing);
    incoming.socket.destroy();
    return;
  }
  await send(response, incoming, outgoing, gone.signal);
}

function requestOf(incoming: IncomingMessage, signal: AbortSignal): Request {
  const host = incoming.headers.host ?? "localhost";
  // A target that is a full URL, or begins with "//", must not change the host.
  const target = incoming.url ?? "/";
  const path = target.startsWith("/") ? target : "/";
  const headers = new Headers();
  for (let i = 0; i < incoming.rawHeaders.length; i += 2) {
    headers.append(incoming.rawHeaders[i], incoming.rawHeaders[i + 1]);
  }
  const method = incoming.method ?? "GET";
  const init: RequestInit & { duplex?: "half" } = { method, headers, signal };
  if (hasBody(incoming)) {
    init.body = bodyOf(incoming);
    init.duplex = "half";
  }
  return new Request(`http://${host}${path}`, init);
}

function hasBody({ method = "GET", headers }: IncomingMessage): boolean {
  return method !== "GET" && method !== "HEAD" &&
    (headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0);
}

function bodyOf(incoming: IncomingMessage): ReadableStream<Uint8Array> {
  let stop = () => {};
  return new ReadableStream<Uint8Array>({
    start(controller) {
      const onData = (chunk: Uint8Array) => {
        controller.enqueue(chunk);
        if ((controller.desiredSize ?? 0) <= 0) incoming.pause();
      };
      const onEnd = () => {
        stop();
        controller.close();
      };
      // The client has closed the connection: no response is possible, and nothing is wrong here.
      const onGone = () => {
        stop();
        controller.error(new ConnectionDropped());
      };
      stop = () => {
        incoming.off("data", onData);
        incoming.off("end", onEnd);
        incoming.off("aborted", onGone);
      };
      incoming.on("data", onData);
      incoming.once("end", onEnd);
      incoming.once("aborted", onGone);
      incoming.once("error", onGone);
      incoming.pause();
    },
    pull() {
      incoming.resume();
    },
    cancel() {
      stop();
    },
  });
}

async function send(
  response: Response,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  gone: AbortSignal,
): Promise<void> {
  const headers = Object.fromEntries(response.headers);
  const type = headers["content-type"] ?? "";
  if (!response.body) {
    outgoing.writeHead(response.status, headers);
    outgoing.end();
  } else if (/^text\/(?:event-stream|csv)/.test(type)) {
    outgoing.writeHead(response.status, headers);
    await stream(response.body, outgoing, gone);
  } else {
    const body = new Uint8Array(await response.arrayBuffer());
    outgoing.writeHead(response.status, { ...headers, "content-length": body.length });
    outgoing.write(body);
    await dropRest(incoming);
    outgoing.end();
  }
}

/**
 * Reads and drops the rest of a body that the route did not read, before the response is ended and the connection
 * may be closed. Otherwise, a client that is still sending would see a broken connection instead of the response.
 */
async function dropRest(incoming: IncomingMessage): Promise<void> {
  if (!hasBody(incoming) || incoming.readableEnded || incoming.destroyed) return;
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, LONGEST_DROP_MS);
    const done = () => {
      clearTimeout(timer);
      resolve();
    };
    for (const event of ["end", "close", "aborted", "error"]) incoming.once(event, done);
    incoming.removeAllListeners("data");
    incoming.resume();
  });
}

async function stream(
  body: ReadableStream<Uint8Array>,
  outgoing: ServerResponse,
  gone: AbortSignal,
): Promise<void> {
  const reader = body.getReader();
  gone.addEventListener("abort", () => reader.cancel().catch(() => {}), { once: true });
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    if (gone.aborted) return;
    if (!outgoing.write(next.value)) {
      await new Promise<void>((resolve) => {
        outgoing.once("drain", () => resolve());
        gone.addEventListener("abort", () => resolve(), { once: true });
      });
    }
  }
  outgoing.end();
}

/** Sends the head and half of the body of a response. */
async function sendHalf(response: Response, outgoing: ServerResponse): Promise<void> {
  const body = new Uint8Array(await response.arrayBuffer());
  outgoing.writeHead(response.status, {
    ...Object.fromEntries(response.headers),
    "content-length": Math.max(body.length, 1),
  });
  await new Promise<void>((resolve) =>
    outgoing.write(body.subarray(0, body.length >> 1), () => resolve())
  );
}
