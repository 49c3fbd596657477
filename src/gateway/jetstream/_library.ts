/**
 * The package `@nats-io/transport-node`, an optional peer that is loaded when it is used. Deno would download it
 * with every program that mentions it, so it is not in the import map, and its import has a type assertion.
 *
 * @module
 */
import { QueueError } from "../errors.ts";
import { mendSockets } from "./_sockets.ts";

/** The headers of a message. */
export interface NatsHeaders {
  get(name: string): string;
  set(name: string, value: string): void;
  readonly code: number;
  readonly description: string;
}

/** A received message. */
export interface NatsMessage {
  readonly subject: string;
  readonly data: Uint8Array;
  readonly reply?: string;
  readonly headers?: NatsHeaders;
}

/** A subscription that can be ended. */
export interface NatsSubscription {
  unsubscribe(): void;
}

/** The part of a connection that is used. */
export interface NatsConnection {
  readonly info?: {
    readonly server_id: string;
    readonly version: string;
    readonly max_payload: number;
    /** The addresses of the servers of the cluster. */
    readonly connect_urls?: readonly string[];
  };
  publish(
    subject: string,
    data?: Uint8Array | string,
    options?: { headers?: NatsHeaders; reply?: string },
  ): void;
  request(
    subject: string,
    data: Uint8Array | string,
    options: { timeout: number; headers?: NatsHeaders },
  ): Promise<NatsMessage>;
  subscribe(
    subject: string,
    options: { callback: (error: Error | null, message: NatsMessage) => void },
  ): NatsSubscription;
  status(): AsyncIterable<{ readonly type: string; readonly error?: Error }>;
  isClosed(): boolean;
  /** Leaves the server and connects to the next one. */
  reconnect(): Promise<void>;
  close(): Promise<void>;
}

/** The part of the library that is used. */
export interface NatsLibrary {
  connect(options: Record<string, unknown>): Promise<NatsConnection>;
  headers(): NatsHeaders;
  createInbox(): string;
  credsAuthenticator(creds: Uint8Array): unknown;
  nkeyAuthenticator(seed: Uint8Array): unknown;
}

/** Loads it, or throws an error with the command that installs it. */
export async function natsLibrary(): Promise<NatsLibrary> {
  try {
    // In the npm package, compilers see the real types, which contain more than the used part.
    const library = await import("npm:@nats-io/transport-node@3.4.0" as string) as unknown as
      | NatsLibrary
      | { readonly default: NatsLibrary };
    const loaded = "connect" in library ? library : library.default;
    mendSockets(loaded);
    return loaded;
  } catch (cause) {
    throw new QueueError(
      "Cannot use NATS: the package @nats-io/transport-node is missing; install it with " +
        "npm install @nats-io/transport-node",
      { cause },
    );
  }
}
