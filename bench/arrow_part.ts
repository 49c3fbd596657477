/**
 * One part of bench/arrow.ts, in a separate process: prints CPU seconds and the highest memory as JSON.
 *
 * @module
 */
import process from "node:process";
import { readParquet, writeParquet } from "../src/arrow/mod.ts";
import { type ReadingColumns, resample } from "../src/readings/mod.ts";

const [part, folder, millions] = Deno.args;
const total = Number(millions) * 1e6;
const path = `${folder}/ours.parquet`;

/** Readings of four streams, 0.5 ms apart, values with noise. */
function* chunks(length = 16384): Generator<ReadingColumns> {
  for (let from = 0; from < total; from += length) {
    const count = Math.min(length, total - from);
    const timestamps = new BigInt64Array(count);
    const values = new Float64Array(count);
    const streams = new Uint32Array(count);
    const readingIds = new BigUint64Array(count);
    for (let i = 0; i < count; i++) {
      const at = from + i;
      timestamps[i] = 1772431200000000n + BigInt(at) * 500n;
      values[i] = 20 + Math.sin(at / 50) + ((at * 2654435761) % 1000) / 1e3;
      streams[i] = 0x15090 + (at >> 12) % 4;
      readingIds[i] = BigInt(at + 1);
    }
    yield { length: count, timestamps, values, streams, readingIds };
  }
}

function cpuSeconds(since?: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1e6;
}

let bytes: number | undefined;
let seconds: number;
if (part === "resample") {
  const [columns] = chunks(total);
  resample({ ...columns, length: 10_000 }, { everyMs: 60_000, by: "mean" });
  const start = process.cpuUsage();
  resample(columns, { everyMs: 60_000, by: "mean" });
  seconds = cpuSeconds(start);
} else {
  const start = process.cpuUsage();
  if (part === "write") ({ bytes } = await writeParquet(chunks(), path));
  else {
    let readings = 0;
    for await (const { length } of readParquet(path)) readings += length;
    if (readings !== total) throw new Error(`Cannot measure: ${readings} readings came back`);
  }
  seconds = cpuSeconds(start);
}
const megabytes = process.resourceUsage().maxRSS / 1024;
console.log(JSON.stringify({ seconds, megabytes, bytes }));
