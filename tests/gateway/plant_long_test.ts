/** A plant on three real nats-servers, in small: `deno task soak gateway_cluster` runs the same in full. */
import { frozenCollectors } from "./_frozen.ts";
import { natsTest } from "./_nats_cluster.ts";
import { assertAllCounted } from "./_plant_run.ts";
import { plantOnCluster, SCENARIOS } from "./_scenarios.ts";

// The same in each run, so that a change makes it fail and not chance.
const seed = Number(Deno.env.get("SEED") ?? 19);

for (const scenario of SCENARIOS) {
  const name = `a plant counts everything once: ${scenario.name} (seed ${seed})`;
  natsTest(name, async () => {
    const { skipped, outcome } = await plantOnCluster(scenario, {
      batches: 4000 / (scenario.share ?? 1),
      seed,
    });
    if (outcome) assertAllCounted(outcome);
    else console.log(`"${name}" does not run: ${skipped}`);
  });
}

natsTest(
  `a plant counts everything once: collectors frozen and woken up (seed ${seed})`,
  async () => {
    assertAllCounted(await frozenCollectors({ ms: 6000, seed }));
  },
);
