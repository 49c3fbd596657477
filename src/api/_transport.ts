/**
 * Transport, one request out and one response in, with the means of the runtime.
 *
 * Every path must decide alike which certificates to trust and which proxy to take. So all calls, uploads
 * included, take the same one: on Deno its `fetch`, on Node `fetch` for plain calls and node:http for
 * what fetch cannot (uploads, `caCerts`, `verify: false`, proxies), with the same rules.
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

/** Node's fetch knows no proxy, or (since Node 24, on request) takes one for this machine too. */
function takesNodeHttp(url: string): boolean {
  return proxyFor(new URL(url)) !== undefined || avoidsProxy(url);
}

/** An error of the application's own `fetch` that is not a lost connection. */
export class OwnFetchError {
  /** `error` is what the function threw. */
  constructor(readonly error: unknown) {}
}

/** The texts of the runtimes for a connection that failed or was lost; a TypeError, as fetch must throw it. */
const LOST =
  /^(fetch failed|failed to fetch|terminated|load failed|network ?error|network request failed|network connection lost|a network error occurred|the internet connection appears to be offline|error sending request|client error|error reading a body|connection )/i;

/** Whether the application's own `fetch` threw because of the connection, not because of a mistake in it. */
function isLost(error: unknown): boolean {
  return !(error instanceof TypeError) || error.cause !== undefined || LOST.test(error.message);
}

/** Without an own function it uses the runtime's `fetch` at the time of each call. */
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
