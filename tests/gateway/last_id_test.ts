/** Every row of the table of `last_id`, and what a person does about a conflict. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { ArchFXFlexibleDictionaryReport, lastReadingId } from "../../mod.ts";
import { takeOver } from "../../src/gateway/_take_over.ts";
import { counted, judge, newPlan, setAside } from "../../src/gateway/_plan.ts";
import { json, type Passing, type TestCloud } from "./_cloud.ts";
import { assertCounted, batch, until } from "./_gateway.ts";
import { withPlant } from "./_plant.ts";

/** Rejects the first report, and counts it late: before those for which `arrives` returns true. */
function lateCopy(cloud: TestCloud, arrives: (late: Passing, next: Passing) => boolean): void {
  let late: Passing | undefined;
  cloud.onReport = async (passing) => {
    if (!late) {
      late = passing;
      return new Response('["busy"]', {
        status: 400,
        headers: { "content-type": "application/json" },
      });
    }
    if (arrives(late, passing)) await (await late.forward()).body?.cancel();
    return await passing.forward();
  };
}

/** Another writer: readings with these ids, past the gateway. */
async function otherWriter(cloud: TestCloud, device: string, first: number, length: number) {
  const { columns } = batch(device, 1_000_000 + first, length);
  const readingIds = Float64Array.from({ length }, (_, i) => first + i);
  const report = ArchFXFlexibleDictionaryReport.fromColumns({
    device,
    columns: { ...columns!, readingIds },
    streamer: 256,
  });
  assertEquals(await report.upload(await cloud.direct()), length);
}

Deno.test("judge() returns the meaning of a last_id before an attempt", () => {
  const attempts = [{ lo: 1, hi: 20 }, { lo: 1, hi: 10 }, { lo: 11, hi: 20 }];
  assertEquals(judge(0, 0, attempts), { kind: "send" });
  assertEquals(judge(10, 0, attempts), { kind: "counted", candidates: [{ lo: 1, hi: 10 }] });
  assertEquals(judge(20, 0, attempts), {
    kind: "counted",
    candidates: [{ lo: 1, hi: 20 }, { lo: 11, hi: 20 }],
  });
  // Of an attempt, the readings above `confirmed` are counted.
  assertEquals(judge(20, 10, attempts), { kind: "counted", candidates: [{ lo: 11, hi: 20 }] });
  assertEquals(judge(5, 0, attempts), { kind: "conflict" });
  assertEquals(judge(21, 0, attempts), { kind: "conflict" });
  assertEquals(judge(9, 10, attempts), { kind: "lower" });
});

Deno.test("counted() makes readings dead that were set aside below the attempt, not those within it", () => {
  const rejected = (id: number) => ({ id, status: 400, body: "" });
  let plan = newPlan(1, 20);
  plan = setAside({ ...plan, parts: [{ lo: 1, hi: 1 }, { lo: 2, hi: 20 }] }, rejected(1));
  assertEquals(counted(plan, { lo: 2, hi: 10 }), {
    plan: { parts: [{ lo: 11, hi: 20 }], aside: [], attempts: [], sends: 0 },
    dead: [rejected(1)],
  });
  assertEquals(counted(plan, { lo: 1, hi: 20 }).dead, []);
});

Deno.test("Gateway holds a streamer that another program writes to, and the others continue", () =>
  withPlant(async (plant) => {
    const { cloud, queue } = plant;
    const gateway = await plant.start();
    await queue.push(batch("d--1", 0, 10));
    await queue.flush();
    await otherWriter(cloud, "d--1", 11, 90);
    await queue.push([batch("d--1", 10, 10), batch("d--2", 0, 10)]);
    await until("it is held", async () => (await queue.depth()).held === 1);
    await until("the other is counted", async () => (await queue.depth()).readings === 10);
    const { lanes: [lane] } = await gateway.status();
    assertEquals(lane!.hold?.kind, "conflict");
    assert(/last_id is 100, 10 was confirmed last/.test(lane!.hold!.reason), lane!.hold!.reason);

    const [held] = await queue.outbox.lanes();
    await takeOver(queue, { lane: held!, streamer: 256, lastId: 100, drop: [] });
    await queue.flush();
    assertEquals(await lastReadingId(await cloud.api(), "d--1", 256), 110);
    const values = (await cloud.readings("d--1")).map(({ value }) => value).filter((it) =>
      it < 1e6
    );
    assertEquals(values.sort((a, b) => a - b), Array.from({ length: 20 }, (_, i) => i));
  }));

