/** Files with certain damage: the gateway starts, reports its losses, and sends the rest. */
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { QueueError } from "../../src/gateway/mod.ts";
import { TestCloud } from "./_cloud.ts";
import type { SqliteQueue } from "../../src/gateway/sqlite_queue.ts";
import { assertCounted, batch, startGateway, testQueue, until, withFolder } from "./_gateway.ts";
import { QueueDatabase } from "../../src/gateway/_database.ts";
import { Pages } from "../../src/gateway/_pages.ts";
import { frameKind, isIntact } from "../../src/gateway/_frames.ts";

Deno.test("openQueue() sets aside a file that is not SQLite any more, and salvages the intact parts", () =>
  withFolder(async (folder) => {
    const path = `${folder}/queue.sqlite`;
    let queue = await testQueue(path);
    for (let i = 0; i < 30; i++) {
      await queue.push(batch("d--1", i * 300, 300), { position: `${i}` });
    }
    await queue.close();
    const bytes = await Deno.readFile(path);
    bytes.fill(0, 0, 100);
    await Deno.writeFile(path, bytes);
    queue = await testQueue(path);
    assertEquals((await queue.depth()).readings, 9000);
    assertEquals(await queue.position(""), "29");
    assert(queue.events.some(({ message }) => message.includes(`renamed to "${path}.damaged-1"`)));
    assertEquals((await Deno.stat(`${path}.damaged-1`)).size, bytes.length);
    await queue.push(batch("d--1", 9000, 300));
    await queue.close();
    queue = await testQueue(path);
    assertEquals((await queue.depth()).readings, 9300);
    await queue.close();
  }));

Deno.test("Pages reads the same as SQLite, also from the log of a killed process", () =>
  withFolder(async (folder) => {
    const path = `${folder}/queue.sqlite`;
    const queue = await testQueue(path);
    for (let i = 0; i < 40; i++) await queue.push(batch("d--1", i * 3000, 3000));
    const [lane] = await queue.outbox.lanes();
    await queue.store.apply([{ kind: "finish", lane: lane!.id, batch: 15, readings: 45_000 }]);
    // Both files in their current state, in the middle of everything.
    await Deno.copyFile(path, `${folder}/copy.sqlite`);
    await Deno.copyFile(`${path}-wal`, `${folder}/copy.sqlite-wal`);
    await queue.close();
    const pages = new Pages(`${folder}/copy.sqlite`);
    const batches = [...pages.blobs()].filter((it) => frameKind(it) === "batch" && isIntact(it));
    pages.close();
    assertEquals(batches.length, 25);
  }));

Deno.test("openQueue() rejects a SQLite file that is not a queue", () =>
  withFolder((folder) => {
    const path = `${folder}/other.sqlite`;
    const db = new QueueDatabase(path);
    db.exec("PRAGMA user_version = 99");
    db.close();
    assertThrows(() => new QueueDatabase(path), QueueError, "layout 99");
    return Promise.resolve();
  }));

Deno.test("Gateway accepts last_id without a check after damage to the record and the readings of a report", () =>
  withFolder(async (folder) => {
    await using cloud = await TestCloud.start();
    const path = `${folder}/queue.sqlite`;
    let queue = await testQueue(path);
    let running = await startGateway(cloud, queue);
    await queue.push(batch("d--1", 0, 10));
    await queue.flush();
    await running.stop();
    await queue.close();
    const before = await Deno.readFile(path);
    queue = await testQueue(path);
    running = await startGateway(cloud, queue);
    await queue.push(batch("d--1", 10, 10));
    await queue.flush();
    await running.stop();
    await queue.close();
    // The rest contains nothing about the second report.
    before.fill(0, 0, 100);
    await Deno.writeFile(path, before);
    queue = await testQueue(path);
    running = await startGateway(cloud, queue);
    await queue.push(batch("d--1", 20, 10));
    const counted = async () => (await queue.depth()).readings === 0;
    await until("everything is counted", counted, 30_000);
    await running.stop();
    await queue.close();
    await assertCounted(cloud, "d--1", 30);
  }));

Deno.test("openQueue() does not touch a file that was never a queue, and sets aside an overwritten empty queue", () =>
  withFolder(async (folder) => {
    const text = "This is a letter, and nothing that a gateway may rename.\n".repeat(300);
    await Deno.writeTextFile(`${folder}/letter.txt`, text);
    await assertRejects(() => testQueue(`${folder}/letter.txt`), QueueError, "use another file");
    assertEquals(await Deno.readTextFile(`${folder}/letter.txt`), text);
    assertEquals([...Deno.readDirSync(folder)].length, 1);

    await (await testQueue(`${folder}/queue.sqlite`)).close();
    await Deno.writeTextFile(`${folder}/queue.sqlite`, text);
    const queue = await testQueue(`${folder}/queue.sqlite`);
    assertEquals(await Deno.readTextFile(`${folder}/queue.sqlite.damaged-1`), text);
    await queue.close();
  }));

Deno.test("Gateway accepts last_id without a check after damage to the readings of an attempted report, but not to its record", () =>
  withFolder(async (folder) => {
    await using cloud = await TestCloud.start();
    const path = `${folder}/queue.sqlite`;
    let queue = await testQueue(path);
    // The report is counted, its response lost.
    cloud.onReport = async ({ forward }) => {
      await (await forward()).body?.cancel();
      return new Response("", { status: 502 });
    };
    let running = await startGateway(cloud, queue);
    await queue.push(batch("d--1", 0, 10));
    await until("the report was sent", () => cloud.seen.length > 0);
    await running.stop();
    await queue.close();
    cloud.onReport = ({ forward }) => forward();

    const db = new QueueDatabase(path);
    db.exec("DELETE FROM batch");
    db.close();
    queue = await testQueue(path);
    running = await startGateway(cloud, queue);
    await queue.push(batch("d--1", 10, 10));
    await until("the rest is counted", async () => (await queue.depth()).readings === 0, 20_000);
    await running.stop();
    await queue.close();
    await assertCounted(cloud, "d--1", 20);
  }));

Deno.test("openQueue() keeps idempotency keys of a damaged file if SQLite can read them, and otherwise reports it", () =>
  withFolder(async (folder) => {
    const path = `${folder}/queue.sqlite`;
    const push = async (queue: SqliteQueue, first: number) => {
      const options = { source: "http", idempotencyKey: "monday" };
      await queue.push(batch("d--1", first, 10), options);
      return (await queue.depth()).readings;
    };
    let queue = await testQueue(path);
    assertEquals(await push(queue, 0), 10);
    await queue.close();
    const db = new QueueDatabase(path);
    for (const table of ["record", "copy"]) {
      db.exec(`UPDATE ${table} SET data = zeroblob(40) WHERE name LIKE 'lane/%'`);
    }
    db.close();
    queue = await testQueue(path);
    assert(queue.events.some(({ message }) => /Salvaged 10 readings/.test(message)));
    assertEquals(await push(queue, 0), 10); // It was stored before.
    await queue.close();

    const bytes = await Deno.readFile(path);
    bytes.fill(0, 0, 100);
    await Deno.writeFile(path, bytes);
    queue = await testQueue(path);
    assert(
      queue.events.some(({ message }) => /idempotency keys of .* cannot be read/.test(message)),
    );
    assertEquals(await push(queue, 0), 20); // Rather twice than never.
    await queue.close();
  }));
