/**
 * Whole jobs as processes: a CSV file becomes a report file, compared with Python's archfx_cloud and ormsgpack,
 * which write the same bytes, and with DuckDB and polars, which only read the file.
 *
 * `deno task bench:whole` writes `bench/results/whole.md` (Python with `venv`, and PyPI).
 *
 * @module
 */
import { setting } from "./table.ts";
import { measureProcess, median, pythonPeers } from "./processes.ts";

const folder = await Deno.makeTempDir({ prefix: "whole-" });
const here = new URL(".", import.meta.url).pathname;
const { python, versions } = await pythonPeers();

/** A plain CSV file with many readings. */
async function writeCsv(path: string, rows: number): Promise<void> {
  const parts = ["timestamp,stream,value\n"];
  for (let row = 0; row < rows; row++) {
    const time = new Date(1_772_438_400_000 + row * 171).toISOString();
    parts.push(`${time},509${row % 8},${((row * 7919) % 100_000 / 100).toFixed(2)}\n`);
  }
  await Deno.writeTextFile(path, parts.join(""));
}

interface Contender {
  readonly name: string;
  /** The command that writes a report to a path; programs that only read write nothing. */
  command(csv: string, output: string): string[];
  readonly writes: boolean;
  /** The most rows for this program; some take minutes for more. */
  readonly most: number;
  readonly rounds: number;
}

const peer = (name: string, title: string, more: Partial<Contender> = {}): Contender => ({
  name: title,
  command: (csv, output) => [
    ...[python, `${here}whole_peer.py`, name, csv],
    ...(more.writes === false ? [] : [output]),
  ],
  writes: true,
  most: Infinity,
  rounds: 3,
  ...more,
});

const CONTENDERS: readonly Contender[] = [
  {
    name: "`archfx report encode`",
    command: (csv, output) => [
      ...[Deno.execPath(), "run", "-A", "--no-check", "--no-lock", `${here}../src/cli/main.ts`],
      ...["report", "encode", csv, "--device", "d--1234", "-o", output, "--first-id", "1"],
    ],
    writes: true,
    most: Infinity,
    rounds: 5,
  },
  peer("ormsgpack", "Python: csv, ormsgpack"),
  peer("archfx_cloud", "Python: csv, archfx_cloud", { most: 100_000, rounds: 1 }),
  peer("duckdb", "DuckDB, reading only, one thread", { writes: false }),
  peer("polars", "polars, reading only, one thread", { writes: false }),
];

/** A hash of a file. */
async function hashOf(path: string): Promise<string> {
  const hash = await crypto.subtle.digest("SHA-256", await Deno.readFile(path));
  return new Uint8Array(hash).toHex();
}

const lines = [
  "# Whole jobs",
  "",
  "A CSV file becomes a report file in a new process, including its start: CPU time and wall time per row, medians;",
  `highest memory. All reports have the same bytes. ${setting()}; Python ${versions}.`,
  "",
  "| rows | who | CPU time, ns | | wall time, ns | memory |",
  "| --: | --- | --: | --: | --: | --: |",
];
for (const rows of [100_000, 1_000_000]) {
  const csv = `${folder}/${rows}.csv`;
  await writeCsv(csv, rows);
  let [own, expected] = [0, ""];
  for (const { name, command, writes, most, rounds } of CONTENDERS) {
    if (rows > most) continue;
    const samples = [];
    for (let round = 0; round < rounds; round++) {
      const output = `${folder}/report.mp`;
      const [program, ...args] = command(csv, output);
      samples.push(await measureProcess(program, args, { cwd: folder }));
      if (!writes) continue;
      const hash = await hashOf(output);
      expected ||= hash;
      if (hash !== expected) throw new Error(`${name} wrote another report`);
      await Deno.remove(output);
    }
    const cpu = median(samples.map(({ cpuMs }) => cpuMs)) * 1e6 / rows;
    const clock = median(samples.map(({ clockMs }) => clockMs)) * 1e6 / rows;
    const memory = Math.max(...samples.map(({ memoryMiB }) => memoryMiB));
    own ||= cpu;
    const shown = (ns: number) => Math.round(ns).toLocaleString("en");
    lines.push(
      `| ${rows.toLocaleString("en")} | ${name} | ${shown(cpu)} | ${(cpu / own).toFixed(1)} x | ${
        shown(clock)
      } | ${Math.round(memory)} MiB |`,
    );
    console.log(lines.at(-1));
  }
}
await Deno.remove(folder, { recursive: true });
await Deno.writeTextFile(`${here}results/whole.md`, lines.join("\n") + "\n");
