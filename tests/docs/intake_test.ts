/** Runs the example of the README and those of docs/intake.md in a shell in an empty folder. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { ArchFXFlexibleDictionaryReport } from "../../src/reports/mod.ts";
import { withFolder } from "../_folder.ts";
import { ProgramHost } from "../_program_host.ts";

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

const HOST = new URL("../cli/_archfx_host_process.ts", import.meta.url).pathname;

/** What `archfx` is for the shell: it asks the process that runs the commands of all chapters. */
const ARCHFX = String.raw`#!/bin/sh
printf '%s\0' "$PWD" "$@" > "$PIPES/request"
read -r code < "$PIPES/answer"
cat "$PIPES/out"
cat "$PIPES/err" >&2
exit "$code"
`;

/** Runs each command that a shell asks for, until a request is empty. */
async function serve(host: ProgramHost, pipes: string): Promise<void> {
  for (let request = ""; (request = await Deno.readTextFile(`${pipes}/request`)) !== "";) {
    const [cwd, ...args] = request.split("\0").slice(0, -1);
    const answer = await host.run({ args, cwd: cwd!, env: Deno.env.toObject(), input: "" })
      // Otherwise the shell would wait for an answer.
      .catch((error) => ({ code: 70, out: "", err: btoa(String(error)) }));
    await Deno.writeFile(`${pipes}/out`, Uint8Array.fromBase64(answer.out));
    await Deno.writeFile(`${pipes}/err`, Uint8Array.fromBase64(answer.err));
    await Deno.writeTextFile(`${pipes}/answer`, `${answer.code}\n`);
  }
}

/** Runs a task in a clean folder, with the environment of a shell that finds `archfx`. */
function withArchfx(
  task: (env: Record<string, string>, cwd: string) => Promise<void>,
): Promise<void> {
  return withFolder((cwd) =>
    withFolder(async (pipes) => {
      await Deno.mkdir(`${pipes}/bin`);
      await Deno.writeTextFile(`${pipes}/bin/archfx`, ARCHFX, { mode: 0o755 });
      const made = ["request", "answer"].map((name) => `${pipes}/${name}`);
      assert((await new Deno.Command("mkfifo", { args: made }).output()).success);
      const host = new ProgramHost(HOST, Deno.env.toObject());
      const serving = serve(host, pipes);
      try {
        await task({ PIPES: pipes, PATH: `${pipes}/bin:${Deno.env.get("PATH")}` }, cwd);
      } finally {
        await Deno.writeTextFile(`${pipes}/request`, "");
        await serving;
        await host.close();
      }
    })
  );
}

/** Writes the files of a text and runs its commands; returns exit code, output and messages. */
async function typed(env: Record<string, string>, cwd: string, text: string) {
  for (const [, name, file] of text.matchAll(/```text (\S+)\n(.*?)```/gs)) {
    await Deno.writeTextFile(`${cwd}/${name}`, file);
  }
  const { code, stderr, stdout } = await new Deno.Command("sh", {
    args: ["-eu", "-c", /```sh\n(.*?)```/s.exec(text)![1]!],
    cwd,
    env,
    stdin: "null",
  }).output();
  const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, out: decode(stdout), err: decode(stderr) };
}

Deno.test("README.md: the German spreadsheet becomes the described report", () =>
  withArchfx(async (env, cwd) => {
    const readme = await Deno.readTextFile(new URL("../../README.md", import.meta.url));
    const { code, err } = await typed(
      env,
      cwd,
      readme.slice(readme.indexOf("A German spreadsheet")),
    );
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
  withArchfx(async (env, cwd) => {
    const seen: Record<string, number[]> = {};
    for (const chapter of page.split(/^## /m).slice(1)) {
      const [title] = chapter.split("\n");
      if (!chapter.includes("```sh")) continue;
      const { code, out, err } = await typed(env, cwd, chapter);
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
