/**
 * Where the store runs: in a worker, or on this thread if the runtime has no workers.
 *
 * @module
 */
import { startWorker } from "../_start_worker.ts";
import { QueueError } from "./errors.ts";
import type { StorePort } from "./_store_client.ts";
import { type StoreReply, type StoreRequest, StoreServer } from "./_store_server.ts";

/** A store in a separate worker. */
export async function workerPort(): Promise<StorePort> {
  const { WORKER_CODE } = await import("./_worker_code.ts");
  const worker = await startWorker<StoreRequest, StoreReply>(WORKER_CODE, {
    name: "archfx-queue",
    errors: [QueueError],
  });
  return worker;
}

/** A store on this thread: for tests, and for commands that read a queue only once. */
export function localPort(): StorePort {
  const server = new StoreServer();
  return {
    call: async (request) => await server.handle(request),
    close: () => Promise.resolve(),
  };
}
