/**
 * A new process: writes ten million readings to a file, and measures how far memory rises above its level before
 * the first reading.
 *
 * @module
 */
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { type ReadingColumns, writeReport } from "../src/reports/mod.ts";
import { columnsOf } from "./data.ts";

const READINGS = 10_000_000;
const CHUNK = 10_000;

const folder = await mkdtemp(join(tmpdir(), "archfx-bench-"));
const before = process.memoryUsage().rss;
let highest = before;
const watch = setInterval(() => highest = Math.max(highest, process.memoryUsage().rss), 5);

function* chunks(): Generator<ReadingColumns> {
  for (let from = 0; from < READINGS; from += CHUNK) {
    const columns = columnsOf(CHUNK);
    for (let i = 0; i < CHUNK; i++) columns.readingIds[i] = BigInt(from + i + 1);
    highest = Math.max(highest, process.memoryUsage().rss);
    yield columns;
  }
}

const start = performance.now();
const path = join(folder, "large.mp");
const { bytes } = await writeReport(chunks(), path, { device: 0x1234 });
const seconds = (performance.now() - start) / 1000;
clearInterval(watch);
const { size } = await stat(path);
await rm(folder, { recursive: true });
if (size !== bytes) throw new Error(`the file has ${size} bytes, not ${bytes}`);
console.log(JSON.stringify({ risenMB: (highest - before) / 2 ** 20, bytes, seconds }));
