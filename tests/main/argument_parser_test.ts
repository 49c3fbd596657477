/** The argument parser: what it reads, what it rejects and how, and the help. */
import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { ArgumentError, ArgumentParser } from "../../src/main/argument_parser.ts";
import { suggest } from "../../src/main/suggest.ts";

function parser(): ArgumentParser {
  return new ArgumentParser({ program: "script", description: "Does things." })
    .addArgument("foo", { help: "RTFM" })
    .addArgument("rest", { many: true, required: false })
    .addArgument("--user", { short: "u", dest: "email", help: "Email used for login" })
    .addArgument("--limit", { short: "n", type: "integer", default: 10 })
    .addArgument("--ratio", { type: "number" })
    .addArgument("--server", { choices: ["prod", "dev"], default: "prod" })
    .addArgument("--column", { many: true })
    .addArgument("--dry-run", { type: "boolean" })
    .addArgument("--quiet", { short: "q", type: "boolean" })
    .addArgument("--verbose", { short: "v", type: "boolean" });
}

Deno.test("parse() reads positional arguments, options, short forms, switches and defaults", () => {
  assertEquals(parser().parse(["a", "-u", "x@y.z", "--limit=3", "b", "-qv", "c", "--dry-run"]), {
    foo: "a",
    rest: ["b", "c"],
    email: "x@y.z",
    limit: 3,
    server: "prod",
    column: [],
    dryRun: true,
    quiet: true,
    verbose: true,
    help: false,
  });
});

Deno.test("parse() accepts a hyphen, a negative number and an empty text as values", () => {
  const args = parser().parse(["a", "--ratio", "-1.5", "--column", "-", "--column", "", "-u="]);
  assertEquals([args.ratio, args.column, args.email], [-1.5, ["-", ""], ""]);
});

Deno.test("parse() reads arguments after two hyphens by their position", () => {
  assertEquals(parser().parse(["--", "--user", "-q"]).foo, "--user");
});

Deno.test("parse() does not convert a text that looks like a number", () => {
  assertEquals(parser().parse(["0010", "--column", "5051"]).foo, "0010");
  assertEquals(parser().parse(["a", "--column", "5051"]).column, ["5051"]);
});

Deno.test("parse() checks nothing else if there is --help", () => {
  assertEquals(parser().parse(["--help"]), { help: true });
});

const rejected: [string[], string][] = [
  [[], 'Cannot run without "foo": RTFM'],
  [
    ["a", "--lmit", "3"],
    'Cannot use "--lmit" as an option: no option has that name, did you mean "--limit"?',
  ],
  [["a", "--zzzzzz"], 'Cannot use "--zzzzzz" as an option: no option has that name'],
  [["a", "--limit"], 'Cannot use "--limit" as an option: it needs a value, LIMIT'],
  [["a", "--limit", "--quiet"], 'Cannot use "--limit" as an option: it needs a value, LIMIT'],
  [["a", "--limit", "x"], 'Cannot use "x" as --limit: it must be a number'],
  [["a", "--limit", ""], 'Cannot use "" as --limit: it must be a number'],
  [["a", "--limit", "1.5"], 'Cannot use "1.5" as --limit: it must be an integer, at most 2^53-1'],
  [
    ["a", "--server", "prd"],
    'Cannot use "prd" as --server: it must be one of prod, dev, did you mean "prod"?',
  ],
  [["a", "-n", "1", "-n", "2"], 'Cannot use "--limit" more than once: it is given 2 times'],
  [["a", "--quiet=3"], 'Cannot use "--quiet=3" as a switch: "--quiet" takes no value'],
  [["a", "-qn"], 'Cannot use "-qn" as an option: no option has that name'],
  [["a", "-5"], 'Cannot use "-5" as an option: no option has that name'],
  [["a", "--__proto__=1"], 'Cannot use "--__proto__" as an option: no option has that name'],
];
for (const [argv, message] of rejected) {
  Deno.test(`parse() rejects ${JSON.stringify(argv)}`, () => {
    assertEquals(assertThrows(() => parser().parse(argv), ArgumentError).message, message);
  });
}

Deno.test("parse() says how many arguments are allowed", () => {
  const none = new ArgumentParser();
  assertThrows(() => none.parse(["a"]), ArgumentError, "none is expected");
  const one = new ArgumentParser().addArgument("foo");
  assertThrows(() => one.parse(["a", "b"]), ArgumentError, "no more than 1 are expected");
});

Deno.test("parse() names the rule of a type that is a function", () => {
  const slugs = new ArgumentParser().addArgument("--slug", {
    type: (text) => {
      throw new RangeError(`no slug: ${text}`);
    },
  });
  assertThrows(
    () => slugs.parse(["--slug", "x"]),
    ArgumentError,
    'Cannot use "x" as --slug: no slug: x',
  );
});

Deno.test("addArgument() rejects a name that is taken or cannot be used", () => {
  assertThrows(() => parser().addArgument("--user"), TypeError, "another argument has that name");
  assertThrows(
    () => parser().addArgument("--x", { short: "q" }),
    TypeError,
    'has the short form "-q"',
  );
  assertThrows(() => parser().addArgument("-x"), TypeError, "two hyphens");
  assertThrows(() => parser().addArgument("--no-header"), TypeError, "negation of another option");
  assertThrows(() => parser().addArgument("last"), TypeError, "takes all following values");
});

Deno.test("help() lists usage, arguments, options with their rules, and examples", () => {
  const help = parser().help(80);
  for (
    const line of [
      "Usage: script foo [rest...] [OPTIONS]",
      "  foo   RTFM",
      "  -u, --user USER      Email used for login",
      "      --server SERVER  (one of prod, dev; default: prod)",
      "  -h, --help           Show this help",
    ]
  ) assertStringIncludes(help, line);
  assertEquals(help.split("\n").filter((line) => line.length > 80), []);
});

Deno.test("suggest() finds similar names only", () => {
  const names = ["report", "emulator", "login", "logout", "get"];
  assertEquals(suggest("reprot", names), "report");
  assertEquals(suggest("emu", names), "emulator");
  assertEquals(suggest("lgin", names), "login");
  assertEquals(suggest("gte", names), "get");
  assertEquals(suggest("frobnicate", names), undefined);
});
