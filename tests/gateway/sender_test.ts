/** The actions of the sender for each response, and for readings that the cloud rejects. */
import { assert, assertEquals } from "@std/assert";
import { configure, reset } from "@logtape/logtape";
import { Api, lastReadingId } from "../../mod.ts";
import { json, type Passing } from "./_cloud.ts";
import { assertCounted, assertSeveralCounted, batch, until } from "./_gateway.ts";
import { withPlant } from "./_plant.ts";
import { readDead } from "../../src/gateway/_frames.ts";

const hasValue = ({ report }: Passing, value: number) => report.columns().values.includes(value);

Deno.test("Gateway counts every reading once, in order, on several devices and streamers", () =>
  withPlant(async (plant) => {
    const { cloud, queue } = plant;
    await plant.start({ maxReadings: 700 });
    await assertSeveralCounted(cloud, queue);
    const api = await cloud.api();
    assertEquals(await lastReadingId(api, "d--3", 5), 20);
    assertEquals(await lastReadingId(api, "d--3", 256), 0);
    assertEquals(await lastReadingId(api, "d--1", 256), 2000);
  }));

Deno.test("Gateway counts every reading once if the cloud counts later, with two workers, out of order", () =>
  withPlant(async (plant) => {
    const { cloud, queue } = plant;
    await plant.start({ maxReadings: 100, confirmMs: 2000 });
    for (let i = 0; i < 20; i++) await queue.push(batch("d--1", i * 100, 100));
    await queue.flush();
    await assertCounted(cloud, "d--1", 2000);
  }, {
    counting: { workers: 2, delayMs: [0, 30], seed: 7 },
  }));

Deno.test("Gateway sends again after temporary problems: proxies, login pages, throttling, lost connections", () =>
  withPlant(async (plant) => {
    const { cloud, queue } = plant;
    const page = "<html>Sign in</html>";
    const html = { headers: { "content-type": "text/html" } };
    const answers: (() => Response)[] = [
      () => new Response(page, { status: 200, ...html }),
      () => new Response(page, { status: 400, ...html }),
      () => new Response(null, { status: 302, headers: { location: "https://portal.example/" } }),
      () => json(200, { ok: true }),
      () => new Response(null, { status: 204 }),
      () => json(408, { detail: "slow" }),
      () => json(425, { detail: "early" }),
      () => json(429, { detail: "throttled" }),
      () => new Response(page, { status: 502, ...html }),
      () => json(401, { detail: "no" }),
      () => json(503, { detail: "later" }),
    ];
    const gateway = await plant.start();
    let pushed = 0;
    for (const answer of answers) {
      let struck = 0;
      cloud.onReport = ({ forward }) => struck++ === 0 ? answer() : forward();
      await queue.push(batch("d--1", pushed, 10));
      pushed += 10;
      await queue.flush();
      assertEquals(struck, 2);
    }
    await assertCounted(cloud, "d--1", pushed);
    // The same report the second time: its ids and its time do not change.
    for (let i = 0; i < cloud.seen.length; i += 2) {
      assertEquals([cloud.seen[i], cloud.sent[i]], [cloud.seen[i + 1], cloud.sent[i + 1]]);
    }
    assertEquals((await gateway.status()).counts.dead, 0);
  }));

Deno.test("Gateway does not count a report twice if its response was lost after the commit", () =>
  withPlant(async (plant) => {
    const { cloud, queue } = plant;
    let first = true;
    cloud.onReport = async ({ forward }) => {
      const response = await forward();
      if (!first) return response;
      first = false;
      await response.body?.cancel();
      return new Response("<html>Bad gateway</html>", { status: 502 });
    };
    await queue.push(batch("d--1", 0, 50));
    await plant.start();
    await queue.flush();
    await queue.push(batch("d--1", 50, 50));
    await queue.flush();
    await assertCounted(cloud, "d--1", 100);
    assertEquals(cloud.seen, [[1, 50], [51, 100]]);
  }));

