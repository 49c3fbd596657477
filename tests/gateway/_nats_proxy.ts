/**
 * A TCP proxy before a nats-server that loses responses: of the messages that the server sends to an inbox, some never
 * arrive, as with a network that is cut for a moment; and a connection is cut now and then. It understands the few
 * lines of the protocol that this needs.
 */
import { Buffer } from "node:buffer";
import { random } from "../_random.ts";

/** The messages that are lost. */
export interface Losses {
  /** The fraction of responses to requests, from 0 to 1. */
  readonly responses: number;
  /**
   * The fraction of messages that are delivered one after another, of which real connections lose none; 0 by
   * default.
   */
  readonly deliveries?: number;
  readonly seed: number;
}

const decoder = new TextDecoder();
const NEWLINE = 10;

/** A proxy before one server. */
export class NatsProxy implements AsyncDisposable {
  readonly port: number;
  readonly #listener: Deno.TcpListener;
  readonly #target: { readonly hostname: string; readonly port: number };
  readonly #open = new Set<Deno.TcpConn>();
  readonly #chance: () => number;
  readonly #losses: Losses;
  /** Responses that were lost. */
  lost = 0;

  constructor(target: { readonly hostname: string; readonly port: number }, losses: Losses) {
    this.#target = target;
    this.#losses = losses;
    this.#chance = random(losses.seed);
    this.#listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    this.port = this.#listener.addr.port;
    this.#accept();
  }

  async #accept(): Promise<void> {
    for await (const client of this.#listener) this.#pass(client);
  }

  async #pass(client: Deno.TcpConn): Promise<void> {
    this.#open.add(client);
    let server: Deno.TcpConn | undefined;
    try {
      server = await Deno.connect(this.#target);
      this.#open.add(server);
      const filtered = server.readable.pipeThrough(this.#filter());
      await Promise.race([
        client.readable.pipeTo(server.writable),
        filtered.pipeTo(client.writable),
      ]);
    } catch {
      // One side went away: so does the other.
    } finally {
      for (const side of [client, server]) {
        if (!side || !this.#open.delete(side)) continue;
        try {
          side.close();
        } catch {
          // It is closed already.
        }
      }
    }
  }

  #lossOf(line: string): number {
    const { responses, deliveries = 0 } = this.#losses;
    const inbox = / _INBOX\.[^ .]+(\.)?/.exec(line);
    if (!inbox) return 0;
    // All responses of a connection are sent to one inbox, with a token for each.
    return inbox[1] ? responses : deliveries;
  }

  /** Leaves responses out. */
  #filter(): TransformStream<Uint8Array, Uint8Array> {
    let rest: Uint8Array = new Uint8Array(0);
    return new TransformStream({
      transform: (chunk, controller) => {
        rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
        for (;;) {
          const end = rest.indexOf(NEWLINE);
          if (end < 0) return;
          const line = decoder.decode(rest.subarray(0, end));
          const isMessage = /^H?MSG /.test(line);
          const size = isMessage ? Number(line.trim().split(" ").at(-1)) + 2 : 0;
          const whole = end + 1 + size;
          if (rest.length < whole) return;
          if (isMessage && this.#chance() < this.#lossOf(line)) this.lost++;
          else controller.enqueue(rest.slice(0, whole));
          rest = rest.subarray(whole);
        }
      },
    });
  }

  /** Cuts every connection. */
  cut(): void {
    for (const side of [...this.#open]) {
      this.#open.delete(side);
      try {
        side.close();
      } catch {
        // It is closed already.
      }
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    this.cut();
    return Promise.resolve();
  }
}
