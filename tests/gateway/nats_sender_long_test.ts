/**
 * Gateways that send from a queue on NATS JetStream: what is counted, which gateway sends, and the decisions of
 * users.
 */
import { assert, assertEquals } from "@std/assert";
import { assertCounted, assertSeveralCounted, batch, until } from "./_gateway.ts";
import { natsTest } from "./_nats_cluster.ts";
import { withNatsPlant } from "./_nats_queue.ts";

natsTest(
  "Gateway on NATS counts every reading once, in order, on several devices and streamers",
  () =>
    withNatsPlant(async (plant) => {
      const { cloud } = plant;
      const { queue } = await plant.start({ maxReadings: 700 });
      await assertSeveralCounted(cloud, queue);
      const depth = await queue.depth();
      assertEquals([depth.readings, depth.oldest, depth.dead, depth.held], [0, null, 0, 0]);
    }),
);

natsTest(
  "two gateways on NATS share the devices, and one takes over what the other one has begun",
  () =>
    withNatsPlant(async (plant) => {
      const { cloud } = plant;
      const push = await plant.open();
      const a = await plant.start({ maxReadings: 50 });
      const b = await plant.start({ maxReadings: 50 });
      const devices = Array.from({ length: 10 }, (_, i) => `d--${(i + 1).toString(16)}`);
      await until("both own shards", () => {
        const owners = [...a.queue.view.owners.values()].map(({ owner }) => owner);
        return new Set(owners).size === 2;
      });
      for (let i = 0; i < 5; i++) {
        await push.push(devices.map((device) => batch(device, 100 * i, 100)));
      }
      await push.flush();
      const sent = (it: typeof a) => (it.gateway.toJSON().counts as { sent: number }).sent;
      await until("both have a part", () => sent(a) > 0 && sent(b) > 0);
      await a.stop();
      for (let i = 5; i < 10; i++) {
        await push.push(devices.map((device) => batch(device, 100 * i, 100)));
      }
      await push.flush();
      for (const device of devices) await assertCounted(cloud, device, 1000);
      assert(sent(b) > 5000);
    }, { servers: 1 }),
);
