/** Moving a queue in processes that are killed at each step. */
import { assertEquals, assertRejects } from "@std/assert";
import { QueueError } from "../../src/gateway/mod.ts";
import type { Step } from "../../src/gateway/_steps.ts";
import { batch, withFolder, workerQueue } from "./_gateway.ts";

Deno.test("exportQueue() and importQueue() continue after they were killed, at each step", () =>
  withFolder(async (folder) => {
    const [from, to, file] = ["a.sqlite", "b.sqlite", "q"].map((it) => `${folder}/${it}`);
    let queue = await workerQueue(from!);
    for (let i = 0; i < 300; i++) await queue.push([batch("d--1", i, 1), batch("d--2", i, 1)]);
    await queue.close();
    const run = async (action: string, path: string, step?: Step, times = 1) => {
      const main = new URL("_move_process.ts", import.meta.url).pathname;
      const { code, signal, stderr } = await new Deno.Command(Deno.execPath(), {
        args: [
          "run",
          "-A",
          "--no-check",
          main,
          action,
          path,
          file!,
          ...step ? [step, `${times}`] : [],
        ],
      }).output();
      if (step) assertEquals(signal, "SIGKILL", step);
      else assertEquals(code, 0, new TextDecoder().decode(stderr));
    };
    await run("export", from!, "export batch", 200);
    await run("export", from!, "export");
    // Until then nothing has happened.
    queue = await workerQueue(from!);
    await queue.close();
    await run("export", from!, "exported");
    await assertRejects(() => Deno.stat(file!), Deno.errors.NotFound);
    await assertRejects(() => workerQueue(from!), QueueError, "exported");
    await run("export", from!);
    await run("import", to!, "import");
    await run("import", to!, "import batch", 1);
    await run("import", to!, "import batch", 1);
    await run("import", to!);
    await run("import", to!);
    queue = await workerQueue(to!);
    for (const lane of await queue.outbox.lanes()) {
      const { columns } = (await queue.outbox.draft(lane, 1000))!;
      assertEquals([...columns.values], Array.from({ length: 300 }, (_, i) => i));
    }
    await queue.close();
  }));
