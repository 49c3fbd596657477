/** Reports that are counted after their response. */
import { assertEquals, assertThrows } from "@std/assert";
import { withFolder } from "../_folder.ts";
import { createEmulator } from "../../src/emulator/mod.ts";
import { ids, reportOf } from "./_report.ts";
import { Client } from "./_client.ts";

const lastId = async (user: Client, device = 1) => {
  const { status, body } = await user.get(`streamer/t--${device}--100/`);
  return status === 404 ? 0 : body.last_id;
};

Deno.test("EmulatorOptions.counting with workers answers with the readings in the file, and counts them later", async () => {
  await using emulator = await createEmulator({ counting: { workers: 1, delayMs: 600_000 } });
  const user = await new Client((await emulator.listen()).url).login("user@example.com");
  const { status, body } = await user.upload(reportOf(ids(1, 5)));
  assertEquals([status, body, await lastId(user)], [201, { count: 5 }, 0]);
  // Sent again before it was counted: the file has five readings in any case.
  assertEquals((await user.upload(reportOf(ids(1, 5)))).body, { count: 5 });
  assertEquals(emulator.counting.waiting, 2);
  assertEquals(emulator.events.reports.length, 0);
  emulator.counting.set({ workers: 0 });
  await emulator.counting.idle();
  assertEquals(await lastId(user), 5);
  assertEquals(emulator.events.reports.map((it) => it.new), [5, 0]);
  assertEquals((await user.get("data/?filter=d--1")).body.count, 5);
  assertEquals((await user.upload(reportOf(ids(6, 7)))).body, { count: 2 });
});

Deno.test("two workers count reports out of order, and the readings of an overtaken report are lost", async () => {
  await using emulator = await createEmulator({ counting: { workers: 2, delayMs: 600_000 } });
  const user = await new Client((await emulator.listen()).url).login("user@example.com");
  const order: number[] = [];
  emulator.events.listen((event) => {
    if (event.kind === "report") order.push(event.readings);
  });
  // Report number n has n readings, so that the log shows which one it was.
  const upload = async (n: number) => {
    const first = n * (n - 1) / 2 + 1;
    assertEquals((await user.upload(reportOf(ids(first, first + n - 1)))).status, 201);
  };
  await upload(1);
  // The first worker is waiting; the second is fast.
  emulator.counting.set({ workers: 2, delayMs: 0 });
  for (let n = 2; n <= 10; n++) await upload(n);
  while (emulator.counting.waiting > 1) await new Promise((resolve) => setTimeout(resolve, 5));
  assertEquals(order, ids(2, 10));
  emulator.counting.set({ workers: 0 });
  await emulator.counting.idle();
  assertEquals(order, [...ids(2, 10), 1]);
  const last = 10 * 11 / 2;
  assertEquals(await lastId(user), last);
  assertEquals((await user.get("data/?filter=d--1")).body.count, last - 1);
});

Deno.test("workers with random times count every report once", async () => {
  await using emulator = await createEmulator({
    counting: { workers: 3, delayMs: [0, 40], seed: 1 },
  });
  const user = await new Client((await emulator.listen()).url).login("user@example.com");
  const counted: number[] = [];
  emulator.events.listen((event) => {
    if (event.kind === "report") counted.push(event.readings);
  });
  for (let n = 1; n <= 20; n++) await user.upload(reportOf(ids(1, n)));
  await emulator.counting.idle();
  assertEquals(counted.toSorted((a, b) => a - b), ids(1, 20));
  assertEquals(await lastId(user), 20);
});

Deno.test("a report whose worker fails is answered with 201 but never counted", async () => {
  await using emulator = await createEmulator({ counting: { workers: 2, delayMs: 0 } });
  const user = await new Client((await emulator.listen()).url).login("user@example.com");
  emulator.faults.add({ kind: "worker-fails", path: "streamer/report/" });
  assertEquals((await user.upload(reportOf(ids(1, 3)))).body, { count: 3 });
  await emulator.counting.idle();
  assertEquals(await lastId(user), 0);
  assertEquals(emulator.events.reports.map((it) => [it.new, it.rejected]), [
    [0, "its worker failed, so it is never counted"],
  ]);
  assertEquals((await user.upload(reportOf(ids(1, 3)))).body, { count: 3 });
  await emulator.counting.idle();
  assertEquals(await lastId(user), 3);
});

Deno.test("an emulator that is opened again counts the reports that waited when it was closed", async () => {
  await withFolder(async (dir) => {
    const db = `${dir}/cloud.sqlite`;
    const counting = { workers: 1, delayMs: 600_000 };
    {
      await using emulator = await createEmulator({ db, counting });
      const user = await new Client((await emulator.listen()).url).login("user@example.com");
      for (const from of [1, 4]) await user.upload(reportOf(ids(from, from + 2)));
      assertEquals(await lastId(user), 0);
    }
    await using emulator = await createEmulator({ db });
    await emulator.counting.idle();
    const user = await new Client((await emulator.listen()).url).login("user@example.com");
    assertEquals(await lastId(user), 6);
  });
});

Deno.test("reset() drops the waiting reports, and restores the initial way of counting", async () => {
  await using emulator = await createEmulator();
  const user = await new Client((await emulator.listen()).url).login("user@example.com");
  emulator.counting.set({ workers: 1, delayMs: 600_000 });
  await user.upload(reportOf(ids(1, 3)));
  emulator.reset();
  assertEquals([emulator.counting.waiting, emulator.counting.isLater], [0, false]);
  assertEquals((await user.upload(reportOf(ids(1, 3)))).body, { count: 3 });
  assertEquals(await lastId(user), 3);
});

Deno.test("a waiting report is counted when the store accepts writes again", async () => {
  await using emulator = await createEmulator({ counting: { workers: 1, delayMs: 600_000 } });
  const user = await new Client((await emulator.listen()).url).login("user@example.com");
  await user.upload(reportOf(ids(1, 3)));
  const fault = emulator.faults.add({ kind: "read-only" });
  emulator.counting.set({ workers: 0 });
  assertEquals([await lastId(user), emulator.counting.waiting], [0, 1]);
  emulator.faults.remove(fault);
  await emulator.counting.idle();
  assertEquals(await lastId(user), 3);
});

Deno.test("/__emulator__/counting shows and changes how reports are counted", async () => {
  await using emulator = await createEmulator();
  const client = new Client((await emulator.listen()).url);
  const path = "/__emulator__/counting";
  const { workers, delayMs, waiting } = (await client.get(path)).body;
  assertEquals([workers, delayMs, waiting], [0, [0, 30], 0]);
  const set = await client.json("PUT", path, { workers: 2, delayMs: 5, seed: 7 });
  assertEquals([set.status, set.body], [200, {
    workers: 2,
    delayMs: [5, 5],
    seed: 7,
    waiting: 0,
  }]);
  for (
    const [body, says] of [
      [{ workers: -1 }, '"workers" must be an integer from 0 to 64; the current value is -1'],
      [{ delayMs: [5, 1] }, '"delayMs" must be from 0 to 600000'],
      [{ wokers: 1 }, 'Cannot use "wokers"'],
      [[], '"counting" must be an object'],
    ] as const
  ) {
    const { status, body: answer } = await client.json("PUT", path, body);
    assertEquals([status, answer.error.includes(says)], [400, true], answer.error);
  }
  assertEquals((await client.get(path)).body.workers, 2);
  assertThrows(() => emulator.counting.set({ seed: 1.5 }), TypeError, '"seed" must be an integer');
});
