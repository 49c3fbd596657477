/**
 * Draws the folders of `src/` and their allowed imports into ARCHITECTURE.md, from `import_rules.ts`.
 *
 * `deno task build:diagram` writes it; with `--check` it compares.
 *
 * @module
 */
import { type FolderRule, RULES } from "./import_rules.ts";

const BEGIN = "<!-- imports:begin, written by deno task build:diagram -->";
const END = "<!-- imports:end -->";

/** The diagram: a line for each folder, the lowest last. */
export function diagram(rules: Readonly<Record<string, FolderRule>>): string {
  const names = Object.keys(rules);
  const width = Math.max(...names.map((name) => name.length));
  const about = Math.max(...Object.values(rules).map((rule) => rule.is.length));
  const lines = Object.entries(rules).map(([name, { is, imports, types = [] }]) => {
    // In the order of the rules: imported folders are below.
    const targets = [...imports, ...types.map((type) => `${type} (types)`)];
    const to = targets.length === 0 ? "wasm/" : targets.join(", ");
    return `${name.padEnd(width)}  ${is.padEnd(about)}  → ${to}`;
  });
  return ["```text", ...lines, "```"].join("\n");
}

/**
 * A page with the diagram between its markers.
 *
 * @throws {Error} If the page has no markers.
 */
export function withDiagram(page: string, text: string): string {
  const begin = page.indexOf(BEGIN);
  const end = page.indexOf(END);
  if (begin < 0 || end < begin) throw new Error(`Cannot find ${BEGIN} and ${END} in the page`);
  return `${page.slice(0, begin + BEGIN.length)}\n\n${text}\n\n${page.slice(end)}`;
}

if (import.meta.main) {
  const url = new URL("../ARCHITECTURE.md", import.meta.url);
  const page = await Deno.readTextFile(url);
  const wanted = withDiagram(page, diagram(RULES));
  if (!Deno.args.includes("--check")) await Deno.writeTextFile(url, wanted);
  else if (page !== wanted) {
    console.error('The diagram in ARCHITECTURE.md is out of date: run "deno task build:diagram"');
    Deno.exit(1);
  }
}
