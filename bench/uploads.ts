/**
 * Uploads, by the CPU time of the uploading process: small reports compared with plain `fetch`, in turns of one
 * run; and the memory of `archfx report upload` for a file of 1 GB. The servers run in separate processes.
 *
 * `deno task bench:uploads [--quick]`; without `--quick` it writes bench/results/uploads.md.
 *
 * @module
 */
import process from "node:process";
import { Api, ArchFXFlexibleDictionaryReport, lastReadingId, writeReport } from "../mod.ts";

const quick = Deno.args.includes("--quick");
const ROUNDS = quick ? 3 : 21;
const UPLOADS = quick ? 100 : 300;
const READINGS = 100;
const BIG = quick ? 400_000 : 10_400_000;

if (Deno.args[0] === "serve") serve(Number(Deno.args[1]));
else await main();

/** A cloud that counts every report immediately: `last_id` is the number of its readings, and then 0 again. */
function serve(readings: number): void {
  let last = 0;
  Deno.serve({
    port: 0,
    hostname: "127.0.0.1",
    onListen: ({ port }) => console.log(port),
  }, async (request) => {
    if (request.method === "GET") {
      const response = Response.json({ last_id: last });
      last = 0;
      return response;
    }
    for await (const _ of request.body!);
    last = readings;
    return Response.json({ count: readings }, { status: 201 });
  });
}

async function main(): Promise<void> {
  const small = await smallUploads();
  const big = await bigUpload();
  const cpu = navigator.hardwareConcurrency;
  const text = `# Uploads

Written by \`deno task bench:uploads\`: Deno ${Deno.version.deno}, ${cpu} processors. CPU time of the uploading
process, system time included; medians of ${ROUNDS} turns of ${UPLOADS} uploads each.

\`\`\`text
${small}
\`\`\`

\`\`\`text
${big}
\`\`\`
`;
  console.log(text);
  if (!quick) await Deno.writeTextFile(new URL("results/uploads.md", import.meta.url), text);
}

async function smallUploads(): Promise<string> {
  const { url, stop } = await start(READINGS);
  const api = new Api(url);
  api.setToken("token");
  const ids = Float64Array.from({ length: READINGS }, (_, i) => i + 1);
  const report = ArchFXFlexibleDictionaryReport.fromColumns({
    device: 1,
    columns: {
      length: READINGS,
      streams: new Uint32Array(READINGS).fill(0x5051),
      readingIds: ids,
      timestamps: BigInt64Array.from(ids, (id) => 1_772_431_200_000_000n + BigInt(id)),
      values: new Float64Array(READINGS),
    },
  });
  const data = report.encode();
  const params = { timestamp: "2026-03-02T06:00:00+00:00" };
  const post = `${url}/api/v1/streamer/report/?timestamp=2026-03-02T06%3A00%3A00%2B00%3A00`;
  const headers = { authorization: "jwt token", accept: "application/json" };
  const contenders: [string, () => Promise<unknown>][] = [
    ["fetch with FormData", async () => {
      const body = new FormData();
      body.append("file", new Blob([data as Uint8Array<ArrayBuffer>]), "report.mp");
      return await (await fetch(post, { method: "POST", headers, body })).json();
    }],
    [
      "uploadFp(bytes)",
      () => api("streamer/report").uploadFp({ name: "report.mp", data }, { params }),
    ],
    ["report.upload()", () => report.upload(api)],
    ["report.upload({ confirm: true })", () => report.upload(api, { confirm: true })],
  ];
  const times = contenders.map(() => [] as number[]);
  for (let round = -1; round < ROUNDS; round++) {
    for (const [index, [, once]] of contenders.entries()) {
      // The uploads without confirm have left a last_id.
      await lastReadingId(api, 1);
      const before = cpuMicros();
      for (let i = 0; i < UPLOADS; i++) await once();
      if (round >= 0) times[index].push((cpuMicros() - before) / UPLOADS);
    }
  }
  stop();
  const base = median(times[0]);
  const rows = contenders.map(([name], index) => {
    const own = median(times[index]);
    return `${name.padEnd(34)}${own.toFixed(0).padStart(6)} µs  ${(own / base).toFixed(2)}`;
  });
  return [`a report of ${data.length} bytes, one after another`, ...rows].join("\n");
}

async function bigUpload(): Promise<string> {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/big.mp`;
  const { bytes } = await writeReport(bigSource(), path, { device: 1 });
  const { url, stop } = await start(BIG);
  const command = new URL("../src/cli/main.ts", import.meta.url).pathname;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", command, "report", "upload", "-q", path],
    env: { ARCHFX_DOMAIN: url, ARCHFX_TOKEN: "0".repeat(40) },
    stdout: "null",
  }).spawn();
  let peak = 0;
  let ticks = 0;
  let ended = false;
  const status = child.status.finally(() => ended = true);
  while (!ended) {
    try {
      const text = Deno.readTextFileSync(`/proc/${child.pid}/status`);
      peak = Math.max(peak, Number(/VmHWM:\s*(\d+)/.exec(text)?.[1] ?? 0));
      ticks = Math.max(ticks, ticksOf(child.pid));
    } catch {
      // The process has just ended.
    }
    await Promise.race([status, new Promise((resolve) => setTimeout(resolve, 20))]);
  }
  const { code } = await status;
  stop();
  await Deno.remove(folder, { recursive: true });
  if (code !== 0) throw new Error(`the command ended with ${code}`);
  return `archfx report upload, ${(bytes / 1e6).toFixed(0)} MB, ${BIG} readings: ` +
    `${(peak / 1024).toFixed(0)} MiB of memory at most, ${(ticks / 100).toFixed(1)} s of CPU`;
}

async function* bigSource() {
  const length = 100_000;
  for (let at = 0; at < BIG; at += length) {
    const ids = Float64Array.from({ length }, (_, i) => at + i + 1);
    yield {
      length,
      streams: new Uint32Array(length).fill(0x5051),
      readingIds: ids,
      timestamps: BigInt64Array.from(ids, (id) => 1_772_431_200_000_000n + BigInt(id) * 1000n),
      values: ids.map((id) => id / 3),
    };
  }
}

async function start(readings: number): Promise<{ url: string; stop: () => void }> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", import.meta.url, "serve", String(readings)],
    stdout: "piped",
  }).spawn();
  const reader = child.stdout.getReader();
  const { value } = await reader.read();
  reader.releaseLock();
  const stop = () => {
    child.kill("SIGKILL");
    void child.stdout.cancel();
  };
  return { url: `http://127.0.0.1:${new TextDecoder().decode(value).trim()}`, stop };
}

/** User and system time of this process. */
function cpuMicros(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

/** In hundredths of a second. */
function ticksOf(pid: number | "self"): number {
  const fields = Deno.readTextFileSync(`/proc/${pid}/stat`).split(") ")[1].split(" ");
  return Number(fields[11]) + Number(fields[12]);
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}
