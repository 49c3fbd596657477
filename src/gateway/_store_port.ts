/**
 * Where the store runs: a port to it on this thread.
 *
 * @module
 */
import type { StorePort } from "./_store_client.ts";
import { type StoreReply, StoreServer } from "./_store_server.ts";

/** A store on this thread. */
export function localPort(receive: (reply: StoreReply) => void): StorePort {
  const server = new StoreServer(receive);
  return { send: (request) => void server.receive(request), close() {} };
}
