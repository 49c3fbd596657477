/**
 * Installs the packed npm package in temporary projects and runs the conformance suite on every runtime. Prints
 * one line per consumer, and `N passed, N failed` at the end.
 *
 *     deno task test:npm [--engine pack,tsc,dnt] [--write] [--only WORDS]
 *
 * The package of each engine runs in the same consumers. `tsc` replaces dnt where dnt cannot run.
 * `--write` writes the rows of these engines into the support table of README.md, and their sizes into
 * `bench/results/size.md`; without it, a run only compares. `--only` runs consumers with these words in their
 * names: "node 20".
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { describe, measure, overBudget, type Size, writeSizes } from "../../bench/size.ts";
import { buildNpm, type Engine, ENGINES, isEngine } from "../../scripts/build_npm.ts";
import { type Bench, type Consumer, CONSUMERS, nodeProject, required } from "./_consumers.ts";
import { natsMissing, useNats } from "./_nats.ts";
import {
  attw,
  leaks,
  loadsOnlyItsOwn,
  publint,
  sameBytes,
  startTime,
  typeCheck,
} from "./_checks.ts";
import { packTarball, type Tarball } from "./_project.ts";
import { serveSite } from "./_site.ts";
import { bundleSuite } from "./_suite.ts";
import { sameTable, type Seen, supportTable, withTable } from "./_support_table.ts";
import { installTools } from "./_tools.ts";

const root = new URL("../../", import.meta.url);

const { write, only, engine } = parseArgs(Deno.args, {
  boolean: ["write"],
  string: ["only", "engine"],
  default: { engine: "pack" },
});
const engines = String(engine).split(",");
const words = typeof only === "string" ? only.toLowerCase() : undefined;
const seen: Seen[] = [];
const sizes: Size[] = [];
const starts: string[] = [];
let passed = 0;
let failed = 0;

/** Runs one consumer, if it is selected, and prints its result in one line. */
async function step(name: string, body: () => Promise<string>): Promise<void> {
  if (words === undefined || name.toLowerCase().includes(words)) await always(name, body);
}

/** Runs one step and prints its result in one line. */
async function always(name: string, body: () => Promise<string>): Promise<void> {
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

async function consume(
  bench: Bench,
  engine: Engine,
  consumer: Consumer,
  streamer: number,
): Promise<string> {
  const result = await consumer.run(bench, streamer);
  seen.push({ engine, runtime: consumer.runtime, name: consumer.name, result });
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

/** Compares the table in README.md with this run, or writes it. */
async function readme(): Promise<string> {
  const url = new URL("README.md", root);
  const text = await Deno.readTextFile(url);
  if (sameTable(text, seen)) return "is what this run saw";
  if (!write) throw new Error("differs from what this run saw: run deno task test:npm --write");
  await Deno.writeTextFile(url, withTable(text, supportTable(seen, text)));
  return "written";
}

/** Tests the package of one engine. */
async function check(engine: Engine, work: URL): Promise<void> {
  const folder = new URL("npm/", root);
  let tarball: Tarball | undefined;
  await always(`${engine}: builds`, async () => {
    await buildNpm(folder, engine);
    tarball = await packTarball(folder, work);
    return `${(tarball.bytes.length / 1000).toFixed(1)} kB`;
  });
  if (tarball === undefined) return; // reported above
  const built = tarball;
  const named = (name: string, body: () => Promise<string>) => step(`${engine}: ${name}`, body);

  await named("same bytes from two builds", async () => {
    const second = new URL("second/", work);
    await buildNpm(second, engine);
    return await sameBytes(built, second, work);
  });
  await named("nothing of this machine or of tests", () => leaks(built, work));
  await named("publint", () => publint(folder));
  await named("are the types wrong", () => attw(built, engine));
  for (const resolution of ["nodenext", "bundler"] as const) {
    for (const types of ["with", "without"] as const) {
      await named(
        `TypeScript, ${resolution}, ${types} @types/node`,
        () => typeCheck(work, built, resolution, types),
      );
    }
  }
  await named("each entry point loads only its own", () => loadsOnlyItsOwn(work, built));
  await named("sizes", async () => {
    const own = await measure(new URL("size/", work), built, engine);
    // The second package has the same bundles as the first.
    sizes.push(...own.filter(({ bundle }) => sizes.every((size) => size.bundle !== bundle)));
    const over = overBudget(own);
    if (over.length > 0) throw new Error(`over budget: ${describe(over).join("; ")}`);
    return describe(own).join("; ");
  });
  await named("start time", async () => {
    const start = await startTime(work, built);
    starts.push(`${engine}, ${start}`);
    return start;
  });

  await using site = await serveSite(work);
  const bench: Bench = {
    tarball: built,
    work,
    site: site.url,
    suite: { esm: await bundleSuite("esm"), cjs: await bundleSuite("cjs") },
  };
  for (const [index, consumer] of CONSUMERS.entries()) {
    const missing = await consumer.missing?.();
    if (missing !== undefined) {
      console.log(`note  ${engine}: ${consumer.name}: not run, since ${missing}`);
      continue;
    }
    await named(consumer.name, () => consume(bench, engine, consumer, 0x200 + index));
  }
  const missing = natsMissing();
  if (missing !== undefined) {
    console.log(`note  ${engine}: a queue on NATS: not run, since ${missing}`);
  } else {
    await named("a queue on NATS", async () =>
      await useNats({
        tarball: built,
        work,
        cloud: site.url,
        project: await nodeProject(bench),
        required,
      }));
  }
}

const unknown = engines.find((engine) => !isEngine(engine));
if (unknown !== undefined) {
  console.error(`Cannot test "${unknown}": --engine is one or more of ${ENGINES.join(",")}`);
  Deno.exit(2);
}
await installTools();
for (const engine of engines.filter(isEngine)) {
  const work = new URL(`file://${await Deno.makeTempDir()}/`);
  try {
    await check(engine, work);
  } finally {
    await Deno.remove(work, { recursive: true });
  }
}
if (write && words === undefined) await writeSizes(sizes, starts);
if (words === undefined) await step("support table in README.md", readme);
console.log(`${passed} passed, ${failed} failed`);
Deno.exit(failed === 0 ? 0 : 1);
