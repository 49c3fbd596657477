/**
 * Sizes of the bundles that a browser loads, minified and gzipped, against `bench/size_budget.json`.
 *
 *     deno task size [--write]      builds the packages, prints the sizes, fails above the budget
 *
 * `--write` writes them to `bench/results/size.md`, with the start times; `deno task test:npm --write` does the
 * same. The packages are built by `pack` (ES modules) and `tsc` (ES modules and CommonJS, like dnt).
 *
 * The budget is raised manually, in the commit that needs it, where a reviewer sees it.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import os from "node:os";
import { buildNpm, type Engine } from "../scripts/build_npm.ts";
import { startTime } from "../tests/npm/_checks.ts";
import { npmProject, packTarball, type Tarball } from "../tests/npm/_project.ts";
import { esbuild, installTools, run } from "../tests/npm/_tools.ts";

/** Bytes after gzip that each bundle may have. */
type Budget = Record<string, number>;

/** What a consumer would write to get each bundle. */
const BUNDLES: Record<string, string> = {
  "archfx-cloud/slugs": `export * from "archfx-cloud/slugs";`,
  "archfx-cloud/reports": `export * from "archfx-cloud/reports";`,
  "archfx-cloud": `export * from "archfx-cloud";`,
  "archfx-cloud, only Api": `export { Api } from "archfx-cloud";`,
};

/** The size of a bundle. */
export interface Size {
  readonly bundle: string;
  /** Undefined for a tarball. */
  readonly minified?: number;
  readonly gzipped: number;
  readonly budget: number;
}

async function gzip(bytes: Uint8Array<ArrayBuffer>): Promise<number> {
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream("gzip"));
  return (await new Response(stream).arrayBuffer()).byteLength;
}

/**
 * Measures every bundle.
 *
 * @param folder A folder to install the tarball in.
 * @param tarball The package.
 * @param engine The engine that built it: packages with two halves have a separate budget.
 */
export async function measure(folder: URL, tarball: Tarball, engine: Engine): Promise<Size[]> {
  const budget: Budget = JSON.parse(
    await Deno.readTextFile(new URL("size_budget.json", import.meta.url)),
  );
  const limit = (bundle: string): number => {
    const bytes = budget[bundle];
    if (bytes === undefined) throw new Error(`Cannot find "${bundle}" in bench/size_budget.json`);
    return bytes;
  };
  await npmProject(folder, tarball, {});
  const sizes: Size[] = [];
  for (const [bundle, contents] of Object.entries(BUNDLES)) {
    const { outputFiles, metafile } = await esbuild().build({
      stdin: { contents, resolveDir: folder.pathname },
      absWorkingDir: folder.pathname,
      outdir: "out",
      bundle: true,
      splitting: true,
      metafile: true,
      write: false,
      minify: true,
      format: "esm",
      platform: "browser",
      target: "es2022",
      logLevel: "silent",
    });
    const bytes = loadedFirst(outputFiles, metafile);
    sizes.push({
      bundle,
      minified: bytes.length,
      gzipped: await gzip(bytes),
      budget: limit(bundle),
    });
  }
  const formats = engine === "pack" ? "ES modules" : "ES modules and CommonJS";
  const parts = await tarballParts(new URL("parts/", folder), tarball);
  for (const [part, gzipped] of parts) {
    const bundle = `tarball, ${formats}, ${part}`;
    sizes.push({ bundle, gzipped, budget: limit(bundle) });
  }
  return sizes;
}

/** A file that esbuild wrote, and its entry in the metafile. */
interface Output {
  readonly path: string;
  readonly contents: Uint8Array;
}
interface BuildRecord {
  readonly outputs: Record<
    string,
    { entryPoint?: string; imports: { path: string; kind: string }[] }
  >;
}

/** The files that a browser loads before the program runs; the others are loaded on first use. */
function loadedFirst(files: readonly Output[], { outputs }: BuildRecord): Uint8Array<ArrayBuffer> {
  const queue = Object.keys(outputs).filter((path) => outputs[path]!.entryPoint === "<stdin>");
  const seen = new Set<string>();
  for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
    if (seen.has(path)) continue;
    seen.add(path);
    for (const { path: next, kind } of outputs[path]!.imports) {
      if (kind === "import-statement" && next in outputs) queue.push(next);
    }
  }
  const parts = files.filter(({ path }) => [...seen].some((name) => path.endsWith(`/${name}`)));
  return new Uint8Array(Buffer.concat(parts.map(({ contents }) => contents)));
}

