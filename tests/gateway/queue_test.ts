/** The queue: durable pushes, positions, keys, limits. */
import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { DataError } from "../../mod.ts";
import { openQueue, QueueError, QueueFullError } from "../../src/gateway/mod.ts";
import { problemsOf } from "../../src/gateway/_status_server.ts";
import { type Passing, TestCloud } from "./_cloud.ts";
import { assertCounted, batch, startGateway, until, withFolder, workerQueue } from "./_gateway.ts";

Deno.test("push() keeps readings over a restart, in order, for each device and streamer", () =>
  withFolder(async (folder) => {
    const path = `${folder}/queue.sqlite`;
    let queue = await workerQueue(path);
    for (let i = 0; i < 50; i++) {
      await queue.push([batch("d--1", i * 10, 10), batch("d--2", i, 1, { streamer: 7 })]);
    }
    await queue.close();
    queue = await workerQueue(path);
    assertEquals((await queue.depth()).readings, 550);
    const lanes = await queue.outbox.lanes();
    assertEquals(lanes.map((it) => [it.device, it.streamer, it.readings]), [
      [1n, null, 500],
      [2n, 7, 50],
    ]);
    const draft = await queue.outbox.draft(lanes[0]!, 123);
    assertEquals([...draft!.columns.values], Array.from({ length: 123 }, (_, i) => i));
    assertEquals(draft!.rest, 7);
    await queue.close();
  }));

Deno.test("push() splits a large batch, accepts points, and keeps summary and raw data", () =>
  withFolder(async (folder) => {
    const queue = await workerQueue(`${folder}/queue.sqlite`);
    await queue.push(batch("d--1", 0, 40_000));
    await queue.push({
      device: 1,
      points: [{
        timestamp: "2026-03-02T06:00:00Z",
        stream: "0001-5090",
        value: 5,
        summaryData: { unit: "C" },
        rawData: [1, "two"],
        readingId: 9,
      }],
    });
    const [lane] = await queue.outbox.lanes();
    const { columns, pieces } = (await queue.outbox.draft(lane!, 50_000))!;
    assertEquals(columns.length, 40_001);
    assertEquals(pieces.length, 4);
    assertEquals(columns.summaryData?.[40_000], { unit: "C" });
    assertEquals(columns.rawData?.[40_000], [1, "two"]);
    assertEquals(columns.streams[40_000], 0x15090);
    await queue.close();
  }));

Deno.test("push() commits the position of a source together with its batches", () =>
  withFolder(async (folder) => {
    const path = `${folder}/queue.sqlite`;
    let queue = await workerQueue(path);
    assertEquals(await queue.position("line 1"), undefined);
    await queue.push(batch("d--1", 0, 5), { source: "line 1", position: "5" });
    await queue.push([], { source: "line 1", position: "6" });
    await assertRejects(() =>
      queue.push({ device: "no device", points: [] }, { source: "line 1", position: "7" })
    );
    await queue.close();
    queue = await workerQueue(path);
    assertEquals(await queue.position("line 1"), "6");
    assertEquals(await queue.position("line 2"), undefined);
    await queue.close();
  }));

Deno.test("push() stores a push with the same idempotency key once, also after a restart", () =>
  withFolder(async (folder) => {
    const path = `${folder}/queue.sqlite`;
    let queue = await workerQueue(path);
    const options = { source: "http", idempotencyKey: "4711" };
    await Promise.all([
      queue.push(batch("d--1", 0, 5), options),
      queue.push(batch("d--1", 0, 5), options),
      queue.push(batch("d--1", 5, 5), { source: "http", idempotencyKey: "4712" }),
      queue.push(batch("d--1", 10, 5), { source: "other", idempotencyKey: "4711" }),
    ]);
    await queue.close();
    queue = await workerQueue(path);
    await queue.push(batch("d--1", 0, 5), options);
    assertEquals((await queue.depth()).readings, 15);
    await queue.close();
  }));

Deno.test("push() rejects invalid readings, and stores none of the batch", () =>
  withFolder(async (folder) => {
    const queue = await workerQueue(`${folder}/queue.sqlite`);
    const late = batch("d--1", 0, 3);
    late.columns!.timestamps[1] = 2n ** 62n;
    await assertRejects(() => queue.push([batch("d--1", 0, 3), late]), DataError, "reading 1");
    await assertRejects(() => queue.push({ device: 1 }), TypeError, "columns");
    await assertRejects(() => queue.push(batch("d--1", 0, 1, { streamer: -1 })), TypeError, "-1");
    await assertRejects(
      () => queue.push({ ...batch("d--1", 0, 1), colums: [] } as never),
      TypeError,
      "colums",
    );
    assertEquals((await queue.depth()).readings, 0);
    await queue.close();
  }));

