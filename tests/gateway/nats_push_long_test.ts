/** Pushing into a queue on three real nats-servers. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { configure, reset } from "@logtape/logtape";
import { openQueue, QueueError } from "../../src/gateway/mod.ts";
import { batchColumns } from "../../src/gateway/_frames.ts";
import type { JetStreamQueue } from "../../src/gateway/jetstream/jetstream_queue.ts";
import { bodyFrames, HEAD, laneSubject, readHead } from "../../src/gateway/jetstream/_messages.ts";
import { batch, withFolder } from "./_gateway.ts";
import { NatsCluster, natsTest } from "./_nats_cluster.ts";

/** The values of a lane, in order; its numbers must be dense. */
async function values(queue: JetStreamQueue, device: bigint, streamer = -1): Promise<number[]> {
  const found: number[] = [];
  const subject = laneSubject({ device, streamer });
  for (let from = 1;;) {
    const message = await queue.bus.next(subject, from);
    if (!message) return found;
    const head = readHead(message.header(HEAD))!;
    assertEquals(head.from, found.length, "the numbers have a gap");
    for (const frame of bodyFrames(message.data)!) found.push(...batchColumns(frame).values);
    assertEquals(head.from + head.readings, found.length);
    from = message.seq + 1;
  }
}

const numbers = (length: number) => Array.from({ length }, (_, i) => i);

natsTest(
  "openQueue() on NATS stores pushes in order, with their position and key",
  () =>
    withFolder(async (folder) => {
      await using cluster = await NatsCluster.start(folder);
      const url = cluster.url("PLANT");
      const queue = await openQueue(url) as JetStreamQueue;
      const other = await openQueue(url) as JetStreamQueue;
      try {
        assertEquals(await queue.position("press"), undefined);
        const pushes: Promise<void>[] = [];
        for (let i = 0; i < 50; i++) {
          pushes.push(
            queue.push([batch("d--1", 10 * i, 10), batch("d--2", i, 1, { streamer: 7 })], {
              source: "press",
              position: String(i),
            }),
          );
        }
        await Promise.all(pushes);
        assertEquals(await values(queue, 1n), numbers(500));
        assertEquals(await values(queue, 2n, 7), numbers(50));
        assertEquals(await other.position("press"), "49");

        // Two queues push to the same lane: their messages take turns, and no number is used twice.
        await Promise.all(
          numbers(20).map((i) => (i % 2 ? queue : other).push(batch("d--3", i, 1))),
        );
        const mixed = await values(queue, 3n);
        assertEquals(mixed.toSorted((a, b) => a - b), numbers(20));

        for (let i = 0; i < 3; i++) {
          await (i === 1 ? other : queue).push(batch("d--4", 0, 5), { idempotencyKey: "a.b c/*" });
        }
        await Promise.all(
          numbers(4).map((i) =>
            (i % 2 ? queue : other).push(batch("d--4", 5, 5), { idempotencyKey: "again" })
          ),
        );
        assertEquals(await values(queue, 4n), numbers(10));

        // Another gateway takes the source over, and the first one stores nothing any more.
        await other.push(batch("d--1", 500, 10), { source: "press", position: "50" });
        const late = [500, 510].map((first) =>
          queue.push(batch("d--1", first, 10), { source: "press", position: "50" })
        );
        for (const push of late) await assertRejects(() => push, QueueError, "another gateway");
        assertEquals(await values(queue, 1n), numbers(510));
        assertEquals(await queue.position("press"), "50");
        await queue.push(batch("d--1", 510, 10), { source: "press", position: "51" });
        assertEquals(await values(queue, 1n), numbers(520));
      } finally {
        await Promise.all([queue.close(), other.close()]);
      }
    }),
);

natsTest(
  "push() splits batches that do not fit into a message, and rejects a reading that is too large",
  () =>
    withFolder(async (folder) => {
      await using cluster = await NatsCluster.start(folder, { servers: 1 });
      const queue = await openQueue(cluster.url("PLANT")) as JetStreamQueue;
      try {
        const length = 200_000;
        const columns = batch("d--1", 0, length).columns!;
        const noise = Float64Array.from({ length }, () => Math.random());
        await queue.push({ device: "d--1", columns: { ...columns, values: noise } });
        assertEquals(await values(queue, 1n), [...noise]);
        const rawData = Array.from({ length: 4 }, () => ({
          text: Array.from({ length: 400_000 }, () => Math.random().toString(36)[5]).join(""),
        }));
        await queue.push({ device: "d--2", columns: { ...batch("d--2", 0, 4).columns!, rawData } });
        assertEquals(await values(queue, 2n), numbers(4));
        const huge = { text: Array.from({ length: 300_000 }, () => crypto.randomUUID()).join("") };
        await assertRejects(
          () =>
            queue.push({
              device: "d--2",
              columns: { ...batch("d--2", 4, 1).columns!, rawData: [huge] },
            }),
          QueueError,
          "max_payload",
        );
        assert((await queue.bus.info()).config.num_replicas === 1);
      } finally {
        await queue.close();
      }
    }),
);

natsTest(
  "push() distinguishes a message of its lane that is just being stored from servers that do not respond",
  () =>
    withFolder(async (folder) => {
      const told: string[] = [];
      await configure({
        reset: true,
        sinks: { list: ({ message }) => void told.push(message.join("")) },
        loggers: [
          { category: "archfx", sinks: ["list"], lowestLevel: "warning" },
          { category: ["logtape", "meta"], sinks: [] },
        ],
      });
      await using cluster = await NatsCluster.start(folder);
      const url = cluster.url("PLANT");
      const queues = await Promise.all([1, 2, 3].map(() => openQueue(url)));
      told.length = 0;
      try {
        await Promise.all(queues.map(async (queue, n) => {
          for (let i = 0; i < 100; i++) await queue.push(batch("d--1", 100 * n + i, 1));
        }));
        const stored = await values(queues[0] as JetStreamQueue, 1n);
        assertEquals(stored.toSorted((a, b) => a - b), numbers(300));
        assertEquals(told.filter((it) => it.includes("wrong last sequence")), []);
      } finally {
        await reset();
        await Promise.all(queues.map((queue) => queue.close()));
      }
    }),
);
