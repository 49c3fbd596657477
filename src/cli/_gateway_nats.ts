/**
 * The commands for a queue on NATS: they ask its servers, whether or not a gateway runs on this machine.
 *
 * @module
 */
import type { Bus } from "../gateway/jetstream/_bus.ts";
import type { Context } from "./_command.ts";
import { CommandError } from "./_errors.ts";
import { type LoadedConfig, queueOptionsOf } from "./_gateway_config.ts";

/** Runs a task with the stream of a queue. */
export async function withBus<T>(
  context: Context,
  loaded: LoadedConfig,
  task: (bus: Bus) => Promise<T>,
): Promise<T> {
  const { Bus, CODES, JetStreamError } = await import("../gateway/jetstream/_bus.ts");
  const { natsOptions, natsPlace } = await import("../gateway/jetstream/_options.ts");
  const options = await queueOptionsOf(context, loaded);
  const bus = await Bus.open(natsPlace(loaded.queue), natsOptions(options as never));
  try {
    return await task(bus);
  } catch (error) {
    if (error instanceof JetStreamError && error.code === CODES.noStream) {
      throw new CommandError(
        `Cannot open "${loaded.queue}": there is no queue yet; run "archfx gateway run"`,
        1,
        { cause: error },
      );
    }
    throw error;
  } finally {
    await bus.close();
  }
}
