/**
 * Collectors of a plant on three nats-servers that are frozen for a quarter of an hour, longer than counted readings are
 * kept, and then wake up: with sources that have positions, each reading is counted once. It takes hardly any CPU.
 *
 * `deno run -A scripts/soak_gateway_frozen.ts [MINUTES] [SEED]`
 */
import { frozenCollectors } from "../tests/gateway/_frozen.ts";
import { NATS_SERVER } from "../tests/gateway/_nats_cluster.ts";

/** Freezes and wakes them, and prints what was seen. Throws when a reading is lost, repeated or out of order. */
export async function soakGatewayFrozen(minutes = 15, seed = 19): Promise<void> {
  if (!NATS_SERVER) {
    console.log(
      "gateway_frozen: skipped, since there is no nats-server here (NATS_SERVER names one)",
    );
    return;
  }
  console.log(`gateway_frozen: ${minutes} minutes, seed ${seed}`);
  const log = (line: string) => console.log(`gateway_frozen: ${line}`);
  const { state, problems, seconds } = await frozenCollectors({ ms: minutes * 60_000, seed, log });
  console.log(
    `gateway_frozen: ${state.counted} counted in ${state.reports} reports, ${
      Math.round(seconds)
    } s: ` +
      (problems.join("; ") || "0 lost, 0 twice, 0 out of order"),
  );
  if (problems.length > 0) throw new Error(problems.join("; "));
}

if (import.meta.main) {
  const [minutes, seed] = Deno.args.map(Number);
  await soakGatewayFrozen(minutes, seed);
}
