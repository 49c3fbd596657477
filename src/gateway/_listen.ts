/**
 * listen(), which starts a server on an address, or throws an error with the reason.
 *
 * @module
 */
import type { Server } from "node:http";
import { errorCode, errorMessage } from "../_error_fields.ts";

const REASONS: Record<string, string> = {
  EADDRINUSE: 'another program uses this port: use another one for "listen"',
  EADDRNOTAVAIL: "this machine does not have this address",
  EACCES: "only root may use this port",
};

/** Resolves when the server listens. */
export async function listen(server: Server, hostname: string, port: number): Promise<void> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(port, hostname, () => resolve());
    });
  } catch (error) {
    const reason = REASONS[String(errorCode(error))] ?? errorMessage(error);
    throw new Error(`Cannot listen on ${hostname}:${port}: ${reason}`, { cause: error });
  }
}
