/**
 * The worker of encodeReports.
 *
 * @module
 */
import { serveWorker } from "../_serve_worker.ts";
import { init } from "../codec/instance.ts";
import { DeviceEncoders, type EncodeReply, type EncodeRequest } from "./_device_encoders.ts";

const encoders = new DeviceEncoders();

serveWorker(async (request: EncodeRequest, transfer): Promise<EncodeReply> => {
  if (request.kind === "init") {
    await init(request.codec);
    return { reports: [] };
  }
  const reply = encoders.handle(request);
  for (const { bytes } of reply.reports) transfer.push(bytes.buffer);
  if (reply.spare) transfer.push(reply.spare);
  return reply;
});
