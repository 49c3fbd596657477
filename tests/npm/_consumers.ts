/**
 * The consumers: each installs the tarball like a user of its runtime, and runs the suite.
 *
 * @module
 */
import { OPTIONAL_PEERS } from "../../scripts/npm_package.ts";
import { browserMissing, bundleInto, type Bundler, inBrowser } from "./_browser.ts";
import { bundleGateway, gatewayFiles, runGateway } from "./_gateway.ts";
import { npmProject, type Tarball, writeFiles } from "./_project.ts";
import { serveRegistry } from "./_registry.ts";
import type { Outcome } from "./suite/harness.ts";
import { bun, esbuild, MINIFLARE, miniflareMissing, node, run } from "./_tools.ts";

/** The shared data of the consumers. */
export interface Bench {
  readonly tarball: Tarball;
  /** A temporary folder of the run. */
  readonly work: URL;
  /** The address of the emulator and of `/site/`, which shows {@linkcode work}. */
  readonly site: string;
  /** The suite as an ES module and for `require`. */
  readonly suite: { esm: string; cjs: string };
}

/** The result of a consumer. */
export interface Result extends Outcome {
  /** Whether `archfx` runs; undefined if a runtime has no commands. */
  command?: boolean;
  /** Whether the emulator runs, or why it cannot; undefined if a runtime has no sockets. */
  emulator?: true | string;
}

/** One way to use the package. */
export interface Consumer {
  readonly name: string;
  /** The row of the support table that it belongs to. */
  readonly runtime: string;
  /** Why it cannot run on this machine, if it cannot. */
  missing?(): Promise<string | undefined>;
  run(bench: Bench, streamer: number): Promise<Result>;
}

const MAIN = `import { runSuite } from "./suite.mjs";
console.log(JSON.stringify(await runSuite(JSON.parse(process.argv[2]))));
`;
const MAIN_CJS = `const { runSuite } = require("./suite.cjs");
runSuite(JSON.parse(process.argv[2])).then((outcome) => console.log(JSON.stringify(outcome)));
`;
const EMULATOR = `import { createEmulator } from "archfx-cloud/emulator";
try {
  const emulator = await createEmulator({ seed: "demo" });
  const server = await emulator.listen();
  const response = await fetch(server.url + "/api/v1/server/");
  console.log(JSON.stringify(response.status === 200 ? true : "answered " + response.status));
  await emulator.close();
} catch (error) {
  console.log(JSON.stringify(error.message));
}
`;

const SCRIPT = `import { writeFileSync } from "node:fs";
import { Api } from "archfx-cloud";
import { BaseMain } from "archfx-cloud/main";
const { cloud } = JSON.parse(process.argv[2]);
let tokens;
const api = new Api(cloud, { onTokens: (given) => void (tokens = given) });
await api.login({ email: "user@example.com", password: "my.pass" });
const ini = "[c-arch]\\njwt_access = " + tokens.access + "\\njwt_refresh = " + tokens.refresh + "\\n";
writeFileSync("script.ini", ini);
class Orgs extends BaseMain {
  getDomain() {
    return cloud;
  }
  async afterLogin() {
    this.slugs = (await this.api.org.all()).map(({ slug }) => slug);
  }
}
const script = new Orgs({ configPath: "script.ini", argv: [] });
const code = await script.main();
if (!(script.api instanceof Api)) console.log('"main has an Api of its own"');
else console.log(JSON.stringify(code === 0 ? script.slugs : "exit code " + code));
`;

/** Arrow and Parquet, written and read back, and the classes that entry points share. */
const ARROW = `import { writeFileSync, readFileSync } from "node:fs";
import * as all from "archfx-cloud";
import * as arrow from "archfx-cloud/arrow";
import * as gateway from "archfx-cloud/gateway";
import * as reports from "archfx-cloud/reports";
import * as slugs from "archfx-cloud/slugs";
for (const part of [arrow, gateway, reports, slugs]) {
  for (const [name, value] of Object.entries(part)) {
    if (name !== "default" && name in all && all[name] !== value) throw new Error(name + " is there twice");
  }
}
const columns = {
  length: 2,
  streams: Uint32Array.of(0x5051, 0x5052),
  readingIds: Uint32Array.of(1, 2),
  timestamps: BigInt64Array.of(1772431200000000n, 1772431200500000n),
  values: Float64Array.of(1.5, -2),
};
const kind = process.argv[2];
await arrow.writeParquet((async function* () { yield columns; })(), kind + ".parquet");
const read = [];
for await (const part of arrow.readParquet(readFileSync(kind + ".parquet"))) {
  read.push(...part.values.subarray(0, part.length));
}
const table = arrow.fromArrow(await arrow.toArrow(columns));
const back = (await table).timestamps[1];
console.log(JSON.stringify(read.join() === "1.5,-2" && back === columns.timestamps[1]));
`;

