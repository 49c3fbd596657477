/** How fast a gateway stores and sends, and how many bytes a reading takes. */
import fs from "node:fs";
import { Api, readCsv } from "../mod.ts";
import { Gateway } from "../src/gateway/mod.ts";
import { batchFrame } from "../src/gateway/_frames.ts";
import { SqliteQueue } from "../src/gateway/sqlite_queue.ts";
import { columns, count, NO_LIMITS, type Row, startServer } from "./_gateway_rows.ts";

const DATA = new URL("../../shared/data/machine_temperature_system_failure.csv", import.meta.url);
/** How many pushes wait at the same time. */
const PUSHERS = 128;

/** Pushes batches, and then writes the same bytes with the same number of fsyncs. */
async function taken(folder: string, size: number, batches: number, target: string): Promise<Row> {
  const queue = await SqliteQueue.open(`${folder}/in-${size}-${batches}.sqlite`, NO_LIMITS);
  const batch = { device: 1, columns: columns(size) };
  const started = performance.now();
  let next = 0;
  await Promise.all(Array.from({ length: PUSHERS }, async () => {
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
  return [
    `input, batches of ${count(size)}, durable`,
    `${count(size * batches / seconds)} readings per second`,
    target,
    `${(seconds / plain).toFixed(1)} × the time of a copy of ${
      count(frame.length * batches)
    } bytes with ${commits.count} fsyncs`,
  ];
}

/** Measures the input. */
export async function input(folder: string): Promise<Row[]> {
  await taken(folder, 1000, 400, ""); // Warm-up: the engine compiles the code.
  return [
    await taken(folder, 1000, 4000, "1,000,000"),
    await taken(folder, 100, 10_000, "300,000"),
  ];
}

/** Sends the waiting readings to a cloud that keeps two readings of each report for the comparison. */
export async function output(folder: string): Promise<Row[]> {
  const path = `${folder}/out.sqlite`;
  const readings = 6_000_000;
  const cloud = await startServer("../tests/gateway/_null_cloud.ts", ["data"]);
  const queue = await SqliteQueue.open(path, NO_LIMITS);
  try {
    const batch = { device: "d--1", columns: columns(1000) };
    for (let i = 0; i < readings; i += 100_000) {
      await Promise.all(Array.from({ length: 100 }, () => queue.push(batch)));
    }
    const api = new Api(cloud.url, { retries: 0 });
    api.setToken("key", "Api-Key");
    const run = async (sent: number) => {
      const stop = new AbortController();
      const gateway = new Gateway({ api, queue, confirmMs: 1000, maxDelayMs: 0 });
      const running = gateway.run({ signal: stop.signal });
      while ((gateway.toJSON().counts as { sent: number }).sent < sent) {
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
      stop.abort();
      await running;
    };
    await run(1_000_000); // Warm-up: the engine compiles the code, and the streamer becomes known.
    const before = (await queue.depth()).readings;
    const bytes = (await queue.depth()).bytes;
    const started = performance.now();
    await run(before);
    const seconds = (performance.now() - started) / 1000;
    const plain = copy(folder, bytes, Math.ceil(before / 20_000) * 2);
    return [[
      "output, 20,000 readings per report, confirmed and compared with `data/`",
      `${count(before / seconds)} readings per second`,
      "500,000",
      `${(seconds / plain).toFixed(1)} × the time of a copy of ${
        count(bytes)
      } bytes with 2 fsyncs per report`,
    ]];
  } finally {
    await queue.close();
    await cloud.stop();
  }
}

/** The time for a copy, in seconds. */
function copy(folder: string, bytes: number, syncs: number): number {
  const file = fs.openSync(`${folder}/copy`, "w");
  const piece = new Uint8Array(Math.ceil(bytes / syncs));
  const started = performance.now();
  for (let i = 0; i < syncs; i++) {
    fs.writeSync(file, piece);
    fs.fdatasyncSync(file);
  }
  fs.closeSync(file);
  return (performance.now() - started) / 1000;
}

/** Bytes per reading of real data in the file of a queue. */
export async function size(folder: string): Promise<Row[]> {
  const text = await Deno.readFile(DATA);
  const path = `${folder}/size.sqlite`;
  const queue = await SqliteQueue.open(path, NO_LIMITS);
  let readings = 0;
  // Often enough that the empty pages of a small file do not matter.
  for (let round = 0; round < 20; round++) {
    for await (const chunk of readCsv(text, { stream: "5090", chunkReadings: 1000 })) {
      await queue.push({ device: "d--1", columns: chunk });
      readings += chunk.length;
    }
  }
  const { bytes } = await queue.depth();
  await queue.close();
  const file = (await Deno.stat(path)).size;
  return [[
    "machine temperatures, batches of 1,000",
    `${(file / readings).toFixed(2)} bytes per reading`,
    "8",
    `${(bytes / readings).toFixed(2)} without SQLite; ${
      (20 * text.length / readings).toFixed(1)
    } as CSV`,
  ]];
}
