/**
 * A transport over node:http and node:https.
 *
 * It does what Node's fetch cannot: stream a file with a Content-Length (fetch sends a stream chunked,
 * which a Django server reads as an empty body), report progress, trust further certificates, connect to
 * a server without verifying its certificate, and use a proxy on Node 20.
 *
 * @module
 */
import http from "node:http";
import https from "node:https";
import { Multipart } from "./_multipart.ts";
import { decodedBody } from "./_node_decode.ts";
import { secureOptions, type Trust } from "./_node_trust.ts";
import { proxyHeaders, tunnel } from "./_node_tunnel.ts";
import { proxyFor } from "./_proxy.ts";
import type { Transport, WireRequest } from "./_types.ts";

/** Responses with these statuses have no body: the Response constructor rejects one. */
const BODILESS = new Set([204, 205, 304]);

/**
 * The transport. Only GETs and small bodies that may be sent twice reuse a connection: Deno repeats a request
 * that breaks on a reused connection, and a POST on one that the server has just closed would fail.
 */
export function nodeTransport(trust: Trust): Transport {
  const secure = secureOptions(trust);
  // The proxy is chosen here: with NODE_USE_ENV_PROXY, agents would choose one themselves.
  const direct = { proxyEnv: {} };
  const agents = (keepAlive: boolean) => ({
    "http:": new http.Agent({ keepAlive, ...direct }),
    "https:": new https.Agent({ keepAlive, ...direct, ...secure }),
  });
  const keptAlive = agents(true);
  const single = agents(false);
  return async (request) => {
    const url = new URL(request.url);
    const protocol = url.protocol === "https:" ? "https:" : "http:";
    const { method } = request;
    const headers = wireHeaders(request, url);
    const proxy = proxyFor(url);
    if (proxy && protocol === "https:") {
      const socket = await tunnel(proxy, url, secure, request.signal);
      // No agent, because it would make its own connection.
      const options = { method, headers, createConnection: () => socket };
      return await exchange(request, () => https.request(url, options));
    }
    if (proxy) {
      const isSecure = proxy.protocol === "https:";
      const { request: open } = isSecure ? https : http;
      const options = {
        method,
        path: url.href,
        headers: { ...headers, ...proxyHeaders(proxy) },
        agent: single[isSecure ? "https:" : "http:"],
      };
      return await exchange(request, () => open(new URL(proxy.origin), options));
    }
    const isRepeatable = request.isRepeatable || method === "GET" && request.body === undefined;
    const { request: open } = protocol === "https:" ? https : http;
    const agent = (isRepeatable ? keptAlive : single)[protocol];
    const options = { method, headers, agent, ...(protocol === "https:" ? secure : {}) };
    return await exchange(request, () => open(url, options));
  };
}

function wireHeaders({ headers, body }: WireRequest, url: URL): Record<string, string> {
  const all: Record<string, string> = Object.fromEntries(headers);
  all.host = url.host;
  all["accept-encoding"] ??= "identity";
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
        // The response came before the whole body was sent, so the connection cannot be reused.
        if (!wire.writableFinished) wire.destroy();
      });
      asResponse(message).then(resolve, (error) => {
        reject(error);
        wire.destroy();
      });
    });
    sendBody(request, wire, () => answered || signal.aborted).catch((error) => {
      if (answered) return; // The server does not read the rest.
      reject(error);
      wire.destroy();
    });
  });
}

async function sendBody(
  { body, onSent }: WireRequest,
  wire: http.ClientRequest,
  isOver: () => boolean,
): Promise<void> {
  if (body instanceof Multipart) {
    let sent = 0;
    onSent?.(sent);
    for await (const { bytes, ofFile } of body.chunks()) {
      if (isOver()) return;
      await written(wire, bytes);
      if (ofFile > 0) onSent?.(sent += ofFile);
    }
  } else if (body) await written(wire, new Uint8Array(await body.arrayBuffer()));
  if (!isOver()) wire.end();
}

/** Resolves when the bytes have been passed to the network. */
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

async function asResponse(message: http.IncomingMessage): Promise<Response> {
  const status = message.statusCode ?? 0;
  const headers = new Headers();
  for (let at = 0; at < message.rawHeaders.length; at += 2) {
    headers.append(message.rawHeaders[at], message.rawHeaders[at + 1]);
  }
  if (BODILESS.has(status)) {
    message.resume();
    return new Response(null, { status, headers });
  }
  const body = await decodedBody(message);
  if (status >= 200 && status <= 599) return new Response(body, { status, headers });
  // The constructor rejects such a status, but a server can send it.
  return Object.defineProperty(new Response(body, { headers }), "status", { value: status });
}
