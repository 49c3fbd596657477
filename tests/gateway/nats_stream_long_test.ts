/** Streams that a queue on NATS takes, and those that it rejects; what happens when a stream is full. */
import { assertEquals, assertRejects } from "@std/assert";
import { openQueue, QueueError, QueueFullError } from "../../src/gateway/mod.ts";
import type { JetStreamQueue } from "../../src/gateway/jetstream/jetstream_queue.ts";
import { assertCounted, batch, until, withFolder } from "./_gateway.ts";
import { NatsCluster, natsTest, OLD_NATS_SERVER } from "./_nats_cluster.ts";
import { withNatsPlant } from "./_nats_queue.ts";

/** A stream that a queue takes. */
const GOOD = {
  retention: "limits",
  storage: "file",
  discard: "new",
  num_replicas: 3,
  allow_atomic: true,
  allow_direct: true,
  allow_msg_ttl: true,
  allow_rollup_hdrs: true,
};

natsTest(
  "openQueue() on NATS rejects each setting of a stream that can lose readings, by name",
  () =>
    withFolder(async (folder) => {
      await using cluster = await NatsCluster.start(folder);
      const queue = await openQueue(cluster.url("PLANT")) as JetStreamQueue;
      try {
        assertEquals((await queue.bus.info()).config.num_replicas, 3);
        const bad: Record<string, unknown>[] = [
          { retention: "workqueue" },
          { retention: "interest" },
          { storage: "memory" },
          { discard: "old" },
          { max_age: 3_600_000_000_000 },
          { max_msgs: 1_000_000 },
          { max_bytes: 1_000_000 },
          { max_msgs_per_subject: 1000 },
          { allow_atomic: false },
          { allow_direct: false },
          { allow_msg_ttl: false },
          { allow_rollup_hdrs: false },
          { deny_purge: true },
          { no_ack: true },
          { num_replicas: 1 },
          { subjects: ["others.>"] },
        ];
        for (const [i, change] of bad.entries()) {
          const name = `BAD${i}`;
          const config = { name, subjects: [`${name}.>`], ...GOOD, ...change };
          // Some settings require others: roll-ups, for example, require a stream that can be purged.
          if (change.deny_purge || change.no_ack) {
            config.allow_rollup_hdrs = false;
            config.allow_atomic = false;
          }
          await queue.bus.api(`STREAM.CREATE.${name}`, config);
          const setting = Object.keys(change)[0]!;
          const error = await assertRejects(() => openQueue(cluster.url(name)), QueueError);
          const named = setting === "num_replicas" ? "one replica" : setting;
          // The first wrong setting is named; those that had to follow come with it.
          if (!change.deny_purge && !change.no_ack) {
            assertEquals(error.message.includes(named), true, error.message);
          }
          assertEquals(error.message.includes("nats stream edit") || setting === "subjects", true);
          await queue.bus.api(`STREAM.DELETE.${name}`);
        }
      } finally {
        await queue.close();
      }
    }),
);

natsTest(
  "openQueue() on NATS rejects options of a queue in a file, and wrong credentials",
  () =>
    withFolder(async (folder) => {
      const more = `authorization { user: gateway, password: "s3cret" }`;
      await using cluster = await NatsCluster.start(folder, { servers: 1, more });
      const url = cluster.url("PLANT");
      const credentials = { user: "gateway", password: "s3cret" };
      for (
        const options of [
          { overflow: "drop-oldest" as const },
          { maxBytes: 1000 },
          { minFreeBytes: 0 },
          { reserveBytes: 0 },
          { syncMs: 1 },
          { maxAgeMs: 1 },
          { credentials: { user: "gateway" } as never },
          { credentials: "not a .creds file" },
          { tls: { ca: "/etc/ca.pem" } },
          { retries: 1 } as never,
        ]
      ) {
        await assertRejects(() => openQueue(url, options as never), TypeError);
      }
      const wrong = await assertRejects(
        () => openQueue(url, { credentials: { user: "gateway", password: "wr0ng" } }),
        QueueError,
      );
      assertEquals(wrong.message.includes("wr0ng"), false);
      await assertRejects(() => openQueue(url), QueueError);
      await assertRejects(() => openQueue("nats://a:b@host/S"), QueueError, "password");
      await assertRejects(() => openQueue("nats://host"), QueueError, "name of a stream");
      const queue = await openQueue(url, { credentials });
      await queue.push(batch("d--1", 0, 10));
      assertEquals((await queue.depth()).readings, 10);
      assertEquals(JSON.stringify(queue).includes("s3cret"), false);
      await queue.close();
    }),
);

natsTest(
  "a full stream on NATS stops intake, but not sending",
  () =>
    withNatsPlant(async (plant) => {
      const { cloud } = plant;
      const rejecting = await plant.open({}, { overflow: "reject" });
      const blocking = await plant.open();
      const { config } = await rejecting.bus.info();
      await rejecting.bus.api("STREAM.UPDATE.PLANT", { ...config, max_bytes: 1_100_000 });
      const noisy = (first: number) => {
        const { columns } = batch("d--1", first, 1000);
        const rawData = Array.from({ length: 1000 }, () => crypto.randomUUID());
        return { device: "d--1", columns: { ...columns!, rawData } };
      };
      let pushed = 0;
      await until("it is full", async () => {
        try {
          await rejecting.push(noisy(pushed));
          pushed += 1000;
          return false;
        } catch (error) {
          if (error instanceof QueueFullError) return true;
          throw error;
        }
      });
      const waiting = blocking.push(noisy(pushed));
      await until("a push waits", async () => (await blocking.numbers()).blocked === 1);
      const { queue } = await plant.start({}, { purgeAfterMs: 0 });
      await waiting;
      pushed += 1000;
      await queue.flush();
      await assertCounted(cloud, "d--1", pushed);
    }, { servers: 1 }),
);

natsTest(
  "openQueue() on a nats-server before 2.12 names its version, the rule and the remedy",
  () =>
    withFolder(async (folder) => {
      if (!OLD_NATS_SERVER) return console.log("no nats-server 2.11 here: the error is not tested");
      await using cluster = await NatsCluster.start(folder, {
        servers: 1,
        program: OLD_NATS_SERVER,
      });
      const url = cluster.url("PLANT");
      const error = await assertRejects(() => openQueue(url), QueueError);
      assertEquals(
        error.message.replace(/2\.11\.\d+/, "2.11.x"),
        `Cannot open the queue "${url}": its server is nats-server 2.11.x, but version 2.12 or later is ` +
          "required for atomic batches of messages; update every server of the cluster, one after another",
      );
    }),
);
