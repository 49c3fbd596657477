/**
 * A worker of `archfx report encode`.
 *
 * @module
 */
import { serveWorker } from "../_serve_worker.ts";
import { init } from "../codec/instance.ts";
import { BlockEncoder, type BlockReply, type BlockRequest } from "./_block_encoder.ts";

let encoder: BlockEncoder;

serveWorker(async (request: BlockRequest, transfer): Promise<BlockReply> => {
  if (request.kind === "init") {
    await init(request.codec);
    encoder = new BlockEncoder(request.options, request.progress);
    return {};
  }
  const reply = request.kind === "read"
    ? encoder.read(request.bytes, request.last)
    : encoder.encode(request.firstIds, request.spare);
  if (reply.text) transfer.push(reply.text);
  if (reply.events) transfer.push(reply.events.bytes.buffer);
  return reply;
});
