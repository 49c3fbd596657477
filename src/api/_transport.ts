/**
 * Transport, one request out and one response in, on whatever the runtime has.
 *
 * @module
 */
import { Multipart } from "./_multipart.ts";
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
}

/** Sends one request; redirects are handed back, not followed. */
export type Transport = (request: WireRequest) => Promise<Response>;

/** The transport for these options. */
export function transportFor(options: SettledOptions): Transport {
  return (request) => viaFetch(options.fetch ?? globalThis.fetch, request);
}

async function viaFetch(send: typeof fetch, request: WireRequest): Promise<Response> {
  const { method, url, headers, signal } = request;
  const body = request.body instanceof Multipart ? await request.body.form() : request.body;
  return await send(url, { method, headers, body, signal, redirect: "manual" });
}
