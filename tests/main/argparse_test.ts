/** nargs, append, storeTrue and exclusive groups have the same results as Python's argparse. */
import { assertEquals, assertThrows } from "@std/assert";
import { ArgumentError, type ArgumentOptions, ArgumentParser } from "../../src/main/mod.ts";
import { PYTHON } from "../_python.ts";

type Declared = [string, ArgumentOptions][];

interface Case {
  arguments: Declared;
  groups?: { required: boolean; arguments: Declared }[];
  argv: string[];
}

const SETS: Pick<Case, "arguments" | "groups">[] = [
  { arguments: [["first", {}], ["rest", { nargs: "*" }]] },
  { arguments: [["first", {}], ["second", { nargs: "?" }]] },
  { arguments: [["pair", { nargs: 2 }], ["rest", { nargs: "+" }]] },
  { arguments: [["--tags", { nargs: "*" }], ["--point", { nargs: 2 }]] },
  { arguments: [["--names", { nargs: "+" }], ["--level", { nargs: "?" }]] },
  { arguments: [["--tag", { action: "append" }], ["--dry-run", { action: "storeTrue" }]] },
  {
    arguments: [["--limit", {}]],
    groups: [{ required: false, arguments: [["--a", { action: "storeTrue" }], ["--b", {}]] }],
  },
  {
    arguments: [],
    groups: [{ required: true, arguments: [["--a", { action: "storeTrue" }], ["--b", {}]] }],
  },
];

const LINES = [
  "",
  "x",
  "x y",
  "x y z",
  "--tags",
  "--tags a b",
  "--tags a --point 1 2",
  "--point 1",
  "--point 1 -2",
  "--point 1 2 3",
  "--names",
  "--names a",
  "--names a b --level",
  "--level 3 --names a",
  "--level",
  "--tag a --tag b --dry-run",
  "--tag",
  "--a",
  "--b 1",
  "--a --b 1",
  "--limit 1 --a",
];

function read({ arguments: declared, groups = [], argv }: Case): Record<string, unknown> | null {
  const parser = new ArgumentParser();
  for (const [name, options] of declared) parser.addArgument(name, options);
  for (const { required, arguments: members } of groups) {
    const group = parser.addMutuallyExclusiveGroup({ required });
    for (const [name, options] of members) group.addArgument(name, options);
  }
  try {
    const { help: _, ...values } = parser.parse(argv);
    return values;
  } catch (error) {
    if (error instanceof ArgumentError) return null;
    throw error;
  }
}

/** With Python's names, and without missing options: None in Python, no member or an empty array here. */
function comparable(values: Record<string, unknown> | null): Record<string, unknown> | null {
  if (values === null) return null;
  return Object.fromEntries(
    Object.entries(values)
      .filter(([, value]) => value !== null && !(Array.isArray(value) && value.length === 0))
      .map((
        [name, value],
      ) => [name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`), value]),
  );
}

if (!PYTHON) console.log("argparse: not compared, because Python 3 is not installed");

Deno.test({
  name: "parse() reads nargs, append, storeTrue and exclusive groups as argparse does",
  ignore: !PYTHON,
  async fn() {
    const cases = SETS.flatMap((set) =>
      LINES.map((line): Case => ({ ...set, argv: line.split(" ").filter(Boolean) }))
    );
    const child = new Deno.Command(PYTHON!, {
      args: [new URL("./_argparse.py", import.meta.url).pathname],
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    const writer = child.stdin.getWriter();
    await writer.write(new TextEncoder().encode(JSON.stringify(cases)));
    await writer.close();
    const theirs = JSON.parse(new TextDecoder().decode((await child.output()).stdout));
    let accepted = 0;
    for (const [index, one] of cases.entries()) {
      assertEquals(comparable(read(one)), comparable(theirs[index]), JSON.stringify(one));
      if (theirs[index] !== null) accepted++;
    }
    assertEquals(accepted >= 20, true);
  },
});

Deno.test("parse() returns null for an option of nargs ? without its value, and no member without the option", () => {
  const parser = new ArgumentParser().addArgument("--level", { nargs: "?", type: "integer" });
  assertEquals(parser.parse(["--level"]).level, null);
  assertEquals(parser.parse(["--level", "3"]).level, 3);
  assertEquals("level" in parser.parse([]), false);
  assertThrows(
    () => parser.parse(["--level", "1", "--level", "2"]),
    ArgumentError,
    "more than once",
  );
});

Deno.test("usage() and help() show the number of values, and which options exclude each other", () => {
  const parser = new ArgumentParser({ program: "sync" })
    .addArgument("pair", { nargs: 2 })
    .addArgument("--tags", { nargs: "*", metavar: "TAG" })
    .addArgument("--names", { nargs: "+", metavar: "NAME", required: true });
  parser.addMutuallyExclusiveGroup({ required: true })
    .addArgument("--site", {})
    .addArgument("--all", { action: "storeTrue" });
  assertEquals(
    parser.usage(),
    "Usage: sync pair pair --names NAME... (--site SITE | --all) [OPTIONS]",
  );
  assertEquals(/--tags \[TAG\.\.\.\]/.test(parser.help()), true, parser.help());
});

for (
  const [name, options, rule] of [
    ["--a", { nargs: 0 }, "nargs 0 must be"],
    ["--a", { nargs: "**" as "*" }, 'nargs "**" must be'],
    ["--a", { nargs: 2, action: "append" }, "nargs cannot be combined"],
    ["--a", { action: "count" as "append" }, 'the action "count" must be'],
    ["b", { action: "storeTrue" }, "cannot be a switch"],
  ] as [string, ArgumentOptions, string][]
) {
  Deno.test(`addArgument() rejects ${name} with ${JSON.stringify(options)}`, () => {
    assertThrows(() => new ArgumentParser().addArgument(name, options), TypeError, rule);
  });
}