Deno.test("Gateway holds a streamer whose last_id fits a report that the cloud does not have", () =>
  withPlant(async (plant) => {
    const { cloud, queue } = plant;
    let writes = true;
    cloud.onReport = async ({ ids: [lo, hi], forward }) => {
      if (!writes) return await forward();
      writes = false;
      // Between the gateway's query and its report, another one takes exactly its ids.
      await otherWriter(cloud, "d--1", lo, hi - lo + 1);
      return await forward();
    };
    const gateway = await plant.start();
    writes = true;
    await queue.push(batch("d--1", 0, 10));
    await until("it is held", async () => (await queue.depth()).held === 1);
    const { lanes: [lane] } = await gateway.status();
    assert(/other readings with its ids/.test(lane!.hold!.reason), lane!.hold!.reason);
  }));

Deno.test("takeOver() gives the readings of an open report new ids, and drops the given batches", () =>
  withPlant(async (plant) => {
    const { cloud, queue } = plant;
    let away = false;
    cloud.onReport = ({ forward }) => away ? new Response("", { status: 502 }) : forward();
    await plant.start({ maxReadings: 25 });
    await queue.push(batch("d--1", 0, 5));
    await queue.flush();
    away = true;
    for (let i = 0; i < 5; i++) await queue.push(batch("d--1", 5 + 10 * i, 10));
    await until("a report is tried", () => cloud.seen.length > 1);
    await otherWriter(cloud, "d--1", 6, 500);
    away = false;
    await until("it is held", async () => (await queue.depth()).held === 1);
    const [lane] = await queue.outbox.lanes();
    const batches = await queue.store.ask("take", lane!.id, 0, 1000);
    const drop = [batches[1]!.id, batches[4]!.id];
    assertEquals(await takeOver(queue, { lane: lane!, streamer: 256, lastId: 505, drop }), 20);
    await queue.flush();
    const rows = (await cloud.readings("d--1")).filter(({ value }) => value < 1e6);
    const numbers = (from: number, to: number) =>
      Array.from({ length: to - from }, (_, i) => from + i);
    assertEquals(rows.map(({ value }) => value).sort((a, b) => a - b), [
      ...numbers(0, 15),
      ...numbers(25, 45),
    ]);
    assertEquals(await lastReadingId(await cloud.api(), "d--1", 256), 535);
    assertEquals(queue.dropped, 20);
  }));

Deno.test("Gateway counts a late copy of a whole report while a part of it is in flight", () =>
  withPlant(async (plant) => {
    const { cloud, queue } = plant;
    // The part of the lower half arrives: the copy of the whole is counted before it.
    lateCopy(cloud, (late, { ids }) => late.ids[1] !== ids[1] && ids[0] === 1);
    const gateway = await plant.start();
    await queue.push(batch("d--1", 0, 100));
    await queue.flush();
    await assertCounted(cloud, "d--1", 100);
    assertEquals((await gateway.status()).counts, {
      attempts: 2,
      sent: 100,
      dead: 0,
      failures: 0,
    });
  }));

Deno.test("Gateway counts the rest through a late copy of a whole report after a part of it was counted", () =>
  withPlant(async (plant) => {
    const { cloud, queue } = plant;
    lateCopy(cloud, (_, { ids }) => ids[0] > 1);
    await plant.start();
    await queue.push(batch("d--1", 0, 100));
    await queue.flush();
    await assertCounted(cloud, "d--1", 100);
  }));

Deno.test("Gateway reports that the cloud lost counted readings, and sends later ones", () =>
  withPlant(async (plant) => {
    const { cloud, queue } = plant;
    const gateway = await plant.start();
    await queue.push(batch("d--1", 0, 10));
    await queue.flush();
    const snapshot = await cloud.emulator.snapshot();
    await queue.push(batch("d--1", 10, 10));
    await queue.flush();
    await cloud.emulator.restore(snapshot);
    await queue.push(batch("d--1", 20, 10));
    await queue.flush();
    await assertCounted(cloud, "d--1", 30, Array.from({ length: 10 }, (_, i) => 10 + i));
    const { events } = await gateway.status();
    assert(
      events.some(({ message, level }) =>
        level === "error" &&
        /lost readings that it had counted: last_id was 20 and is 10/.test(message)
      ),
    );
  }));

