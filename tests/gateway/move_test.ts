/** Moving a queue: export, import, undo, damaged on the way. */
import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { ArchFXFlexibleDictionaryReport, lastReadingId } from "../../mod.ts";
import { QueueError } from "../../src/gateway/mod.ts";
import { checkBatches } from "../../src/gateway/_batches.ts";
import {
  encodeEntry,
  type QueueEntry,
  queueFileStart,
  readQueueFile,
} from "../../src/gateway/_queue_file.ts";
import { exportQueue, importQueue, undoMove } from "../../src/gateway/move.ts";
import { SqliteQueue } from "../../src/gateway/sqlite_queue.ts";
import { archfx } from "../cli/_archfx.ts";
import { json, type Passing, TestCloud } from "./_cloud.ts";
import { assertCounted, batch, startGateway, testQueue, until, withFolder } from "./_gateway.ts";
import { withPlant } from "./_plant.ts";

const { signal } = new AbortController();

/** Exports without a cloud. */
async function exportAlone(queue: SqliteQueue, file: string) {
  const api = () => Promise.reject(new Error("the cloud was asked for"));
  return await exportQueue(queue, file, { signal, confirmMs: 0, tell: () => {}, api });
}

/** Opens a queue that was exported. */
async function movedQueue(path: string): Promise<SqliteQueue> {
  const limits = { minFreeBytes: 0, reserveBytes: 0 };
  return await SqliteQueue.open(path, limits, { thread: true, moved: true });
}

Deno.test("exportQueue() moves readings, ids, positions, keys and dead letters, and importQueue() continues with them", () =>
  withFolder(async (folder) => {
    await using cloud = await TestCloud.start();
    const [from, to, file] = ["a.sqlite", "b.sqlite", "plant.queue"].map((it) => `${folder}/${it}`);
    let queue = await testQueue(from!);
    cloud.onReport = (passing) =>
      passing.report.columns().values.includes(13) ? json(400, ["unlucky"]) : passing.forward();
    let running = await startGateway(cloud, queue, { maxReadings: 100 });
    await queue.push(batch("d--1", 0, 50), { source: "spool", position: "line 50" });
    await queue.flush();
    // The report in flight is counted, its response is lost; it ends within a batch.
    let lost: Passing | undefined;
    cloud.onReport = async (passing) => {
      if (!lost) await (await (lost = passing).forward()).body?.cancel();
      return new Response("", { status: 502 });
    };
    await queue.push([batch("d--1", 50, 70), batch("d--1", 120, 80)], {
      source: "spool",
      position: "line 200",
    });
    await queue.push(batch("d--2", 0, 30, { streamer: 7 }), {
      source: "http",
      idempotencyKey: "k",
    });
    await until("a report is lost", () => lost !== undefined);
    await running.stop();
    const notes: string[] = [];
    const done = await exportQueue(queue, file!, {
      signal,
      confirmMs: 100,
      tell: (message) => notes.push(message),
      api: () => cloud.api(),
    });
    assertEquals(done.letters, 1);
    await queue.close();
    await assertRejects(() => testQueue(from!), QueueError, `it was exported to "${file}"`);

    queue = await testQueue(to!);
    const imported = await importQueue(queue, file!, { signal });
    assertEquals(imported, { ...done, skipped: 0 });
    assertEquals(await queue.position("spool"), "line 200");
    assertEquals((await queue.depth()).dead, 1);
    // The key is known here too.
    await queue.push(batch("d--2", 0, 30, { streamer: 7 }), {
      source: "http",
      idempotencyKey: "k",
    });
    await queue.push(batch("d--1", 200, 10), { source: "spool", position: "line 210" });
    cloud.onReport = ({ forward }) => forward();
    running = await startGateway(cloud, queue);
    await queue.flush();
    await assertCounted(cloud, "d--1", 210, [13]);
    await assertCounted(cloud, "d--2", 30);
    assertEquals(await lastReadingId(await cloud.api(), "d--1", 256), 210);
    await running.stop();
    // A repetition stores nothing, although the streamers have gone on.
    assertEquals(await importQueue(queue, file!, { signal }), {
      batches: 0,
      readings: 0,
      letters: 0,
      skipped: done.batches,
    });
    assertEquals((await queue.depth()).readings, 0);
    await queue.close();
  }));

Deno.test("exportQueue() gives the readings of a report that was not counted the same ids again", () =>
  withFolder(async (folder) => {
    await using cloud = await TestCloud.start();
    let queue = await testQueue(`${folder}/a.sqlite`);
    let late: Passing | undefined;
    cloud.onReport = (passing) => {
      late ??= passing;
      return new Response("", { status: 502 });
    };
    let running = await startGateway(cloud, queue, { maxReadings: 30 });
    await queue.push(batch("d--1", 0, 100));
    await until("a report is tried", () => late !== undefined);
    await running.stop();
    const options = { signal, confirmMs: 100, tell: () => {}, api: () => cloud.api() };
    const { readings } = await exportQueue(queue, `${folder}/q`, options);
    assertEquals(readings, 100);
    await queue.close();
    queue = await testQueue(`${folder}/b.sqlite`);
    await importQueue(queue, `${folder}/q`, { signal });
    cloud.onReport = async (passing) => {
      // The copy that nobody waits for is counted just before the larger report.
      await (await late!.forward()).body?.cancel();
      return await passing.forward();
    };
    running = await startGateway(cloud, queue);
    await queue.flush();
    await assertCounted(cloud, "d--1", 100);
    await running.stop();
    await queue.close();
  }));

