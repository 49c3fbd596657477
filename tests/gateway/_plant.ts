/** One cloud, one queue and one gateway for a test, which are closed after it. */
import type { Gateway, GatewayOptions } from "../../src/gateway/mod.ts";
import type { SqliteQueue } from "../../src/gateway/sqlite_queue.ts";
import type { EmulatorOptions } from "../../src/emulator/mod.ts";
import { TestCloud } from "./_cloud.ts";
import { type Running, startGateway, testQueue, withFolder } from "./_gateway.ts";

/** The parts that a test uses. */
export class Plant {
  readonly folder: string;
  readonly cloud: TestCloud;
  #queue: SqliteQueue;
  #running: Running | undefined;

  private constructor(folder: string, cloud: TestCloud, queue: SqliteQueue) {
    this.folder = folder;
    this.cloud = cloud;
    this.#queue = queue;
  }

  static async open(folder: string, cloud: TestCloud): Promise<Plant> {
    return new Plant(folder, cloud, await testQueue(`${folder}/queue.sqlite`));
  }

  /** The queue that is open now. */
  get queue(): SqliteQueue {
    return this.#queue;
  }

  /** Starts a gateway. */
  async start(options: Partial<GatewayOptions> = {}): Promise<Gateway> {
    this.#running = await startGateway(this.cloud, this.#queue, options);
    return this.#running.gateway;
  }

  /** Stops the gateway, if one runs, and closes the queue. */
  async stop(): Promise<void> {
    await this.#running?.stop();
    this.#running = undefined;
    await this.#queue.close();
  }

  /** Opens a queue instead of the one before: the same one unless a file is named. */
  async reopen(name = "queue.sqlite"): Promise<SqliteQueue> {
    await this.stop();
    return this.#queue = await testQueue(`${this.folder}/${name}`);
  }
}

/** Runs a test with a plant. */
export function withPlant(
  test: (plant: Plant) => Promise<void>,
  emulator: EmulatorOptions = {},
): Promise<void> {
  return withFolder(async (folder) => {
    await using cloud = await TestCloud.start(emulator);
    const plant = await Plant.open(folder, cloud);
    try {
      await test(plant);
    } finally {
      await plant.stop();
    }
  });
}
