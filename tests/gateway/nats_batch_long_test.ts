/** The properties of NATS JetStream that a queue relies on, with three real servers. */
import { assertEquals, assertRejects } from "@std/assert";
import { natsTest } from "./_nats_cluster.ts";
import { withCluster } from "./_nats_engine.ts";

natsTest(
  "a batch of messages is stored as a whole, or not at all",
  () =>
    withCluster(async (_, engine) => {
      const first = await engine.store([
        { subject: "r.1", after: 0 },
        { subject: "r.2", after: 0 },
        { subject: "position", after: 0 },
      ]);
      assertEquals(first, 3);
      // Another publisher was faster on r.2: nothing of the batch is stored, its position neither.
      await assertRejects(
        () =>
          engine.store([
            { subject: "r.1", after: 1 },
            { subject: "r.2", after: 0 },
            { subject: "position", after: 3 },
          ]),
        Error,
        "wrong last sequence",
      );
      assertEquals(await engine.counts(), { "PLANT.position": 1, "PLANT.r.1": 1, "PLANT.r.2": 1 });
      // Sent again after a lost response, it is rejected: its position shows that it was stored.
      const again = [{ subject: "r.1", after: 1 }, { subject: "position", after: 3 }];
      assertEquals(await engine.store(again), 5);
      await assertRejects(() => engine.store(again), Error, "wrong last sequence");
      assertEquals(await engine.counts(), { "PLANT.position": 2, "PLANT.r.1": 2, "PLANT.r.2": 1 });
    }),
);

natsTest(
  "after a purge that keeps the last message, no subject looks empty",
  () =>
    withCluster(async (_, engine) => {
      for (let race = 0; race < 20; race++) {
        const subject = `r.${race}`;
        // P1 has read an empty subject; P2 publishes twice; the sender purges what is counted.
        const a = await engine.store([{ subject, after: 0 }]);
        const b = await engine.store([{ subject, after: a }]);
        await engine.purgeBefore(subject, b);
        await assertRejects(() => engine.store([{ subject, after: 0 }]), Error, "wrong last");
        assertEquals((await engine.counts())[`PLANT.${subject}`], 1);
      }
    }),
);