/** The text of an ES module for a runtime that only has `require`. */
export function required(text: string): string {
  const body = text
    .replace(/^import \* as (\w+) from ("[^"]+");$/gm, "const $1 = require($2);")
    .replace(/^import (\{[^}]+\}) from ("[^"]+");$/gm, "const $1 = require($2);");
  return `(async () => {\n${body}})().catch((error) => console.log(JSON.stringify(error.stack)));\n`;
}

/** The files of a consumer with a file system. */
function files({ suite }: Bench): Record<string, string> {
  return {
    "suite.mjs": suite.esm,
    "suite.cjs": suite.cjs,
    "main.mjs": MAIN,
    "main.cjs": MAIN_CJS,
    "emulator.mjs": EMULATOR,
    "script.mjs": SCRIPT,
    "script.cjs": required(SCRIPT),
    "arrow.mjs": ARROW,
    "arrow.cjs": required(ARROW),
    ...gatewayFiles(required),
  };
}

/** The suite, the command, the emulator and a script, each in a separate process. */
async function inProcesses(
  cwd: URL,
  environment: string,
  start: (file: string, ...args: string[]) => [string, string[]],
  archfx: [string, string[]],
  main = "main.mjs",
): Promise<Result> {
  const outcome: Outcome = JSON.parse(await run(...start(main, environment), { cwd }));
  const emulator = JSON.parse(await run(...start("emulator.mjs"), { cwd }));
  const kind = main.split(".").at(-1)!;
  const orgs = JSON.parse(await run(...start(`script.${kind}`, environment), { cwd }));
  if (!orgs.includes("acme")) {
    outcome.failed.push({ name: "a script reads its tokens and runs", error: orgs });
  } else outcome.passed++;
  const [program, args] = archfx;
  const said = await run(program, [...args, "slug", "d--1234"], { cwd });
  return { ...outcome, command: said.includes("d--0000-0000-0000-1234"), emulator };
}

const installed = new Map<string, Promise<URL>>();

/** One project for all versions of Node: what is installed is the same. */
export function nodeProject(bench: Bench): Promise<URL> {
  const folder = new URL("node/", bench.work);
  let project = installed.get(folder.href);
  if (!project) {
    const peers = Object.entries(OPTIONAL_PEERS).map(([name, version]) => `${name}@${version}`);
    project = npmProject(folder, bench.tarball, files(bench), peers).then(() => folder);
    installed.set(folder.href, project);
  }
  return project;
}

function environment(bench: Bench, streamer: number): string {
  return JSON.stringify({ cloud: bench.site, streamer });
}

function nodeConsumer(major: 20 | 22 | 24, kind: "import" | "require"): Consumer {
  return {
    name: `Node ${major}, ${kind}`,
    runtime: `Node ${major}`,
    async run(bench, streamer) {
      const cwd = await nodeProject(bench);
      const main = kind === "import" ? "main.mjs" : "main.cjs";
      // The bin is a symbolic link in .bin: Node must find the modules of the package through it.
      return await inProcesses(
        cwd,
        environment(bench, streamer),
        (file, ...args) => [node(major), [file, ...args]],
        [node(major), ["node_modules/.bin/archfx"]],
        main,
      ).then(async (result) => {
        const args = [`arrow.${kind === "import" ? "mjs" : "cjs"}`, `${major}-${kind}`];
        const said = JSON.parse(await run(node(major), args, { cwd }));
        const gateway = {
          cwd,
          cloud: bench.site,
          streamer: 0x400 + streamer,
          withoutSqlite: major === 20,
          start: (
            file: string,
            ...args: string[]
          ): [string, string[]] => [node(major), [file, ...args]],
        };
        const extension = main.slice(-3);
        await runGateway(result, `gateway.${extension}`, gateway);
        if (major === 24) {
          const alone = new URL("bundles/", bench.work);
          await bundleGateway(cwd, alone);
          const bundled = { ...gateway, cwd: alone, streamer: 0x600 + streamer };
          await runGateway(result, `bundle.${extension}`, bundled);
        }
        if (said === true) result.passed++;
        else result.failed.push({ name: "Arrow and Parquet come back as they were", error: said });
        return result;
      });
    },
  };
}

const bunConsumer: Consumer = {
  name: "Bun 1",
  runtime: "Bun 1",
  async run(bench, streamer) {
    const folder = new URL("bun/", bench.work);
    await writeFiles(folder, {
      "package.json": JSON.stringify({ private: true, type: "module" }),
      ...files(bench),
    });
    await run(bun(), ["add", "--silent", "--no-progress", bench.tarball.path], { cwd: folder });
    const start = (file: string, ...args: string[]): [string, string[]] => [bun(), [file, ...args]];
    const result = await inProcesses(
      folder,
      environment(bench, streamer),
      start,
      [bun(), ["node_modules/.bin/archfx"]],
    );
    const gateway = { cwd: folder, cloud: bench.site, streamer: 0x400 + streamer, start };
    await runGateway(result, "gateway.mjs", gateway);
    return result;
  },
};

const denoConsumer: Consumer = {
  name: "Deno 2, npm:archfx-cloud",
  runtime: "Deno 2",
  async run(bench, streamer) {
    await using registry = await serveRegistry(bench.tarball);
    const folder = new URL("deno/", bench.work);
    const { version } = bench.tarball;
    await writeFiles(folder, {
      ...files(bench),
      ".npmrc": `registry=${registry.url}\n`,
      "deno.json": JSON.stringify({
        nodeModulesDir: "none",
        imports: {
          "archfx-cloud": `npm:archfx-cloud@${version}`,
          "archfx-cloud/": `npm:/archfx-cloud@${version}/`,
        },
      }),
    });
    // A separate cache: this registry does not exist after the run.
    const env = { DENO_DIR: new URL("deno/cache/", bench.work).pathname };
    const deno = (...args: string[]): [string, string[]] => [
      "env",
      [`DENO_DIR=${env.DENO_DIR}`, Deno.execPath(), "run", "-A", "--quiet", ...args],
    ];
    const result = await inProcesses(
      folder,
      environment(bench, streamer),
      deno,
      deno(`npm:archfx-cloud@${version}/archfx`),
    );
    const gateway = { cwd: folder, cloud: bench.site, streamer: 0x400 + streamer, start: deno };
    await runGateway(result, "gateway.mjs", gateway);
    return result;
  },
};

function browserConsumer(bundler: Bundler): Consumer {
  return {
    name: `Chromium, bundle by ${bundler}`,
    runtime: "Browsers (Chromium)",
    missing: browserMissing,
    async run(bench, streamer) {
      const folder = new URL(`${bundler.toLowerCase()}/`, bench.work);
      await npmProject(folder, bench.tarball, { "suite.mjs": bench.suite.esm });
      await bundleInto(folder, bundler);
      const page = `${bench.site}/site/${bundler.toLowerCase()}/dist/index.html`;
      return await inBrowser(folder, page, environment(bench, streamer));
    },
  };
}

const WORKER = `import codec from "archfx-cloud/codec.wasm";
import { ArchFxDeviceSlug, init } from "archfx-cloud";
import { runSuite } from "./suite.mjs";
function withoutInit() {
  try {
    return String(new ArchFxDeviceSlug("d--1"));
  } catch (error) {
    return error.message;
  }
}
export default {
  async fetch(request) {
    const rejection = withoutInit();
    await init(codec);
    const outcome = await runSuite(await request.json());
    if (rejection.includes("call init")) outcome.passed++;
    else outcome.failed.push({ name: "a slug before init() says to call it", error: rejection });
    return Response.json(outcome);
  },
};
`;

const WORKER_HOST = `import { Miniflare } from ${JSON.stringify(MINIFLARE)};
import { readFileSync } from "node:fs";
const miniflare = new Miniflare({
  compatibilityDate: "2026-01-01",
  modulesRoot: ".",
  modules: [
    { type: "ESModule", path: "worker.mjs", contents: readFileSync("dist/worker.mjs", "utf8") },
    {
      type: "CompiledWasm",
      path: "codec.wasm",
      contents: readFileSync("node_modules/archfx-cloud/codec.wasm"),
    },
  ],
});
const body = process.argv[2];
const response = await miniflare.dispatchFetch("http://worker/", { method: "POST", body });
console.log(await response.text());
await miniflare.dispose();
`;

const workerConsumer: Consumer = {
  name: "Workers, miniflare",
  runtime: "Cloudflare Workers",
  missing: miniflareMissing,
  async run(bench, streamer) {
    const folder = new URL("worker/", bench.work);
    await npmProject(folder, bench.tarball, {
      "suite.mjs": bench.suite.esm,
      "entry.mjs": WORKER,
      "host.mjs": WORKER_HOST,
    });
    const { build } = esbuild();
    await build({
      absWorkingDir: folder.pathname,
      entryPoints: ["entry.mjs"],
      outfile: "dist/worker.mjs",
      bundle: true,
      format: "esm",
      platform: "browser",
      conditions: ["workerd", "worker", "browser"],
      logLevel: "silent",
      plugins: [{
        name: "codec",
        // Like wrangler: a .wasm file is a separate module of the Worker.
        // deno-lint-ignore no-explicit-any
        setup(build: any) {
          build.onResolve(
            { filter: /^archfx-cloud\/codec\.wasm$/ },
            () => ({ path: "./codec.wasm", external: true }),
          );
        },
      }],
    });
    return JSON.parse(
      await run(node(22), ["host.mjs", environment(bench, streamer)], { cwd: folder }),
    );
  },
};

/** All consumers, in the order of the support table. */
export const CONSUMERS: readonly Consumer[] = [
  denoConsumer,
  ...([20, 22, 24] as const).flatMap((major) => [
    nodeConsumer(major, "import"),
    nodeConsumer(major, "require"),
  ]),
  bunConsumer,
  browserConsumer("Vite"),
  browserConsumer("esbuild"),
  workerConsumer,
];
