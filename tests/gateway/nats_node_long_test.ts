/** A queue on NATS in Node: pushed, sent and counted, with the package that a consumer installs. */
import { assertEquals } from "@std/assert";
import * as esbuild from "esbuild";
import { OPTIONAL_PEERS } from "../../scripts/npm_package.ts";
import { natsTest } from "./_nats_cluster.ts";
import { withNatsPlant } from "./_nats_queue.ts";

const ROOT = new URL("../../", import.meta.url);
const LOGTAPE = "@logtape/logtape";

const PROGRAM = `import { Api, lastReadingId } from "${ROOT.pathname}mod.ts";
import { Gateway, openQueue } from "${ROOT.pathname}src/gateway/mod.ts";
const [url, cloud] = process.argv.slice(2);
const queue = await openQueue(url);
const api = new Api(cloud, { retries: 0 });
await api.login({ email: "user@example.com", password: "my.pass" });
const stop = new AbortController();
const gateway = new Gateway({ api, queue, confirmMs: 50, maxDelayMs: 0 });
const running = gateway.run({ signal: stop.signal });
for (let push = 0; push < 10; push++) {
  const points = Array.from({ length: 100 }, (_, i) => ({
    timestamp: new Date(1772431200000 + 1000 * (100 * push + i)), stream: "5051", value: i,
  }));
  await queue.push({ device: "d--1", points }, { source: "press", position: String(push) });
}
await queue.flush({ signal: AbortSignal.timeout(60000) });
const { readings } = await queue.depth();
const lastId = Number(await lastReadingId(api, "d--1", 256));
console.log(JSON.stringify([await queue.position("press"), readings, lastId]));
stop.abort();
await running;
await queue.close();
`;

/** The gateway and the program as one file, with what npm installed left out. */
async function bundle(folder: string): Promise<void> {
  await Deno.writeTextFile(`${folder}/program.ts`, PROGRAM);
  await esbuild.build({
    entryPoints: [`${folder}/program.ts`],
    outfile: `${folder}/program.mjs`,
    bundle: true,
    format: "esm",
    platform: "node",
    external: [...Object.keys(OPTIONAL_PEERS), LOGTAPE],
    logLevel: "error",
    plugins: [{
      name: "sources",
      setup(build) {
        build.onLoad({ filter: /\.ts$/ }, async ({ path }) => {
          const text = await Deno.readTextFile(path);
          return { loader: "ts", contents: text.replace(/"npm:(@?[^@"]+)@[\d.]+"/g, '"$1"') };
        });
      },
    }],
  });
  await esbuild.stop();
}

/** The output of a program; undefined if it cannot run here. */
async function output(program: string, args: string[], cwd: string): Promise<string | undefined> {
  try {
    const { success, stdout, stderr } = await new Deno.Command(program, { args, cwd }).output();
    const decoder = new TextDecoder();
    return success ? decoder.decode(stdout).trim() : `failed: ${decoder.decode(stderr)}`;
  } catch {
    return undefined;
  }
}

natsTest(
  "a queue on NATS works in Node, with the package that is installed beside it",
  () =>
    withNatsPlant(async ({ folder, url, cloud }) => {
      const nats = "@nats-io/transport-node";
      const { imports } = JSON.parse(await Deno.readTextFile(new URL("deno.json", ROOT)));
      const packages = [`${nats}@${OPTIONAL_PEERS[nats]}`, imports[LOGTAPE].replace("npm:", "")];
      const installed = await output(
        "npm",
        ["install", "--no-audit", "--no-fund", ...packages],
        folder,
      );
      if (installed === undefined || installed.startsWith("failed")) {
        console.log("no Node here, or no npm: the queue on NATS is not tested in Node");
        return;
      }
      await bundle(folder);
      const printed = await output("node", ["program.mjs", url, cloud.url], folder);
      assertEquals(printed, '["9",0,1000]');
    }, { servers: 1 }),
);
