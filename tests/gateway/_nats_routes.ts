/**
 * The routes between nats-servers, each through a separate TCP proxy: a server is cut off from the others, and
 * clients still reach it. This needs no network namespaces, and so no rights of root.
 */

/** One route, in the direction in which it is opened. */
interface Route {
  readonly from: number;
  readonly to: number;
  readonly listener: Deno.TcpListener;
}

/** The ends of a connection, of which nothing arrives while a server is cut off. */
interface Pair {
  readonly route: Route;
  readonly ends: readonly Deno.TcpConn[];
}

/** The routes of a cluster. */
export class NatsRoutes implements AsyncDisposable {
  readonly #routes: Route[] = [];
  readonly #open = new Set<Pair>();
  readonly #ports: readonly number[];
  /** Servers that are cut off. */
  readonly #cut = new Set<number>();

  /** @param ports Where each server listens for routes. */
  constructor(ports: readonly number[]) {
    this.#ports = ports;
    for (const from of ports.keys()) {
      for (const to of ports.keys()) {
        if (from === to) continue;
        const route = { from, to, listener: Deno.listen({ hostname: "127.0.0.1", port: 0 }) };
        this.#routes.push(route);
        this.#accept(route);
      }
    }
  }

  /** The routes of a server's configuration. */
  urls(server: number): string[] {
    return this.#routes.filter(({ from }) => from === server)
      .map(({ listener }) => `nats://127.0.0.1:${listener.addr.port}`);
  }

  async #accept(route: Route): Promise<void> {
    for await (const client of route.listener) this.#pass(route, client);
  }

  #isCut({ from, to }: Route): boolean {
    return this.#cut.has(from) || this.#cut.has(to);
  }

  async #pass(route: Route, client: Deno.TcpConn): Promise<void> {
    let server: Deno.TcpConn;
    try {
      server = await Deno.connect({ hostname: "127.0.0.1", port: this.#ports[route.to]! });
    } catch {
      return client.close(); // It is not there.
    }
    const pair = { route, ends: [client, server] };
    this.#open.add(pair);
    await Promise.race([this.#copy(route, client, server), this.#copy(route, server, client)]);
    this.#close(pair);
  }

  /** Data that is sent while one of them is cut off is lost, like the packets of a network. */
  async #copy(route: Route, from: Deno.TcpConn, to: Deno.TcpConn): Promise<void> {
    const part = new Uint8Array(1 << 16);
    try {
      for (;;) {
        const count = await from.read(part);
        if (count === null) return;
        if (this.#isCut(route)) continue;
        for (let sent = 0; sent < count;) sent += await to.write(part.subarray(sent, count));
      }
    } catch {
      // One side went away: so does the other.
    }
  }

  #close(pair: Pair): void {
    if (!this.#open.delete(pair)) return;
    for (const end of pair.ends) {
      try {
        end.close();
      } catch {
        // It is closed already.
      }
    }
  }

  /** Cuts a server off from the others: neither side is notified, like after a failure of a switch. */
  cut(server: number): void {
    this.#cut.add(server);
  }

  /** Joins it again: routes of which something was lost begin anew. */
  join(server: number): void {
    for (const pair of [...this.#open]) if (this.#isCut(pair.route)) this.#close(pair);
    this.#cut.delete(server);
  }

  [Symbol.asyncDispose](): Promise<void> {
    for (const { listener } of this.#routes) listener.close();
    for (const pair of [...this.#open]) this.#close(pair);
    return Promise.resolve();
  }
}
