/**
 * A proxy that causes faults of networks, proxies and runtimes: fourteen faults, chosen at random.
 *
 * It works on the bytes of HTTP/1.1 over TCP, since most of the faults are not HTTP any more. Requests have
 * a Content-Length; each is passed on over a new connection.
 */

/** The possible faults of a request. */
export const FAULTS = [
  "drop before", // the connection ends, and the cloud receives nothing
  "drop after", // the cloud receives it, and the response is lost
  "reset in the body", // the connection is reset halfway through the request
  "502 after", // the cloud receives it, and a proxy returns 502
  "request twice", // the request arrives twice
  "response twice", // the response is written twice
  "truncated", // half of the response, then the end
  "late", // the connection ends, and the request arrives later
  "half-open", // no response, whether or not the cloud receives it
  "reset", // the connection is reset before anything is read
  "401",
  "503",
  "page", // a page with status 200
  "delay",
] as const;

/** One of them. */
export type FaultName = typeof FAULTS[number];

/** The options of a proxy. */
export interface ProxyOptions {
  /** The current port of the cloud. */
  readonly target: () => number;
  /** Numbers from 0 to 1. */
  readonly random: () => number;
  /** How many of the requests have a fault, from 0 to 1. */
  readonly rate: number;
  /** The longest time that a connection is kept open without a response, in milliseconds. */
  readonly halfOpenMs: number;
}

/** The faults affect uploads and their proof, not the login, which cannot lose readings. */
const STRUCK = /^[A-Z]+ \/api\/v1\/(?:streamer|data)\//;

/** A running proxy. */
export class FaultProxy {
  readonly url: string;
  /** How often each fault occurred. */
  readonly struck = new Map<FaultName, number>();
  #uploads = 0;
  #waiting: { readonly uploads: number; readonly resolve: () => void }[] = [];
  readonly #options: ProxyOptions;
  readonly #listener: Deno.TcpListener;
  readonly #work = new Set<Promise<void>>();
  readonly #connections = new Set<Deno.TcpConn>();

  constructor(options: ProxyOptions) {
    this.#options = options;
    this.#listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    this.url = `http://127.0.0.1:${(this.#listener.addr as Deno.NetAddr).port}`;
    this.#track(this.#accept());
  }

