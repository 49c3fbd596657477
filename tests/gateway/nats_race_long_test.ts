/** Races on a queue on NATS, many times: publishers around a purge, and collectors that were frozen and replaced. */
import { assert, assertEquals } from "@std/assert";
import { assertCounted, batch, until } from "./_gateway.ts";
import { DENO_RUN } from "../_deno_run.ts";
import { delay, natsTest } from "./_nats_cluster.ts";
import { withNatsPlant } from "./_nats_queue.ts";
import type { PlantGateway } from "./_plant_gateway.ts";

const RACES = Number(Deno.env.get("RACES") ?? 1000);

natsTest(
  `two publishers around a purge, ${RACES} times: nothing is skipped, and no number is used twice`,
  () =>
    withNatsPlant(async (plant) => {
      const { cloud } = plant;
      // Counted messages are purged at once, so that in every race the lane only has its last message.
      const { queue } = await plant.start({}, { purgeAfterMs: 0 });
      const others = [await plant.open(), await plant.open()];
      let next = 0;
      for (let race = 0; race < RACES; race++) {
        // The first one knows the end of the lane from before; the second one has moved it on since.
        await others[0]!.push(batch("d--1", next, 1));
        await others[1]!.push(batch("d--1", next + 1, 1));
        const waiting = race % 2 === 0 ? queue.flush() : undefined;
        await Promise.all(others.map((other, n) => other.push(batch("d--1", next + 2 + n, 1))));
        await waiting;
        next += 4;
      }
      await queue.flush();
      const rows = await cloud.readings("d--1");
      const numbers = Array.from({ length: next }, (_, i) => i);
      assertEquals(rows.map(({ value }) => value).toSorted((a, b) => a - b), numbers);
      const ids = rows.map(({ id }) => id).toSorted((a, b) => a - b);
      assertEquals(ids, numbers.map((it) => it + 1));
      assertEquals(queue.events.filter(({ level }) => level === "error"), []);
      await until("all is purged but the last message", async () => {
        const { state } = await queue.bus.info("r.>");
        return Object.values(state.subjects ?? {}).join() === "1";
      });
    }, { servers: 1 }),
);

natsTest(
  "a collector that is frozen, replaced and resumed delivers exactly once",
  () =>
    withNatsPlant(async (plant) => {
      const { cloud } = plant;
      const { queue } = await plant.start({ maxReadings: 1000 });
      const about: PlantGateway = {
        role: "collector",
        queue: plant.url,
        cloud: cloud.url,
        devices: [1, 2],
        devicesPerSource: 1,
        batches: 400,
        readings: 10,
      };
      const start = () =>
        new Deno.Command(Deno.execPath(), {
          args: [
            ...DENO_RUN,
            new URL("_plant_gateway.ts", import.meta.url).pathname,
            JSON.stringify(about),
          ],
          stdout: "null",
          stderr: "inherit",
        }).spawn();
      const position = async () => Number(await queue.position("stream 20624 of 1") ?? 0);
      const frozen = start();
      await until("it has begun", async () => await position() > 20);
      frozen.kill("SIGSTOP");
      await delay(1000);
      const before = await position();
      assert(before < 400, "it was too fast");
      const other = start();
      await until("the other one goes on", async () => await position() > before + 20);
      // Both run now, as sources of the same names, until one of them gives way each time.
      frozen.kill("SIGCONT");
      const ends = await Promise.all([frozen.status, other.status]);
      assertEquals(ends.map(({ code }) => code), [0, 0]);
      await queue.flush();
      for (const device of ["d--1", "d--2"]) await assertCounted(cloud, device, 4000);
    }),
);
