/**
 * Installs the packed npm package in throw-away projects and runs the conformance suite on every
 * runtime: one line a consumer, and `N passed, N failed` at the end.
 *
 *     deno task test:npm [--write] [--only WORDS]
 *
 * `--write` writes the support table of README.md, which a run otherwise compares.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { buildNpm } from "../../scripts/build_npm.ts";
import { type Bench, CONSUMERS } from "./_consumers.ts";
import { packTarball } from "./_project.ts";
import { serveSite } from "./_site.ts";
import { bundleSuite } from "./_suite.ts";
import { installTools } from "./_tools.ts";

const root = new URL("../../", import.meta.url);

const { only } = parseArgs(Deno.args, { string: ["only"] });
let passed = 0;
let failed = 0;

/** Runs one thing and says in one line how it went. */
async function step(name: string, body: () => Promise<string>): Promise<void> {
  if (typeof only === "string" && !name.toLowerCase().includes(only.toLowerCase())) return;
  const start = performance.now();
  let line: string;
  try {
    line = `ok    ${name}: ${await body()}`;
    passed++;
  } catch (error) {
    line = `FAIL  ${name}: ${error instanceof Error ? error.message : error}`;
    failed++;
  }
  console.log(`${line} (${((performance.now() - start) / 1000).toFixed(1)} s)`);
}

await installTools();
const work = new URL(`file://${await Deno.makeTempDir()}/`);
try {
  const folder = new URL("npm/", root);
  await buildNpm(folder, "pack");
  const tarball = await packTarball(folder, work);
  await using site = await serveSite(work);
  const bench: Bench = {
    tarball,
    work,
    site: site.url,
    suite: { esm: await bundleSuite("esm"), cjs: await bundleSuite("cjs") },
  };
  for (const [index, consumer] of CONSUMERS.entries()) {
    await step(consumer.name, async () => {
      const result = await consumer.run(bench, 0x200 + index);
      if (result.failed.length > 0) {
        throw new Error(result.failed.map(({ name, error }) => `${name}: ${error}`).join("\n"));
      }
      return JSON.stringify(result);
    });
  }
} finally {
  await Deno.remove(work, { recursive: true });
}
console.log(`${passed} passed, ${failed} failed`);
Deno.exit(failed === 0 ? 0 : 1);
