/** A server that is there and decides nothing: cut off from the others, or frozen. Its clients go to another one. */
import { assert, assertEquals } from "@std/assert";
import type { JetStreamQueue } from "../../src/gateway/jetstream/jetstream_queue.ts";
import { assertCounted, batch, until } from "./_gateway.ts";
import { delay, natsTest } from "./_nats_cluster.ts";
import { withNatsPlant } from "./_nats_queue.ts";

/** By then, a client that stays where it is has not got anywhere. */
const soon = () => AbortSignal.timeout(60_000);

/** The server that a queue is connected to. */
function serverOf({ bus }: JetStreamQueue): number {
  const { server_name: name } = bus.server as unknown as { server_name?: string };
  return Number(name?.slice(1));
}

/** Moves from server to server until it is this one. */
async function goTo(queue: JetStreamQueue, server: number): Promise<void> {
  while (serverOf(queue) !== server) {
    await queue.bus.connection.reconnect();
    await delay(700);
  }
}

for (const who of ["the leader", "another server"]) {
  natsTest(
    `a client of ${who} that is cut off from the other servers goes to one of them`,
    () =>
      withNatsPlant(async (plant) => {
        const { cloud, cluster } = plant;
        const push = await plant.open();
        await push.push(batch("d--1", 0, 10), { source: "press", position: "1" });
        const leader = (await cluster.leader(0))!;
        const victim = who === "the leader" ? leader : (leader + 1) % 3;
        await goTo(push, victim);
        cluster.routes!.cut(victim);
        await push.push(batch("d--1", 10, 10), {
          source: "press",
          position: "2",
          signal: soon(),
        });
        assert(serverOf(push) !== victim);
        cluster.routes!.join(victim);
        const { queue } = await plant.start();
        await push.push(batch("d--1", 20, 10), { source: "press", position: "3" });
        await queue.flush();
        await assertCounted(cloud, "d--1", 30);
        assertEquals(await push.position("press"), "3");
      }, { routes: true }),
  );
}

natsTest(
  "a client of a server that is frozen in the middle of large pushes goes to another one",
  () =>
    withNatsPlant(async (plant) => {
      const { cluster } = plant;
      const push = await plant.open();
      await push.push(batch("d--1", 0, 10));
      const victim = (await cluster.leader(0) ?? 0) + 1;
      await goTo(push, victim % 3);
      const resume = cluster.halt(victim % 3);
      try {
        // More than the buffers of a connection take.
        const large = Array.from({ length: 80 }, (_, i) => {
          const { columns } = batch("d--1", 0, 10_000);
          const rawData = Array.from({ length: 10_000 }, () => crypto.randomUUID());
          return { device: `d--${(i + 2).toString(16)}`, columns: { ...columns!, rawData } };
        });
        await Promise.all(large.map((it) => push.push(it, { signal: soon() })));
        assert(serverOf(push) !== victim % 3);
      } finally {
        resume();
      }
      await until("all are there", async () => {
        const depth = await push.depth().catch(() => undefined); // The servers may be choosing a leader.
        return depth?.readings === 800_010;
      });
    }),
);
