/**
 * An HTTP proxy on loopback: CONNECT and absolute addresses. Host names that it knows lead to servers of
 * the test.
 *
 * @module
 */

/** A proxy that records its requests. */
export interface ProxyServer {
  readonly url: string;
  /** The first line of each request, and its credentials. */
  readonly asked: string[];
  close(): void;
}

/** Serves; `hosts` maps names with a port to a port of this machine. */
export function serveProxy(hosts: Record<string, number>): ProxyServer {
  const listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
  const asked: string[] = [];
  const open = new Set<Deno.Conn>();
  const serveOne = async (client: Deno.Conn) => {
    open.add(client);
    const bytes = new Uint8Array(65_536);
    let head = "";
    while (!head.includes("\r\n\r\n")) {
      const count = await client.read(bytes);
      if (count === null) return;
      head += Array.from(bytes.subarray(0, count), (byte) => String.fromCharCode(byte)).join("");
    }
    const [line] = head.split("\r\n");
    const [method, target] = line.split(" ");
    const credentials = /^proxy-authorization: Basic (.*)$/im.exec(head)?.[1];
    asked.push(`${method} ${target}${credentials ? ` by ${atob(credentials.trim())}` : ""}`);
    const url = new URL(method === "CONNECT" ? `https://${target}` : target);
    const port = hosts[`${url.hostname}:${url.port || (method === "CONNECT" ? 443 : 80)}`];
    if (port === undefined) {
      await client.write(
        new TextEncoder().encode("HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n"),
      );
      return client.close();
    }
    const server = await Deno.connect({ hostname: "127.0.0.1", port });
    open.add(server);
    if (method === "CONNECT") {
      await client.write(new TextEncoder().encode("HTTP/1.1 200 Connection established\r\n\r\n"));
    } else {
      const text = head.replace(target, url.pathname + url.search)
        .replace(/^(proxy-)?connection: .*\r\n/gim, "").replace(
          "\r\n",
          "\r\nconnection: close\r\n",
        );
      await server.write(Uint8Array.from(text, (char) => char.charCodeAt(0)));
    }
    const done = Promise.allSettled([
      client.readable.pipeTo(server.writable),
      server.readable.pipeTo(client.writable),
    ]);
    await done;
  };
  (async () => {
    for await (const client of listener) serveOne(client).catch(() => {}); // The client has disconnected.
  })();
  return {
    url: `http://127.0.0.1:${(listener.addr as Deno.NetAddr).port}`,
    asked,
    close() {
      listener.close();
      for (const conn of open) {
        try {
          conn.close();
        } catch { /* closed already */ }
      }
    },
  };
}
