/**
 * The randomised upload tests, 200 runs: `deno task soak uploads [--seed N] [--runs N] [--jobs N]`.
 *
 * @module
 */
import { FAULTS } from "../tests/uploads/_fault_proxy.ts";
import { runMany } from "../tests/uploads/_harness.ts";

const option = (name: string, otherwise: number) => {
  const at = Deno.args.indexOf(`--${name}`);
  return at < 0 ? otherwise : Number(Deno.args[at + 1]);
};

const seed = option("seed", 30 * Math.floor(Math.random() * 1e6));
const runs = option("runs", 200);
console.log(`${runs} runs with the seeds from ${seed}`);
const kinds = new Map<string, number>();
const results = await runMany(
  seed,
  runs,
  { jobs: option("jobs", 3), maxKills: 4 },
  ({ plan, clientKills, cloudKills }) => {
    const { client, counting, confirm, inFlight } = plan;
    console.log(
      `seed ${plan.seed}: ${client}, counted ${counting}, ${inFlight} in flight` +
        `${confirm ? ", with the proof" : ""}; ${clientKills} client and ${cloudKills} cloud kills`,
    );
    const kind = `${client}, counted ${counting}, ${inFlight === 1 ? "sequential" : "pipelined"}`;
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  },
);
const sum = (of: (result: typeof results[number]) => number) =>
  results.reduce((total, result) => total + of(result), 0);
for (const [kind, count] of [...kinds].sort()) console.log(`${String(count).padStart(4)}  ${kind}`);
for (const fault of FAULTS) {
  console.log(`${String(sum(({ faults }) => faults.get(fault) ?? 0)).padStart(4)}  ${fault}`);
}
console.log(
  `${sum(({ readings }) => readings)} readings, ${
    sum(({ clientKills }) => clientKills)
  } client kills, ` +
    `${sum(({ cloudKills }) => cloudKills)} cloud kills: 0 lost, 0 doubled, integrity ok`,
);
