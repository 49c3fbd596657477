/**
 * Sizes of the bundles that a browser loads, minified and gzipped, against `bench/size_budget.json`.
 *
 *     deno task size [--write]      builds the package, prints the sizes, fails above the budget
 *
 * `--write` writes them, with the size of the tarball and the start of the command, to
 * `bench/results/size.md`; `deno task test:npm --write` does too.
 *
 * The budget is raised by hand, in the commit that needs it, where a reviewer sees it.
 *
 * @module
 */
import os from "node:os";
import { buildNpm } from "../scripts/build_npm.ts";
import { startTime } from "../tests/npm/_checks.ts";
import { npmProject, packTarball, type Tarball } from "../tests/npm/_project.ts";
import { esbuild, installTools } from "../tests/npm/_tools.ts";

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
  readonly minified: number;
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
 */
export async function measure(folder: URL, tarball: Tarball): Promise<Size[]> {
  const budget: Budget = JSON.parse(
    await Deno.readTextFile(new URL("size_budget.json", import.meta.url)),
  );
  await npmProject(folder, tarball, {});
  const sizes: Size[] = [];
  for (const [bundle, contents] of Object.entries(BUNDLES)) {
    const { outputFiles } = await esbuild().build({
      stdin: { contents, resolveDir: folder.pathname },
      bundle: true,
      write: false,
      minify: true,
      format: "esm",
      platform: "browser",
      target: "es2022",
      logLevel: "silent",
    });
    const bytes = outputFiles[0].contents;
    const limit = budget[bundle];
    if (limit === undefined) throw new Error(`Cannot find "${bundle}" in bench/size_budget.json`);
    sizes.push({ bundle, minified: bytes.length, gzipped: await gzip(bytes), budget: limit });
  }
  return sizes;
}

/** The sizes as lines of text. */
export function describe(sizes: readonly Size[]): string[] {
  const kb = (bytes: number) => `${(bytes / 1000).toFixed(1)} kB`;
  return sizes.map(({ bundle, minified, gzipped, budget }) =>
    `${bundle}: ${kb(gzipped)} gzipped (${kb(minified)} minified), budget ${kb(budget)}`
  );
}

/** Those above their budget. */
export function overBudget(sizes: readonly Size[]): Size[] {
  return sizes.filter(({ gzipped, budget }) => gzipped > budget);
}

/**
 * Writes `bench/results/size.md`.
 *
 * @param sizes The bundles.
 * @param tarball The package.
 * @param start How long the command takes to start, in words.
 */
export async function writeSizes(
  sizes: readonly Size[],
  tarball: Tarball,
  start: string,
): Promise<void> {
  const kb = (bytes: number) => (bytes / 1000).toFixed(1).padStart(8);
  const width = Math.max(...sizes.map(({ bundle }) => bundle.length));
  const text = [
    "# Sizes and the start of the command",
    "",
    "Written by `deno task size --write`.",
    "",
    `Deno ${Deno.version.deno}, ${os.cpus().length} x ${os.cpus()[0]!.model}. The bundles are ` +
    "esbuild's, for browsers.",
    "",
    "```text",
    `${"kB".padEnd(width)}   gzipped minified   budget`,
    ...sizes.map(({ bundle, gzipped, minified, budget }) =>
      `${bundle.padEnd(width)}  ${kb(gzipped)} ${kb(minified)} ${kb(budget)}`
    ),
    "",
    `tarball of the npm package, ${tarball.version}: ${
      (tarball.bytes.length / 1000).toFixed(1)
    } kB`,
    start,
    "```",
    "",
  ].join("\n");
  await Deno.writeTextFile(new URL("results/size.md", import.meta.url), text);
}

if (import.meta.main) {
  await installTools();
  const work = new URL(`file://${await Deno.makeTempDir()}/`);
  try {
    const folder = new URL("../npm/", import.meta.url);
    await buildNpm(folder, "pack");
    const tarball = await packTarball(folder, work);
    const sizes = await measure(new URL("size/", work), tarball);
    console.log(describe(sizes).join("\n"));
    if (Deno.args.includes("--write")) {
      await writeSizes(sizes, tarball, await startTime(work, tarball));
    }
    Deno.exitCode = overBudget(sizes).length > 0 ? 1 : 0;
  } finally {
    await Deno.remove(work, { recursive: true });
  }
  Deno.exit();
}
