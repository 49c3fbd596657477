/**
 * The commands for a queue on NATS. They query its servers, whether or not a gateway runs on this machine.
 *
 * @module
 */
import type { Bus } from "../gateway/jetstream/with_bus.ts";
import type { NatsQueueOptions } from "../gateway/mod.ts";
import type { Context } from "./_command.ts";
import { type LoadedConfig, queueOptionsOf } from "./_gateway_config.ts";

/** Runs a task with the stream of a queue. */
export async function withPlantBus<T>(
  context: Context,
  loaded: LoadedConfig,
  task: (bus: Bus) => Promise<T>,
): Promise<T> {
  const { withBus } = await import("../gateway/jetstream/with_bus.ts");
  const options = await queueOptionsOf(context, loaded) as NatsQueueOptions;
  return await withBus(loaded.queue, options, task);
}
