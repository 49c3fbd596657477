/**
 * A transport over Deno's own fetch, for calls and for uploads. Both trust the same certificates (`DENO_CERT`,
 * `--cert`, `caCerts`) and use the same proxies.
 *
 * @module
 */
import { unshared } from "../_unshared.ts";
import { Multipart } from "./_multipart.ts";
import type { Transport, WireRequest } from "./_types.ts";
import { ImproperlyConfigured } from "./errors/named_errors.ts";

interface ClientOptions {
  caCerts?: string[];
  poolMaxIdlePerHost?: number;
}

/** The part of Deno's globals that is used here. The compilers for npm do not know their types. */
interface Globals {
  readonly process?: unknown;
  readonly Deno?: { createHttpClient(options: ClientOptions): object };
}

/** The options of Deno's fetch. */
interface DenoRequest extends RequestInit {
  readonly client: object | undefined;
}

/** The transport; `caCerts` are trusted in addition to the runtime's. */
export function denoTransport(caCerts?: readonly string[]): Transport {
  const options = caCerts ? { caCerts: [...caCerts] } : {};
  const calls = caCerts ? httpClient(options) : undefined;
  // Uploads do not reuse connections, because the server may have closed one in the meantime. Small uploads that
  // may be repeated do, because connecting costs more than sending them.
  let uploads: object | undefined;
  return async (request) => {
    const { method, url, headers, signal, body } = request;
    if (body instanceof Multipart && request.isRepeatable) {
      headers.set("content-type", body.contentType);
      request.onSent?.(0);
      const bytes = await body.bytes();
      const init: DenoRequest = {
        method,
        headers,
        signal,
        body: bytes,
        redirect: "manual",
        client: calls,
      };
      return await decoded(await fetch(url, init));
    }
    const stream = body instanceof Multipart ? new MultipartBlob(body, request) : undefined;
    const client = stream ? uploads ??= httpClient({ ...options, poolMaxIdlePerHost: 0 }) : calls;
    const init: DenoRequest = {
      method,
      headers,
      signal,
      body: body instanceof Multipart ? stream : body,
      redirect: "manual",
      client,
    };
    try {
      return await decoded(await fetch(url, init));
    } catch (error) {
      // Deno reports a failure of the body as a failure of the connection.
      throw stream?.failure ?? error;
    }
  };
}

function httpClient(options: ClientOptions): object {
  const { Deno }: Globals = globalThis;
  try {
    return Deno!.createHttpClient(options);
  } catch (cause) {
    throw new ImproperlyConfigured(
      `Cannot use "caCerts": ${cause instanceof Error ? cause.message : cause}`,
      { cause },
    );
  }
}

/**
 * A form as a Blob of known size whose bytes are produced while they are sent. Deno's fetch does not know the
 * length of a stream, and reads all of a Blob of a file into memory.
 */
class MultipartBlob extends Blob {
  /** What ended the stream. */
  failure: unknown;
  readonly #body: Multipart;
  readonly #request: WireRequest;

  constructor(body: Multipart, request: WireRequest) {
    super([], { type: body.contentType });
    this.#body = body;
    this.#request = request;
  }

  override get size(): number {
    return this.#body.length;
  }

  override stream(): ReadableStream<Uint8Array<ArrayBuffer>> {
    const chunks = this.#body.chunks();
    let sent = 0;
    let taken = 0;
    return new ReadableStream({
      start: () => this.#request.onSent?.(0),
      pull: async (controller) => {
        // fetch pulls more only when it has sent the previous piece.
        if (taken > 0) this.#request.onSent?.(sent += taken);
        try {
          const { done, value } = await chunks.next();
          taken = value?.ofFile ?? 0;
          if (done) controller.close();
          else controller.enqueue(unshared(value.bytes));
        } catch (error) {
          this.failure = error;
          controller.error(error);
        }
      },
      cancel: () => void chunks.return(undefined).catch(() => {}), // Nothing waits for the rest.
    }, { highWaterMark: 0 });
  }
}

/** Deno decodes gzip and br, which it requests. A proxy may send deflate although it was not requested. */
async function decoded(response: Response): Promise<Response> {
  if (response.headers.get("content-encoding") !== "deflate" || !response.body) return response;
  const { status, statusText, headers } = response;
  const reader = response.body.getReader();
  let next = await reader.read();
  const input = new ReadableStream<Uint8Array<ArrayBuffer>>({
    async pull(controller) {
      if (next.done) return controller.close();
      // A copy, because the types of dnt 0.42 allow shared memory here. Few servers send deflate.
      controller.enqueue(next.value.slice());
      next = await reader.read();
    },
    cancel: (reason) => reader.cancel(reason),
  });
  // `deflate` means zlib's format, whose first byte ends in 8, but some servers send a raw deflate stream.
  const format = ((next.value?.[0] ?? 8) & 15) === 8 ? "deflate" : "deflate-raw";
  const body = input.pipeThrough(new DecompressionStream(format));
  return new Response(body, { status, statusText, headers });
}