Deno.test("exportQueue() changes nothing if the cloud cannot be queried about an open report", () =>
  withFolder(async (folder) => {
    const cloud = await TestCloud.start();
    cloud.onReport = () => new Response("", { status: 502 });
    const queue = await testQueue(`${folder}/a.sqlite`);
    const { stop } = await startGateway(cloud, queue);
    await queue.push(batch("d--1", 0, 10));
    await until("a report is tried", () => cloud.seen.length > 0);
    await stop();
    const api = await cloud.api();
    await cloud[Symbol.asyncDispose]();
    const options = { signal, confirmMs: 100, tell: () => {}, api: () => Promise.resolve(api) };
    await assertRejects(
      () => exportQueue(queue, `${folder}/q`, options),
      QueueError,
      "the query whether the cloud has counted it failed",
    );
    const names = [...Deno.readDirSync(folder)].map(({ name }) => name).filter((it) =>
      /^q/.test(it)
    );
    assertEquals(names.filter((it) => !it.startsWith("queue")), []);
    await queue.close();
    const again = await testQueue(`${folder}/a.sqlite`);
    assertEquals((await again.depth()).readings, 10);
    await again.close();
  }));

Deno.test("importQueue() stores nothing of a file that is truncated or damaged anywhere", () =>
  withFolder(async (folder) => {
    const [from, file] = [`${folder}/a.sqlite`, `${folder}/q`];
    let queue = await testQueue(from);
    for (let i = 0; i < 5; i++) await queue.push(batch("d--1", i * 20, 20), { position: `${i}` });
    await exportAlone(queue, file);
    await queue.close();
    const bytes = await Deno.readFile(file);
    queue = await testQueue(`${folder}/b.sqlite`);
    for (let length = 0; length < bytes.length; length += 13) {
      await Deno.writeFile(`${folder}/cut`, bytes.subarray(0, length));
      await assertRejects(() => importQueue(queue, `${folder}/cut`, { signal }), QueueError);
    }
    for (let at = 0; at < bytes.length; at += 17) {
      const copy = bytes.slice();
      copy[at]! ^= 0x40;
      await Deno.writeFile(`${folder}/flipped`, copy);
      await assertRejects(() => importQueue(queue, `${folder}/flipped`, { signal }), QueueError);
    }
    await assertRejects(() => importQueue(queue, `${folder}/none`, { signal }), QueueError, "none");
    assertEquals((await queue.depth()).readings, 0);
    assertEquals((await importQueue(queue, file, { signal })).readings, 100);
    await queue.close();
  }));

Deno.test("importQueue() rejects a queue that is ahead of the file, and one that already has positions", () =>
  withFolder(async (folder) => {
    await using cloud = await TestCloud.start();
    const [from, file] = [`${folder}/a.sqlite`, `${folder}/q`];
    let queue = await testQueue(from);
    let running = await startGateway(cloud, queue);
    await queue.push(batch("d--1", 0, 10));
    await queue.flush();
    await running.stop();
    await queue.push(batch("d--1", 10, 10), { source: "spool", position: "20" });
    await exportAlone(queue, file);
    await assertRejects(() => exportAlone(queue, file), QueueError, "already exists");
    await queue.close();

    const other = await testQueue(`${folder}/other.sqlite`);
    await other.push(batch("d--5", 0, 10), { source: "spool", position: "7" });
    await assertRejects(() => importQueue(other, file, { signal }), QueueError, 'source "spool"');
    await other.close();

    // After --undo, the queue continues, and another one that has also continued is ahead of the file.
    queue = await movedQueue(from);
    assertEquals((await undoMove(queue))?.file, file);
    assertEquals(await undoMove(queue), undefined);
    await queue.close();
    queue = await testQueue(from);
    running = await startGateway(cloud, queue);
    await queue.flush();
    await running.stop();
    await assertRejects(() => importQueue(queue, file, { signal }), QueueError, "confirmed id 20");
    await queue.close();
    await assertCounted(cloud, "d--1", 20);
  }));