Deno.test("openQueue() rejects a second process or queue on the same file, and invalid options", () =>
  withFolder(async (folder) => {
    const path = `${folder}/queue.sqlite`;
    const queue = await workerQueue(path);
    await queue.push(batch("d--1", 0, 1));
    await assertRejects(() => workerQueue(path), QueueError, "another process uses it");
    await queue.push(batch("d--1", 1, 1));
    await queue.close();
    await assertRejects(() => openQueue(path, { maxBytes: -1 }), TypeError, "maxBytes");
    await assertRejects(() => openQueue(path, { maxAgeMs: 5 }), TypeError, "drop-oldest");
    await assertRejects(() => openQueue(path, { overflw: 1 } as never), TypeError, "overflw");
    await assertRejects(() => openQueue(`${folder}/no/queue`), QueueError, "Cannot open");
  }));

Deno.test("push() waits for space in overflow mode block, in order, until the signal is aborted", () =>
  withFolder(async (folder) => {
    const queue = await workerQueue(`${folder}/queue.sqlite`, { maxBytes: 4000 });
    const stop = new AbortController();
    let stored = 0;
    const pushes = Array.from(
      { length: 100 },
      (_, i) =>
        queue.push(batch("d--1", i * 50, 50), { signal: stop.signal, position: String(i) })
          .then(() => stored++),
    );
    const settled = Promise.allSettled(pushes);
    await until("pushes wait", () => queue.store.blocked > 0);
    assert(stored > 0 && stored < 100, `${stored} stored`);
    const [lane] = await queue.outbox.lanes();
    // The oldest batches leave the queue, as if they had been counted.
    const before = stored;
    const [first] = await queue.store.ask("take", lane!.id, 0, 1);
    await queue.store.apply([
      { kind: "finish", lane: lane!.id, batch: first!.id + 3, readings: 200 },
    ]);
    await until("others find room", () => stored > before);
    stop.abort(new Error("enough"));
    await settled;
    const { readings } = await queue.depth();
    assertEquals(readings, stored * 50 - 200);
    assertEquals(await queue.position(""), String(stored - 1));
    await assertRejects(() => pushes[99]!, Error, "enough");
    await queue.close();
  }));

Deno.test("push() throws QueueFullError in overflow mode reject, and works again when there is space", () =>
  withFolder(async (folder) => {
    const options = { maxBytes: 2000, overflow: "reject" } as const;
    const queue = await workerQueue(`${folder}/queue.sqlite`, options);
    await assertRejects(
      async () => {
        for (;;) await queue.push(batch("d--1", 0, 50));
      },
      QueueFullError,
      "maxBytes is 2000",
    );
    const [lane] = await queue.outbox.lanes();
    await queue.store.apply([{ kind: "finish", lane: lane!.id, batch: 1e6, readings: 1e6 }]);
    await queue.push(batch("d--1", 0, 50));
    assertEquals((await queue.depth()).readings, 50);
    await queue.close();
  }));

Deno.test("push() drops the oldest readings in overflow mode drop-oldest, and reports it", () =>
  withFolder(async (folder) => {
    const options = { maxBytes: 3000, overflow: "drop-oldest" } as const;
    const queue = await workerQueue(`${folder}/queue.sqlite`, options);
    for (let i = 0; i < 100; i++) await queue.push(batch("d--1", i * 50, 50));
    const { readings, bytes } = await queue.depth();
    assert(bytes <= 3000);
    assertEquals(readings + queue.dropped, 5000);
    const [lane] = await queue.outbox.lanes();
    const { columns } = (await queue.outbox.draft(lane!, 10_000))!;
    assertEquals(columns.values[columns.length - 1], 4999);
    assertEquals(columns.values[0], queue.dropped);
    assert(
      queue.events.some(({ message }) =>
        /Dropped 50 readings of device d--0000-0000-0000-0001 /.test(message)
      ),
    );
    await queue.close();
  }));

