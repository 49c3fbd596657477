/**
 * Counts files, lines, casts, copies and wording in the sources. Code is counted in the syntax tree of the
 * TypeScript parser. Without an argument, it counts the working tree; with a commit, it also counts that commit.
 *
 *     deno run -A scripts/count_sources.ts [COMMIT] [--list] [--write]
 *
 * `--list` prints the place of each finding in the working tree; `--write` writes `bench/results/sources.md`.
 *
 * @module
 */
import { cycles, importsOf } from "../tests/scripts/_imports.ts";
import { type Place, type Syntax, syntaxOf, unusedExports } from "./_count_syntax.ts";

const GENERATED =
  /(?:_worker_code|wasm_bytes|wasm_constants|assets)\.ts$|inspector\.html$|\/page\.html$/;
const COMMENT = /\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/.*$/gm;
const TEXT =
  /"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`|\/(?![*/\s])(?:[^/\\\n[]|\\.|\[(?:[^\]\\]|\\.)*\])+\/[dgimsuvy]*(?=[\s.,;)\]])/g;
/** Wording that reads like a translation. */
export const WORDING: Readonly<Record<string, RegExp>> = {
  "is no X": /\b(?:is|are|was|were) no (?!longer\b|more\b|other\b|way\b|need\b)\w+/g,
  "is none": /\b(?:is|are) none\b/g,
  "hands out, handed in": /\bhand(?:s|ed)? (?:out|in|over|it)\b/g,
  "refuse": /\brefus\w*/gi,
  "somebody": /\bsome(?:body|one)(?:'s| else)?\b/gi,
  "says true": /\bsays? (?:true|false|yes|no)\b/g,
  "of one's own": /\bof (?:one's|his|her) own\b/g,
  "door, house": /\bdoors?\b|\bhouse\b/gi,
  "is told by": /\b(?:is|are) told (?:by|the|what|that|of)\b/g,
  "by hand": /\bby hand\b/g,
};

/** Things of which there was more than one implementation, by what each of them contains. */
const COPIES: Readonly<Record<string, RegExp>> = {
  "bigint to number where safe": /(?:<=?|>) ?(?:BigInt\()?(?:Number\.)?MAX_SAFE_INTEGER/g,
  "32-bit halves": />> 32n/g,
  "shown": /\bfunction shown\b/g,
  "loopback": /\bfunction is(?:Loopback|Local|OwnMachine)\w*/g,
  "byte order mark": /\\ufeff|\\uFEFF|0xfeff|0xFEFF/g,
  "plural": /=== 1 \? "" : "s"/g,
  "microseconds to ISO text": /padStart\(6, "0"\)/g,
};

interface Finding {
  readonly what: string;
  readonly where: string;
  readonly text: string;
}

/** The paths of a folder's files that a person wrote. */
async function files(root: string, folder: string, pattern: RegExp): Promise<string[]> {
  const found: string[] = [];
  try {
    for await (const { name, isDirectory } of Deno.readDir(`${root}/${folder}`)) {
      const path = folder === "." ? name : `${folder}/${name}`;
      if (isDirectory) found.push(...await files(root, path, pattern));
      else if (pattern.test(path) && !GENERATED.test(path)) found.push(path);
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return found.sort();
}

const TOKEN = new RegExp(`${COMMENT.source}|${TEXT.source}`, "gm");
const isComment = (text: string): boolean => /^\/[*/]/.test(text);
const blank = (text: string): string => text.replace(/[^\n]/g, "");

/** Without comments; a text may look like one. */
function withoutComments(source: string): string {
  return source.replace(TOKEN, (text) => isComment(text) ? blank(text) : text);
}

function find(what: string, path: string, text: string, pattern: RegExp): Finding[] {
  return [...text.matchAll(pattern)].map((match) => ({
    what,
    where: `${path}:${text.slice(0, match.index).split("\n").length}`,
    text: match[0].replace(/\s+/g, " "),
  }));
}

/** Counts everything in a folder that has the project; where each finding is. */
export async function countSources(
  root: string,
): Promise<{ numbers: [string, number][]; found: Finding[] }> {
  const found: Finding[] = [];
  const numbers: [string, number][] = [];
  const sources = await files(root, "src", /\.ts$/);
  const texts = new Map<string, string>();
  const modules: Syntax[] = [];
  for (const folder of ["src", "tests", "bench", "scripts", "examples", "dev", "."]) {
    for (const path of await files(root, folder, folder === "." ? /^mod\.ts$/ : /\.m?ts$/)) {
      if (texts.has(path)) continue;
      texts.set(path, await Deno.readTextFile(`${root}/${path}`));
      modules.push(syntaxOf(path, texts.get(path)!));
    }
  }
  const lines = (path: string) => texts.get(path)!.split("\n").length - 1;
  numbers.push(["files in src", sources.length]);
  numbers.push(["lines in src", sources.reduce((sum, path) => sum + lines(path), 0)]);
  const tests = await files(root, "tests", /\.ts$/);
  numbers.push([
    "files above 400 lines",
    [...sources, ...tests].filter((it) => lines(it) > 400).length,
  ]);

  const add = (what: string, places: readonly Place[]) =>
    found.push(...places.map((place) => ({ what, ...place })));
  for (const { path, casts, any, nonNull, touches } of modules) {
    if (!path.startsWith("src/")) continue;
    add("cast", casts);
    add("any", any);
    add("!, not null or undefined", nonNull);
    if (!path.startsWith("src/codec/")) add("instance touched outside src/codec", touches);
    for (const [name, pattern] of Object.entries(COPIES)) {
      found.push(...find(`copy: ${name}`, path, withoutComments(texts.get(path)!), pattern));
    }
  }
  const imports = sources.flatMap((path) => importsOf(path, texts.get(path)!));
  numbers.push(["import cycles, types included", cycles(imports).length]);
  const config = JSON.parse(await Deno.readTextFile(`${root}/deno.json`));
  const entries = Object.values<string>(config.exports).map((path) => path.replace("./", ""));
  add("export that nothing imports", unusedExports(modules, new Set(entries)));
  const prose = [
    ...sources,
    ...await files(root, "docs", /\.md$/),
    ...["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md"],
  ];
  for (const path of prose) {
    const text = texts.get(path) ?? await Deno.readTextFile(`${root}/${path}`).catch(() => "");
    for (const [name, pattern] of Object.entries(WORDING)) {
      found.push(...find(`wording: ${name}`, path, text, pattern));
    }
  }
  const named = /Deno\.test\(\s*(?:\{\s*name:\s*)?(?:"((?:[^"\\]|\\.)*)"|`((?:[^`\\]|\\.)*)`)/g;
  for (const path of tests) {
    for (const match of texts.get(path)!.matchAll(named)) {
      for (const [name, pattern] of Object.entries(WORDING)) {
        found.push(
          ...find(`wording of a test: ${name}`, path, match[1] ?? match[2] ?? "", pattern),
        );
      }
    }
  }
  const kinds = [
    ...["instance touched outside src/codec", "export that nothing imports"],
    ...["any", "cast", "!, not null or undefined"],
    ...Object.keys(COPIES).map((name) => `copy: ${name}`),
    ...Object.keys(WORDING).map((name) => `wording: ${name}`),
  ];
  for (const kind of kinds) numbers.push([kind, found.filter(({ what }) => what === kind).length]);
  const ofTests = found.filter(({ what }) => what.startsWith("wording of a test"));
  numbers.push(["wording of names of tests", ofTests.length]);
  return { numbers, found };
}

/** The files of a commit, in a folder that is removed when the task ends. */
async function withCommit<T>(commit: string, task: (root: string) => Promise<T>): Promise<T> {
  const root = await Deno.makeTempDir();
  try {
    const archive = new Deno.Command("sh", {
      args: ["-c", 'git archive "$0" | tar x -C "$1"', commit, root],
    });
    if (!(await archive.output()).success) throw new Error(`Cannot find the commit "${commit}"`);
    return await task(root);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

/** The counts of today and of a commit as a page. */
function page(commit: string, before: [string, number][], now: [string, number][]): string {
  const rows = now.map(([name, count], i) => `| ${name} | ${before[i]![1]} | ${count} |`);
  return `# Counts of the sources

Written by \`deno task count ${commit} --write\`. Generated modules do not count. Casts are \`as\` and \`<T>\` in the tree of
TypeScript's parser, each of a chain on its own; \`as const\` does not count. A copy is a place with the code of something
that should be there once: what is left are different things that look alike, as \`--list\` shows.

| in src, unless it says more | ${commit} | now |
| --- | --- | --- |
${rows.join("\n")}
`;
}

if (import.meta.main) {
  const list = Deno.args.includes("--list");
  const commit = Deno.args.find((arg) => !arg.startsWith("-"));
  const { numbers, found } = await countSources(".");
  const before = commit === undefined
    ? undefined
    : (await withCommit(commit, countSources)).numbers;
  if (before) console.log(`${"".padEnd(44)} ${commit!.padStart(8)}      now`);
  for (const [index, [name, now]] of numbers.entries()) {
    const old = before ? String(before[index]![1]).padStart(8) : "";
    console.log(`${name.padEnd(44)} ${old} ${String(now).padStart(8)}`);
  }
  if (list) {
    for (const { what, where, text } of found) console.log(`${where}: ${what}: ${text}`);
  }
  if (Deno.args.includes("--write")) {
    if (!before) throw new Error("Cannot write the table: name the commit to compare with");
    await Deno.writeTextFile("bench/results/sources.md", page(commit!, before, numbers));
  }
}
