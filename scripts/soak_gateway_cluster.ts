/**
 * A plant on three nats-servers, with collectors and senders: servers are killed and frozen in turn, gateways too, and
 * responses are lost. Every reading must be counted once, in order.
 *
 * `deno run -A scripts/soak_gateway_cluster.ts [BATCHES] [SEED] [WORD]`: the number of batches of 100 readings,
 * for 50 streamers; only the scenarios with this word in their names. Once a minute it says how far it is.
 */
import { plantOnCluster, SCENARIOS } from "../tests/gateway/_scenarios.ts";
import { NATS_SERVER } from "../tests/gateway/_nats_cluster.ts";

/** Runs every scenario and prints the results. Throws if a reading is lost, repeated or out of order. */
export async function soakGatewayCluster(
  batches = 200_000,
  seed = 19,
  word = "",
): Promise<void> {
  if (!NATS_SERVER) {
    console.log(
      "gateway_cluster: skipped: nats-server was not found (set NATS_SERVER)",
    );
    return;
  }
  console.log(`gateway_cluster: ${batches} batches of 100, seed ${seed}`);
  const failed: string[] = [];
  const chosen = SCENARIOS.filter(({ name }) => name.includes(word));
  if (chosen.length === 0) throw new Error(`Cannot soak "${word}": no scenario has it in its name`);
  for (const scenario of chosen) {
    const log = minutely();
    const { skipped, outcome } = await plantOnCluster(scenario, { batches, seed, log });
    if (!outcome) {
      console.log(`gateway_cluster: ${scenario.name}: skipped: ${skipped}`);
      continue;
    }
    const { state, faults, seconds, problems } = outcome;
    console.log(
      `gateway_cluster: ${scenario.name}: ${state.counted} counted in ${state.reports} reports, ${faults} faults, ` +
        `${Math.round(seconds)} s: ${problems.join("; ") || "0 lost, 0 twice, 0 out of order"}`,
    );
    if (problems.length > 0) failed.push(scenario.name);
  }
  if (failed.length > 0) throw new Error(`These failed: ${failed.join(", ")}`);
}

/** Prints a line once a minute. */
function minutely(): (line: string) => void {
  let last = performance.now();
  return (line) => {
    if (performance.now() - last < 60_000) return;
    last = performance.now();
    console.log(`gateway_cluster: ${line}`);
  };
}

if (import.meta.main) {
  const [batches, seed, word] = Deno.args;
  await soakGatewayCluster(
    batches ? Number(batches) : undefined,
    seed ? Number(seed) : undefined,
    word,
  );
}
