/** archfx export as a process that is killed. */
import { assertEquals, assertMatch } from "@std/assert";
import { archfx, spawn, withFolder } from "./_archfx.ts";
import { withCloud } from "./_emulator.ts";
import { exported, fill } from "./_export.ts";

Deno.test("archfx export is complete after two kills, with a file for each stream and day", () =>
  withFolder((cwd) =>
    withCloud(async ({ env }) => {
      await fill(cwd, env, 30_000);
      const args = ["export", "pl--0000-0001", "--end", "2026-03-10", "-o", "out", "--jobs", "2"];
      for (const files of [1, 5]) {
        const child = spawn(args, { cwd, env });
        const enough = async () => {
          while (true) {
            const log = await Deno.readTextFile(`${cwd}/out/export.ndjson`).catch(() => "");
            if (log.split("\n").length - 2 >= files) return;
            await new Promise((resolve) => setTimeout(resolve, 5));
          }
        };
        await Promise.race([enough(), child.status]);
        try {
          child.kill("SIGKILL");
        } catch {
          // It was faster than the kill.
        }
        await child.output();
      }
      const { code, err } = await archfx(args, { cwd, env });
      assertEquals(code, 0, err);
      assertMatch(
        err,
        /Exported \d+ streams, 30000 readings to 12 files in out, [5-9]|1[012] of them/,
      );
      const { files, values } = await exported(`${cwd}/out`);
      assertEquals(values, Array.from({ length: 30_000 }, (_, i) => i));
      assertEquals(files.length, 12);
      assertEquals(
        files.slice(0, 3),
        [1, 2, 3].map((day) =>
          `sl--0000-0001--0000-0000-0000-0001--0001-5090/2026-03-0${day}.parquet`
        ),
      );
      const again = await archfx([...args, "--json"], { cwd, env });
      assertEquals(JSON.parse(again.out).readings, 30_000);
    })
  ));
