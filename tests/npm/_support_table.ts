/**
 * The table of README.md that says what works where, written from what a run saw.
 *
 * @module
 */
import type { Result } from "./_consumers.ts";

const BEGIN = "<!-- support:begin -->";
const END = "<!-- support:end -->";

/** One consumer's part in a row. */
export interface Seen {
  readonly runtime: string;
  readonly name: string;
  readonly result: Result;
}

/** What each runtime is loaded with, for the reader; the order is that of the table. */
const HOW: Record<string, string> = {
  "Deno 2": "`npm:archfx-cloud`",
  "Node 20": "`import`, `require` (20.19 and later)",
  "Node 22": "`import`, `require` (22.12 and later)",
  "Node 24": "`import`, `require`",
  "Bun 1": "`import`",
  "Browsers (Chromium)": "a bundle by Vite or esbuild",
  "Cloudflare Workers": "a bundle, `init(codec)` first",
};

/** What no run has shown yet, since JSR was out of reach: docs/runtimes.md says what is known. */
const NOT_TRIED = [
  ["Deno 2", "`jsr:@archfx/cloud`", "not tried: no JSR"],
  ["Node", "CommonJS files, by dnt", "not tried: no JSR"],
];

/** A runtime that the machine does not have. */
const NOT_HERE = "not tried: not here";

function cell(value: boolean | undefined): string {
  return value === undefined ? "–" : value ? "yes" : "no";
}

function row(runtime: string, seen: readonly Seen[]): string[] {
  const worked = seen.every(({ result }) => result.failed.length === 0);
  const { cases, command, emulator } = seen[0]!.result;
  return [
    runtime,
    HOW[runtime] ?? "",
    worked ? cases.toLocaleString("en") : "no",
    cell(worked),
    cell(command),
    emulator === undefined ? "–" : emulator === true ? "yes" : "no: it needs `node:sqlite`",
  ];
}

/** The table in Markdown, laid out as `deno fmt` lays tables out. */
export function supportTable(seen: readonly Seen[]): string {
  const rows = [
    ["Runtime", "Loaded by", "Golden cases", "Reports, client", "`archfx`", "Emulator"],
    ...Object.keys(HOW).map((name) => {
      const own = seen.filter(({ runtime }) => runtime === name);
      return own.length === 0 ? [name, HOW[name]!, NOT_HERE] : row(name, own);
    }),
    ...NOT_TRIED,
  ];
  const widths = rows[0]!.map((_, column) =>
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

/** Whether a README's table says of every runtime that was tried what this one says. */
export function sameTable(readme: string, table: string): boolean {
  const cells = (text: string) =>
    text.split("\n").map((line) => line.replaceAll(/\s+/g, " ").trim());
  const own = new Set(cells(readme));
  return cells(table).every((line) =>
    line.includes(NOT_HERE) || /^\| -/.test(line) || own.has(line)
  );
}
