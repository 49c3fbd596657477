/** Actions of two gateways, other writers and users on a queue on NATS JetStream, and what is counted in the end. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { ArchFXFlexibleDictionaryReport, lastReadingId } from "../../mod.ts";
import type { SenderCounts } from "../../src/gateway/mod.ts";
import { readDead } from "../../src/gateway/_frames.ts";
import { deadSubject, laneSubject } from "../../src/gateway/jetstream/_messages.ts";
import { assertCounted, batch, until } from "./_gateway.ts";
import { delay, natsTest } from "./_nats_cluster.ts";
import { withNatsPlant } from "./_nats_queue.ts";

const LANE = laneSubject({ device: 1n, streamer: -1 });

natsTest(
  "two gateways on NATS that both send everything lose nothing, and nothing is counted twice",
  () =>
    withNatsPlant(async (plant) => {
      const { cloud } = plant;
      const push = await plant.open();
      // 5 % of the responses of the cloud are lost, so that attempts are made again.
      let reports = 0;
      cloud.onReport = async ({ forward }) => {
        await delay(reports * 7919 % 40);
        const response = await forward();
        if (++reports % 20 !== 0) return response;
        await response.body?.cancel();
        return new Response("<html>Bad gateway</html>", { status: 502 });
      };
      const stale = { stale: true };
      const gateways = [
        await plant.start({ maxReadings: 70 }, stale),
        await plant.start({ maxReadings: 90 }, stale),
      ];
      const devices = ["d--1", "d--2", "d--3"];
      for (let i = 0; i < 40; i++) {
        await push.push(devices.map((device) => batch(device, 50 * i, 50)));
      }
      await push.flush();
      for (const device of devices) await assertCounted(cloud, device, 2000);
      const tried = gateways.map(({ gateway }) => {
        const { attempts, failures } = gateway.toJSON().counts as SenderCounts;
        return attempts + failures;
      });
      assert(tried.every((it) => it > 0), `one of them had nothing to do: ${tried}`);
    }, { servers: 1 }),
);

natsTest(
  "a last_id that another writer raised holds the streamer, and nothing is purged",
  () =>
    withNatsPlant(async (plant) => {
      const { cloud } = plant;
      const { queue, gateway } = await plant.start({ maxReadings: 100 }, { purgeAfterMs: 0 });
      await queue.push(batch("d--1", 0, 100));
      await queue.flush();
      const api = await cloud.api();
      const { columns } = batch("d--1", 1_000_000, 1);
      const readingIds = Float64Array.of(1_000_000);
      const report = ArchFXFlexibleDictionaryReport.fromColumns({
        device: "d--1",
        columns: { ...columns!, readingIds },
        streamer: 256,
        sentTimestamp: new Date(),
      });
      await report.upload(await cloud.direct());
      assertEquals(await lastReadingId(api, "d--1", 256), 1_000_000);
      for (let i = 1; i < 4; i++) await queue.push(batch("d--1", 100 * i, 100));
      await queue.push(batch("d--2", 0, 10));
      await until("it is held", async () => (await queue.depth()).held === 1);
      await until("others are sent", async () => (await queue.depth()).readings === 300);
      const { lanes } = await gateway.status();
      assertEquals(lanes[0]!.hold?.kind, "conflict");
      assertEquals(await lastReadingId(api, "d--2", 256), 10);
      const { state } = await queue.bus.info("r.>");
      // The last message that was counted stays, and the three that wait.
      assertEquals(state.subjects?.[`PLANT.${LANE}`], 4);
    }, { servers: 1 }),
);

natsTest(
  "a damaged message is set aside, and a gap is reported; the rest is counted",
  () =>
    withNatsPlant(async (plant) => {
      const { cloud } = plant;
      const push = await plant.open();
      await push.push(batch("d--1", 0, 10));
      // Another client writes to the subject of a lane.
      await push.bus.store([{ subject: LANE, data: new Uint8Array([1, 2, 3]), headers: {} }]);
      await push.push(batch("d--1", 10, 10));
      const copy = (await push.bus.last(LANE))!;
      copy.data[copy.data.length - 1]! ^= 1;
      await push.bus.store([{ subject: LANE, data: copy.data, headers: { Archfx: "x 20 10" } }]);
      await push.push(batch("d--1", 30, 10));
      await push.push(batch("d--1", 40, 10));
      const last = (await push.bus.last(LANE))!;
      await push.push(batch("d--1", 50, 10));
      // A person deletes a message, as when a stream is purged too far.
      await push.bus.api("STREAM.MSG.DELETE.PLANT", { seq: last.seq });

      const { queue } = await plant.start();
      await queue.flush();
      const lost = [...Array(10).keys()].flatMap((i) => [20 + i, 40 + i]);
      await assertCounted(cloud, "d--1", 60, lost);
      const { dead } = await queue.depth();
      assertEquals(dead, 11); // A message of another program counts as one.
      const errors = queue.events.map(({ message }) => message);
      assertEquals(errors.length, 3, errors.join("\n"));
      assertEquals(errors.filter((it) => it.includes("is damaged")).length, 2);
      assert(errors.some((it) => it.includes("10 readings of device d--0000-0000-0000-0001")));
      assertEquals(queue.dropped, 20);
      const letter = await queue.bus.last(deadSubject(1n, `damaged-${copy.seq + 1}`));
      const about = readDead(letter!.data).about as { reason: string; readings: number };
      assertEquals([about.reason, about.readings], ["damaged", 10]);
    }, { servers: 1 }),
);

natsTest(
  "a gateway reports that its stream was purged or deleted, and ids continue",
  () =>
    withNatsPlant(async (plant) => {
      const { cloud } = plant;
      const { queue } = await plant.start();
      await queue.push(batch("d--1", 0, 10), { source: "press", position: "10" });
      await queue.flush();
      // Readings wait, since the cloud does not respond, and a person purges all of them.
      cloud.onRequest = () => new Response("", { status: 503 });
      await queue.push(batch("d--2", 0, 10));
      await queue.bus.api("STREAM.PURGE.PLANT", { filter: "PLANT.r.>" });
      cloud.onRequest = () => undefined;
      await queue.push(batch("d--1", 10, 10), { source: "press", position: "20" });
      await queue.push(batch("d--2", 10, 10));
      await queue.flush();
      await assertCounted(cloud, "d--1", 20);
      const rows = await cloud.readings("d--2");
      assertEquals(rows.map(({ value }) => value).toSorted((a, b) => a - b), [
        ...Array.from({ length: 10 }, (_, i) => 10 + i),
      ]);
      assert(queue.events.some(({ message }) => message.includes("10 readings of device")));

      await queue.bus.api("STREAM.DELETE.PLANT");
      await queue.push(batch("d--1", 20, 10), { source: "press", position: "30" });
      await queue.push(batch("d--2", 20, 10));
      await queue.flush();
      await assertCounted(cloud, "d--1", 30);
      const ids = (await cloud.readings("d--1")).map(({ id }) => id).toSorted((a, b) => a - b);
      assertEquals(ids, Array.from({ length: 30 }, (_, i) => i + 1));
      assert(queue.events.some(({ message }) => message.includes("was deleted")));
      assertEquals(await queue.position("press"), "30");
    }, { servers: 1 }),
);

natsTest(
  "a gateway that was frozen until its readings were counted and purged reports no loss",
  () =>
    withNatsPlant(async (plant) => {
      const { cloud } = plant;
      const queue = await plant.open({ stale: true, purgeAfterMs: 0 });
      await queue.follow();
      const push = await plant.open();
      await push.push(batch("d--1", 0, 10));
      await push.push(batch("d--1", 10, 10));
      await until("it is seen", () => queue.view.lanes[0]?.end === 20);
      // It has sealed a report, and reads its record no more, as if it had been frozen there.
      const { outbox } = queue;
      const lane = (await outbox.lane(0))!;
      const draft = (await outbox.draft(lane, 20))!;
      const plan = {
        parts: [{ lo: 1, hi: 20 }],
        aside: [],
        attempts: [{ lo: 1, hi: 20 }],
        sends: 0,
      };
      const report = { streamer: 256, first: 1, last: 20, sent: 1_800_000_000_000, plan };
      await outbox.seal(lane, draft, report, { confirmed: 0, next: 21, sent: report.sent });
      queue.view.onRecord = () => {};
      const other = await plant.start({}, { stale: true, purgeAfterMs: 0 });
      await other.queue.flush();
      await push.push(batch("d--1", 20, 10));
      await other.queue.flush();
      await until("it is purged", async () => {
        const { state } = await queue.bus.info("r.>");
        return Object.values(state.subjects ?? {}).join() === "1";
      });
      await assertRejects(() => outbox.read(lane, report, 1, 20), Error, "another gateway");
      assertEquals([queue.dropped, queue.events], [0, []]);
      await assertCounted(cloud, "d--1", 30);
    }, { servers: 1 }),
);
