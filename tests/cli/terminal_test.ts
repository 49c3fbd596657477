/** archfx on a pseudo-terminal: prompt, table, chart, colours, progress bar. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { archfx, type Ended, MAIN } from "./_archfx.ts";
import { END, type ManyCommand } from "./_archfx_many.ts";
import { writeReportFile } from "./_reports.ts";
import { DENO_RUN } from "../_deno_run.ts";
import { hasTerminal, onTerminal as runOnTerminal } from "../main/_on_terminal.ts";
import { type Beside, withEmulator } from "./_emulator.ts";

const MANY = new URL("./_archfx_many.ts", import.meta.url).pathname;

/** Runs archfx on a pseudo-terminal; when a text appears, types another one. */
function onTerminal(
  args: string[],
  options: { cwd?: string; env: Record<string, string>; steps?: string[] },
): Promise<Ended> {
  const command = [Deno.execPath(), ...DENO_RUN, MAIN, ...args];
  return runOnTerminal(command, options.steps ?? [], {
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    env: { NO_COLOR: "", TERM: "xterm", ...options.env },
  });
}

/** Runs commands that ask for nothing on a pseudo-terminal, in one process. */
async function allOnTerminal(
  commands: ManyCommand[],
  options: { cwd?: string; env: Record<string, string> },
): Promise<{ code: number; out: string }[]> {
  const command = [Deno.execPath(), ...DENO_RUN, MANY, JSON.stringify(commands)];
  const { out } = await runOnTerminal(command, [], {
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    env: { NO_COLOR: "", TERM: "xterm", ...options.env },
  });
  const [first, ...rest] = out.split(END);
  assertEquals(rest.length, commands.length, out);
  const codes = rest.map((text) => parseInt(text));
  const texts = [first!, ...rest.map((text) => text.slice(text.indexOf("\n") + 1))];
  return codes.map((code, i) => ({ code, out: texts[i]! }));
}

/** Runs a task with an emulator, in a separate folder. */
function withCloud(task: (cloud: Beside & { url: string }) => Promise<void>): Promise<void> {
  return withEmulator(({ env, ...beside }) =>
    task({ ...beside, url: env.ARCHFX_DOMAIN!, env: { XDG_CONFIG_HOME: "/nonexistent", ...env } })
  );
}

const ignore = !hasTerminal;

Deno.test({
  name: "archfx login asks for the password without showing it",
  ignore,
  fn: () =>
    withCloud(async ({ url, cwd }) => {
      const env = { XDG_CONFIG_HOME: cwd };
      const args = ["login", "--domain", url, "--user", "user@example.com"];
      const question = `Password of user@example.com for ${url}: `;
      const { code, out } = await onTerminal(args, { env, steps: [question, "my.pass\\r"] });
      assertEquals([code, out], [
        0,
        `${question}\nLogged in to ${url} as user@example.com; the tokens are in ${cwd}/archfx/credentials.json\n`,
      ]);
      const wrong = await onTerminal(args, { env, steps: [question, "my.paß\\r"] });
      assertEquals(wrong.code, 3, wrong.out);
      const given = await onTerminal(args, { env, steps: [question, "\\x03"] });
      assertEquals(given.code, 130, given.out);
    }),
});

Deno.test({
  name: "archfx get prints a table on a terminal, in colour unless NO_COLOR is set",
  ignore,
  fn: () =>
    withCloud(async ({ env }) => {
      const args = ["get", "site", "--query", "org=acme", "--fields", "slug,name"];
      const [plain, coloured] = await allOnTerminal([
        { args, env: { NO_COLOR: "1" } },
        { args },
      ], { env });
      assertEquals(
        plain!.out,
        "slug           name\nps--0000-0001  Guadalajara\nps--0000-0002  Penang\n",
      );
      assertEquals(coloured!.out.split("\n")[0], "\u001b[1mslug           name\u001b[22m");
    }),
});

