/**
 * A plant on three nats-servers, with collectors and senders: servers are killed and frozen in turn, gateways too, and
 * responses are lost. Every reading must be counted once, in order.
 *
 * `deno run -A scripts/soak_gateway_cluster.ts [BATCHES] [SEED]`: so many batches of 100 readings, over 50 streamers.
 */
import { plantOnCluster, SCENARIOS } from "../tests/gateway/_scenarios.ts";
import { NATS_SERVER } from "../tests/gateway/_nats_cluster.ts";

/** Runs every scenario and prints what it saw. Throws when a reading is lost, repeated or out of order. */
export async function soakGatewayCluster(batches = 200_000, seed = 19): Promise<void> {
  if (!NATS_SERVER) {
    console.log(
      "gateway_cluster: skipped, since there is no nats-server here (NATS_SERVER names one)",
    );
    return;
  }
  console.log(`gateway_cluster: ${batches} batches of 100, seed ${seed}`);
  const failed: string[] = [];
  for (const scenario of SCENARIOS) {
    const { skipped, outcome } = await plantOnCluster(scenario, { batches, seed });
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

if (import.meta.main) {
  const [batches, seed] = Deno.args.map(Number);
  await soakGatewayCluster(batches, seed);
}
