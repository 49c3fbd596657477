/**
 * The cost of a call compared with plain `fetch` and `ky`: GETs of a small JSON response, one after another and
 * 50 at a time, and uploads of 1 MB; and a factory map compared with sequential requests. The servers run in
 * separate processes on loopback; the contenders take turns, and medians are compared.
 *
 * `deno task bench:api [--quick]`; without `--quick` it writes bench/results/api.md.
 *
 * @module
 */
import { Api, factoryMap } from "../src/api/mod.ts";
import { pool } from "../tests/api/_volume.ts";

const quick = Deno.args.includes("--quick");
const ROUNDS = quick ? 3 : 61;
const GETS = quick ? 50 : 100;
const UPLOADS = quick ? 4 : 8;
/** A map takes seconds and mostly waits, so a few rounds are enough. */
const MAPS = quick ? 1 : 9;
const MEGABYTE = crypto.getRandomValues(new Uint8Array(65_536));
const data = new Uint8Array(1_000_000).map((_, i) => MEGABYTE[i & 0xffff]);

type Contender = readonly [name: string, once: () => Promise<unknown>];

// Imported by a name that is not in the lock file, because only this program needs it.
const peer = "npm:ky@2.1.0";
const { default: ky } = await import(peer);

const { url, stop } = await start("bench/_api_server.ts");
const factory = await start("bench/_factory_server.ts");
const api = new Api(url);
api.setToken("token");
const headers = { authorization: "jwt token", accept: "application/json" };
const get = `${url}/api/v1/org/`;
const post = `${url}/api/v1/files/`;

const gets: Contender[] = [
  ["fetch", async () => await (await fetch(get, { headers })).json()],
  ["fetch with a time limit", async () => {
    const signal = AbortSignal.timeout(30_000);
    return await (await fetch(get, { headers, signal })).json();
  }],
  ["ky", () => ky.get(get, { headers, timeout: 30_000 }).json()],
  ["archfx", () => api.org.get()],
];
const form = () => {
  const body = new FormData();
  body.append("file", new Blob([data]), "report.mp");
  return body;
};
const uploads: Contender[] = [
  [
    "fetch",
    async () => await (await fetch(post, { method: "POST", headers, body: form() })).json(),
  ],
  ["ky", () => ky.post(post, { headers, body: form(), timeout: 30_000 }).json()],
  ["archfx", () => api("files").uploadFp({ name: "report.mp", data })],
];

const plant = new Api(factory.url);
await plant.login({ email: "user@example.com", password: "my.pass" });
const maps: Contender[] = [
  ["one request after another", async () => {
    for (const level of ["org", "site", "area", "line", "machine", "device"]) {
      await plant(level).all({ page_size: 25 });
    }
  }],
  ["factoryMap, 8 at a time", () => factoryMap(plant, { pageSize: 25 })],
];

const lines = [
  "# The cost of a call",
  "",
  `Deno ${Deno.version.deno}, ${navigator.hardwareConcurrency} cores, server on loopback in a separate process;`,
  `medians of ${ROUNDS} rounds in which the contenders take turns; ratios are taken within a round. Written by \`deno task bench:api\`.`,
  "",
];
await compare("GET of 200 bytes of JSON, one after another", gets, GETS, 1);
await compare("GET of 200 bytes of JSON, 50 at a time", gets, GETS * 2, 50);
await compare("Upload of 1 MB, 8 at a time", uploads, UPLOADS, 8);
await compare(`Factory map of 108 pages that take 20 ms each, ${MAPS} rounds`, maps, 1, 1, {
  rounds: MAPS,
  unit: "ms a map",
  perMs: 1,
});
await stop();
await factory.stop();
const text = lines.join("\n");
console.log(text);
if (!quick) {
  await Deno.mkdir("bench/results", { recursive: true });
  await Deno.writeTextFile("bench/results/api.md", text);
}

/** Starts a server that prints its port. */
async function start(script: string): Promise<{ url: string; stop: () => Promise<unknown> }> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", "--no-lock", "-c", "deno.json", script],
    stdout: "piped",
  }).spawn();
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const url = `http://127.0.0.1:${(await reader.read()).value!.trim()}`;
  const stop = () => {
    child.kill();
    return child.status;
  };
  return { url, stop };
}

async function compare(
  work: string,
  contenders: readonly Contender[],
  count: number,
  width: number,
  { rounds = ROUNDS, unit = "µs a call", perMs = 1000 } = {},
): Promise<void> {
  const times = contenders.map((): number[] => []);
  for (let round = -1; round < rounds; round++) {
    for (const [index, [, once]] of contenders.entries()) {
      const started = performance.now();
      await pool(count, width, async () => void await once());
      // The first round only warms up.
      if (round >= 0) times[index].push((performance.now() - started) * perMs / count);
    }
  }
  const median = (all: number[]) => all.toSorted((a, b) => a - b)[all.length >> 1];
  lines.push(`| ${work} | ${unit} | beside ${contenders[0][0]} |`, "| --- | ---: | ---: |");
  contenders.forEach(([name], index) => {
    const ratio = median(times[index].map((time, round) => time / times[0][round]));
    lines.push(`| ${name} | ${median(times[index]).toFixed(0)} | ${ratio.toFixed(2)} |`);
  });
  lines.push("");
}
