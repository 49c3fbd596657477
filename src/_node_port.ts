/**
 * The port on which a server of Node listens.
 *
 * @module
 */
import type { AddressInfo } from "node:net";

/**
 * The port, which the system has chosen where 0 was asked for.
 *
 * @param server A server that listens on an address.
 * @throws {Error} If it listens on a file of the system, or not at all.
 */
export function portOf(server: { address(): AddressInfo | string | null }): number {
  const address = server.address();
  if (typeof address === "object" && address !== null) return address.port;
  throw new Error("Cannot tell the port of a server that does not listen on one");
}