Deno.test({
  name: "archfx map draws a tree on a terminal, archfx data a chart, archfx slug explains",
  ignore,
  fn: () =>
    withCloud(async ({ cwd, env }) => {
      await writeReportFile(`${cwd}/a.mp`);
      const stream = "sl--0000-0001--0000-0000-0000-0001--0001-5090";
      const [map, upload, chart, slug] = await allOnTerminal([
        { args: ["map", "--org", "acme"] },
        { args: ["report", "upload", "a.mp"] },
        { args: ["data", stream] },
        { args: ["slug", "d--1"], env: { NO_COLOR: "1" } },
      ], { cwd, env });
      assertStringIncludes(map!.out, "Acme  acme\n├─ Guadalajara  ps--0000-0001\n");
      assertEquals(upload!.code, 0);
      assertStringIncludes(chart!.out, `${stream}, 100 readings, UTC\n`);
      assertStringIncludes(chart!.out, "┤\u001b[36m");
      assertMatch(chart!.out, /[\u2801-\u28ff]/);
      assertEquals(
        slug!.out,
        "d--0000-0000-0000-0001\n  kind      device\n  id        1\n  meaning   device 1, its serial number\n",
      );
    }),
});

Deno.test({
  name: "archfx data --follow moves a chart on the other screen and leaves it after Ctrl-C",
  ignore,
  fn: () =>
    withCloud(async ({ cwd, env }) => {
      await writeReportFile(`${cwd}/a.mp`);
      assertEquals((await archfx(["report", "upload", "a.mp"], { cwd, env })).code, 0);
      const stream = "sl--0000-0001--0000-0000-0000-0001--0001-5090";
      const args = ["data", stream, "--start", "2026-01-01", "--follow"];
      // Two screens, then Ctrl-C.
      const steps = ["Ctrl-C ends", "", "Ctrl-C ends", "\\x03"];
      const { code, out } = await onTerminal(args, { env, steps });
      assertEquals(code, 130, out);
      const [before, pictures, left] = out.replaceAll("?1049h", "?1049l").split("\u001b[?1049l");
      assertEquals([before, pictures.split("\u001b[H").length], ["", 3]);
      assertStringIncludes(pictures, `${stream}, 100 readings, last 29`);
      assertStringIncludes(left, `${stream}, 100 readings, UTC\n`);
      // The ^C that the terminal shows is gone.
      assert(left.endsWith("\r\u001b[Karchfx data: interrupted\n"), left);
    }),
});

Deno.test({
  name: "archfx report encode and upload show a bar on a terminal, none with --quiet, and clear it",
  ignore,
  fn: () =>
    withCloud(async ({ cwd, env, emulator }) => {
      const rows = Array.from({ length: 60_000 }, (_, row) =>
        `${new Date(1772431200000 + row * 1000).toISOString()},${row % 7}\n`);
      await Deno.writeTextFile(`${cwd}/a.csv`, `timestamp,value\n${rows.join("")}`);
      const args = [
        "report",
        "encode",
        "a.csv",
        "--device",
        "d--1",
        "--stream",
        "5090",
        "--first-id",
        "1",
      ];
      const [encoded, quiet, sent] = await allOnTerminal([
        { args },
        { args: [...args, "--quiet", "--force"] },
        { args: ["report", "upload", "a.mp"] },
      ], { cwd, env });
      assertEquals(encoded!.code, 0, encoded!.out);
      assertMatch(encoded!.out, /encoding [█░]{30} +\d+% {2}[\d.]+\/1\.6 MB/);
      const cleared = encoded!.out.lastIndexOf("\u001b[2K");
      assertMatch(encoded!.out.slice(cleared), /a\.mp\td--0000-0000-0000-0001\t60000 readings/);
      assertEquals([quiet!.code, /encoding/.test(quiet!.out)], [0, false]);
      assertEquals(sent!.code, 0, sent!.out);
      assertMatch(sent!.out, /uploading [█░]{30}/);
      assertStringIncludes(sent!.out, "1 of 1 report sent, 60000 of 60000 readings new\n");
      // It fits into the buffers on the way: what is waited for then is the server.
      await Deno.writeTextFile(`${cwd}/b.csv`, `timestamp,value\n${rows.slice(0, 2000).join("")}`);
      const small = ["--device", "d--2", "--stream", "5090", "--first-id", "1", "-q"];
      assertEquals(
        (await archfx(["report", "encode", "b.csv", ...small], { cwd, env })).code,
        0,
      );
      emulator.faults.add({ kind: "delay", milliseconds: 1000, path: "streamer/report/" });
      const waited = await onTerminal(["report", "upload", "b.mp"], { cwd, env });
      assertEquals(waited.code, 0, waited.out);
      assertMatch(waited.out, /100% {2}[\d.]+\/[\d.]+ MB {2}stored by the server…/);
    }),
});
