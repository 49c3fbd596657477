/**
 * Ten runs of the randomised harness; two hundred are in `deno task soak uploads`. To repeat one:
 * `deno task soak uploads --seed N --runs 1`.
 */
import { assert, assertEquals } from "@std/assert";
import { FAULTS } from "./_fault_proxy.ts";
import { runMany } from "./_harness.ts";

Deno.test("uploads never lose, double or change a reading, whatever fails or is killed, in 10 runs", async () => {
  // A multiple of 30, so that every kind of run is among ten in sequence.
  // The same in each run, so that a change makes it fail and not chance; `deno task soak uploads` takes others.
  const seed = 30;
  console.log(`seeds from ${seed}`);
  const results = await runMany(seed, 10, { jobs: 4, maxKills: 2 });
  const struck = new Set(results.flatMap(({ faults }) => [...faults.keys()]));
  assertEquals([...struck].sort(), [...FAULTS].sort());
  const sum = (of: (result: typeof results[number]) => number) =>
    results.reduce((total, result) => total + of(result), 0);
  assert(sum(({ clientKills }) => clientKills) > 0, "no client was killed");
  assert(sum(({ cloudKills }) => cloudKills) > 0, "no cloud was killed");
});
