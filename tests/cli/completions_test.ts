/** archfx completions as a process: the scripts in real shells. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { commandParser } from "../../src/cli/_help_text.ts";
import { table } from "../../src/cli/_table.ts";
import { archfx, withFolder } from "./_archfx.ts";

/** Every command with its options, from the table. */
const COMMANDS = await Promise.all(table.map(async (entry) => ({
  name: entry.name,
  options: commandParser(entry, await entry.load()).arguments
    .filter((argument) => argument.option).map((argument) => `--${argument.name}`),
})));

/** The script for a shell. */
async function scriptFor(shell: string): Promise<string> {
  const { code, out, err } = await archfx(["completions", shell]);
  assertEquals([code, err], [0, ""]);
  return out;
}

/** The output of a program, or undefined if it is not installed. */
async function output(program: string, args: string[], cwd: string): Promise<string | undefined> {
  try {
    const { code, stdout, stderr } = await new Deno.Command(program, { args, cwd }).output();
    assertEquals([code, new TextDecoder().decode(stderr)], [0, ""]);
    return new TextDecoder().decode(stdout);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    console.log(`no ${program} here: its script is compared by its words alone`);
    return undefined;
  }
}

Deno.test("archfx completions bash completes commands, options and values", async () => {
  const script = (await archfx(["completions", "bash"])).out;
  await withFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/archfx.bash`, script);
    const complete = async (...words: string[]) => {
      const quoted = ["archfx", ...words].map((word) => `'${word}'`).join(" ");
      const code =
        `source ${folder}/archfx.bash; COMP_WORDS=(${quoted}); COMP_CWORD=${words.length}; ` +
        `_archfx; printf '%s\\n' "\${COMPREPLY[@]}"`;
      const { stdout, stderr } = await new Deno.Command("bash", {
        args: ["--norc", "-c", code],
        cwd: folder,
      }).output();
      assertEquals(new TextDecoder().decode(stderr), "");
      return new TextDecoder().decode(stdout).trim().split("\n");
    };
    assertEquals(await complete("sl"), ["slug"]);
    assertEquals(await complete("slug", "--js"), ["--json"]);
    assertEquals(await complete("completions", "z"), ["zsh"]);
    assertEquals(await complete("slug", "archfx.b"), ["archfx.bash"]);
    if (table.some((entry) => entry.name === "report inspect")) {
      assertEquals(await complete("report", "i"), ["inspect"]);
      assertEquals(await complete("report", "inspect", "--js"), ["--json"]);
      assertEquals(await complete("emulator", "--see"), ["--seed"]);
      assertEquals(await complete("emulator", "e"), ["exec"]);
    }
  });
});

Deno.test("archfx completions bash offers every command and every option of the table", async () => {
  const script = await scriptFor("bash");
  await withFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/archfx.bash`, script);
    const lines = COMMANDS.map(({ name }) => {
      const words = `archfx ${name} --`;
      const at = words.split(" ").length - 1;
      return `COMP_WORDS=(${words}); COMP_CWORD=${at}; COMPREPLY=(); _archfx; echo "\${COMPREPLY[@]}"`;
    });
    const said = await output("bash", [
      "--norc",
      "-c",
      `source archfx.bash\n${lines.join("\n")}`,
    ], folder);
    const offered = said!.trimEnd().split("\n").map((line) => line.split(" "));
    for (const [at, { name, options }] of COMMANDS.entries()) {
      assertEquals(offered[at]!.toSorted(), options.toSorted(), name);
    }
  });
});

Deno.test("archfx completions zsh parses, with every command and every option of the table", async () => {
  const script = await scriptFor("zsh");
  await withFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/_archfx`, script);
    await output("zsh", ["-f", "-n", "_archfx"], folder);
  });
  for (const { name, options } of COMMANDS) {
    const [first, second] = name.split(" ") as [string, string | undefined];
    assertStringIncludes(script, `      '${first}:`);
    if (second !== undefined) assertStringIncludes(script, `'${second}:`);
    const branch = script.split(`\n    '${name}')\n`)[1]?.split(" ;;")[0];
    assert(branch !== undefined, name);
    const offered = [...branch.matchAll(/'(--[\w-]+)\[/g)].map(([, option]) => option!);
    assertEquals(offered.toSorted(), options.toSorted(), name);
  }
});

Deno.test("archfx completions fish offers every command and every option of the table", async () => {
  const script = await scriptFor("fish");
  await withFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/archfx.fish`, script);
    const lines = COMMANDS.flatMap(({ name }) => [
      `echo "== ${name}"`,
      `complete -C "archfx ${name} --"`,
      `complete -C "archfx ${name}"`,
    ]);
    const said = await output("fish", [
      "--no-config",
      "-c",
      `source archfx.fish\n${lines.join("\n")}`,
    ], folder);
    for (const { name, options } of COMMANDS) {
      const last = name.split(" ").at(-1)!;
      if (said === undefined) {
        for (const option of options) {
          assertStringIncludes(script, `'__archfx_is "${name}"' -l ${option.slice(2)} `);
        }
        continue;
      }
      const offered = said.split(`== ${name}\n`)[1]!.split("\n== ")[0]!.split("\n")
        .map((line) => line.split("\t")[0]!);
      assert(offered.includes(last), `${name} is not offered: ${offered}`);
      const offeredOptions = offered.filter((word) => word.startsWith("--"));
      assertEquals(offeredOptions.toSorted(), options.toSorted(), name);
    }
    // A resource with the name of a command is not treated as the command.
    const resource = await output("fish", [
      "--no-config",
      "-c",
      `source archfx.fish; complete -C "archfx get data --format"`,
    ], folder);
    assertEquals(resource ?? "", "");
  });
});
