/** Gateways and clouds that are killed: everything is counted once, in order. */
import { killAtRandom } from "./_kills.ts";
import { withFolder } from "./_gateway.ts";

// The same in each run, so that a change makes it fail and not chance; `deno task soak gateway` takes others.
const seed = Number(Deno.env.get("SEED") ?? 5000);
const named = (name: string) => `${name} (seed ${seed})`;

Deno.test(
  named("Gateway counts everything once when it or the cloud is killed at random, 10 times"),
  () =>
    withFolder((folder) => killAtRandom(folder, { kills: 10, readings: 30_000, seed, workers: 0 })),
);

Deno.test(
  named("Gateway counts everything once when killed, and the cloud counts later, out of order"),
  () =>
    withFolder((folder) => killAtRandom(folder, { kills: 10, readings: 20_000, seed, workers: 2 })),
);

Deno.test(
  named("Gateway counts everything once when it is killed at each step"),
  () =>
    withFolder((folder) =>
      killAtRandom(folder, {
        kills: 0,
        readings: 10_000,
        seed,
        workers: 0,
        steps: ["push", "pushed", "seal", "sealed", "send", "sent", "confirm", "delete"],
      })
    ),
);
