/**
 * A raw TCP server on loopback, for responses that break off and connections that hang.
 *
 * @module
 */

/** One connection: the bytes so far, and the ways to respond. */
export interface RawConnection {
  /** Reads until the head of a request is complete; undefined if the client has disconnected. */
  head(): Promise<string | undefined>;
  /** Reads this many bytes more. */
  skip(bytes: number): Promise<void>;
  write(text: string): Promise<void>;
  close(): void;
}

/** A raw server. */
export interface RawServer {
  readonly url: string;
  /** The heads of all requests. */
  readonly heads: string[];
  close(): void;
}

/** Serves each request by `handler`, with the count of requests before it. */
export function serveRaw(
  handler: (connection: RawConnection, head: string, count: number) => Promise<void>,
): RawServer {
  const listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
  const heads: string[] = [];
  const open = new Set<Deno.Conn>();
  const serveOne = async (conn: Deno.Conn) => {
    open.add(conn);
    const buffer = new Uint8Array(1 << 16);
    let text = "";
    const more = async () => {
      const count = await conn.read(buffer);
      if (count === null) return false;
      text += new TextDecoder("latin1").decode(buffer.subarray(0, count));
      return true;
    };
    const close = () => {
      open.delete(conn);
      try {
        conn.close();
      } catch { /* closed by the client already */ }
    };
    const connection: RawConnection = {
      async head() {
        while (!text.includes("\r\n\r\n")) if (!await more()) return undefined;
        const end = text.indexOf("\r\n\r\n") + 4;
        const head = text.slice(0, end);
        text = text.slice(end);
        return head;
      },
      async skip(bytes) {
        while (text.length < bytes) if (!await more()) return;
        text = text.slice(bytes);
      },
      async write(answer) {
        await conn.write(new TextEncoder().encode(answer));
      },
      close,
    };
    try {
      for (let head; open.has(conn) && (head = await connection.head()) !== undefined;) {
        await handler(connection, head, heads.push(head) - 1);
      }
    } catch { /* the client went away in the middle: what the test wants at times */ }
    close();
  };
  (async () => {
    for await (const conn of listener) serveOne(conn);
  })();
  return {
    url: `http://127.0.0.1:${(listener.addr as Deno.NetAddr).port}`,
    heads,
    close() {
      listener.close();
      for (const conn of open) conn.close();
      open.clear();
    },
  };
}

/** The bytes of a response. */
export function wire(body: string, status = "200 OK", length: number = body.length): string {
  return `HTTP/1.1 ${status}\r\ncontent-type: application/json\r\ncontent-length: ${length}\r\n\r\n${body}`;
}
