/**
 * withBus(), the stream of a queue for the tools that look into it: it must exist.
 *
 * @module
 */
import { QueueError } from "../errors.ts";
import type { NatsQueueOptions } from "../types.ts";
import { Bus, CODES, JetStreamError } from "./_bus.ts";
import { natsOptions, natsPlace } from "./_options.ts";

export type { Bus } from "./_bus.ts";

/**
 * Runs a task with the stream of a queue.
 *
 * @throws {QueueError} If there is no such stream, or no server responds.
 */
export async function withBus<T>(
  where: string,
  options: NatsQueueOptions,
  task: (bus: Bus) => Promise<T>,
): Promise<T> {
  const bus = await Bus.open(natsPlace(where), natsOptions(options));
  try {
    return await task(bus);
  } catch (error) {
    if (error instanceof JetStreamError && error.code === CODES.noStream) {
      throw new QueueError(
        `Cannot open "${where}": there is no queue yet; run "archfx gateway run"`,
        { cause: error },
      );
    }
    throw error;
  } finally {
    await bus.close();
  }
}
