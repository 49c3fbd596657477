/**
 * Installs the packed npm package in throw-away projects and runs the conformance suite on every
 * runtime: one line a consumer, and `N passed, N failed` at the end.
 *
 *     deno task test:npm [--write] [--only WORDS]
 *
 * `--write` writes the support table of README.md, which a run otherwise compares, and
 * `bench/results/size.md`.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { describe, measure, overBudget, type Size, writeSizes } from "../../bench/size.ts";
import { buildNpm } from "../../scripts/build_npm.ts";
import { type Bench, type Consumer, CONSUMERS } from "./_consumers.ts";
import {
  attw,
  leaks,
  loadsOnlyItsOwn,
  publint,
  sameBytes,
  startTime,
  typeCheck,
  typeCheckSources,
} from "./_checks.ts";
import { packTarball } from "./_project.ts";
import { serveSite } from "./_site.ts";
import { bundleSuite } from "./_suite.ts";
import { sameTable, type Seen, supportTable, withTable } from "./_support_table.ts";
import { installTools } from "./_tools.ts";

const root = new URL("../../", import.meta.url);

const { write, only } = parseArgs(Deno.args, { boolean: ["write"], string: ["only"] });
const words = typeof only === "string" ? only.toLowerCase() : undefined;
const seen: Seen[] = [];
let passed = 0;
let failed = 0;

/** Runs one thing and says in one line how it went. */
async function step(name: string, body: () => Promise<string>): Promise<void> {
  if (words !== undefined && !name.toLowerCase().includes(words)) return;
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

async function consume(bench: Bench, consumer: Consumer, streamer: number): Promise<string> {
  const result = await consumer.run(bench, streamer);
  seen.push({ runtime: consumer.runtime, name: consumer.name, result });
  if (result.failed.length > 0) {
    throw new Error(result.failed.map(({ name, error }) => `${name}: ${error}`).join("\n"));
  }
  if (result.command === false) throw new Error("archfx does not answer through its link");
  const { emulator } = result;
  if (typeof emulator === "string" && consumer.runtime !== "Node 20") throw new Error(emulator);
  return [
    `${result.passed} tests, ${result.cases} golden cases`,
    ...(result.command ? ["archfx"] : []),
    ...(emulator === undefined
      ? []
      : [emulator === true ? "emulator" : `no emulator: ${emulator}`]),
  ].join(", ");
}

/** README.md has the table of this run, or gets it. */
async function readme(): Promise<string> {
  const url = new URL("README.md", root);
  const text = await Deno.readTextFile(url);
  const table = supportTable(seen);
  const wanted = withTable(text, table);
  if (sameTable(text, table)) return "is what this run saw";
  if (!write) throw new Error("differs from what this run saw: run deno task test:npm --write");
  await Deno.writeTextFile(url, wanted);
  return "written";
}

await installTools();
const work = new URL(`file://${await Deno.makeTempDir()}/`);
try {
  const folder = new URL("npm/", root);
  await buildNpm(folder, "pack");
  const tarball = await packTarball(folder, work);
  console.log("note  dnt: not run, since it comes from JSR only; its options are unit-tested");

  await step("same bytes from two builds", async () => {
    const second = new URL("second/", work);
    await buildNpm(second, "pack");
    return await sameBytes(tarball, second, work);
  });
  await step("nothing of this machine or of tests", () => leaks(tarball, work));
  await step("publint", () => publint(folder));
  await step("are the types wrong", () => attw(tarball));
  await step("TypeScript, nodenext", () => typeCheck(work, tarball, "nodenext"));
  await step("TypeScript, bundler", () => typeCheck(work, tarball, "bundler"));
  await step("TypeScript, sources as dnt checks them", () => typeCheckSources(work, tarball));
  await step("each entry point loads only its own", () => loadsOnlyItsOwn(work, tarball));
  let sizes: Size[] = [];
  await step("bundle sizes", async () => {
    sizes = await measure(new URL("size/", work), tarball);
    const over = overBudget(sizes);
    if (over.length > 0) throw new Error(`over budget: ${describe(over).join("; ")}`);
    return describe(sizes).join("; ");
  });
  await step("start time", async () => {
    const start = await startTime(work, tarball);
    if (write && sizes.length > 0) await writeSizes(sizes, tarball, start);
    return start;
  });

  await using site = await serveSite(work);
  const bench: Bench = {
    tarball,
    work,
    site: site.url,
    suite: { esm: await bundleSuite("esm"), cjs: await bundleSuite("cjs") },
  };
  for (const [index, consumer] of CONSUMERS.entries()) {
    const missing = await consumer.missing?.();
    if (missing !== undefined) {
      console.log(`note  ${consumer.name}: not run, since ${missing}`);
      continue;
    }
    await step(consumer.name, () => consume(bench, consumer, 0x200 + index));
  }
  if (words === undefined) await step("support table in README.md", readme);
} finally {
  await Deno.remove(work, { recursive: true });
}
console.log(`${passed} passed, ${failed} failed`);
Deno.exit(failed === 0 ? 0 : 1);
