/** A disk of 8 MB that is full, and then freed. It needs the right to mount. */
import { assert, assertEquals } from "@std/assert";
import { TestCloud } from "./_cloud.ts";
import { assertCounted, batch, startGateway, until, withFolder, workerQueue } from "./_gateway.ts";

async function run(...command: string[]): Promise<boolean> {
  const [program, ...args] = command as [string, ...string[]];
  const output = await new Deno.Command(program, { args, stdout: "null", stderr: "null" }).output()
    .catch(() => undefined);
  return output?.success ?? false;
}

/** Runs a test on a file system of 8 MB; prints the reason if it cannot. */
async function withSmallDisk(test: (folder: string) => Promise<void>): Promise<void> {
  await withFolder(async (folder) => {
    if (!await run("mount", "-t", "tmpfs", "-o", "size=8m", "none", folder)) {
      console.log("SKIPPED: a file system of 8 MB cannot be mounted (it needs root)");
      return;
    }
    try {
      await test(folder);
    } finally {
      await run("umount", "-l", folder);
    }
  });
}

Deno.test("Gateway stops intake while the disk is full, continues to send, and loses nothing", () =>
  withSmallDisk(async (folder) => {
    await using cloud = await TestCloud.start();
    let away = true;
    cloud.onReport = ({ forward }) => away ? new Response("", { status: 502 }) : forward();
    const queue = await workerQueue(`${folder}/queue.sqlite`, { reserveBytes: 2 * 2 ** 20 });
    const { gateway, stop } = await startGateway(cloud, queue, {
      confirmMs: 20,
      maxReadings: 500,
    });
    // Noise beside each reading: the disk is full after some thousands of them.
    const noise = () => btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(900))));
    let stored = 0;
    const stopPushing = new AbortController();
    const pushing = (async () => {
      for (let i = 0; i < 1000; i++) {
        const { device, columns } = batch("d--1", i * 40, 40);
        const one = {
          device,
          columns: { ...columns!, rawData: Array.from({ length: 40 }, noise) },
        };
        await queue.push(one, { signal: stopPushing.signal });
        stored++;
      }
    })().catch((error) => {
      if (!stopPushing.signal.aborted) throw error;
    });
    await until("intake has stopped", async () => (await queue.stats()).full);
    assert(stored > 25, `${stored} batches`);
    assert(queue.store.blocked > 0);
    assert(queue.events.some(({ message }) => /intake stops/.test(message)));
    // The disk is full to the last byte: only the reserve is left.
    await Deno.writeFile(`${folder}/filler`, new Uint8Array(8 * 2 ** 20)).catch(() => {});
    away = false;
    stopPushing.abort();
    await pushing;
    await until("everything is sent", async () => (await queue.depth()).readings === 0)
      .catch(async (error) => {
        throw new Error(`${error.message}: ${JSON.stringify(await gateway.status())}`);
      });
    await Deno.remove(`${folder}/filler`);
    await until("intake continues", async () => !(await queue.stats()).full);
    await queue.push(batch("d--1", stored * 40, 100));
    await queue.flush();
    const values = (await cloud.readings("d--1")).map(({ value }) => Math.floor(value));
    assertEquals(values.length, stored * 40 + 100);
    assertEquals(new Set(values).size, values.length);
    assertEquals((await gateway.status()).counts.dead, 0);
    await stop();
    await queue.close();
  }));

Deno.test("push() stops when less than minFreeBytes is free, and continues when there is space", () =>
  withSmallDisk(async (folder) => {
    await using cloud = await TestCloud.start();
    await Deno.writeFile(`${folder}/filler`, new Uint8Array(5 * 2 ** 20));
    const queue = await workerQueue(`${folder}/queue.sqlite`, { minFreeBytes: 4 * 2 ** 20 });
    const pushed = queue.push(batch("d--1", 0, 10));
    await until("it waits", () => queue.store.blocked === 1);
    await Deno.remove(`${folder}/filler`);
    await pushed;
    const { stop } = await startGateway(cloud, queue);
    await queue.flush();
    await assertCounted(cloud, "d--1", 10);
    await stop();
    await queue.close();
  }));
