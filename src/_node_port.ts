/**
 * The port on which a Node server listens.
 *
 * @module
 */
import type { AddressInfo } from "node:net";

/**
 * Returns the port of a server. If the server was started with port 0, the system has chosen the port.
 *
 * @param server A server that listens on an address.
 * @throws {Error} If it listens on a Unix socket, or does not listen.
 */
export function portOf(server: { address(): AddressInfo | string | null }): number {
  const address = server.address();
  if (typeof address === "object" && address !== null) return address.port;
  throw new Error("Cannot get the port of a server that does not listen on a port");
}
