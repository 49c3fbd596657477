/**
 * The gateway accepts readings and makes sure that the cloud counts each of them once. It has a durable queue,
 * sources that fill it, and one loop per streamer that sends the readings to the cloud.
 *
 * @example A queue that survives a power cut
 * ```ts
 * import { openQueue } from "@archfx/cloud/gateway";
 *
 * const folder = await Deno.makeTempDir();
 * const queue = await openQueue(`${folder}/queue.sqlite`);
 * const points = [{ timestamp: new Date(), stream: "0001-5090", value: 20.5 }];
 * await queue.push({ device: "d--1", points }); // resolves after the fsync
 * await queue.close();
 * await Deno.remove(folder, { recursive: true });
 * ```
 *
 * @module
 */
export { QueueError, QueueFullError } from "./errors.ts";
export { openQueue } from "./open_queue.ts";
export { Gateway } from "./gateway.ts";
export type { GatewayEvent, GatewayStatus, LaneStatus } from "./gateway_status.ts";
export type { GatewayOptions } from "./gateway_options.ts";
export type { SourceState } from "./_source_runner.ts";
export type { SenderCounts } from "./_sender_context.ts";
export { type FolderOptions, folderSource } from "./sources/folder.ts";
export { type HttpOptions, httpSource } from "./sources/http.ts";
export { type MqttOptions, mqttSource } from "./sources/mqtt.ts";
export type { TopicOptions } from "./sources/_mqtt_message.ts";
export { type StreamOptions, streamSource } from "./sources/stream.ts";
export type { TextOptions } from "./sources/_parse.ts";
export type { Hold, QueueNumbers } from "./outbox.ts";
export type {
  GatewayRole,
  NatsQueueOptions,
  PushOptions,
  QueueDepth,
  QueueOptions,
  ReadingBatch,
  ReadingQueue,
  ReadingSink,
  ReadingSource,
} from "./types.ts";
