/**
 * Real HTTP servers on loopback for the tests of the REST client.
 *
 * @module
 */

/** A recorded request. */
export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly search: string;
  readonly headers: Headers;
  readonly text: string;
}

/** A server that records its requests. */
export interface TestServer {
  readonly url: string;
  readonly seen: Seen[];
  close(): Promise<void>;
}

/**
 * Serves on a free port; the handler gets what was seen, with `count` of requests before this one, and a
 * request whose body can be read (again; once, where it is larger than 64 MiB).
 */
export function serve(
  handler: (seen: Seen, count: number, request: Request) => Response | Promise<Response>,
  tls: { cert?: string; key?: string } = {},
): TestServer {
  const seen: Seen[] = [];
  const server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen() {}, ...tls } as Deno.ServeTcpOptions,
    async (request) => {
      const { pathname, search } = new URL(request.url);
      const { method, headers, url } = request;
      const large = Number(headers.get("content-length") ?? 0) > 2 ** 26;
      // The client may go away while it sends.
      const body = large ? undefined : await request.arrayBuffer().catch(() => new ArrayBuffer());
      const text = body && body.byteLength < 4096 ? new TextDecoder().decode(body) : "";
      const one = { method, path: pathname, search, headers, text };
      const init = { method, headers, ...(body?.byteLength ? { body } : {}) };
      const copy = large ? request : new Request(url, init);
      return await handler(one, seen.push(one) - 1, copy);
    },
  );
  return {
    url: `${tls.cert ? "https" : "http"}://127.0.0.1:${server.addr.port}`,
    seen,
    close: () => server.shutdown(),
  };
}

/** A JSON response. */
export function json(data: unknown, status = 200, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(data), {
    status,
    headers: { "content-type": "application/json", ...headers },
  });
}

/** An unsigned JWT that expires after some seconds, issued `agoSeconds` ago. */
export function jwt(seconds: number, name = "", agoSeconds = 0): string {
  const now = Math.floor(Date.now() / 1000);
  const part = (data: unknown) => btoa(JSON.stringify(data)).replace(/=+$/, "");
  const claims = { exp: now + seconds, iat: now - agoSeconds, name };
  return `${part({ alg: "HS256" })}.${part(claims)}.signature`;
}