/** Groups of entry points with separate budgets, and the files that are only needed for each of them. */
const GROUPS: Readonly<Record<string, readonly string[]>> = {
  arrow: ["src/arrow"],
  gateway: ["src/gateway"],
  cli: ["src/cli", "bin"],
  emulator: ["src/emulator"],
};

/** The sizes of the tarball, of the tarball without these groups, and of the part that each group adds. */
async function tarballParts(work: URL, tarball: Tarball): Promise<[string, number][]> {
  await Deno.mkdir(work, { recursive: true });
  await run("tar", ["xzf", tarball.path, "-C", work.pathname]);
  const folder = new URL("package/", work);
  let before = tarball.bytes.length;
  const parts: [string, number][] = [];
  for (const [name, paths] of Object.entries(GROUPS)) {
    for (
      const path of paths.flatMap((path) => ["", "esm/", "script/"].map((half) => half + path))
    ) {
      await Deno.remove(new URL(path, folder), { recursive: true }).catch(() => {});
    }
    const { bytes } = await packTarball(folder, new URL(`without-${name}/`, work));
    parts.push([name, before - bytes.length]);
    before = bytes.length;
  }
  return [["core", before], ...parts, ["all", tarball.bytes.length]];
}

/** The sizes as lines of text. */
export function describe(sizes: readonly Size[]): string[] {
  const kb = (bytes: number) => `${(bytes / 1000).toFixed(1)} kB`;
  return sizes.map(({ bundle, minified, gzipped, budget }) =>
    `${bundle}: ${kb(gzipped)} gzipped` +
    `${minified === undefined ? "" : ` (${kb(minified)} minified)`}, budget ${kb(budget)}`
  );
}

/** The sizes above their budget. */
export function overBudget(sizes: readonly Size[]): Size[] {
  return sizes.filter(({ gzipped, budget }) => gzipped > budget);
}

/**
 * Writes `bench/results/size.md`.
 *
 * @param sizes The bundles and the tarballs.
 * @param starts How long the package of each engine takes to start, in words.
 */
export async function writeSizes(
  sizes: readonly Size[],
  starts: readonly string[],
): Promise<void> {
  const kb = (bytes: number | undefined) =>
    (bytes === undefined ? "" : (bytes / 1000).toFixed(1)).padStart(8);
  const width = Math.max(...sizes.map(({ bundle }) => bundle.length));
  const text = [
    "# Sizes and start times",
    "",
    "Written by `deno task size --write`.",
    "",
    `Deno ${Deno.version.deno}, ${os.cpus().length} x ${os.cpus()[0]!.model}. The bundles are ` +
    "esbuild's, for browsers; the size of a group of entry points is how much smaller the tarball " +
    "would be without them.",
    "",
    "```text",
    `${"kB".padEnd(width)}   gzipped minified   budget`,
    ...sizes.map(({ bundle, gzipped, minified, budget }) =>
      `${bundle.padEnd(width)}  ${kb(gzipped)} ${kb(minified)} ${kb(budget)}`
    ),
    "",
    ...starts,
    "```",
    "",
  ].join("\n");
  await Deno.writeTextFile(new URL("results/size.md", import.meta.url), text);
}

if (import.meta.main) {
  await installTools();
  const sizes: Size[] = [];
  const starts: string[] = [];
  for (const engine of ["pack", "tsc"] as const) {
    const work = new URL(`file://${await Deno.makeTempDir()}/`);
    try {
      const folder = new URL("../npm/", import.meta.url);
      await buildNpm(folder, engine);
      const tarball = await packTarball(folder, work);
      const own = await measure(new URL("size/", work), tarball, engine);
      sizes.push(...own.filter(({ bundle }) => sizes.every((size) => size.bundle !== bundle)));
      if (Deno.args.includes("--write")) {
        starts.push(`${engine}, ${await startTime(work, tarball)}`);
      }
    } finally {
      await Deno.remove(work, { recursive: true });
    }
  }
  console.log(describe(sizes).join("\n"));
  if (Deno.args.includes("--write")) await writeSizes(sizes, starts);
  Deno.exit(overBudget(sizes).length > 0 ? 1 : 0);
}
