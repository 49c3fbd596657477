/**
 * Writes docs/cli.md from the help of the commands.
 *
 *     deno run -A scripts/build_cli_docs.ts [--check]
 *
 * With --check nothing is written, and the exit code is 1 if the page is stale.
 *
 * @module
 */
import { commandParser, overview } from "../src/cli/_help_text.ts";
import { wrap } from "../src/main/help.ts";
import { table } from "../src/cli/_table.ts";

const PAGE = new URL("../docs/cli.md", import.meta.url);

const RULES = [
  "Data goes to standard output; notes, progress and errors go to standard error.",
  "On a terminal, the output is for people: tables, charts, colours (unless `NO_COLOR` is set). In a pipe, " +
  "it is for programs. `--json` prints one JSON document, whose form is in the help.",
  "It is not an error if the reader of the output ends (`| head`). Ctrl-C stops cleanly and reports what " +
  "was done so far; exit code 130.",
  "Files are written beside their target and renamed: a report appears complete or not at all.",
  "An error is one line; `--verbose` adds the stack trace.",
];

const ENVIRONMENT = [
  ["variable", "meaning"],
  ["`ARCHFX_DOMAIN`", "the address of the cloud, if no option names one"],
  ["`ARCHFX_TOKEN`", "a JWT, or a key of 40 digits: no login is needed"],
  ["`ARCHFX_API_KEY`", "an API key, for unattended machines: no login is needed"],
  ["`ARCHFX_EMAIL`, `ARCHFX_PASSWORD`", "a login for a single command, if no token is saved"],
  ["`XDG_CONFIG_HOME`", "the folder of `archfx/credentials.json` instead of `~/.config`"],
  ["`NO_COLOR`", "no colours"],
] as const;

/** The page. */
export async function cliPage(): Promise<string> {
  const sections = [
    "# The command line",
    "<!-- Written by scripts/build_cli_docs.ts from the help of the commands: change it there. -->",
    "`archfx` is the command of this package. The only configuration that it needs is a login.",
    fenced(overview(table, 80)),
    [
      "## Everywhere",
      "",
      ...RULES.map((rule) => wrap(`- ${rule}`, 100, "  ")),
      "",
      ...tableOf(ENVIRONMENT),
    ].join("\n"),
  ];
  for (const entry of table) {
    const help = commandParser(entry, await entry.load()).help(80);
    sections.push(`## archfx ${entry.name}`, fenced(help));
  }
  return sections.join("\n\n") + "\n";
}

/** A table with aligned columns, like deno fmt writes it. */
function tableOf(rows: readonly (readonly [string, string])[]): string[] {
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => row[column]!.length)));
  const line = (cells: readonly string[], fill = " ") =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column]!, fill)).join(" | ")} |`;
  const [head, ...body] = rows;
  return [line(head!), line(["", ""], "-"), ...body.map((row) => line(row))];
}

function fenced(text: string): string {
  return "```text\n" + text.trimEnd() + "\n```";
}

if (import.meta.main) {
  const page = await cliPage();
  if (Deno.args.includes("--check")) {
    const written = await Deno.readTextFile(PAGE).catch(() => "");
    if (written !== page) {
      console.error("docs/cli.md is stale: deno run -A scripts/build_cli_docs.ts");
      Deno.exit(1);
    }
  } else await Deno.writeTextFile(PAGE, page);
}
