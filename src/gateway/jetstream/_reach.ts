/**
 * Reach, which leaves a server that is cut off from the others. Such a server runs, so the connection to it stays
 * open, but it cannot decide anything without the others: it does not respond to requests, or rejects them.
 *
 * @module
 */
import type { NatsConnection } from "./_library.ts";

/**
 * The time without a response after which a server is left: usually longer than the servers take to elect a
 * leader.
 */
const PATIENCE_MS = 8000;
/** The next time, it takes twice as long, until a request succeeds: all servers may be cut off from each other. */
const LONGEST_PATIENCE_MS = 64_000;
/** How often the next address is tried: the same server may have several addresses. */
const MOST_TRIES = 8;

/** A former leader that is cut off still handles reads: only storing proves that it reaches the others. */
export type RequestKind = "read" | "write";

/** Tracks whether the server of a connection responds to requests. */
export class Reach {
  readonly #connection: NatsConnection;
  /** When the last request succeeded. */
  readonly #answered = { read: -Infinity, write: -Infinity };
  /** When the first request was sent that has not succeeded since then. */
  readonly #since: Partial<Record<RequestKind, number>> = {};
  #patience = PATIENCE_MS;
  /** The server that was left. */
  #left: string | undefined;
  #tries = 0;

  constructor(connection: NatsConnection) {
    this.#connection = connection;
    this.#follow().catch(() => {}); // It ends with the connection.
  }

  /** A read has succeeded, or something was stored. */
  answered(kind: RequestKind): void {
    this.#answered[kind] = performance.now();
    delete this.#since[kind];
    if (kind === "read") return;
    delete this.#since.read;
    this.#patience = PATIENCE_MS;
  }

  /** A request that was sent at this time got no response, or its server has no leader. */
  unanswered(kind: RequestKind, started: number): void {
    if (started < this.#answered[kind]) return;
    this.#since[kind] ??= started;
    this.look();
  }

  /** Leaves the server if no request has succeeded for too long. */
  look(): void {
    const now = performance.now();
    const since = Math.min(this.#since.read ?? now, this.#since.write ?? now);
    if (now - since < this.#patience) return;
    this.#forget();
    this.#patience = Math.min(2 * this.#patience, LONGEST_PATIENCE_MS);
    this.#left = this.#connection.info?.server_id;
    this.#tries = MOST_TRIES;
    this.#leave();
  }

  #forget(): void {
    delete this.#since.read;
    delete this.#since.write;
  }

  #leave(): void {
    this.#tries--;
    this.#connection.reconnect().catch(() => {}); // It is closed.
  }

  async #follow(): Promise<void> {
    for await (const { type } of this.#connection.status()) {
      if (type === "disconnect") this.#forget();
      if (type !== "reconnect") continue;
      // The library starts with its previous server.
      const isSame = this.#connection.info?.server_id === this.#left;
      if (isSame && this.#tries > 0) this.#leave();
      else this.#tries = 0;
    }
  }
}
