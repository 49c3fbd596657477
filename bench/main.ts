/**
 * Measures the codec and its peers in one run and writes bench/results.
 *
 * `deno task bench`; under Node 24 `npm install && node --max-old-space-size=8192 --experimental-transform-types
 * main.ts` in this folder, which only prints the results. `--python` also times the Python package, `--quick`
 * skips slow work and writes nothing.
 *
 * @module
 */
import { mkdir, writeFile } from "node:fs/promises";
import process from "node:process";
import { decode } from "./cases/decode.ts";
import { encodeChunks, encodeColumns, encodePoints } from "./cases/encode.ts";
import { csv, slugs } from "./cases/text.ts";
import { loadPeers } from "./peers.ts";
import { memoryFigure, pythonTimes, startFigures } from "./processes.ts";
import { type Figure, figures, type Row } from "./rows.ts";
import { table } from "./table.ts";

const quick = process.argv.includes("--quick");
const peers = await loadPeers();
const rows: Row[] = [];

function done(...measured: Row[]): void {
  for (const row of measured) {
    rows.push(row);
    const { archfx } = row.times;
    const cost = (archfx / row.readings).toFixed(1);
    const others = Object.entries(row.times).filter(([name]) => name !== "archfx")
      .map(([name, time]) => `${name} ${(time / archfx).toFixed(2)}x`).join(", ");
    console.log(`${row.work}, ${row.kind}, ${row.readings}: ${cost} ns a reading; ${others}`);
  }
}

// A million waveforms would be 9 GB.
const waves = quick ? [1, 100] : [1, 100, 1000, 10_000];
const sizes = quick ? [1, 100, 10_000] : [1, 100, 10_000, 1_000_000];
for (const size of sizes) done(encodePoints(peers, "none", size));
for (const size of sizes) done(encodePoints(peers, "two keys", size));
for (const size of waves) done(encodePoints(peers, "waveform", size));
for (const size of [1, 100, 10_000, 100_000, ...(quick ? [] : [1_000_000])]) {
  done(...encodeColumns(peers, size));
}
for (const size of sizes) done(...decode(peers, "none", size));
for (const size of sizes) done(...decode(peers, "two keys", size));
for (const size of waves) done(...decode(peers, "waveform", size));
done(...slugs());
if (!quick) {
  done(await csv(peers, 1_000_000));
  done(...encodeChunks([1000, 100_000, 10_000_000]));
  const all: Figure[] = [...figures(rows), await memoryFigure(), ...await startFigures()];
  const python = process.argv.includes("--python") ? await pythonTimes() : undefined;
  const text = table(rows, all, python);
  if ("Deno" in globalThis) {
    const folder = new URL("results/", import.meta.url);
    await mkdir(folder, { recursive: true });
    await writeFile(new URL("results.md", folder), text);
    const results = { rows, figures: all, python };
    await writeFile(new URL("results.json", folder), JSON.stringify(results, null, 1) + "\n");
  }
  console.log(`\n${text}`);
}