Deno.test("openQueue() sets auto_vacuum before the log, and syncs every commit", () =>
  withFolder(async (folder) => {
    const { QueueDatabase } = await import("../../src/gateway/_database.ts");
    const db = new QueueDatabase(`${folder}/queue.sqlite`);
    const pragma = (name: string) => db.value(`PRAGMA ${name}`);
    assertEquals(
      ["auto_vacuum", "journal_mode", "synchronous", "locking_mode", "page_size"].map(pragma),
      [2, "wal", 2, "exclusive", 4096],
    );
    db.close();
  }));

Deno.test("push() drops readings that have waited longer than maxAgeMs, and reports it, but none of a report", () =>
  withFolder(async (folder) => {
    await using cloud = await TestCloud.start();
    cloud.onReport = () => new Response("", { status: 502 });
    const options = { overflow: "drop-oldest", maxAgeMs: 1000 } as const;
    const queue = await workerQueue(`${folder}/queue.sqlite`, options);
    const { stop } = await startGateway(cloud, queue, { maxReadings: 5, confirmMs: 10 });
    await queue.push(batch("d--1", 0, 5));
    await until("a report is open", () => cloud.seen.length > 0);
    await queue.push([batch("d--1", 5, 20), batch("d--2", 0, 3, { streamer: 7 })]);
    await until("the others are dropped", () => queue.dropped >= 20);
    const { readings } = await queue.depth();
    // The first five, and of d--2 what its sender has made a report.
    assert(readings >= 5 && readings + queue.dropped === 28, `${readings} and ${queue.dropped}`);
    const dropped = /^Dropped 20 readings of device d--0000-0000-0000-0001 \(.* to .*\): age$/;
    assert(queue.events.some(({ message }) => dropped.test(message)), JSON.stringify(queue.events));
    await stop();
    await queue.close();
  }));

Deno.test("push() waits while the file of the queue is missing, and continues when it is back; waiting readings are sent", () =>
  withFolder(async (folder) => {
    await using cloud = await TestCloud.start();
    const path = `${folder}/queue.sqlite`;
    const queue = await workerQueue(path);
    await queue.push(batch("d--1", 0, 10));
    await Deno.rename(path, `${path}.elsewhere`);
    await until("it is noticed", async () => (await queue.stats()).full);
    assertMatch(queue.events.at(-1)!.message, /was removed or replaced .* intake stops/);
    const pushed = queue.push(batch("d--1", 10, 10));
    const { gateway, stop } = await startGateway(cloud, queue);
    assertMatch(
      problemsOf(await gateway.status(), await gateway.storeNumbers()).join(),
      /intake has stopped/,
    );
    await until("what waits is sent", async () => (await cloud.readings("d--1")).length === 10);
    // It is tried again now and then.
    await until("the push waits", () => queue.store.blocked === 1);
    await Deno.rename(`${path}.elsewhere`, path);
    await pushed;
    await queue.flush();
    await assertCounted(cloud, "d--1", 20);
    await stop();
    await queue.close();
  }));

Deno.test("Gateway continues above last_id after a disk with waiting batches was lost, even if its last report is counted late", () =>
  withFolder(async (folder) => {
    await using cloud = await TestCloud.start();
    await Deno.mkdir(`${folder}/disk`);
    let queue = await workerQueue(`${folder}/disk/queue.sqlite`);
    let running = await startGateway(cloud, queue, { maxReadings: 10 });
    await queue.push(batch("d--1", 0, 10));
    await queue.flush();
    let late: Passing | undefined;
    cloud.onReport = (passing) => {
      late ??= passing;
      return new Response("", { status: 502 });
    };
    await queue.push(batch("d--1", 10, 20));
    await until("a report is in flight", () => late !== undefined);
    await running.stop();
    await queue.close();
    await Deno.remove(`${folder}/disk`, { recursive: true });

    await Deno.mkdir(`${folder}/disk`);
    let queries = 0;
    cloud.onRequest = async ({ url }) => {
      if (/\/streamer\/t--/.test(url) && ++queries === 2) {
        await (await late!.forward()).body?.cancel();
      }
      return undefined;
    };
    cloud.onReport = ({ forward }) => forward();
    queue = await workerQueue(`${folder}/disk/queue.sqlite`);
    await queue.push(batch("d--1", 30, 10));
    running = await startGateway(cloud, queue);
    await queue.flush();
    // Only what waited and was never sent is gone, and no person had to decide.
    await assertCounted(cloud, "d--1", 40, Array.from({ length: 10 }, (_, i) => 20 + i));
    assertEquals((await queue.depth()).held, 0);
    await running.stop();
    await queue.close();
  }));
