/**
 * Checks of the package file: its types, its metadata, what it loads and what it leaks.
 *
 * @module
 */
import type { Engine } from "../../scripts/build_npm.ts";
import { npmProject, packTarball, type Tarball, writeFiles } from "./_project.ts";
import { esbuild, node, run, tool } from "./_tools.ts";

/** A TypeScript consumer: every entry point, used like in its documentation. */
const CONSUMER =
  `import { Api, ArchFXFlexibleDictionaryReport, HttpNotFoundError } from "archfx-cloud";
import type { ReadingColumns, Timestamp } from "archfx-cloud";
import { run } from "archfx-cloud/cli";
import codec from "archfx-cloud/codec.wasm";
import { createEmulator } from "archfx-cloud/emulator";
import { openQueue, type ReadingQueue } from "archfx-cloud/gateway";
import { BaseMain } from "archfx-cloud/main";
import { ArchFXDataPoint } from "archfx-cloud/reports";
import { ArchFxDeviceSlug } from "archfx-cloud/slugs";

const time: Timestamp = new Date();
const point: ArchFXDataPoint = new ArchFXDataPoint({ timestamp: time, stream: 0x5051, value: 1 });
const report = ArchFXFlexibleDictionaryReport.fromReadings({ device: 1, data: [point] });
const columns: ReadingColumns = report.columns();
const bytes: Uint8Array = report.encode();
const id: bigint = new ArchFxDeviceSlug("d--1").id;
export const queue: Promise<ReadingQueue> = openQueue("queue.sqlite");
export class Main extends BaseMain {}
export class MyApi extends Api {}
export async function main(): Promise<unknown> {
  const module: WebAssembly.Module = codec;
  const emulator = await createEmulator();
  const api = new Api("http://127.0.0.1:1", { retries: 0 });
  try {
    for await (const row of api.device.list({ page: 1 })) console.log(row.slug);
    return await api("streamer/report").uploadFp({ name: "report.mp", data: bytes });
  } catch (error) {
    if (error instanceof HttpNotFoundError) return [error.status, error.url];
    throw error;
  } finally {
    await emulator.close();
    console.log(module, columns.length, id, await run(["--version"]));
  }
}
// @ts-expect-error a slug is made from a number, a bigint, a text or a slug
new ArchFxDeviceSlug({});
// @ts-expect-error an option that is not there
new Api("https://example.com", { retry: 3 });
`;

/** Code that the types of the client accept, and mistakes that they find. */
const CLIENT_TYPES = new URL("../types/client_types.ts", import.meta.url);

/** A consumer that Node runs as CommonJS. */
const REQUIRED = `import archfx = require("archfx-cloud");
import slugs = require("archfx-cloud/slugs");
export const slug: slugs.ArchFxDeviceSlug = new archfx.ArchFxDeviceSlug(1);
`;

function tsconfig(module: string, moduleResolution: string, types: string[]): string {
  return JSON.stringify({
    compilerOptions: {
      target: "es2022",
      lib: ["es2022", "esnext.disposable", "dom", "dom.iterable", "dom.asynciterable"],
      module,
      moduleResolution,
      strict: true,
      noEmit: true,
      // The declarations themselves are also checked, not only their use.
      skipLibCheck: false,
      allowArbitraryExtensions: true,
      typeRoots: [tool("@types")],
      types,
    },
    // A bundler resolves only imports.
    files: ["consumer.ts", "client_types.ts", ...(module === "nodenext" ? ["required.cts"] : [])],
  });
}

/** Type-checks a consumer under a module resolution, with the types of Node or without them. */
export async function typeCheck(
  work: URL,
  tarball: Tarball,
  resolution: "nodenext" | "bundler",
  types: "with" | "without",
): Promise<string> {
  const folder = new URL(`types-${resolution}-${types}/`, work);
  await npmProject(folder, tarball, {
    "consumer.ts": CONSUMER,
    "client_types.ts": (await Deno.readTextFile(CLIENT_TYPES)).replace(
      '"@archfx/cloud"',
      '"archfx-cloud"',
    ),
    "required.cts": REQUIRED,
    "tsconfig.json": tsconfig(
      resolution === "nodenext" ? "nodenext" : "esnext",
      resolution,
      types === "with" ? ["node"] : [],
    ),
  });
  await run(node(22), [tool("typescript/bin/tsc"), "-p", "."], { cwd: folder });
  return "no diagnostics";
}

/** publint: package.json and files agree with what runtimes and bundlers expect. */
export async function publint(folder: URL): Promise<string> {
  const args = [tool("publint/src/cli.js"), "run", folder.pathname, "--strict"];
  const said = (await run(node(22), args)).trim().split("\n").at(-1)!;
  if (!said.includes("All good!")) throw new Error(said);
  return said;
}

/** Are the types wrong: every entry point resolves to declarations under every resolution that it has. */
export async function attw(tarball: Tarball, engine: Engine): Promise<string> {
  const args = [tool("@arethetypeswrong/cli/dist/index.js"), tarball.path];
  const profile = engine === "pack" ? "esm-only" : "node16";
  const options = ["--profile", profile, "--format", "ascii", "--no-color", "--no-emoji"];
  // A file for hosts, not a module: hosts and bundlers interpret it.
  const said = await run(node(22), [
    ...args,
    ...options,
    "--exclude-entrypoints",
    "./codec.wasm",
  ]);
  return `${said.match(/^node16 \(from ESM\): OK/gm)?.length} entry points, no problems`;
}

