/** Queues on three real nats-servers, and gateways that send from them to a cloud. */
import type { Gateway, GatewayOptions, NatsQueueOptions } from "../../src/gateway/mod.ts";
import { JetStreamQueue, type QueueTimes } from "../../src/gateway/jetstream/jetstream_queue.ts";
import type { EmulatorOptions } from "../../src/emulator/mod.ts";
import { TestCloud } from "./_cloud.ts";
import { startGateway, withFolder } from "./_gateway.ts";
import { type ClusterOptions, NatsCluster } from "./_nats_cluster.ts";

/** Shorter times than those of the design: what is tested is the same. */
const TIMES: Partial<QueueTimes> = { heartbeatMs: 400, expireMs: 2000 };

/** A gateway that runs. */
export interface NatsGateway {
  readonly gateway: Gateway;
  readonly queue: JetStreamQueue;
  /** Stops it and closes its queue. */
  stop(): Promise<void>;
}

/** Servers, a cloud, and what uses them. */
export class NatsPlant {
  readonly folder: string;
  readonly cluster: NatsCluster;
  readonly cloud: TestCloud;
  readonly url: string;
  readonly #closing: (() => Promise<void>)[] = [];

  constructor(folder: string, cluster: NatsCluster, cloud: TestCloud) {
    this.folder = folder;
    this.cluster = cluster;
    this.cloud = cloud;
    this.url = cluster.url("PLANT");
  }

  /** Opens the queue; it is closed after the test. */
  async open(
    times: Partial<QueueTimes> = {},
    options: NatsQueueOptions = {},
    url: string = this.url,
  ): Promise<JetStreamQueue> {
    const queue = await JetStreamQueue.open(url, options, { ...TIMES, ...times });
    this.#closing.push(() => queue.close());
    return queue;
  }

  /** Starts a gateway with a separate queue. */
  async start(
    options: Partial<GatewayOptions> = {},
    times: Partial<QueueTimes> = {},
  ): Promise<NatsGateway> {
    const queue = await this.open(times);
    const { gateway, stop: end } = await startGateway(this.cloud, queue, options);
    this.#closing.push(end);
    return {
      gateway,
      queue,
      stop: async () => {
        await end();
        await queue.close();
      },
    };
  }

  /** Ends everything. */
  async close(): Promise<void> {
    for (const close of this.#closing.reverse()) await close();
  }
}

/** Runs a test with a plant. */
export function withNatsPlant(
  test: (plant: NatsPlant) => Promise<void>,
  options: ClusterOptions = {},
  emulator: EmulatorOptions = {},
): Promise<void> {
  return withFolder(async (folder) => {
    await using cluster = await NatsCluster.start(folder, options);
    await using cloud = await TestCloud.start(emulator);
    const plant = new NatsPlant(folder, cluster, cloud);
    try {
      await test(plant);
    } finally {
      await plant.close();
    }
  });
}
