/**
 * The address of a queue on NATS JetStream: `nats://host[:port][,host[:port]…]/STREAM`.
 *
 * @module
 */
import { QueueError } from "./errors.ts";

/** The place of a queue on NATS. */
export interface NatsPlace {
  /** `host` or `host:port` of each server. */
  readonly servers: readonly string[];
  /** The name of the stream. */
  readonly stream: string;
}

/** Whether a queue is on NATS. */
export function isNats(where: string): boolean {
  return /^nats:/i.test(where);
}

const HOST = /^(?:[\w.-]+|\[[\da-f:.]+\])(?::(\d{1,5}))?$/i;
const STREAM = /^[\w-]{1,32}$/;

/**
 * The parts of an address.
 *
 * @throws {QueueError} If it is not such an address, or contains a password.
 */
export function parseNatsUrl(where: string): NatsPlace {
  const [, hosts = "", stream = ""] = /^nats:\/\/([^/]*)(?:\/(.*))?$/i.exec(where) ?? [];
  if (hosts.includes("@")) {
    // Without the address, because it contains a secret.
    throw new QueueError(
      "Cannot use the address of a queue with a user or a password: they belong in a file, which " +
        '"credentialsFile" names',
    );
  }
  const wrong = (rule: string) =>
    new QueueError(
      `Cannot use "${where}" as queue: ${rule}, such as nats://plant-1,plant-2,plant-3/READINGS`,
    );
  const servers = hosts.split(",");
  const bad = servers.find((host) => !HOST.test(host) || Number(HOST.exec(host)![1] ?? 1) > 65535);
  if (bad !== undefined) throw wrong(`"${bad}" is not a host, or a host and its port`);
  if (!STREAM.test(stream)) {
    throw wrong("it must end with the name of a stream: up to 32 letters, digits, _ and -");
  }
  return { servers, stream };
}
