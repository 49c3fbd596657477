/** Runs the example of the README and those of docs/intake.md in a shell in an empty folder. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { ArchFXFlexibleDictionaryReport } from "../../src/reports/mod.ts";
import { MAIN, withFolder } from "../cli/_archfx.ts";
import { DENO_RUN } from "../_deno_run.ts";

const page = await Deno.readTextFile(new URL("../../docs/intake.md", import.meta.url));

/** The values in the reports of each chapter, in order. */
const VALUES: Record<string, number[]> = {
  "A plain file": [20.5, 20.6],
  "A spreadsheet from Germany": [20.5, 1013.2, 20.6, 1013.4],
  "A spreadsheet from the United States": [1234.5, 20.6],
  "Seconds since 1970": [20.5],
  "One column for each measurement": [20.5, 1.2, 1.3],
  "Tag names and qualities of a historian": [20.5],
  "Several devices": [20.5, 21.5],
  JSON: [20.5, 20.6],
  "Lines that are not readings": [20.5],
  "Trends of WinCC and Studio 5000": [20.5],
  "A data log with a column of milliseconds": [20.5, 20.6, 20.7],
  "A file that you do not know": [],
  "Many files": [20.5, 20.6, 20.5, 21.5],
};

/** Writes the files of a text and runs its commands; returns exit code, output and messages. */
async function typed(cwd: string, text: string) {
  await Deno.mkdir(`${cwd}/bin`, { recursive: true });
  const command = `exec "${Deno.execPath()}" ${DENO_RUN.join(" ")} "${MAIN}" "$@"`;
  await Deno.writeTextFile(`${cwd}/bin/archfx`, `#!/bin/sh\n${command}\n`, { mode: 0o755 });
  for (const [, name, file] of text.matchAll(/```text (\S+)\n(.*?)```/gs)) {
    await Deno.writeTextFile(`${cwd}/${name}`, file);
  }
  const { code, stderr, stdout } = await new Deno.Command("sh", {
    args: ["-eu", "-c", /```sh\n(.*?)```/s.exec(text)![1]!],
    cwd,
    env: { PATH: `${cwd}/bin:${Deno.env.get("PATH")}` },
    stdin: "null",
  }).output();
  const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, out: decode(stdout), err: decode(stderr) };
}

Deno.test("README.md: the German spreadsheet becomes the described report", () =>
  withFolder(async (cwd) => {
    const readme = await Deno.readTextFile(new URL("../../README.md", import.meta.url));
    const { code, err } = await typed(cwd, readme.slice(readme.indexOf("A German spreadsheet")));
    assertEquals(code, 0, err);
    const report = ArchFXFlexibleDictionaryReport.decode(await Deno.readFile(`${cwd}/oven.mp`));
    assertEquals(
      report.visibleData.map(({ timestamp, stream, value }) => [timestamp, stream, value]),
      [
        [new Date("2026-03-02T05:00:00Z"), 0x15090, 20.5],
        [new Date("2026-03-02T05:00:01Z"), 0x15090, 21.25],
      ],
    );
  }));

Deno.test("docs/intake.md: each file becomes the report on the page", () =>
  withFolder(async (cwd) => {
    const seen: Record<string, number[]> = {};
    for (const chapter of page.split(/^## /m).slice(1)) {
      const [title] = chapter.split("\n");
      if (!chapter.includes("```sh")) continue;
      const { code, out, err } = await typed(cwd, chapter);
      assertEquals(code, 0, `${title}: ${err}`);
      if (title.startsWith("A file that you do not know")) {
        assertStringIncludes(out, "2026-03-13T05:00:01Z");
      }
      const values: number[] = [];
      for (const { name } of [...Deno.readDirSync(cwd)].sort((a, b) => a.name < b.name ? -1 : 1)) {
        if (!name.endsWith(".mp")) continue;
        const report = ArchFXFlexibleDictionaryReport.decode(await Deno.readFile(`${cwd}/${name}`));
        values.push(...report.columns().values);
        await Deno.remove(`${cwd}/${name}`);
      }
      seen[title!] = values;
    }
    assertEquals(seen, VALUES);
  }));
