/**
 * Pushes beside plain publishes of the same bytes: as many in flight, each acknowledged by JetStream, to servers of the
 * same cluster, over a connection with the same settings to the server that leads both streams, in turns.
 */
import process from "node:process";
import { batchFrame } from "../src/gateway/_frames.ts";
import { openQueue, type ReadingBatch, type ReadingQueue } from "../src/gateway/mod.ts";
import { delay, type NatsCluster } from "../tests/gateway/_nats_cluster.ts";

/** One way to store, as measured in one round. */
interface Round {
  /** Pushes or publishes per second. */
  readonly rate: number;
  /** CPU time of this process, and of all servers, in µs for each. */
  readonly client: number;
  readonly servers: number;
}

/** Medians of all rounds. */
export interface PushRates {
  readonly push: Round;
  readonly plain: Round;
  /** Of the rates of each round. */
  readonly ratio: number;
  /** The bytes of one. */
  readonly bytes: number;
}

/** What stores: as a queue, and as a client of JetStream without one. */
export interface Sides {
  readonly queue: ReadingQueue;
  readonly publish: (lane: number, bytes: Uint8Array) => Promise<unknown>;
  close(): Promise<void>;
}

/** Opens both on the first server, which leads their streams. */
export async function openSides(cluster: NatsCluster): Promise<Sides> {
  // deno-lint-ignore no-import-prefix -- Deno would download an import map with every program.
  const { connect } = await import("npm:@nats-io/transport-node@3.4.0");
  // deno-lint-ignore no-import-prefix
  const { jetstream, jetstreamManager } = await import("npm:@nats-io/jetstream@3.4.0");
  const { hostname, port } = cluster.addresses[0]!;
  const server = `${hostname}:${port}`;
  const queue = await openQueue(`nats://${server}/QUEUE`);
  const connection = await connect({
    servers: server,
    timeout: 5000,
    maxReconnectAttempts: -1,
    pingInterval: 5000,
    maxPingOut: 2,
    noAsyncTraces: true,
  });
  const manager = await jetstreamManager(connection, { timeout: 5000, checkAPI: false });
  const { config } = await manager.streams.info("QUEUE");
  await manager.streams.add({ ...config, name: "PLAIN", subjects: ["PLAIN.>"] });
  for (const stream of ["QUEUE", "PLAIN"]) {
    for (;;) {
      const { cluster: state } = await manager.streams.info(stream);
      if (state?.leader === "s0" && state.replicas?.every(({ current }) => current)) break;
      if (state?.leader !== "s0") {
        const wish = JSON.stringify({ placement: { preferred: "s0" } });
        await connection.request(`$JS.API.STREAM.LEADER.STEPDOWN.${stream}`, wish);
      }
      await delay(500);
    }
  }
  const client = jetstream(connection, { timeout: 20_000 });
  return {
    queue,
    publish: (lane, bytes) => client.publish(`PLAIN.r.${lane}`, bytes),
    async close() {
      await queue.close();
      await connection.close();
    },
  };
}

/** Measures both in turns. */
export async function pushRates(
  cluster: NatsCluster,
  { queue, publish }: Sides,
  columns: NonNullable<ReadingBatch["columns"]>,
  { streamers, times, rounds }: { streamers: number; times: number; rounds: number },
): Promise<PushRates> {
  const bytes = batchFrame({ device: 1n, streamer: -1, at: 0 }, columns);
  const sides = {
    push: (lane: number) => queue.push({ device: lane + 1, columns }),
    plain: (lane: number) => publish(lane, bytes),
  };
  const once = async (action: (lane: number) => Promise<unknown>, times: number) => {
    const [client, servers, started] = [
      process.cpuUsage(),
      cluster.cpuSeconds(),
      performance.now(),
    ];
    let next = 0;
    await Promise.all(Array.from({ length: streamers }, async (_, lane) => {
      while (next++ < times) await action(lane);
    }));
    const seconds = (performance.now() - started) / 1000;
    const { user, system } = process.cpuUsage(client);
    return {
      rate: times / seconds,
      client: (user + system) / times,
      servers: (cluster.cpuSeconds() - servers) * 1e6 / times,
    };
  };
  const found: { push: Round; plain: Round }[] = [];
  for (let round = -1; round < rounds; round++) {
    // Neither always goes first, and the first round warms up.
    const first = round % 2 === 0 ? await once(sides.push, times) : undefined;
    const plain = await once(sides.plain, times);
    const push = first ?? await once(sides.push, times);
    if (round >= 0) found.push({ push, plain });
  }
  const middle = (side: "push" | "plain"): Round => ({
    rate: median(found.map((it) => it[side].rate)),
    client: median(found.map((it) => it[side].client)),
    servers: median(found.map((it) => it[side].servers)),
  });
  return {
    push: middle("push"),
    plain: middle("plain"),
    ratio: median(found.map(({ push, plain }) => push.rate / plain.rate)),
    bytes: bytes.length,
  };
}

/** The one in the middle. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!;
}
