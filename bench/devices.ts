/**
 * Readings of many devices into reports, without and with workers: CPU time of all threads, and of the busiest
 * one, which determines the wall time on two idle cores. Writes bench/results/devices.md.
 *
 * `deno task bench:devices`: only on Linux, which reports the CPU time of each thread. Each figure is the median
 * of processes that take turns.
 *
 * @module
 */
import os from "node:os";
import process from "node:process";
import { encodeReports } from "../mod.ts";

const READINGS = 4_000_000;
const CHUNK = 65_536;
const DEVICES = 200;
const ROUNDS = 5;
const WORKERS = [0, 1, 2];

interface Figure {
  wall: number;
  busiest: number;
  all: number;
  reports: number;
}

function chunkAt(from: number) {
  const length = Math.min(CHUNK, READINGS - from);
  const row = (i: number) => from + i;
  return {
    length,
    devices: BigUint64Array.from({ length }, (_, i) => BigInt(0x1000 + row(i) % DEVICES)),
    streams: Uint32Array.from({ length }, (_, i) => 0x5090 + row(i) % 7),
    readingIds: BigUint64Array.from({ length }, (_, i) => BigInt(Math.floor(row(i) / DEVICES) + 1)),
    timestamps: BigInt64Array.from(
      { length },
      (_, i) => 1_772_431_200_000_000n + BigInt(row(i)) * 1000n,
    ),
    values: Float64Array.from({ length }, (_, i) => row(i) * 7919 % 100_000 / 100),
  };
}

/** Milliseconds of CPU time of each thread of this process, by its number. */
function threadTimes(): Map<string, number> {
  const times = new Map<string, number>();
  for (const { name } of Deno.readDirSync("/proc/self/task")) {
    const stat = Deno.readTextFileSync(`/proc/self/task/${name}/stat`);
    // After the name of the thread, which may contain spaces: user and system time are fields 14 and 15, in ticks
    // of 10 ms.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    times.set(name, 10 * (Number(fields[11]) + Number(fields[12])));
  }
  return times;
}

async function measure(workers: number): Promise<Figure> {
  const chunks = Array.from({ length: Math.ceil(READINGS / CHUNK) }, (_, i) => chunkAt(i * CHUNK));
  const before = threadTimes();
  let last = before;
  const { user, system } = process.cpuUsage();
  const start = performance.now();
  let reports = 0;
  for await (const _ of encodeReports(chunks, { maxPoints: 10_000, workers })) {
    // The worker threads end with the last report.
    if (++reports % 10 === 0) last = threadTimes();
  }
  const wall = performance.now() - start;
  const after = process.cpuUsage();
  const spent = [...last].map(([thread, time]) => time - (before.get(thread) ?? 0));
  return {
    wall: wall * 1e6 / READINGS,
    busiest: Math.max(...spent) * 1e6 / READINGS,
    all: (after.user - user + after.system - system) * 1e3 / READINGS,
    reports,
  };
}

async function inProcess(workers: number): Promise<Figure> {
  const { success, stdout } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "-A", "--no-check", "--no-lock", "-c", "deno.json"],
      ...["bench/devices.ts", String(workers)],
    ],
    cwd: new URL("../", import.meta.url),
    stderr: "inherit",
  }).output();
  if (!success) throw new Error(`Cannot measure with ${workers} workers`);
  return JSON.parse(new TextDecoder().decode(stdout));
}

function median(figures: Figure[], of: (figure: Figure) => number): number {
  return figures.map(of).sort((a, b) => a - b)[figures.length >> 1];
}

if (Deno.args.length > 0) {
  console.log(JSON.stringify(await measure(Number(Deno.args[0]))));
} else {
  const figures = new Map<number, Figure[]>(WORKERS.map((workers) => [workers, []]));
  for (let round = 0; round < ROUNDS; round++) {
    for (const workers of WORKERS) figures.get(workers)!.push(await inProcess(workers));
  }
  const alone = median(figures.get(0)!, ({ busiest }) => busiest);
  const rows = WORKERS.map((workers) => {
    const all = figures.get(workers)!;
    const busiest = median(all, (it) => it.busiest);
    return `| ${workers} | ${busiest.toFixed(0)} | ${(alone / busiest).toFixed(2)} | ${
      median(all, (it) => it.all).toFixed(0)
    } | ${median(all, (it) => it.wall).toFixed(0)} |`;
  });
  const text = `# Readings of many devices into reports

Written by \`deno task bench:devices\`: Deno ${Deno.version.deno}, ${os.availableParallelism()} processors,
${
    READINGS.toLocaleString("en")
  } readings of ${DEVICES} devices in turn, medians of ${ROUNDS} processes that take turns, nanoseconds per
reading. With enough idle cores, the busiest thread decides how long it takes. On two cores the threads of the engine,
which are part of "all threads", already use the second one, so that the wall time is no shorter.

| workers | busiest thread | times as fast | all threads | wall time |
| --: | --: | --: | --: | --: |
${rows.join("\n")}
`;
  await Deno.writeTextFile(new URL("results/devices.md", import.meta.url), text);
  console.log(text);
}
