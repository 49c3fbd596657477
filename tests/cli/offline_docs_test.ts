/** Runs the commands of docs/offline.md in a shell in an empty folder, with an emulator. */
import { assertEquals } from "@std/assert";
import { MAIN, withFolder } from "./_archfx.ts";
import { withCloud } from "./_emulator.ts";
import { writeReportFile } from "./_reports.ts";
import { DENO_RUN } from "../_deno_run.ts";

const page = await Deno.readTextFile(new URL("../../docs/offline.md", import.meta.url));
const recipe = (heading: string): string => {
  const chapter = page.split(/^## /m).find((it) => it.startsWith(heading))!;
  return /```sh\n(.*?)```/s.exec(chapter)![1]!;
};

const jq = await new Deno.Command("sh", { args: ["-c", "command -v jq"] }).output();
if (!jq.success) {
  console.log("docs/offline.md, Reports that remain: not tested, because jq is not installed");
}

/** Runs a recipe; `archfx` is on the path. */
async function shell(text: string, cwd: string, env: Record<string, string>): Promise<number> {
  const { code } = await new Deno.Command("sh", {
    args: ["-u", "-c", text],
    cwd,
    env: { ...env, PATH: `${cwd}/bin:${Deno.env.get("PATH")}` },
    stdin: "null",
    stderr: "inherit",
  }).output();
  return code;
}

function names(folder: string): string[] {
  return [...Deno.readDirSync(folder)].filter((it) => it.isFile).map((it) => it.name).sort();
}

Deno.test("the commands of docs/offline.md collect, send and set aside reports, repeatedly", () =>
  withCloud(({ env }) =>
    withFolder(async (cwd) => {
      await Deno.mkdir(`${cwd}/bin`);
      const command = `exec "${Deno.execPath()}" ${DENO_RUN.join(" ")} "${MAIN}" "$@"`;
      await Deno.writeTextFile(`${cwd}/bin/archfx`, `#!/bin/sh\n${command}\n`, { mode: 0o755 });
      const [gather, send, stays] = [
        recipe("Collect"),
        recipe("Send"),
        recipe("Reports that remain"),
      ];
      for (const first of [1, 3]) {
        await Deno.writeTextFile(
          `${cwd}/readings.csv`,
          `timestamp,value\n2026-03-02 06:00:0${first}Z,1\n2026-03-02 06:00:0${first + 1}Z,2\n`,
        );
        assertEquals(await shell(gather, cwd, env), 0);
        assertEquals(names(`${cwd}/spool`).at(-1), `d--0000-0000-0000-0001-${first}.mp`);
      }
      assertEquals(names(`${cwd}/spool`).length, 2);
      assertEquals(await shell(send, cwd, env), 0);
      assertEquals(names(`${cwd}/spool`), []);
      assertEquals(await shell(send, cwd, env), 0);
      if (!jq.success) return;
      await writeReportFile(`${cwd}/spool/again.mp`, { firstId: 1, readings: 2 });
      await writeReportFile(`${cwd}/spool/half.mp`, { firstId: 4, readings: 3 });
      await writeReportFile(`${cwd}/spool/new.mp`, { firstId: 7, readings: 3 });
      assertEquals(await shell(stays, cwd, env), 0);
      assertEquals(names(`${cwd}/spool`), []);
      assertEquals(names(`${cwd}/spool/kept`), ["again.mp", "half.mp"]);
    })
  ));
