/** archfx as a process: help, typing errors, exit codes, broken pipes, completions. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import denoJson from "../../deno.json" with { type: "json" };
import { table } from "../../src/cli/_table.ts";
import { archfx, archfxProcess, MAIN, spawn } from "./_archfx.ts";

Deno.test("archfx --help lists every command on standard output", async () => {
  const { code, out, err } = await archfxProcess(["--help"]);
  assertEquals([code, err], [0, ""]);
  for (const { name, summary } of table) {
    assertMatch(out, new RegExp(`^  ${name} +${summary}$`, "m"));
  }
});

Deno.test("archfx without a command shows the help on standard error, exit code 2", async () => {
  const { code, out, err } = await archfxProcess([]);
  assertEquals([code, out], [2, ""]);
  assertStringIncludes(err, "Usage: archfx COMMAND [OPTIONS]");
});

Deno.test("archfx --version prints the version of the package", async () => {
  assertEquals((await archfx(["--version"])).out, `archfx ${denoJson.version}\n`);
});

Deno.test("archfx COMMAND --help has a usage line, options and examples", async () => {
  for (const { name } of table) {
    const { code, out, err } = await archfx([...name.split(" "), "--help"]);
    assertEquals([code, err], [0, ""]);
    assert(out.startsWith(`Usage: archfx ${name}`), out);
    assertStringIncludes(out, "\n  -h, --help");
    // The help describes the output of --json, or there is no --json.
    const [description, options] = out.split("\nOptions:\n") as [string, string];
    assertEquals(/with\s+--json/i.test(description), /^ +--json/m.test(options), out);
    assertStringIncludes(out, "\nExamples:\n  ");
    assertEquals(out.split("\n").filter((line) => line.length > 100), []);
  }
});

Deno.test("archfx help COMMAND is the help of the command", async () => {
  assertEquals((await archfx(["help", "slug"])).out, (await archfx(["slug", "--help"])).out);
});

for (
  const [argv, message] of [
    [
      ["slgu"],
      'archfx: Cannot use "slgu" as a command: no command has that name, did you mean "slug"?',
    ],
    [["frobnicate"], 'archfx: Cannot use "frobnicate" as a command: no command has that name'],
    [
      ["--json", "slug"],
      'archfx: Cannot use "--json" as a command: options come after the command',
    ],
    [
      ["slug", "--jsn"],
      'archfx slug: Cannot use "--jsn" as an option: no option has that name, did you mean "--json"?',
    ],
    [
      ["completions", "tcsh"],
      'archfx completions: Cannot use "tcsh" as shell: it must be one of bash, zsh, fish',
    ],
  ] as [string[], string][]
) {
  Deno.test(`archfx ${argv.join(" ")} is wrong usage`, async () => {
    const { code, out, err } = await archfx(argv);
    assertEquals([code, out], [2, ""]);
    assertEquals(err.split("\n")[0], message);
    assertMatch(err, /\nTry "archfx.* --help"\n$/);
  });
}

Deno.test("archfx report has its own help: exit code 0 with --help, 2 without a subcommand", async () => {
  const asked = await archfx(["report", "--help"]);
  assertEquals([asked.code, asked.err], [0, ""]);
  assertEquals(asked.out.split("\n")[0], "Usage: archfx report COMMAND [OPTIONS]");
  for (const name of ["encode", "inspect", "verify", "decode", "upload"]) {
    assertMatch(asked.out, new RegExp(`^ {2}report ${name} `, "m"));
  }
  assertMatch(asked.out, /"archfx report encode --help"\.\n$/);
  assertEquals(await archfx(["help", "report"]), asked);
  assertEquals(await archfx(["report"]), { code: 2, out: "", err: asked.out });
});

Deno.test("archfx slug --decimal says that a number is too large, and that a word is not a number", async () => {
  const args = ["slug", "--as", "device", "--decimal", "9".repeat(23), "12x"];
  const { code, err } = await archfx(args);
  assertEquals(code, 1);
  const [large, word] = err.split("\n") as [string, string];
  assertMatch(large, / 9{23} as a device slug: it must be from 0 to 18446744073709551615$/);
  assertMatch(word, /"12x" as a decimal number: it must be digits only$/);
});

Deno.test("archfx slug explains slugs as JSON lines, and names the invalid ones", async () => {
  const { code, out, err } = await archfx([
    "slug",
    "d--1234",
    "bad--1",
    "sl--5--0000-0001-0000-0001--5051",
  ]);
  assertEquals(code, 5);
  assertEquals(out.trim().split("\n").map((line) => JSON.parse(line)), [
    {
      input: "d--1234",
      slug: "d--0000-0000-0000-1234",
      kind: "device",
      id: 4660,
      meaning: "device 4660, its serial number",
    },
    {
      input: "sl--5--0000-0001-0000-0001--5051",
      slug: "sl--0000-0005--0000-0001-0000-0001--0000-5051",
      kind: "stream",
      parent: "pl--0000-0005",
      device: "d--0000-0001-0000-0001",
      variable: "0000-5051",
      meaning:
        "stream of variable 0000-5051 from machine d--0000-0001-0000-0001 under line pl--0000-0005",
    },
  ]);
  assertEquals(
    err,
    'archfx slug: Cannot read "bad--1" as a slug: the prefix must be one of ps, pa, pl, d, m, ss, sa, sl, sd, t, or none\n',
  );
});

Deno.test("archfx slug --json prints an array, --to one part per line", async () => {
  const json = JSON.parse((await archfx(["slug", "f5051", "--json"])).out);
  assertEquals(json.map((it: { slug: string }) => it.slug), ["000f-5051"]);
  const ids = await archfx(["slug", "--as", "device", "--decimal", "4660", "--to", "slug"]);
  assertEquals(ids, { code: 0, out: "d--0000-0000-0000-1234\n", err: "" });
  const parts = await archfx(["slug", "--to", "device"], {
    input: "sl--1--2--3\r\nss--1--0--5051\n",
  });
  assertEquals(parts.out, "d--0000-0000-0000-0002\n\n");
});

Deno.test("archfx slug names the line of standard input that is not a slug", async () => {
  const { code, out, err } = await archfxProcess(["slug"], { input: "x\n" });
  assertEquals([code, out], [1, ""]);
  assertStringIncludes(err, 'archfx slug: line 1: Cannot read "x"');
});

Deno.test("archfx ... | head is not an error", async () => {
  const input = "d--1234\n".repeat(200_000);
  const child = spawn(["slug"], { input });
  const writer = child.stdin.getWriter();
  const writing = writer.write(new TextEncoder().encode(input)).then(() => writer.close())
    .catch(() => {});
  const reader = child.stdout.getReader();
  assertStringIncludes(new TextDecoder().decode((await reader.read()).value), "d--1234");
  await reader.cancel();
  let err = "";
  for await (const text of child.stderr.pipeThrough(new TextDecoderStream())) err += text;
  assertEquals([(await child.status).code, err], [0, ""]);
  await writing;
});

Deno.test("archfx stops at Ctrl-C while it waits for standard input", async () => {
  const child = spawn(["slug"], { input: "" });
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode("d--1\n"));
  const reader = child.stdout.getReader();
  assertStringIncludes(new TextDecoder().decode((await reader.read()).value), "d--0000");
  child.kill("SIGINT");
  await reader.cancel();
  let err = "";
  for await (const text of child.stderr.pipeThrough(new TextDecoderStream())) err += text;
  assertEquals([(await child.status).code, err], [130, "archfx slug: interrupted\n"]);
  await writer.abort().catch(() => {});
});

Deno.test("archfx --help compiles no WebAssembly, archfx slug does", async () => {
  const compiled = async (argv: string[]) => {
    const code = `
      const process = (await import("node:process")).default;
      process.argv = ["deno", "archfx", ...${JSON.stringify(argv)}];
      let compiled = 0;
      const { Module } = WebAssembly;
      WebAssembly.Module = class extends Module {
        constructor(bytes) {
          super(bytes);
          compiled++;
        }
      };
      process.on("exit", () => console.error("compiled", compiled));
      await import(${JSON.stringify(`file://${MAIN}`)});`;
    const { stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["eval", "--no-check", code],
    }).output();
    return new TextDecoder().decode(stderr);
  };
  assertStringIncludes(await compiled(["--help"]), "compiled 0");
  assertStringIncludes(await compiled(["slug", "--help"]), "compiled 0");
  assertStringIncludes(await compiled(["slug", "d--1"]), "compiled 1");
});
