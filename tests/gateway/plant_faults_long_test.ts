/** The harness of the plant itself, on SQLite: it passes when all is well, and it sees what it has to see. */
import { assertEquals } from "@std/assert";
import { killGateway } from "./_faults.ts";
import { withFolder } from "./_gateway.ts";
import { assertAllCounted, type PlantOptions, runPlant } from "./_plant_run.ts";

const seed = Number(Deno.env.get("SEED") ?? 19);

function onSqlite(folder: string, more: Partial<PlantOptions> = {}): PlantOptions {
  return {
    queue: `${folder}/queue.sqlite`,
    queueOptions: { minFreeBytes: 0, reserveBytes: 0 },
    collectors: 1,
    senders: 0,
    devices: 6,
    devicesPerSource: 3,
    batches: 8,
    readings: 50,
    maxReadings: 200,
    seed,
    cloud: { loss: 0.05, laterMs: 20 },
    ...more,
  };
}

Deno.test(`a plant on SQLite counts everything once when responses are lost (seed ${seed})`, () =>
  withFolder(async (folder) => {
    const faults = [killGateway("collector")];
    assertAllCounted(await runPlant(onSqlite(folder, { faults, everyMs: 2000 })));
  }));

Deno.test("a plant reports readings that a source left out", () =>
  withFolder(async (folder) => {
    const { problems } = await runPlant(onSqlite(folder, { skips: 1 }));
    assertEquals(problems, [`${6 * 50} readings were lost`]);
  }));

Deno.test("a plant reports a reading that the cloud did not count", () =>
  withFolder(async (folder) => {
    const { problems } = await runPlant(onSqlite(folder, { cloud: { dropsOneOf: 2 } }));
    assertEquals(problems, ["1 readings were lost"]);
  }));
