/** What a push does besides storing: it reports ignored ids once, and keeps keys for a day. */
import { assertEquals } from "@std/assert";
import { configure, reset } from "@logtape/logtape";
import { Store } from "../../src/gateway/_store.ts";
import { batch, withFolder, workerQueue } from "./_gateway.ts";

Deno.test("push() ignores reading ids, and reports it once for each source", () =>
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
    const queue = await workerQueue(`${folder}/queue.sqlite`);
    try {
      const { columns } = batch("d--1", 0, 2);
      const withIds = {
        device: "d--1",
        columns: { ...columns!, readingIds: Float64Array.of(70, 80) },
      };
      await queue.push(batch("d--1", 0, 2), { source: "press" });
      for (const source of ["press", "press", "oven"]) await queue.push(withIds, { source });
      const lane = (await queue.outbox.lanes())[0]!;
      const { readingIds } = (await queue.outbox.draft(lane, 100))!.columns;
      assertEquals([...readingIds].map(Number), Array(8).fill(0)); // Sealing gives them theirs.
    } finally {
      await queue.close();
      await reset();
    }
    const lines = told.filter((line) => line.includes("are ignored"));
    assertEquals(
      lines,
      ["press", "oven"].map((source) =>
        `Reading ids of the source ${source} are ignored: the queue assigns ids`
      ),
    );
  }));

Deno.test("push() keeps an idempotency key for a day of the time that the queue is open", () =>
  withFolder(async (folder) => {
    const path = `${folder}/queue.sqlite`;
    const readings = async (hours: number) => {
      const store = new Store(path);
      // As if it had been open for this number of hours.
      const seconds = store.seconds + hours * 3600;
      store.transaction(() => store.apply([{ kind: "set", name: "seconds", value: seconds }]));
      store.db.close();
      const queue = await workerQueue(path);
      await queue.push(batch("d--1", 0, 3), { source: "http", idempotencyKey: "monday" });
      const depth = await queue.depth();
      await queue.close();
      return depth.readings;
    };
    assertEquals([await readings(0), await readings(23), await readings(2)], [3, 3, 6]);
  }));
