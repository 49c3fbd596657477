/** Scenarios for a plant on three real nats-servers: small ones for the tests, complete ones for `soak`. */
import {
  cutConnections,
  cutOffServer,
  freezeGateway,
  freezeServer,
  killAllServers,
  killGateway,
  killServer,
  loseDisk,
} from "./_faults.ts";
import { Namespaces } from "./_namespaces.ts";
import { NatsCluster } from "./_nats_cluster.ts";
import { NatsProxy } from "./_nats_proxy.ts";
import { type Fault, type PlantOptions, type PlantOutcome, runPlant } from "./_plant_run.ts";

/** One of them. */
export interface Scenario {
  readonly name: string;
  /** How many of the batches it takes; all unless set. */
  readonly share?: number;
  readonly faults: (namespaces: Namespaces | undefined) => readonly Fault[];
  /** Each server has a separate network. */
  readonly apart?: true;
  readonly more?: Partial<PlantOptions>;
  /** The fraction of the servers' responses that are lost. */
  readonly loss?: number;
}

/** All of them. */
export const SCENARIOS: readonly Scenario[] = [
  {
    name: "servers and gateways killed and frozen in turn, 5 % of responses lost",
    faults: () => [
      killServer(),
      killGateway("sender"),
      freezeServer(),
      killGateway("collector"),
      cutConnections(),
      freezeGateway("sender"),
    ],
    loss: 0.05,
    more: { cloud: { loss: 0.05, laterMs: 30 } },
  },
  {
    name: "a server cut off, then joined again",
    share: 0.2,
    apart: true,
    faults: (namespaces) => [
      cutOffServer(namespaces!, "everything"),
      cutOffServer(namespaces!, "other servers"),
    ],
  },
  {
    name: "all three servers killed at once",
    share: 0.2,
    faults: () => [killAllServers()],
    more: { everyMs: 8000 },
  },
  {
    name: "servers that lose their disks, one at a time",
    share: 0.1,
    faults: () => [loseDisk()],
  },
  {
    name: "senders frozen until their leases are stale",
    share: 0.1,
    faults: () => [freezeGateway("sender", 12_000)],
    more: { everyMs: 500, maxReadings: 500, cloud: { laterMs: 100 } },
  },
  {
    name: "collectors that compete for the same streamers, killed and frozen",
    share: 0.1,
    faults: () => [killGateway("collector"), freezeGateway("collector", 6000)],
    more: { shared: true },
  },
];

/** Runs a scenario with three servers; or returns the reason why it was skipped. */
export async function plantOnCluster(
  scenario: Scenario,
  { batches, seed, streamers = 50, log }: {
    readonly batches: number;
    readonly seed: number;
    readonly streamers?: number;
    readonly log?: (line: string) => void;
  },
): Promise<{ readonly skipped?: string; readonly outcome?: PlantOutcome }> {
  const folder = await Deno.makeTempDir();
  const namespaces = scenario.apart ? await Namespaces.make(3) : undefined;
  if (typeof namespaces === "string") return { skipped: namespaces };
  const { hosts, wrap } = namespaces ?? {};
  try {
    await using cluster = await NatsCluster.start(folder, {
      ...hosts && { hosts },
      ...wrap && { wrap },
      // A client that learns the other addresses would go round the proxy.
      ...scenario.loss !== undefined && { noAdvertise: true },
    });
    const proxies = scenario.loss === undefined
      ? []
      : cluster.addresses.map((address, i) =>
        new NatsProxy(address, {
          responses: scenario.loss!,
          // Each of them that is missing makes a sender ask again.
          deliveries: scenario.loss! / 5,
          seed: seed + i,
        })
      );
    const queue = proxies.length === 0
      ? cluster.url("PLANT")
      : `nats://${proxies.map(({ port }) => `127.0.0.1:${port}`).join(",")}/PLANT`;
    try {
      const shared = scenario.more?.shared === true;
      const each = Math.ceil(batches * (scenario.share ?? 1) / streamers / (shared ? 2 : 1));
      const outcome = await runPlant({
        queue,
        cluster,
        proxies,
        collectors: 2,
        senders: 3,
        devices: streamers,
        batches: each,
        readings: 100,
        seed,
        faults: scenario.faults(namespaces),
        everyMs: 3000,
        ...log && { log },
        ...scenario.more,
      });
      return { outcome };
    } finally {
      for (const proxy of proxies) await proxy[Symbol.asyncDispose]();
    }
  } finally {
    await namespaces?.[Symbol.asyncDispose]();
    await Deno.remove(folder, { recursive: true });
  }
}
