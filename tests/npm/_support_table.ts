/**
 * The table of README.md that shows what works where, written from the results of a run.
 *
 * @module
 */
import type { Engine } from "../../scripts/build_npm.ts";
import type { Result } from "./_consumers.ts";

const BEGIN = "<!-- support:begin -->";
const END = "<!-- support:end -->";

/** The part of one consumer in a row. */
export interface Seen {
  readonly engine: Engine;
  readonly runtime: string;
  readonly name: string;
  readonly result: Result;
}

/** How each runtime loads the package, in the order of the table. */
const HOW: Record<string, string> = {
  "Deno 2": "`npm:archfx-cloud`",
  "Node 20": "`import`, `require` (20.19 and later)",
  "Node 22": "`import`, `require` (22.12 and later)",
  "Node 24": "`import`, `require`",
  "Bun 1": "`import`",
  "Browsers (Chromium)": "a bundle by Vite or esbuild",
  "Cloudflare Workers": "a bundle, `init(codec)` first",
};

/** The package of each engine that can be published, with its name in the table. */
const PACKAGES: Partial<Record<Engine, string>> = {
  dnt: "dnt (ES modules, CommonJS)",
  pack: "`deno pack` (ES modules)",
};

/** The sources as a separate package: the machines of this project cannot reach JSR. */
const FROM_JSR = ["Deno 2", "the sources", "`jsr:@archfx/cloud`", "not tried: no JSR", "", "", ""];

const HEADER = [
  "Runtime",
  "Package by",
  "Loaded by",
  "Golden cases",
  "Reports, client",
  "`archfx`",
  "Emulator",
];

/** Rows that have not been tested on any machine yet. */
const NOT_TRIED = "not tried";

function cell(value: boolean | undefined): string {
  return value === undefined ? "–" : value ? "yes" : "no";
}

function row(runtime: string, engine: Engine, seen: readonly Seen[]): string[] {
  const start = [runtime, PACKAGES[engine]!, HOW[runtime]!];
  if (seen.length === 0) return [...start, NOT_TRIED, "", "", ""];
  const worked = seen.every(({ result }) => result.failed.length === 0);
  const { cases, command, emulator } = seen[0]!.result;
  return [
    ...start,
    worked ? cases.toLocaleString("en") : "no",
    cell(worked),
    cell(command),
    emulator === undefined ? "–" : emulator === true ? "yes" : "no: it needs `node:sqlite`",
  ];
}

/** The cells of a table's rows, without header and rule. */
function rowsOf(text: string): string[][] {
  return text.split("\n").filter((line) => line.startsWith("|")).slice(2)
    .map((line) => line.split("|").slice(1, -1).map((text) => text.trim()));
}

/** The table between the markers of a README. */
function tableOf(readme: string): string {
  return readme.slice(readme.indexOf(BEGIN) + BEGIN.length, readme.indexOf(END));
}

/**
 * The table in Markdown, in the layout of `deno fmt`.
 *
 * @param seen The results of a run.
 * @param readme A README whose rows are kept if the run has no results for them.
 */
export function supportTable(seen: readonly Seen[], readme = ""): string {
  const before = rowsOf(tableOf(readme));
  const rows: string[][] = [HEADER];
  for (const runtime of Object.keys(HOW)) {
    for (const engine of Object.keys(PACKAGES) as Engine[]) {
      const own = seen.filter((one) => one.runtime === runtime && one.engine === engine);
      const kept = own.length > 0
        ? undefined
        : before.find(([name, by]) => name === runtime && by === PACKAGES[engine]);
      rows.push(kept ?? row(runtime, engine, own));
    }
  }
  rows.push(FROM_JSR);
  const widths = HEADER.map((_, column) =>
    Math.max(...rows.map((cells) => (cells[column] ?? "").length))
  );
  const line = (cells: string[]) =>
    `| ${widths.map((width, column) => (cells[column] ?? "").padEnd(width)).join(" | ")} |`;
  const rule = `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`;
  return [line(rows[0]!), rule, ...rows.slice(1).map(line)].join("\n");
}

/**
 * A README with the table between its markers.
 *
 * @throws {Error} If the README has no markers.
 */
export function withTable(readme: string, table: string): string {
  const begin = readme.indexOf(BEGIN);
  const end = readme.indexOf(END);
  if (begin < 0 || end < begin) {
    throw new Error(`Cannot find ${BEGIN} and ${END} in README.md`);
  }
  return `${readme.slice(0, begin + BEGIN.length)}\n\n${table}\n\n${readme.slice(end)}`;
}

/** Whether the table of a README agrees with a run, in the rows that the run tried. */
export function sameTable(readme: string, seen: readonly Seen[]): boolean {
  const cells = (table: string) => JSON.stringify(rowsOf(table));
  return cells(tableOf(readme)) === cells(supportTable(seen, readme));
}