Deno.test("Gateway compares a report of two readings that was counted while last_id seemed to be lower", () =>
  withPlant(async (plant) => {
    const { cloud, queue } = plant;
    const gateway = await plant.start();
    await queue.push(batch("d--1", 0, 10));
    await queue.flush();
    let lower = 0;
    cloud.onReport = async ({ forward }) => {
      lower = 2; // As a replica that is behind says it, twice.
      return await forward();
    };
    cloud.onRequest = ({ method, url }) =>
      method === "GET" && /\/streamer\/t--/.test(url) && lower-- > 0
        ? json(200, { last_id: 5 })
        : undefined;
    await queue.push(batch("d--1", 10, 2));
    await queue.flush();
    assertEquals(cloud.seen.length, 2);
    assertEquals((await gateway.status()).depth.held, 0);
    await assertCounted(cloud, "d--1", 12);
  }));

Deno.test("Gateway counts a report if data/ cannot be read", () =>
  withPlant(async (plant) => {
    const { cloud, queue } = plant;
    let status = 0;
    cloud.onRequest = ({ url }) =>
      url.includes("/data/") ? new Response("{}", { status }) : undefined;
    await plant.start();
    for (const [i, it] of [403, 404, 501].entries()) {
      status = it;
      await queue.push(batch("d--1", 10 * i, 10));
      await queue.flush();
      assertEquals(await lastReadingId(await cloud.api(), "d--1", 256), 10 * (i + 1), `${it}`);
    }
  }));

Deno.test("Gateway waits for data/ that lags behind last_id", () =>
  withPlant(async (plant) => {
    const { cloud, queue } = plant;
    let queries = 0;
    cloud.onRequest = ({ url }) =>
      url.includes("/data/") && ++queries < 4
        ? Response.json({ count: 0, next: null, previous: null, results: [] })
        : undefined;
    await plant.start({ confirmMs: 2000 });
    await queue.push(batch("d--1", 0, 10));
    await queue.flush();
    assert(queries >= 4);
    assertEquals((await queue.depth()).held, 0);
  }));

Deno.test("Gateway waits until last_id does not change any more before the first report of a new queue", () =>
  withPlant(async (plant) => {
    const { cloud, queue } = plant;
    // A gateway was replaced; its last reports are counted late.
    await otherWriter(cloud, "d--1", 1, 100);
    let queries = 0;
    cloud.onRequest = async (request) => {
      // The first query returns 100; before the response to the second one, the last report is counted.
      if (/\/streamer\/t--/.test(request.url) && ++queries === 2) {
        await otherWriter(cloud, "d--1", 101, 100);
      }
      return undefined;
    };
    await queue.push(batch("d--1", 0, 10));
    await plant.start();
    await queue.flush();
    assert(queries >= 3);
    assertEquals(await lastReadingId(await cloud.api(), "d--1", 256), 210);
    assertEquals((await queue.depth()).held, 0);
  }));

Deno.test("Gateway holds a streamer of a queue that was restored from a backup", () =>
  withPlant(async (plant) => {
    const { cloud, folder } = plant;
    const count = async (first: number) => {
      await plant.start();
      await plant.queue.push(batch("d--1", first, 10));
      await plant.queue.flush();
    };
    await count(0);
    await plant.stop();
    await Deno.copyFile(`${folder}/queue.sqlite`, `${folder}/backup.sqlite`);
    await plant.reopen();
    await count(10);

    const queue = await plant.reopen("backup.sqlite");
    await plant.start();
    await queue.push(batch("d--1", 20, 10));
    await until("it is held", async () => (await queue.depth()).held === 1);
    await assertCounted(cloud, "d--1", 20);
    const [lane] = await queue.outbox.lanes();
    await takeOver(queue, { lane: lane!, streamer: 256, lastId: 20, drop: [] });
    await queue.flush();
    await assertCounted(cloud, "d--1", 30);
  }));