Deno.test("archfx gateway queue export and import move a queue; --undo makes it usable again", () =>
  withFolder(async (folder) => {
    const at = async (name: string) => {
      const cwd = `${folder}/${name}`;
      await Deno.mkdir(cwd);
      await Deno.writeTextFile(`${cwd}/gateway.json`, JSON.stringify({ sources: [] }));
      return cwd;
    };
    const [here, there] = [await at("here"), await at("there")];
    const queue = await testQueue(`${here}/queue.sqlite`);
    await queue.push([batch("d--1", 0, 10), batch("d--2", 0, 10)]);
    await queue.close();
    const archfxQueue = (cwd: string, ...args: string[]) =>
      archfx(["gateway", "queue", ...args], { cwd });
    const file = `${folder}/q`;
    const exported = await archfxQueue(here, "export", file);
    assertEquals(
      [exported.code, exported.out],
      [0, `20 readings in 2 batches and 0 dead letters exported to ${file}\n`],
      exported.err,
    );
    assertEquals((await Deno.stat(file)).mode! & 0o777, 0o600);
    // It can be looked at, and nothing more.
    assertMatch((await archfxQueue(here, "ls")).out, /d--0000-0000-0000-0001\t\t10/);
    const run = await archfx(["gateway", "run"], {
      cwd: here,
      env: { ARCHFX_TOKEN: "x", ARCHFX_DOMAIN: "http://127.0.0.1:9" },
    });
    assertEquals(run.code, 1);
    assertMatch(run.err, /was exported to/);
    // Twice at once: one of them does it, and the other finds nothing left to do or the queue in use.
    const both = await Promise.all([
      archfxQueue(there, "import", file, "--json"),
      archfxQueue(there, "import", file, "--json"),
    ]);
    const done = both.filter(({ code }) => code === 0).map(({ out }) => JSON.parse(out).batches);
    assertEquals(done.reduce((sum, it) => sum + it, 0), 2, both.map(({ err }) => err).join());
    assert(both.every(({ code, err }) => code === 0 || /another process uses it/.test(err)));
    assertEquals((await archfxQueue(there, "ls")).out.split("\n").length, 3);
    const undone = await archfxQueue(here, "import", "--undo");
    assertMatch(undone.out, /open again\. It was exported to/);
    assertEquals((await archfxQueue(here, "retry", "--all")).code, 0);
    const none = await archfxQueue(here, "import", `${folder}/none`);
    assertEquals(none.code, 1);
    for (const wrong of [["export"], ["import", "a", "b"], ["export", "a", "--undo"]]) {
      assertEquals((await archfxQueue(here, ...wrong)).code, 2, wrong.join(" "));
    }
    const entries = [];
    for await (const { kind } of readQueueFile(file)) entries.push(kind);
    assertEquals(entries, ["queue", "batch", "batch", "end"]);
  }));

/** A file of a queue that assigns ids when readings are pushed: three batches of ten, from these ids on. */
async function withIds(path: string, firsts: readonly number[], confirmed: number): Promise<void> {
  const head = { kind: "queue", queue: "other", move: "1", at: "2026-01-01T00:00:00Z" } as const;
  const device = "d--0000-0000-0000-0001";
  const streamer = { kind: "streamer", device, streamer: 256, confirmed, next: confirmed + 31 };
  const entries: QueueEntry[] = [
    head,
    { ...streamer, sent: 0 } as QueueEntry,
    ...firsts.map((first, i): QueueEntry => ({
      kind: "batch",
      number: 10 * (i + 1),
      streamer: null,
      assigned: { streamer: 256, first },
      frame: checkBatches(batch("d--1", 10 * i, 10)).frames[0]!,
    })),
    { kind: "end", batches: firsts.length, readings: 10 * firsts.length, letters: 0 },
  ];
  const parts = [queueFileStart(), ...entries.map(encodeEntry)];
  await Deno.writeFile(path, new Uint8Array(await new Blob(parts as BlobPart[]).arrayBuffer()));
}

Deno.test("importQueue() keeps the ids that another kind of queue has assigned", () =>
  withPlant(async (plant) => {
    const { cloud, queue, folder } = plant;
    const columns = batch("d--1", 900, 500).columns!;
    const readingIds = Float64Array.from({ length: 500 }, (_, i) => i + 1);
    const before = ArchFXFlexibleDictionaryReport.fromColumns({
      device: "d--1",
      columns: { ...columns, readingIds },
      streamer: 256,
    });
    await before.upload(await cloud.direct());
    await withIds(`${folder}/gap`, [501, 511, 522], 500);
    await assertRejects(
      () => importQueue(queue, `${folder}/gap`, { signal }),
      QueueError,
      "batch 30 begins at id 522, but the next id is 521",
    );
    await withIds(`${folder}/q`, [501, 511, 521], 500);
    await importQueue(queue, `${folder}/q`, { signal });
    await plant.start();
    await queue.flush();
    const rows = (await cloud.readings("d--1")).filter(({ id }) => id > 500);
    rows.sort((a, b) => a.id - b.id);
    assertEquals(rows.map(({ id, value }) => id - value), Array(30).fill(501));
    assertEquals((await queue.depth()).held, 0);

    // Where readings wait that would get these ids, they cannot be kept.
    const other = await plant.reopen("other.sqlite");
    await other.push(batch("d--1", 0, 10));
    await assertRejects(
      () => importQueue(other, `${folder}/q`, { signal }),
      QueueError,
      "already have ids",
    );
    assertEquals((await other.depth()).readings, 10);
  }));
