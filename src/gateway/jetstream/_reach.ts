/**
 * Reach, which leaves a server that is cut off from the others. It is there, and so the connection to it stays, but it
 * decides nothing without the others: it responds to no request, or says that it cannot.
 *
 * @module
 */
import type { NatsConnection } from "./_library.ts";

/** So long no request was answered: longer than the servers take to choose a leader, as a rule. */
const PATIENCE_MS = 8000;
/** The next time it takes twice as long, until a request is answered: all servers may be without the others. */
const LONGEST_PATIENCE_MS = 64_000;
/** The same server may have several addresses: so often the next one is tried. */
const MOST_TRIES = 8;

/** A server that was the leader answers reads when it is cut off: what it stores alone says that others are there. */
export type RequestKind = "read" | "write";

/** What requests say about the server of a connection. */
export class Reach {
  readonly #connection: NatsConnection;
  /** When the last one was answered. */
  readonly #answered = { read: -Infinity, write: -Infinity };
  /** When the first one was sent that was not answered since. */
  readonly #since: Partial<Record<RequestKind, number>> = {};
  #patience = PATIENCE_MS;
  /** The server that was left. */
  #left: string | undefined;
  #tries = 0;

  constructor(connection: NatsConnection) {
    this.#connection = connection;
    this.#follow().catch(() => {}); // It ends with the connection.
  }

  /** A read was answered, or something was stored. */
  answered(kind: RequestKind): void {
    this.#answered[kind] = performance.now();
    delete this.#since[kind];
    if (kind === "read") return;
    delete this.#since.read;
    this.#patience = PATIENCE_MS;
  }

  /** A request that was sent then was not answered in time, or by a server that knows of no leader. */
  unanswered(kind: RequestKind, started: number): void {
    if (started < this.#answered[kind]) return;
    this.#since[kind] ??= started;
    this.look();
  }

  /** Leaves the server if it has answered nothing for too long. */
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
      // The library begins with the server that it had.
      const isSame = this.#connection.info?.server_id === this.#left;
      if (isSame && this.#tries > 0) this.#leave();
      else this.#tries = 0;
    }
  }
}
