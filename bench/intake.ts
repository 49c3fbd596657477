/**
 * Reading text, by CPU time per row: plain CSV, German CSV with all options, wide CSV, NDJSON with summary data.
 *
 * `deno task bench:intake`; `--rows N` (1,000,000), `--python PATH` compares with DuckDB, polars and pandas if
 * that Python has them. Prints ratios to plain CSV in the same run.
 *
 * @module
 */
import process from "node:process";
import { type CsvOptions, readCsv, readNdjson } from "../src/readings/mod.ts";

const option = (name: string) => {
  const at = process.argv.indexOf(name);
  return at < 0 ? undefined : process.argv[at + 1];
};
const ROWS = Number(option("--rows") ?? 1_000_000);
const ROUNDS = 5;

const iso = (row: number) => new Date(1772431200000 + row * 171).toISOString();
const value = (row: number) => ((row * 7919) % 100_000 / 100).toFixed(2);

/** A text with many rows. */
function textOf(header: string, rows: number, line: (row: number) => string): Uint8Array {
  const parts = [header];
  for (let row = 0; row < rows; row++) parts.push(line(row));
  return new TextEncoder().encode(parts.join(""));
}

/** Nanoseconds of CPU time per reading, the best of several rounds. */
async function measure(
  readings: number,
  read: () => AsyncIterable<{ length: number }>,
): Promise<number> {
  let best = Infinity;
  for (let round = 0; round < ROUNDS; round++) {
    const before = process.cpuUsage();
    let count = 0;
    for await (const { length } of read()) count += length;
    const { user, system } = process.cpuUsage(before);
    if (count !== readings) throw new Error(`Cannot measure: ${count} of ${readings} readings`);
    best = Math.min(best, (user + system) * 1000 / readings);
  }
  return best;
}

const plain = textOf(
  "timestamp,stream,value\n",
  ROWS,
  (row) => `${iso(row)},509${row % 8},${value(row)}\n`,
);
const german = textOf("Zeit;Wert;stream;Güte\n", ROWS, (row) => {
  const [year, month, day] = iso(row).slice(0, 10).split("-");
  return `${day}.${month}.${year} ${iso(row).slice(11, 19)};${value(row).replace(".", ",")};509${
    row % 8
  };Good\n`;
});
const names = Array.from({ length: 20 }, (_, i) => `c${i}`);
const wide = textOf(
  `timestamp,${names.join(",")}\n`,
  ROWS / 20,
  (row) => `${iso(row)},${names.map((_, i) => value(row + i)).join(",")}\n`,
);
const ndjson = textOf(
  "",
  ROWS / 4,
  (row) =>
    `{"timestamp":"${iso(row)}","stream":${0x5090 + row % 8},"value":${value(row)},"readingId":${
      row + 1
    },` +
    `"extra_data":{"n":${row % 7},"mean":2.5}}\n`,
);
const everything: CsvOptions = {
  delimiter: ";",
  decimal: ",",
  timeFormat: "%d.%m.%Y %H:%M:%S",
  timeZone: "Europe/Berlin",
  columns: { timestamp: "Zeit", value: "Wert", quality: "Güte" },
  good: ["Good"],
  firstReadingId: 1,
};
const map = Object.fromEntries(names.map((name, i) => [name, 0x5000 + i]));

const base = await measure(ROWS, () => readCsv(plain, { firstReadingId: 1 }));
const rows: [work: string, ns: number][] = [
  ["plain CSV: time, stream, value", base],
  [
    "strptime, zone, decimal comma, quality",
    await measure(ROWS, () => readCsv(german, everything)),
  ],
  [
    "wide, 20 streams, per value",
    await measure(ROWS, () => readCsv(wide, { map, firstReadingId: 1 })),
  ],
  ["NDJSON with summary data", await measure(ROWS / 4, () => readNdjson(ndjson))],
];
const python = option("--python");
if (python !== undefined) {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/plain.csv`;
  await Deno.writeFile(path, plain);
  const { stdout } = await new Deno.Command(python, {
    args: [new URL("intake_peer.py", import.meta.url).pathname, path, String(ROWS)],
    stderr: "inherit",
  }).output();
  await Deno.remove(folder, { recursive: true });
  for (const line of new TextDecoder().decode(stdout).trim().split("\n")) {
    if (line !== "") rows.push(JSON.parse(line));
  }
}
console.log("| work | ns of CPU time | ratio |\n|---|---|---|");
for (const [work, ns] of rows) {
  console.log(`| ${work} | ${ns.toFixed(0)} | ${(ns / base).toFixed(2)} |`);
}
