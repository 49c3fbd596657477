/**
 * A transport of `fetch`'s shape over node:http and node:https, for Node, Deno and Bun.
 *
 * It does what fetch cannot: stream a file with a Content-Length (fetch sends a stream chunked, which
 * a Django server reads as an empty body), tell the progress, and connect to a server whose
 * certificate is not verified.
 *
 * @module
 */
import http from "node:http";
import https from "node:https";
import tls from "node:tls";
import { Multipart } from "./_multipart.ts";
import type { Transport, WireRequest } from "./_transport.ts";

/** Whom to trust. */
export interface Trust {
  readonly verify: boolean;
  readonly caCerts?: readonly string[];
}

/** Statuses whose answers have no body: the Response constructor refuses one. */
const BODILESS = new Set([204, 205, 304]);

/** The transport. Kept connections are for calls that may be repeated: Deno repeats what breaks there. */
export function nodeTransport(trust: Trust): Transport {
  const secure = secureOptions(trust);
  const kept = {
    "http:": new http.Agent({ keepAlive: true }),
    "https:": new https.Agent({ keepAlive: true, ...secure }),
  };
  return (request) => {
    const url = new URL(request.url);
    const protocol = url.protocol as "http:" | "https:";
    const repeatable = request.method === "GET" && request.body === undefined;
    const options = {
      method: request.method,
      headers: wireHeaders(request, url),
      agent: repeatable ? kept[protocol] : false,
      ...(protocol === "https:" ? secure : {}),
    };
    const { request: open } = protocol === "https:" ? https : http;
    return exchange(request, () => open(url, options));
  };
}

function secureOptions(
  { verify, caCerts }: Trust,
): { rejectUnauthorized?: boolean; ca?: string[] } {
  if (!verify) return { rejectUnauthorized: false };
  if (!caCerts) return {};
  // What is given as `ca` replaces the runtime's own authorities.
  const { getCACertificates } = tls as { getCACertificates?: (kind: "default") => string[] };
  const own = getCACertificates?.("default") ?? tls.rootCertificates;
  return { ca: [...own, ...caCerts] };
}

function wireHeaders({ headers, body }: WireRequest, url: URL): Record<string, string> {
  const all: Record<string, string> = Object.fromEntries(headers);
  all.host = url.host;
  if (body instanceof Multipart) {
    all["content-type"] = body.contentType;
    all["content-length"] = String(body.length);
  } else if (body) {
    all["content-type"] ??= body.type;
    all["content-length"] = String(body.size);
  }
  return all;
}

function exchange(request: WireRequest, open: () => http.ClientRequest): Promise<Response> {
  const { signal } = request;
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const wire = open();
    const stop = () => {
      reject(signal.reason);
      wire.destroy();
    };
    signal.addEventListener("abort", stop, { once: true });
    wire.on("close", () => signal.removeEventListener("abort", stop));
    wire.on("error", reject);
    let answered = false;
    wire.on("response", (message) => {
      answered = true;
      message.on("end", () => {
        // An answer ahead of the whole body: the connection is of no more use.
        if (!wire.writableFinished) wire.destroy();
      });
      try {
        resolve(asResponse(message));
      } catch (error) {
        reject(error);
        wire.destroy();
      }
    });
    sendBody(request, wire, () => answered || signal.aborted).catch((error) => {
      if (answered) return; // The server did not want the rest.
      reject(error);
      wire.destroy();
    });
  });
}

async function sendBody(
  { body, onSent }: WireRequest,
  wire: http.ClientRequest,
  over: () => boolean,
): Promise<void> {
  if (body instanceof Multipart) {
    let sent = 0;
    onSent?.(sent);
    for await (const { bytes, ofFile } of body.chunks()) {
      if (over()) return;
      await written(wire, bytes);
      if (ofFile > 0) onSent?.(sent += ofFile);
    }
  } else if (body) await written(wire, new Uint8Array(await body.arrayBuffer()));
  if (!over()) wire.end();
}

/** Resolves when the bytes have left for the network. */
function written(wire: http.ClientRequest, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    const gone = () => reject(new Error("the connection closed while the body was sent"));
    wire.once("close", gone);
    wire.write(bytes, (error) => {
      wire.off("close", gone);
      if (error) reject(error);
      else resolve();
    });
  });
}

function asResponse(message: http.IncomingMessage): Response {
  const status = message.statusCode ?? 0;
  const headers = new Headers();
  for (let at = 0; at < message.rawHeaders.length; at += 2) {
    headers.append(message.rawHeaders[at], message.rawHeaders[at + 1]);
  }
  if (BODILESS.has(status)) {
    message.resume();
    return new Response(null, { status, headers });
  }
  return new Response(bodyStream(message), { status, headers });
}

function bodyStream(message: http.IncomingMessage): ReadableStream<Uint8Array> {
  let ended = false;
  return new ReadableStream({
    start(controller) {
      const fail = (error: Error) => {
        if (!ended) controller.error(error);
        ended = true;
      };
      message.on("data", (chunk: Uint8Array) => {
        if (ended) return;
        controller.enqueue(new Uint8Array(chunk));
        if ((controller.desiredSize ?? 0) <= 0) message.pause();
      });
      message.on("end", () => {
        if (!ended && message.complete !== false) controller.close();
        else fail(new Error("the connection closed before the answer was whole"));
        ended = true;
      });
      message.on("error", fail);
      message.on(
        "aborted",
        () => fail(new Error("the connection closed before the answer was whole")),
      );
      message.on(
        "close",
        () => fail(new Error("the connection closed before the answer was whole")),
      );
    },
    pull() {
      message.resume();
    },
    cancel() {
      ended = true;
      message.destroy();
    },
  });
}
