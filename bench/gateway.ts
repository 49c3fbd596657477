/**
 * What a gateway takes in and sends, beside a copy of the same bytes with as many fsyncs, in one run.
 *
 * `deno task bench:gateway` writes `bench/results/gateway.md`.
 *
 * @module
 */
import fs from "node:fs";
import { Api, readCsv } from "../mod.ts";
import { Gateway } from "../src/gateway/mod.ts";
import { batchFrame } from "../src/gateway/_frames.ts";
import { SqliteQueue } from "../src/gateway/sqlite_queue.ts";

const DATA = new URL("../../shared/data/machine_temperature_system_failure.csv", import.meta.url);
const options = { minFreeBytes: 0, reserveBytes: 0 };
const rows: string[] = [];
const row = (...cells: (string | number)[]) => rows.push(`| ${cells.join(" | ")} |`);
const count = (n: number) => Math.round(n).toLocaleString("en-US");

/** Readings of a sensor with noise in its last digits. */
function columns(length: number) {
  return {
    length,
    streams: new Uint32Array(length).fill(0x5090),
    timestamps: BigInt64Array.from(
      { length },
      (_, i) => 1_767_225_600_000_000n + BigInt(i) * 1_000_000n,
    ),
    values: Float64Array.from({ length }, (_, i) => 20 + Math.sin(i / 50) + Math.random() / 10),
  };
}

/** Pushes batches, 128 at a time, and then writes the same bytes with as many fsyncs. */
async function input(folder: string, size: number, batches: number): Promise<void> {
  const queue = await SqliteQueue.open(`${folder}/in-${size}.sqlite`, options);
  const batch = { device: 1, columns: columns(size) };
  const started = performance.now();
  let next = 0;
  await Promise.all(Array.from({ length: 128 }, async () => {
    while (next++ < batches) await queue.push(batch);
  }));
  const seconds = (performance.now() - started) / 1000;
  const { commits } = await queue.stats();
  await queue.close();

  const frame = batchFrame({ device: 1n, streamer: -1, at: 0 }, batch.columns);
  const file = fs.openSync(`${folder}/copy`, "w");
  const copied = performance.now();
  const perSync = Math.ceil(batches / commits.count);
  for (let i = 0; i < batches; i++) {
    fs.writeSync(file, frame);
    if (i % perSync === perSync - 1) fs.fdatasyncSync(file);
  }
  const plain = (performance.now() - copied) / 1000;
  fs.closeSync(file);
  row(
    `input, batches of ${count(size)}, durable`,
    `${count(size * batches / seconds)} readings per second`,
    `${(seconds / plain).toFixed(1)} × the time of a copy with ${commits.count} fsyncs`,
  );
}

/** Sends what waits to a cloud that stores nothing, each report confirmed. */
async function output(folder: string, url: string, readings: number): Promise<void> {
  const path = `${folder}/out.sqlite`;
  let queue = await SqliteQueue.open(path, options);
  for (let i = 0; i < readings; i += 10_000) {
    await queue.push({ device: 1, columns: columns(10_000) });
  }
  const api = new Api(url, { retries: 0 });
  api.setToken("key", "token");
  const run = async (until: (sent: number) => boolean) => {
    const stop = new AbortController();
    const gateway = new Gateway({ api, queue, confirmMs: 1, maxDelayMs: 0 });
    const running = gateway.run({ signal: stop.signal });
    while (!until((gateway.toJSON().counts as { sent: number }).sent)) {
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    stop.abort();
    await running;
  };
  await run((sent) => sent > 0);
  await queue.close();
  const opened = performance.now();
  queue = await SqliteQueue.open(path, options);
  await run((sent) => sent > 0);
  row("from openQueue to the first report counted", `${count(performance.now() - opened)} ms`, "");
  const before = (await queue.depth()).readings;
  const started = performance.now();
  await run((sent) => sent >= before);
  const seconds = (performance.now() - started) / 1000;
  row(
    "output, 20,000 readings per report, confirmed",
    `${count(before / seconds)} readings per second`,
    "",
  );
  await queue.close();
}

/** Bytes per reading of real data in batches of 1,000. */
async function size(): Promise<void> {
  let [bytes, readings] = [0, 0];
  const text = await Deno.readFile(DATA).catch(() => undefined);
  if (!text) return;
  for await (const chunk of readCsv(text, { stream: "5090", chunkReadings: 1000 })) {
    bytes += batchFrame({ device: 1n, streamer: -1, at: 0 }, chunk).length;
    readings += chunk.length;
  }
  row(
    "machine temperatures, batches of 1,000",
    `${(bytes / readings).toFixed(2)} bytes per reading`,
    "",
  );
}

const folder = await Deno.makeTempDir();
const cloud = new Deno.Command(Deno.execPath(), {
  args: ["run", "-A", "--no-check", new URL("_null_cloud.ts", import.meta.url).pathname],
  stdout: "piped",
}).spawn();
try {
  const lines = cloud.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const url = (await lines.read()).value!.trim();
  await lines.cancel();
  await input(folder, 1000, 200);
  rows.length = 0; // The engine has compiled it now.
  await input(folder, 1000, 1000);
  await input(folder, 100, 3000);

  await output(folder, url, 1_000_000);
  await size();
} finally {
  cloud.kill();
  await Deno.remove(folder, { recursive: true });
}
const table = [
  "# The gateway",
  "",
  "| what | measured | beside |",
  "| ---- | -------- | ------ |",
  ...rows,
].join("\n");
console.log(table);
await Deno.writeTextFile(new URL("results/gateway.md", import.meta.url), `${table}\n`);
