/**
 * Transport: sends one request and returns one response, with the runtime's own functions.
 *
 * All requests, uploads included, must follow the same rules for certificates and proxies. Deno uses its `fetch`
 * for everything. Node uses `fetch` for plain calls, and node:http with the same rules for what fetch cannot do
 * (uploads, `caCerts`, `verify: false`, proxies).
 *
 * @module
 */
import { isLoopback } from "../_loopback.ts";
import { log } from "./_log.ts";
import { Multipart } from "./_multipart.ts";
import { mayUseProxy, proxyFor } from "./_proxy.ts";
import { hasNodeHttp, isDeno, isNode } from "./_runtime.ts";
import { ImproperlyConfigured } from "./errors/named_errors.ts";
import type { SettledOptions } from "./options.ts";
import type { Transport } from "./_types.ts";

/** The transport for these options. */
export function transportFor(options: SettledOptions): Transport {
  const { verify, caCerts } = options;
  if (options.fetch) return fetchTransport(options.fetch);
  if ((!verify || caCerts) && !hasNodeHttp) {
    const name = verify ? "caCerts" : "verify: false";
    throw new ImproperlyConfigured(
      `Cannot use ${name} here: in a browser, the browser decides which servers to trust`,
    );
  }
  if (!verify) {
    log.warning(
      "The server's certificate is not verified: others on the network can read the token",
    );
  }
  if (!hasNodeHttp) return fetchTransport();
  const node = later(async () =>
    (await import("./_node_fetch.ts")).nodeTransport({ verify, caCerts })
  );
  if (!verify) return node;
  if (isDeno) {
    const deno = later(async () => (await import("./_deno_fetch.ts")).denoTransport(caCerts));
    return (request) => (avoidsProxy(request.url) ? node : deno)(request);
  }
  const plain = fetchTransport();
  return (request) => {
    const { url, body } = request;
    if (caCerts || (isNode && takesNodeHttp(url))) return node(request);
    return (body instanceof Multipart ? node : plain)(request);
  };
}

/** Whether Deno's fetch might send a request to this machine through a proxy. */
function avoidsProxy(url: string): boolean {
  const { protocol, hostname } = new URL(url);
  return protocol === "http:" && isLoopback(hostname) && mayUseProxy();
}

/** Node's fetch has no proxy support, or (since Node 24, on request) uses the proxy for this machine too. */
function takesNodeHttp(url: string): boolean {
  return proxyFor(new URL(url)) !== undefined || avoidsProxy(url);
}

/** An error of a custom `fetch` that is not a lost connection. */
export class OwnFetchError {
  /** `error` is what the function threw. */
  constructor(readonly error: unknown) {}
}

/**
 * The messages of the runtimes for a connection that failed or was lost. It is a TypeError, which fetch must
 * throw.
 */
const LOST =
  /^(fetch failed|failed to fetch|terminated|load failed|network ?error|network request failed|network connection lost|a network error occurred|the internet connection appears to be offline|error sending request|client error|error reading a body|connection )/i;

/** Whether a custom `fetch` threw because of the connection, not because of a bug. */
function isLost(error: unknown): boolean {
  return !(error instanceof TypeError) || error.cause !== undefined || LOST.test(error.message);
}

/** Without a custom function, it looks up the runtime's `fetch` at each call. */
function fetchTransport(own?: typeof fetch): Transport {
  return async ({ method, url, headers, signal, body, onSent, onQuiet }) => {
    const send = own ?? globalThis.fetch;
    if (body instanceof Multipart) {
      onSent?.(0);
      onQuiet?.(body.length);
    }
    const payload = body instanceof Multipart ? await body.form() : body;
    try {
      return await send(url, { method, headers, body: payload, signal, redirect: "manual" });
    } catch (error) {
      throw own && !isLost(error) ? new OwnFetchError(error) : error;
    }
  };
}

/** A transport that is loaded on first use. */
function later(load: () => Promise<Transport>): Transport {
  let loaded: Promise<Transport> | undefined;
  return async (request) => (await (loaded ??= load()))(request);
}
