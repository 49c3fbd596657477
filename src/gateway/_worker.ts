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
  if (request.op === "take" && Array.isArray(reply.value)) {
    for (const { frame } of reply.value) {
      // Small ones are cloned: a transfer costs more than their bytes.
      if (!(frame instanceof Uint8Array) || frame.length <= 4096) continue;
      const { buffer } = frame;
      if (buffer instanceof ArrayBuffer && frame.length === buffer.byteLength) {
        transfer.push(buffer);
      }
    }
  }
  return reply;
});
