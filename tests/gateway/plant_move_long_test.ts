/** A queue in a file moves to one on NATS: each reading is counted once, also if the import is killed and repeated. */
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { QueueError } from "../../src/gateway/mod.ts";
import type { Step } from "../../src/gateway/_steps.ts";
import { importToJetStream } from "../../src/gateway/jetstream/import.ts";
import { DENO_RUN } from "../_deno_run.ts";
import { archfx } from "../cli/_archfx.ts";
import { assertCounted, batch, startGateway, until, withFolder, workerQueue } from "./_gateway.ts";
import { json, TestCloud } from "./_cloud.ts";
import { natsTest } from "./_nats_cluster.ts";
import { withNatsPlant } from "./_nats_queue.ts";

const DEVICES = ["d--1", "d--2"];
const { signal } = new AbortController();

async function process(action: string, path: string, file: string, step?: Step, times = 1) {
  const main = new URL("_move_process.ts", import.meta.url).pathname;
  const { code, signal, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [...DENO_RUN, main, action, path, file, ...step ? [step, `${times}`] : []],
  }).output();
  if (step) assertEquals(signal, "SIGKILL", step);
  else assertEquals(code, 0, new TextDecoder().decode(stderr));
  return step ? undefined : JSON.parse(new TextDecoder().decode(stdout));
}

/** A queue in a file of which some readings are counted, one is dead, and the rest waits; exported. */
async function exported(folder: string, cloud: TestCloud): Promise<string> {
  const [path, file] = [`${folder}/queue.sqlite`, `${folder}/plant.queue`];
  const queue = await workerQueue(path);
  cloud.onReport = ({ report, forward }) =>
    report.columns().values.includes(13) ? json(400, ["unlucky"]) : forward();
  for (const device of DEVICES) await queue.push(batch(device, 0, 100), { source: "numbers" });
  const { stop } = await startGateway(cloud, queue);
  await until("the first are counted", async () => (await queue.depth()).readings === 0);
  await stop();
  cloud.onReport = ({ forward }) => forward();
  for (let i = 100; i < 700; i += 2) {
    const batches = DEVICES.map((device) => batch(device, i, 2));
    await queue.push(batches, { source: "numbers", position: String(i + 2) });
  }
  await queue.push(batch("d--1", 0, 1, { streamer: 7 }), {
    source: "http",
    idempotencyKey: "order 66",
  });
  await queue.close();
  await process("export", path, file);
  return file;
}

natsTest(
  "importToJetStream() continues after it was killed, at each step; each reading is counted once",
  () =>
    withNatsPlant(async (plant) => {
      const { cloud, folder, url } = plant;
      const file = await exported(folder, cloud);
      await process("import", url, file, "import states", 1);
      await process("import", url, file, "import");
      await process("import", url, file, "import batch", 1);
      // A gateway may send what is there already.
      await plant.start({ streamers: [256, 271] });
      await process("import", url, file, "import batch", 1);
      const last = await process("import", url, file);
      assert(last.skipped > 0);
      const again = await process("import", url, file);
      assertEquals([again.batches, again.letters], [0, 0]);
      const { queue } = await plant.start();
      await queue.flush();
      const dead = [13];
      for (const device of DEVICES) await assertCountedOf(cloud, device, 700, dead);
      assertEquals((await queue.depth()).dead, 2);
      assertEquals(await queue.position("numbers"), "700");
      // The key was used.
      await queue.push(batch("d--1", 0, 1, { streamer: 7 }), {
        source: "http",
        idempotencyKey: "order 66",
      });
      assertEquals((await queue.depth()).readings, 0);
    }),
);

/** All values of a device once, beside those of its other streamer. */
async function assertCountedOf(cloud: TestCloud, device: string, count: number, without: number[]) {
  if (device !== "d--1") return await assertCounted(cloud, device, count, without);
  const rows = (await cloud.readings(device)).map(({ value }) => value).sort((a, b) => a - b);
  const expected = Array.from({ length: count }, (_, i) => i).filter((it) => !without.includes(it));
  assertEquals(rows, [0, ...expected]);
}

natsTest(
  "importToJetStream() rejects a queue that has confirmed more, and then stores nothing",
  () =>
    withNatsPlant(async (plant) => {
      const { cloud, folder } = plant;
      const file = await exported(folder, cloud);
      const { queue, stop } = await plant.start();
      await queue.push(batch("d--1", 1000, 5));
      await queue.flush();
      const before = (await queue.bus.info()).state;
      const error = await assertRejects(
        () => importToJetStream(queue.bus, file, { signal }),
        QueueError,
      );
      assertStringIncludes(error.message, "its readings would get ids that are already used");
      const after = await queue.bus.info("r.>");
      assertEquals(Object.keys(after.state.subjects ?? {}).length, 1);
      assert(after.state.last_seq >= before.last_seq);
      await stop();
    }),
);

natsTest(
  "archfx gateway queue import --queue moves a file to a queue on NATS",
  () =>
    withNatsPlant(async ({ cloud, folder, url }) => {
      const file = await exported(folder, cloud);
      const moved = await archfx(["gateway", "queue", "import", file, "--queue", url], {
        cwd: folder,
      });
      assertEquals(
        moved.out,
        `1201 readings in 601 batches and 2 dead letters imported from ${file}\n`,
        moved.err,
      );
      const listed = await archfx(["gateway", "queue", "ls", "--dead", "--queue", url], {
        cwd: folder,
      });
      assertStringIncludes(listed.out, "unlucky");
      const wrong = await archfx(["gateway", "queue", "export", "x", "--queue", url], {
        cwd: folder,
      });
      assertEquals(wrong.code, 1);
      assertStringIncludes(wrong.err, "Cannot export a queue on NATS");
    }),
);

Deno.test("a queue in a file that was exported stays closed while it is imported elsewhere", () =>
  withFolder(async (folder) => {
    await using cloud = await TestCloud.start();
    await exported(folder, cloud);
    await assertRejects(() => workerQueue(`${folder}/queue.sqlite`), QueueError, "exported");
  }));