/** Two builds produce the same bytes. */
export async function sameBytes(tarball: Tarball, second: URL, work: URL): Promise<string> {
  const again = await packTarball(second, new URL("again/", work));
  if (again.bytes.toHex() !== tarball.bytes.toHex()) {
    throw new Error("two builds gave different bytes");
  }
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", tarball.bytes)).toHex();
  return `${tarball.bytes.length} bytes, SHA-256 ${hash.slice(0, 16)}`;
}

/** The tarball contains nothing from this machine, from tests or from benchmarks. */
export async function leaks(tarball: Tarball, work: URL): Promise<string> {
  const folder = new URL("leaks/", work);
  await Deno.mkdir(folder);
  await run("tar", ["xzf", tarball.path, "-C", folder.pathname]);
  const root = new URL("../../", import.meta.url).pathname.slice(0, -1);
  const secrets = [root, Deno.env.get("HOME")!, Deno.hostname()].filter((text) => text.length > 3);
  let count = 0;
  const walk = async (path: URL): Promise<void> => {
    for await (const { name, isDirectory } of Deno.readDir(path)) {
      const child = new URL(isDirectory ? `${name}/` : name, path);
      if (/^(?:tests?|bench)$|_test\.|\.map$/.test(name)) {
        throw new Error(`${child.pathname} is in it`);
      }
      if (isDirectory) await walk(child);
      else {
        count++;
        const text = await Deno.readTextFile(child);
        const found = secrets.find((secret) => text.includes(secret));
        if (found) throw new Error(`${name} names "${found}"`);
        if (/^\/\/# sourceMappingURL/m.test(text)) throw new Error(`${name} names a source map`);
      }
    }
  };
  await walk(new URL("package/", folder));
  for (const name of ["README.md", "LICENSE", "CHANGELOG.md", "THIRD_PARTY_NOTICES.md"]) {
    const [own, packed] = await Promise.all(
      [new URL(`../../${name}`, import.meta.url), new URL(`package/${name}`, folder)]
        .map((url) => Deno.readTextFile(url)),
    );
    if (own !== packed) throw new Error(`${name} in it is another than that of the project`);
  }
  return `${count} files, README.md, LICENSE, CHANGELOG.md and the notices among them`;
}

/** Every module that a bundle of one entry point would load, lazily loaded ones included. */
async function modulesOf(folder: URL, entry: string): Promise<string[]> {
  const { metafile } = await esbuild().build({
    stdin: {
      contents: `import * as all from "${entry}"; export { all };`,
      resolveDir: folder.pathname,
    },
    absWorkingDir: folder.pathname,
    bundle: true,
    write: false,
    metafile: true,
    splitting: true,
    outdir: "out",
    format: "esm",
    platform: "browser",
    treeShaking: false,
    logLevel: "silent",
  });
  const imported = Object.values(
    metafile.inputs as Record<string, { imports: { path: string }[] }>,
  );
  return [
    ...Object.keys(metafile.inputs),
    ...imported.flatMap(({ imports }) => imports.map(({ path }) => path)),
  ];
}

/** `./slugs` and `./reports` load no HTTP code, and `.` in a browser loads no file system code and no SQLite. */
export async function loadsOnlyItsOwn(work: URL, tarball: Tarball): Promise<string> {
  const folder = new URL("modules/", work);
  await npmProject(folder, tarball, {});
  const rules: [string, RegExp][] = [
    ["archfx-cloud/slugs", /src\/(?:api|reports|readings|main|cli|emulator)\/|logtape|hono|node:/],
    ["archfx-cloud/reports", /src\/(?:api|main|cli|emulator)\/|logtape|hono|node:/],
    ["archfx-cloud", /src\/(?:main|cli|emulator)\/|hono|ini\/|node:|_(?:node|deno)_/],
  ];
  const counts: string[] = [];
  for (const [entry, forbidden] of rules) {
    const modules = await modulesOf(folder, entry);
    const found = modules.filter((path) => forbidden.test(path));
    if (found.length > 0) throw new Error(`${entry} loads ${[...new Set(found)].join(", ")}`);
    counts.push(`${entry} ${new Set(modules).size} modules`);
  }
  return counts.join(", ");
}

/** Milliseconds more than an empty script, as medians of 15 runs each, in turns. */
async function overEmpty(cwd: URL, version: 20 | 22 | 24, scripts: string[][]): Promise<number[]> {
  const all = [["empty.mjs"], ...scripts];
  const times: number[][] = all.map(() => []);
  for (let i = 0; i < 15; i++) {
    for (const [index, args] of all.entries()) {
      const start = performance.now();
      await run(node(version), args, { cwd });
      times[index]!.push(performance.now() - start);
    }
  }
  const [empty, ...rest] = times.map((all) => all.sort((a, b) => a - b)[7]!);
  return rest.map((time) => Math.round(time - empty!));
}

/** How much longer `archfx --help` and an import of the package take than an empty script. */
export async function startTime(work: URL, tarball: Tarball): Promise<string> {
  const folder = new URL("start/", work);
  await npmProject(folder, tarball, {});
  await writeFiles(folder, {
    "empty.mjs": "",
    "import.mjs": 'import "archfx-cloud";',
    "require.cjs": 'require("archfx-cloud");',
  });
  const scripts = [["node_modules/.bin/archfx", "--help"], ["import.mjs"], ["require.cjs"]];
  const lines: string[] = [];
  for (const version of [20, 22, 24] as const) {
    const [help, imported, required] = await overEmpty(folder, version, scripts);
    lines.push(`Node ${version}: archfx --help ${help}, import ${imported}, require ${required}`);
  }
  return `ms over an empty script, medians of 15: ${lines.join("; ")}`;
}
