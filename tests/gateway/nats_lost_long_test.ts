/** Responses of nats-servers that are lost, and connections that break: every push with a position is stored once. */
import { assert, assertEquals } from "@std/assert";
import { assertCounted, batch } from "./_gateway.ts";
import { delay, natsTest } from "./_nats_cluster.ts";
import { NatsProxy } from "./_nats_proxy.ts";
import { withNatsPlant } from "./_nats_queue.ts";

const seed = Number(Deno.env.get("SEED") ?? 1919);

natsTest(
  `pushes and reports are stored once when responses are lost (seed ${seed})`,
  () =>
    withNatsPlant(async (plant) => {
      const { cloud, cluster } = plant;
      await using proxy = new NatsProxy(cluster.addresses[0]!, { responses: 0.05, seed });
      const url = `nats://127.0.0.1:${proxy.port}/PLANT`;
      const queues = await Promise.all([0, 1].map(() => plant.open({}, {}, url)));
      await plant.start({ maxReadings: 300 });
      const devices = ["d--1", "d--2", "d--3"];
      let done = false;
      const cutting = (async () => {
        while (!done) {
          await delay(700);
          proxy.cut();
        }
      })();
      await Promise.all(queues.map(async (queue, n) => {
        for (let i = 0; i < 25; i++) {
          // Each queue has its own devices, and one that both have.
          const batches = [batch(devices[n]!, 10 * i, 10)];
          if (n === 0 || i % 5 === 0) batches.push(batch("d--3", 1000 * n + 10 * i, 10));
          await queue.push(batches, { source: `source ${n}`, position: String(i) });
        }
      }));
      done = true;
      await cutting;
      assert(proxy.lost > 0);
      await queues[0]!.flush();
      for (const device of devices.slice(0, 2)) await assertCounted(cloud, device, 250);
      const values = (await cloud.readings("d--3")).map(({ value }) => value);
      const expected = Array.from({ length: 250 }, (_, i) => i);
      for (let i = 0; i < 25; i += 5) for (let k = 0; k < 10; k++) expected.push(1000 + 10 * i + k);
      assertEquals(values.toSorted((a, b) => a - b), expected);
      assertEquals(await queues[1]!.position("source 0"), "24");
    }, { servers: 1, noAdvertise: true }),
);
