/** Data that three real nats-servers keep when they are killed. */
import { assertEquals } from "@std/assert";
import { delay, natsTest } from "./_nats_cluster.ts";
import { withCluster } from "./_nats_engine.ts";

natsTest(
  "no acknowledged reading is lost when servers are killed, the last time all of them",
  () =>
    withCluster(async (cluster, engine) => {
      const stored = new Map<string, number>();
      const stop = new AbortController();
      const publishers = Array.from({ length: 8 }, async (_, n) => {
        const subject = `r.${n}`;
        let after = 0;
        while (!stop.signal.aborted) {
          try {
            after = await engine.store([{ subject, after }, { subject, after: undefined }]);
            stored.set(subject, (stored.get(subject) ?? 0) + 2);
          } catch {
            // The outcome is unknown: the end of the subject shows it.
            const end = await engine.end(subject).catch(() => undefined);
            if (end === undefined) await delay(50);
            else if (end > after) {
              after = end;
              stored.set(subject, (stored.get(subject) ?? 0) + 2);
            }
          }
        }
      });
      const seen = () => [...stored.values()].reduce((sum, count) => sum + count, 0);
      const grows = async () => {
        const before = seen();
        while (seen() < before + 64) await delay(10);
      };
      await grows();
      const leader = await engine.leader();
      await cluster.kill(leader);
      await grows();
      cluster.start(leader);
      await grows();
      await Promise.all([0, 1, 2].map((i) => cluster.kill(i)));
      for (let i = 0; i < cluster.size; i++) cluster.start(i);
      await grows();
      stop.abort();
      await Promise.all(publishers);
      const counts = await engine.counts();
      for (const [subject, count] of stored) {
        assertEquals(counts[`PLANT.${subject}`], count, subject);
      }
      assertEquals(stored.size, 8);
    }),
);