  /** Resolves when this number of further uploads has begun. */
  moreUploads(count: number): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push({ uploads: this.#uploads + count, resolve });
    });
  }

  #countUpload(): void {
    this.#uploads++;
    for (const { uploads, resolve } of this.#waiting) if (uploads <= this.#uploads) resolve();
    this.#waiting = this.#waiting.filter(({ uploads }) => uploads > this.#uploads);
  }

  /** Stops after all late deliveries. */
  async close(): Promise<void> {
    quietly(() => this.#listener.close());
    for (const connection of this.#connections) quietly(() => connection.close());
    while (this.#work.size > 0) await Promise.all(this.#work);
  }

  #track(work: Promise<void>): void {
    const tracked = work.catch(() => {/* A peer went away: that is what this is about. */})
      .finally(() => this.#work.delete(tracked));
    this.#work.add(tracked);
  }

  async #accept(): Promise<void> {
    for await (const connection of this.#listener) {
      this.#connections.add(connection);
      this.#track(
        this.#serve(connection).finally(() => {
          this.#connections.delete(connection);
          quietly(() => connection.close());
        }),
      );
    }
  }

  async #serve(connection: Deno.TcpConn): Promise<void> {
    const input = new Input(connection);
    while (await this.#exchange(connection, input));
  }

  /** One request; false if the connection is to end. */
  async #exchange(connection: Deno.TcpConn, input: Input): Promise<boolean> {
    const head = await input.head();
    if (head === undefined) return false;
    const { random, rate, halfOpenMs } = this.#options;
    const line = head.slice(0, head.indexOf("\r\n"));
    const length = Number(/^content-length: *(\d+)/im.exec(head)?.[1] ?? 0);
    const fault = STRUCK.test(line) && random() < rate
      ? FAULTS[Math.floor(random() * FAULTS.length)]
      : undefined;
    if (line.startsWith("POST /api/v1/streamer/")) this.#countUpload();
    if (fault) this.struck.set(fault, (this.struck.get(fault) ?? 0) + 1);
    // Unread bytes make the system respond with a reset.
    if (fault === "reset" && length > 0) return false;
    if (fault === "reset in the body" && length > 0) {
      await input.read(length >> 1);
      return false;
    }
    const request = requestBytes(head, await input.read(length));
    const forward = () => this.#forward(request);
    switch (fault) {
      case "drop before":
      case "reset":
      case "reset in the body":
        return false;
      case "drop after":
        await forward();
        return false;
      case "502 after":
        await forward();
        await write(
          connection,
          answer("502 Bad Gateway", "<title>502 Bad Gateway</title>", "text/html"),
        );
        return true;
      case "request twice": {
        const [first, second] = await Promise.all([forward(), forward()]);
        await write(connection, random() < 0.5 ? first : second);
        return false;
      }
      case "response twice": {
        const response = await forward();
        await write(connection, response);
        await write(connection, response);
        return false;
      }
      case "truncated": {
        const response = await forward();
        await write(connection, response.subarray(0, response.length >> 1));
        return false;
      }
      case "late":
        this.#track(sleep(50 + random() * 700).then(forward).then(() => {}));
        return false;
      case "half-open":
        if (random() < 0.5) await forward();
        await sleep(random() * halfOpenMs);
        return false;
      case "401":
        await write(
          connection,
          answer(
            "401 Unauthorized",
            '{"detail":"Token is invalid or expired"}',
            "application/json",
          ),
        );
        return true;
      case "503":
        await write(
          connection,
          answer("503 Service Unavailable", "<title>busy</title>", "text/html"),
        );
        return true;
      case "page":
        await write(connection, answer("200 OK", "<title>Sign in</title>", "text/html"));
        return true;
      case "delay":
        await sleep(random() * 200);
    }
    await write(connection, await forward());
    return false;
  }

  /** Sends a request to the cloud; returns the whole response. */
  async #forward(request: Uint8Array): Promise<Uint8Array> {
    const connection = await Deno.connect({ hostname: "127.0.0.1", port: this.#options.target() });
    try {
      await write(connection, request);
      const pieces: Uint8Array[] = [];
      const buffer = new Uint8Array(65_536);
      for (let n = await connection.read(buffer); n !== null; n = await connection.read(buffer)) {
        pieces.push(buffer.slice(0, n));
      }
      if (pieces.length === 0) throw new Error("the cloud closed the connection");
      return new Uint8Array(await new Blob(pieces as Uint8Array<ArrayBuffer>[]).arrayBuffer());
    } finally {
      quietly(() => connection.close());
    }
  }
}

/** The input of a connection, read by head and length. */
class Input {
  readonly #connection: Deno.TcpConn;
  #left = new Uint8Array();

  constructor(connection: Deno.TcpConn) {
    this.#connection = connection;
  }

  /** The head of the next request, with the empty line; undefined at the end. */
  async head(): Promise<string | undefined> {
    for (;;) {
      const text = new TextDecoder("latin1").decode(this.#left);
      const end = text.indexOf("\r\n\r\n");
      if (end >= 0) {
        this.#left = this.#left.subarray(end + 4);
        return text.slice(0, end + 4);
      }
      if (!(await this.#more())) return undefined;
    }
  }

  async read(length: number): Promise<Uint8Array> {
    while (this.#left.length < length) {
      if (!(await this.#more())) throw new Error("the request ends early");
    }
    const bytes = this.#left.subarray(0, length);
    this.#left = this.#left.subarray(length);
    return bytes;
  }

  async #more(): Promise<boolean> {
    const buffer = new Uint8Array(16_384);
    const n = await this.#connection.read(buffer);
    if (n === null) return false;
    const all = new Uint8Array(this.#left.length + n);
    all.set(this.#left);
    all.set(buffer.subarray(0, n), this.#left.length);
    this.#left = all;
    return true;
  }
}

/** A request for a connection that ends with its response. */
function requestBytes(head: string, body: Uint8Array): Uint8Array {
  const closing = head.replace(/^connection:.*\r\n/gim, "").replace(
    /\r\n\r\n$/,
    "\r\nconnection: close\r\n\r\n",
  );
  const bytes = Uint8Array.from(closing, (char) => char.charCodeAt(0));
  const all = new Uint8Array(bytes.length + body.length);
  all.set(bytes);
  all.set(body, bytes.length);
  return all;
}

function answer(status: string, body: string, type: string): Uint8Array {
  return new TextEncoder().encode(
    `HTTP/1.1 ${status}\r\ncontent-type: ${type}\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
  );
}

async function write(connection: Deno.TcpConn, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await connection.write(bytes.subarray(at));
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function quietly(work: () => void): void {
  try {
    work();
  } catch {
    // Closed already.
  }
}