Deno.test("Gateway uses the next streamer when it has run out of ids, and holds after the last one", () =>
  withPlant(async (plant) => {
    const { cloud, queue } = plant;
    const gateway = await plant.start({
      maxReadingId: 25,
      streamers: [256, 258],
      confirmMs: 20,
      maxReadings: 10,
    });
    await queue.push([batch("d--1", 0, 80), batch("d--2", 0, 30, { streamer: 7 })]);
    await until("both are held", async () => (await queue.depth()).held === 2);
    const api = await cloud.api();
    for (const streamer of [256, 257, 258]) {
      assertEquals(await lastReadingId(api, "d--1", streamer), 25);
    }
    assertEquals(await lastReadingId(api, "d--2", 7), 25);
    assertEquals((await queue.depth()).readings, 10);
    const values = (await cloud.readings("d--1")).map(({ value }) => value);
    assertEquals(values.sort((a, b) => a - b), Array.from({ length: 75 }, (_, i) => i));
    const { lanes } = await gateway.status();
    assert(lanes.every(({ hold }) => /ids have run out: maxReadingId is 25/.test(hold!.reason)));
  }));

Deno.test("Gateway continues automatically after it has run out of ids and its range was widened", () =>
  withPlant(async (plant) => {
    const { cloud } = plant;
    const narrow = { maxReadingId: 25, streamers: [256, 256], confirmMs: 10 } as const;
    await plant.start(narrow);
    await plant.queue.push(batch("d--1", 0, 40));
    await until("it is held", async () => (await plant.queue.depth()).held === 1);
    // A restart alone changes nothing.
    await plant.reopen();
    await plant.start(narrow);
    await plant.queue.push(batch("d--2", 0, 5));
    await until("the other is counted", async () => (await plant.queue.depth()).readings === 15);
    const queue = await plant.reopen();
    assertEquals((await queue.depth()).held, 1);
    await plant.start({ ...narrow, streamers: [256, 257] });
    await queue.flush();
    await assertCounted(cloud, "d--2", 5);
    const values = (await cloud.readings("d--1")).map(({ value }) => value);
    assertEquals(values.sort((a, b) => a - b), Array.from({ length: 40 }, (_, i) => i));
    assertEquals(await lastReadingId(await cloud.api(), "d--1", 257), 15);
    assertEquals((await queue.depth()).held, 0);
  }));

Deno.test("Gateway keeps readings whose streamer is in its own range, reports them, and sends the others", () =>
  withPlant(async (plant) => {
    const { cloud } = plant;
    const gateway = await plant.start();
    await plant.queue.push([batch("d--1", 0, 10, { streamer: 256 }), batch("d--1", 10, 10)]);
    await until("the others are counted", async () => (await plant.queue.depth()).readings === 10);
    await until("it is said", async () => (await gateway.status()).events.length > 0);
    const { lanes, events } = await gateway.status();
    const rule = /a batch has the streamer 256, which is in the range of this gateway, 256 to 271/;
    assertMatch(lanes[0]!.lastError!, rule);
    assertEquals(events.filter(({ message }) => rule.test(message)).length, 1);
    assertEquals(
      (await cloud.readings("d--1")).map(({ value }) => value >= 10),
      Array(10).fill(true),
    );
    // Another range, and they go out too.
    const queue = await plant.reopen();
    await plant.start({ streamers: [300, 301] });
    await queue.flush();
    assertEquals((await cloud.readings("d--1")).length, 20);
  }));

Deno.test("Gateway never decreases sent_timestamp when the clock is set back and ahead by a day", () =>
  withPlant(async (plant) => {
    const { cloud, queue } = plant;
    await plant.start();
    const { now } = Date;
    const day = 86_400_000;
    try {
      let pushed = 0;
      for (const shift of [0, day, -day, 0]) {
        Date.now = () => now() + shift;
        await queue.push(batch("d--1", pushed, 10));
        pushed += 10;
        await queue.flush();
      }
    } finally {
      Date.now = now;
    }
    await assertCounted(cloud, "d--1", 40);
    assertEquals(cloud.sent.length, 4);
    assertEquals([...cloud.sent].sort(), cloud.sent);
  }));