Deno.test("Gateway gives up only the reading that the cloud rejects, and keeps it as a dead letter", () =>
  withPlant(async (plant) => {
    const { cloud, queue } = plant;
    cloud.onReport = (passing) =>
      hasValue(passing, 1234) ? json(400, ["value out of range"]) : passing.forward();
    await queue.push(batch("d--1", 0, 2000));
    await queue.push(batch("d--2", 0, 100));
    const warnings: string[] = [];
    await configure({
      sinks: { seen: ({ message }) => void warnings.push(message.map(String).join("")) },
      loggers: [
        { category: ["archfx"], sinks: ["seen"], lowestLevel: "warning" },
        { category: ["logtape", "meta"], sinks: [] },
      ],
    });
    const gateway = await plant.start();
    await queue.flush();
    await reset();
    // One reading is given up, and exactly one warning reports it.
    assertEquals(warnings.filter((it) => /g[ia]ve[n]? up/.test(it)).length, 1, warnings.join("\n"));
    await assertCounted(cloud, "d--1", 2000, [1234]);
    await assertCounted(cloud, "d--2", 100);
    const status = await gateway.status();
    assertEquals([status.counts.dead, status.counts.sent, status.depth.dead], [1, 2099, 1]);
    const [letter] = await queue.store.ask("dead", 0, 10);
    const about = readDead(letter!.data).about as Record<string, unknown>;
    assertEquals([about.ids, about.status, about.body], [
      [1235, 1235],
      400,
      '["value out of range"]',
    ]);
    assert(status.events.some(({ message }) => /gave up reading 1235/.test(message)));
  }));

Deno.test("Gateway gives up only the reading that makes the cloud fail when it counts", () =>
  withPlant(async (plant) => {
    const { cloud, queue } = plant;
    // 201 comes before the reading is looked at: the report is never counted.
    cloud.onReport = (passing) =>
      hasValue(passing, 5) ? json(201, { count: passing.report.length }) : passing.forward();
    await queue.push(batch("d--1", 0, 16));
    const gateway = await plant.start({ confirmMs: 10 });
    await queue.flush();
    await assertCounted(cloud, "d--1", 16, [5]);
    assertEquals((await gateway.status()).counts.dead, 1);
    // Each part six times: once, and five resends.
    assertEquals(cloud.seen.filter(([lo, hi]) => lo === 1 && hi === 16).length, 6);
  }));

Deno.test("Gateway holds the streamer of a device that is not claimed, gives up nothing, and continues after the claim", () =>
  withPlant(async (plant) => {
    const { cloud, queue } = plant;
    let claimed = false;
    cloud.onReport = (passing) =>
      Number(passing.report.origin) === 2 && !claimed
        ? json(400, ["Device d--2 has not been claimed. Yet, it is uploading a report"])
        : passing.forward();
    const gateway = await plant.start();
    await queue.push([batch("d--2", 0, 500), batch("d--1", 0, 500)]);
    await until("the streamer is held", async () => (await queue.depth()).held === 1);
    await queue.push([batch("d--1", 500, 500), batch("d--2", 500, 100)]);
    await until("the other goes on", async () => (await cloud.readings("d--1")).length === 1000);
    const { lanes } = await gateway.status();
    assert(lanes.some(({ device }) => device === "d--0000-0000-0000-0002"));
    claimed = true;
    await queue.flush();
    await assertCounted(cloud, "d--1", 1000);
    await assertCounted(cloud, "d--2", 600);
    assertEquals((await queue.depth()).held, 0);
    assertEquals((await gateway.status()).counts.dead, 0);
  }));

Deno.test("Gateway holds a streamer whose only readings are rejected until later ones are counted", () =>
  withPlant(async (plant) => {
    const { cloud, queue } = plant;
    cloud.onReport = (passing) => hasValue(passing, 0) ? json(400, ["no"]) : passing.forward();
    await plant.start();
    await queue.push(batch("d--1", 0, 1));
    await until("the streamer is held", async () => (await queue.depth()).held === 1);
    await queue.push(batch("d--1", 1, 3));
    await queue.flush();
    await assertCounted(cloud, "d--1", 4, [0]);
    assertEquals((await queue.depth()).dead, 1);
  }));

Deno.test("Gateway holds a streamer after any other 4xx, and continues automatically", () =>
  withPlant(async (plant) => {
    const { cloud, queue } = plant;
    let status = 404;
    cloud.onReport = ({ forward }) => status === 0 ? forward() : json(status, { detail: "no" });
    await queue.push(batch("d--1", 0, 50));
    await plant.start();
    for (status of [404, 403, 415]) {
      const before = cloud.seen.length;
      await until("it is tried", () => cloud.seen.length > before + 1);
      assertEquals((await queue.depth()).readings, 50);
    }
    status = 0;
    await queue.flush();
    await assertCounted(cloud, "d--1", 50);
    // The whole report each time: it is not bisected.
    assert(cloud.seen.every(([lo, hi]) => lo === 1 && hi === 50));
  }));

