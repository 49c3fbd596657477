/**
 * Transport, one request out and one response in, on whatever the runtime has.
 *
 * `fetch` carries the calls. node:http carries what fetch cannot, where there is one: uploads (with
 * progress, and files without reading them into memory), and servers whose certificate is not verified.
 *
 * @module
 */
import { log } from "./_log.ts";
import { Multipart } from "./_multipart.ts";
import { behindProxy, hasNodeHttp, isDeno } from "./_runtime.ts";
import { ImproperlyConfigured } from "./errors/improperly_configured.ts";
import type { SettledOptions } from "./options.ts";

/** One request on the wire. */
export interface WireRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Headers;
  readonly body: Blob | Multipart | undefined;
  readonly signal: AbortSignal;
  /** Called with the bytes of the file that went out, where that can be told. */
  readonly onSent?: (sent: number) => void;
  /** Called before an upload of so many bytes whose progress cannot be told. */
  readonly onQuiet?: (bytes: number) => void;
}

/** Sends one request; redirects are handed back, not followed. */
export type Transport = (request: WireRequest) => Promise<Response>;

/** The transport for these options. */
export function transportFor(options: SettledOptions): Transport {
  const { verify, caCerts } = options;
  if (options.fetch) return fetchTransport(options.fetch);
  if ((!verify || caCerts) && !hasNodeHttp) {
    const name = verify ? "caCerts" : "verify: false";
    throw new ImproperlyConfigured(
      `Cannot use ${name} here: in a browser the browser decides whom to trust`,
    );
  }
  if (!verify) {
    log.warning("The server's certificate is not verified: anybody on the way can read the token");
  }
  const node = hasNodeHttp
    ? later(async () => (await import("./_node_fetch.ts")).nodeTransport({ verify, caCerts }))
    : undefined;
  const plain = caCerts && isDeno
    ? later(async () => {
      const { fetchWithAuthorities } = await import("./_deno_fetch.ts");
      return fetchTransport(fetchWithAuthorities(caCerts));
    })
    : fetchTransport();
  const calls = node && (!verify || (caCerts && !isDeno)) ? node : plain;
  return (request) => {
    const streams = node && request.body instanceof Multipart && !behindProxy(request.url);
    return (streams ? node : calls)(request);
  };
}

/** Without a function of its own it looks for the runtime's at each call. */
function fetchTransport(own?: typeof fetch): Transport {
  return async ({ method, url, headers, signal, body, onSent, onQuiet }) => {
    const send = own ?? globalThis.fetch;
    if (body instanceof Multipart) {
      onSent?.(0);
      onQuiet?.(body.length);
    }
    const payload = body instanceof Multipart ? await body.form() : body;
    return await send(url, { method, headers, body: payload, signal, redirect: "manual" });
  };
}

/** A transport that is loaded on first use. */
function later(load: () => Promise<Transport>): Transport {
  let loaded: Promise<Transport> | undefined;
  return async (request) => (await (loaded ??= load()))(request);
}
