/**
 * Collectors that are frozen in the middle of their pushes for longer than counted readings are kept, while
 * others continue with the same devices, and in part with their very sources; then they wake up, and each reading
 * is counted once.
 */
import { CountingCloud } from "./_counting_cloud.ts";
import { random } from "../_random.ts";
import { delay, NatsCluster } from "./_nats_cluster.ts";
import type { PlantGateway } from "./_plant_gateway.ts";
import { GatewayProcess, type PlantOutcome, problemsOf, streamOf } from "./_plant_run.ts";

/** The number of collectors that are frozen; one more runs all the time. */
const FROZEN = 6;
const DEVICES = 6, READINGS = 10;
/** The longest pause of the running collector before a push, in ms: it is busy as long as the others are frozen. */
const LONGEST_PAUSE_MS = 1000;

/** How long, and how. */
export interface FrozenOptions {
  /** How long the collectors are frozen. */
  readonly ms: number;
  readonly seed: number;
  readonly log?: (line: string) => void;
}

/** Freezes collectors, and returns what was counted in the end. */
export async function frozenCollectors(options: FrozenOptions): Promise<PlantOutcome> {
  const folder = await Deno.makeTempDir();
  try {
    await using cluster = await NatsCluster.start(folder);
    await using cloud = await CountingCloud.start({ seed: options.seed, laterMs: 30 });
    return await freeze(cluster.url("PLANT"), cloud, options);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function freeze(
  queue: string,
  cloud: CountingCloud,
  { ms, seed, log = () => {} }: FrozenOptions,
): Promise<PlantOutcome> {
  const started = performance.now();
  const chance = random(seed);
  const batches = Math.max(400, Math.ceil(ms / LONGEST_PAUSE_MS));
  const counted = {
    devices: DEVICES,
    batches,
    readings: READINGS,
    shared: true,
    collectors: FROZEN + 1,
  };
  const base = { queue, cloud: cloud.url };
  const collector = (n: number, more: Partial<PlantGateway> = {}) =>
    new GatewayProcess({
      ...base,
      role: "collector",
      devices: Array.from({ length: DEVICES }, (_, i) => i + 1),
      devicesPerSource: DEVICES / 2,
      stream: streamOf(counted, n),
      batches,
      readings: READINGS,
      ...more,
    });
  const busy = collector(FROZEN, { everyMs: ms / batches });
  const frozen = Array.from({ length: FROZEN }, (_, n) => collector(n));
  // Others take over the sources of the first half in the meantime.
  const heirs = frozen.slice(FROZEN / 2).map((_, n) => collector(n));
  const senders = [0, 1].map(() => new GatewayProcess({ ...base, role: "sender" }));
  const all = [busy, ...frozen, ...heirs, ...senders];
  const expected = DEVICES * batches * READINGS * (FROZEN + 1);
  let state = await cloud.state();
  try {
    for (const gateway of [busy, ...frozen, ...senders]) gateway.start();
    const halted = Promise.all(frozen.map(async (gateway, n) => {
      const begun = (counts: Record<string, number>) =>
        Object.entries(counts).some(([key, next]) =>
          key.endsWith(`/${streamOf(counted, n)}`) && next > 0
        );
      while (!begun((await cloud.state()).next)) await delay(20);
      await delay(500 * chance());
      if (gateway.done) {
        throw new Error("a collector had ended before it was frozen: give it more batches");
      }
      await gateway.freeze(ms);
    }));
    await delay(3000);
    for (const gateway of heirs) gateway.start();
    let known = -1;
    const over = halted.then(() => true);
    while (!await Promise.race([over, delay(10_000).then(() => false)])) {
      state = await cloud.state();
      if (state.counted !== known) {
        log(`${state.counted} of ${expected} counted while collectors are frozen`);
      }
      known = state.counted;
    }
    log(`${(await cloud.state()).counted} of ${expected} counted when they wake up`);
    await Promise.all([busy, ...frozen, ...heirs].map((gateway) => gateway.ended()));
    for (let still = 0; still < 150 && (state = await cloud.state()).counted < expected; still++) {
      if (state.counted !== known) still = 0;
      known = state.counted;
      await delay(200);
    }
  } finally {
    await Promise.all(all.map((gateway) => gateway.stop()));
  }
  // Readings that arrive now arrive twice.
  state = await cloud.state();
  const problems = [
    ...all.flatMap(({ failure }) => failure ? [failure] : []),
    ...problemsOf(counted, state),
  ];
  return {
    state,
    expected,
    problems,
    faults: FROZEN,
    seconds: (performance.now() - started) / 1000,
  };
}