Deno.test("Gateway sends smaller reports to a proxy with a body limit, and larger ones when it is lifted", () =>
  withPlant(async (plant) => {
    const { cloud, queue } = plant;
    let limit = 1000;
    cloud.onReport = (passing) =>
      passing.bytes > limit ? json(413, { detail: "too large" }) : passing.forward();
    await queue.push(batch("d--1", 0, 200));
    await plant.start();
    await queue.flush();
    await assertCounted(cloud, "d--1", 200);
    // The size is remembered: not every part is tried too large first.
    const tooLarge = cloud.seen.filter(([lo, hi]) => hi - lo > 10).length;
    assert(tooLarge < 10, `${tooLarge} too large`);
    limit = Infinity;
    await queue.push(batch("d--1", 200, 2000));
    await queue.flush();
    await assertCounted(cloud, "d--1", 2200);
    assert(cloud.seen.some(([lo, hi]) => hi - lo > 100), "it grows again");
  }));

Deno.test("Gateway sends smaller reports if maxReportBytes requires it", () =>
  withPlant(async (plant) => {
    const { cloud, queue } = plant;
    await queue.push(batch("d--1", 0, 300));
    await plant.start({ maxReportBytes: 4000 });
    await queue.flush();
    await assertCounted(cloud, "d--1", 300);
    assert(cloud.seen.length >= 9 && cloud.seen.every(([lo, hi]) => hi - lo < 40));
  }));

Deno.test("Gateway keeps streamers apart: one whose requests hang does not stop the others", () =>
  withPlant(async (plant) => {
    const { cloud, queue } = plant;
    const release = Promise.withResolvers<void>();
    cloud.onReport = async (passing) => {
      if (Number(passing.report.origin) === 1) await release.promise;
      return await passing.forward();
    };
    await queue.push([batch("d--1", 0, 50), batch("d--2", 0, 50), batch("d--3", 0, 50)]);
    await plant.start();
    await until("the others are counted", async () => (await queue.depth()).readings === 50);
    release.resolve();
    await queue.flush();
    for (const device of ["d--1", "d--2", "d--3"]) await assertCounted(cloud, device, 50);
  }));

Deno.test("Gateway sends other reports while more streamers than its limit are retried", () =>
  withPlant(async (plant) => {
    const { cloud, queue } = plant;
    cloud.onReport = (passing) =>
      Number(passing.report.origin) > 1 ? new Response("away", { status: 503 }) : passing.forward();
    const away = Array.from({ length: 299 }, (_, i) => `d--${(i + 2).toString(16)}`);
    await queue.push(away.map((device) => batch(device, 0, 2)));
    const gateway = await plant.start();
    await until("each was tried", async () => (await gateway.status()).counts.failures >= 299);
    await queue.push(batch("d--1", 0, 50));
    await until(
      "the one that can be sent is counted",
      async () => (await queue.depth()).readings === 2 * away.length,
    );
    await assertCounted(cloud, "d--1", 50);
  }));

Deno.test("Gateway continues after a restart with the report that was in flight", () =>
  withPlant(async (plant) => {
    const { cloud } = plant;
    let away = true;
    cloud.onReport = ({ forward }) => away ? new Response("away", { status: 502 }) : forward();
    await plant.queue.push(batch("d--1", 0, 50));
    await plant.start();
    await until("it is tried", () => cloud.seen.length > 0);
    const queue = await plant.reopen();
    await queue.push(batch("d--1", 50, 50));
    away = false;
    await plant.start();
    await queue.flush();
    await assertCounted(cloud, "d--1", 100);
    assertEquals(cloud.seen.at(-2), [1, 50]);
    assertEquals(cloud.sent[0], cloud.sent.at(-2));
  }));

Deno.test("Gateway logs in again if its tokens have expired", () =>
  withPlant(async (plant) => {
    const { cloud, queue } = plant;
    const api = new Api(cloud.url, { retries: 0 });
    await api.login({ email: "user@example.com", password: "my.pass" });
    cloud.emulator.faults.add({ kind: "expired-token", path: "streamer/report/" });
    await queue.push(batch("d--1", 0, 50));
    await plant.start({ api });
    await queue.flush();
    await assertCounted(cloud, "d--1", 50);
  }));
