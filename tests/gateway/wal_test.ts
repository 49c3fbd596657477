/** Damage to the log of a queue: SQLite does not report it, but the gateway does. */
import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { checkBatches } from "../../src/gateway/_batches.ts";
import { Store } from "../../src/gateway/_store.ts";
import type { SqliteQueue } from "../../src/gateway/sqlite_queue.ts";
import { TestCloud } from "./_cloud.ts";
import { assertCounted, batch, startGateway, testQueue, withFolder } from "./_gateway.ts";

const FRAME = 24 + 4096;
const BATCHES = 24;

/** A queue as a killed process leaves it: its file, its log, and its mark. */
async function killed(folder: string): Promise<string> {
  const queue = await testQueue(`${folder}/queue.sqlite`);
  for (let i = 0; i < BATCHES; i++) {
    await queue.push(batch("d--1", i * 10, 10), { source: "spool", position: `${i}` });
  }
  const path = `${folder}/copy.sqlite`;
  for (const end of ["", "-wal", ".mark"]) {
    await Deno.copyFile(`${folder}/queue.sqlite${end}`, path + end);
  }
  await queue.close();
  return path;
}

/** Overwrites 1 kB of the log. */
async function damageLog(path: string, at: number): Promise<void> {
  const bytes = await Deno.readFile(`${path}-wal`);
  bytes.fill(0xa5, at, at + 1024);
  await Deno.writeFile(`${path}-wal`, bytes);
}

async function values(queue: SqliteQueue): Promise<number[]> {
  const [lane] = await queue.outbox.lanes();
  const draft = lane && await queue.outbox.draft(lane, 10_000);
  return [...draft?.columns.values ?? []];
}

const all = Array.from({ length: 10 * BATCHES }, (_, i) => i);
const errors = (queue: SqliteQueue) =>
  queue.events.filter(({ level }) => level === "error").map(({ message }) => message);

Deno.test("openQueue() reads the log of a killed process without a message", () =>
  withFolder(async (folder) => {
    const queue = await testQueue(await killed(folder));
    assertEquals(await values(queue), all);
    assertEquals(queue.events, []);
    await queue.close();
  }));

Deno.test("openQueue() reports the commits after damage to the log, and salvages their readings", () =>
  withFolder(async (folder) => {
    const original = await killed(folder);
    const size = (await Deno.stat(`${original}-wal`)).size;
    // The header, a frame's header, the middle of frames, early and late.
    const places = [0, 20, 32, 32 + 3 * FRAME + 10, 32 + 9 * FRAME + 2000];
    for (const at of [...places, Math.floor(size / 2), size - 12 * FRAME]) {
      const path = `${folder}/at-${at}.sqlite`;
      for (const end of ["", "-wal", ".mark"]) await Deno.copyFile(original + end, path + end);
      await damageLog(path, at);
      const queue = await testQueue(path);
      const found = await values(queue);
      const said = errors(queue).join("\n");
      assertMatch(said, /its log is damaged at byte \d+, with \d+ commits behind/, `at ${at}`);
      const missing = all.filter((it) => !found.includes(it));
      assert(missing.length <= 20, `at ${at}: ${missing.length} readings are missing`);
      const named = [...said.matchAll(/(\d+) readings (?:of device|in the batches)/g)]
        .reduce((sum, [, n]) => sum + Number(n), 0);
      assertEquals(named, missing.length, `at ${at}: ${said}`);
      // It continues, and the next start reports nothing.
      await queue.push(batch("d--1", 10 * BATCHES, 10));
      await queue.close();
      const again = await testQueue(path);
      assertEquals(again.events, []);
      assertEquals((await values(again)).at(-1), 10 * BATCHES + 9);
      await again.close();
    }
  }));

Deno.test("openQueue() reports how much is missing if the log was truncated or removed", () =>
  withFolder(async (folder) => {
    const original = await killed(folder);
    const size = (await Deno.stat(`${original}-wal`)).size;
    for (const left of [0, 32, Math.floor(size / 2), size - 4096]) {
      const path = `${folder}/cut-${left}.sqlite`;
      for (const end of ["", "-wal", ".mark"]) await Deno.copyFile(original + end, path + end);
      if (left === 0) await Deno.remove(`${path}-wal`);
      else await Deno.truncate(`${path}-wal`, left);
      const queue = await testQueue(path);
      const found = await values(queue);
      assertEquals(found, all.slice(0, found.length));
      const said = errors(queue).join("\n");
      const from = found.length / 10 + 1;
      assertMatch(
        said,
        new RegExp(
          `missing: ${all.length - found.length} readings in the batches ${from} to ${BATCHES}\\.`,
        ),
      );
      assertEquals(queue.dropped, all.length - found.length);
      // The source continues where the remaining readings end.
      assertEquals(await queue.position("spool"), found.length ? `${from - 2}` : undefined);
      await queue.close();
      const again = await testQueue(path);
      assertEquals(again.events, []);
      await again.close();
    }
  }));

Deno.test("openQueue() treats a single commit after damage as interrupted by a power cut, unless it was acknowledged", () =>
  withFolder(async (folder) => {
    const original = await killed(folder);
    const size = (await Deno.stat(`${original}-wal`)).size;
    for (const promised of [true, false]) {
      const path = `${folder}/${promised}.sqlite`;
      for (const end of ["", "-wal", ".mark"]) await Deno.copyFile(original + end, path + end);
      if (!promised) await Deno.remove(`${path}.mark`);
      await damageLog(path, size - FRAME - 1024);
      const queue = await testQueue(path);
      if (promised) {
        assertMatch(errors(queue).join(), /its log is damaged at byte \d+, with 1 commit /);
      } else assertEquals(queue.events, []);
      await queue.close();
    }
  }));

Deno.test("Gateway sends the rest after damage to its log, even if reports have been counted in the meantime", () =>
  withFolder(async (folder) => {
    await using cloud = await TestCloud.start();
    const path = `${folder}/queue.sqlite`;
    let queue = await testQueue(path);
    let running = await startGateway(cloud, queue, { maxReadings: 15 });
    for (let i = 0; i < 6; i++) await queue.push(batch("d--1", i * 10, 10));
    await queue.flush();
    cloud.onReport = () => new Response("", { status: 502 });
    for (let i = 6; i < 12; i++) await queue.push(batch("d--1", i * 10, 10));
    const copy = `${folder}/copy.sqlite`;
    for (const end of ["", "-wal", ".mark"]) await Deno.copyFile(path + end, copy + end);
    await running.stop();
    await queue.close();
    cloud.onReport = ({ forward }) => forward();
    await damageLog(copy, 32 + 5 * FRAME);
    queue = await testQueue(copy);
    running = await startGateway(cloud, queue);
    await queue.push(batch("d--1", 120, 10));
    await queue.flush();
    await assertCounted(cloud, "d--1", 130);
    assertMatch(errors(queue).join("\n"), /its log is damaged/);
    await running.stop();
    await queue.close();
  }));

Deno.test("Store drops its counts when a transaction fails: the mark would be ahead of the queue", () =>
  withFolder((folder) => {
    const store = new Store(`${folder}/queue.sqlite`);
    store.transaction(() => store.apply([{ kind: "set", name: "position/a", value: "1" }]));
    const before = store.progress;
    assertThrows(() =>
      store.transaction(() => {
        store.push({ frames: checkBatches(batch("d--1", 0, 10)).frames, position: "2" });
        throw new Error("the disk is full");
      })
    );
    assertEquals(store.progress, before);
    store.close();
    return Promise.resolve();
  }));
