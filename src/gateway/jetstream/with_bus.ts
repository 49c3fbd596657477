/**
 * withBus(), which opens the existing stream of a queue for tools.
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
 * @throws {QueueError} If the stream does not exist, or no server responds.
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
        `Cannot open "${where}": the queue does not exist yet; run "archfx gateway run"`,
        { cause: error },
      );
    }
    throw error;
  } finally {
    await bus.close();
  }
}
