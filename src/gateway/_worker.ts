/**
 * The worker that runs the store of a queue.
 *
 * @module
 */
import { serveWorker } from "../_serve_worker.ts";
import { type StoreReply, type StoreRequest, StoreServer } from "./_store_server.ts";

const server = new StoreServer();

serveWorker((request: StoreRequest, transfer): StoreReply => {
  const reply = server.handle(request);
  if (request.op === "take") {
    for (const { frame } of reply.value as { frame?: Uint8Array }[]) {
      // Small ones are cloned: a transfer costs more than their bytes.
      if (frame && frame.length > 4096 && frame.byteLength === frame.buffer.byteLength) {
        transfer.push(frame.buffer);
      }
    }
  }
  return reply;
});
