/**
 * The package `@nats-io/transport-node`, an optional peer that is loaded when it is used. Deno would download it with
 * every program if it saw it: it is not in the import map, and its import has a type assertion.
 *
 * @module
 */
import process from "node:process";
import { errorMessage } from "../../_error_fields.ts";
import { isRecord } from "../../_is_record.ts";
import { gatewayLog } from "../_log.ts";
import { QueueError } from "../errors.ts";

/** The headers of a message. */
export interface NatsHeaders {
  get(name: string): string;
  set(name: string, value: string): void;
  readonly code: number;
  readonly description: string;
}

/** A message as it comes. */
export interface NatsMessage {
  readonly subject: string;
  readonly data: Uint8Array;
  readonly reply?: string;
  readonly headers?: NatsHeaders;
}

/** What ends a subscription. */
export interface NatsSubscription {
  unsubscribe(): void;
}

/** The part of a connection that is used. */
export interface NatsConnection {
  readonly info?: {
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

let isGuarded = false;

/**
 * The library takes its listeners off a socket while it connects and when it closes one. A connection that is reset just
 * then is an error that nothing catches, and would end the process; the library connects again by itself.
 */
function guardProcess(): void {
  if (isGuarded) return;
  isGuarded = true;
  process.on("uncaughtException", (error: unknown) => {
    const { code, syscall } = isRecord(error) ? error : {};
    const isReset = RESETS.includes(String(code)) && (syscall === "read" || syscall === "write");
    if (!isReset) throw error;
    gatewayLog.warning(`A connection was lost: ${errorMessage(error)}`);
  });
}

const RESETS = ["ECONNRESET", "ECONNABORTED", "EPIPE", "ETIMEDOUT"];

/** Loads it, or says in one line what to install. */
export async function natsLibrary(): Promise<NatsLibrary> {
  guardProcess();
  try {
    // npm's compilers see the package, whose types say more than the part that is used.
    const library = await import("npm:@nats-io/transport-node@3.4.0" as string) as unknown as
      | NatsLibrary
      | { readonly default: NatsLibrary };
    return "connect" in library ? library : library.default;
  } catch (cause) {
    throw new QueueError(
      "Cannot use NATS: the package @nats-io/transport-node is missing; install it with " +
        "npm install @nats-io/transport-node",
      { cause },
    );
  }
}
