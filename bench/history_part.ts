/**
 * One job of bench/history.ts in a process of its own: prints nanoseconds per unit, of CPU time and by the clock, and
 * page faults, as JSON. Processes that a job starts are counted, too.
 *
 * @module
 */
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import process from "node:process";

const [job, root] = process.argv.slice(2);
// deno-lint-ignore no-explicit-any -- two versions of the package, whose types differ
type Any = any;
const all: Any = await import(`${root}/mod.ts`);
const { ArchFXDataPoint, ArchFXFlexibleDictionaryReport: Report, ReportEncoderStream } = all;

const READINGS = 100_000;
const START = 1_772_438_400_000;

function points(count: number): Any[] {
  return Array.from({ length: count }, (_, i) =>
    new ArchFXDataPoint({
      timestamp: START + i * 100,
      stream: 0x5001 + i % 5,
      value: i / 8,
      readingId: i + 1,
    }));
}

function columns(count: number, first = 0): Any {
  return {
    length: count,
    streams: Uint32Array.from({ length: count }, (_, i) => 0x5001 + i % 5),
    readingIds: Float64Array.from({ length: count }, (_, i) => first + i + 1),
    timestamps: BigInt64Array.from({ length: count }, (_, i) => BigInt(START + i) * 1000n),
    values: Float64Array.from({ length: count }, (_, i) => i / 8),
  };
}

/** A report of readings with raw data, encoded. */
function reportOf(rawData: (row: number) => unknown, count: number): Uint8Array {
  const data = points(count).map((point, row) => ({
    timestamp: point.timestampMicros,
    stream: point.stream,
    value: point.value,
    readingId: point.readingId,
    rawData: rawData(row),
  }));
  return Report.fromReadings({ device: 1, data }).encode();
}

const wave = (of: (sample: number) => number) => Array.from({ length: 1024 }, (_, i) => of(i));
const integers = wave((i) => Math.round(2048 + 2000 * Math.sin(i / 20)));
const floats = wave((i) => Math.sin(i / 20) / 7);

const LINES = 2_000_000;

/** A plain CSV of many readings. */
function csv(): Uint8Array {
  const parts = ["timestamp,stream,value\n"];
  for (let row = 0; row < LINES; row++) {
    const value = ((row * 7919) % 100_000 / 100).toFixed(2);
    parts.push(`${new Date(START + row * 171).toISOString()},509${row % 8},${value}\n`);
  }
  return new TextEncoder().encode(parts.join(""));
}

/** The command of a version, to its end. */
function archfx(...args: string[]): Promise<void> {
  const flags = ["run", "-A", "--no-check", "--no-lock", `${root}/src/cli/main.ts`];
  const child = spawn(process.execPath, [...flags, ...args], { stdio: "ignore" });
  return new Promise((resolve, reject) =>
    child.on("exit", (code) => code === 0 ? resolve() : reject(new Error(`exit code ${code}`)))
  );
}

/** Something with a folder, which is removed behind it. */
async function inFolder(task: () => Promise<unknown>): Promise<void> {
  await task();
  await rm(folder, { recursive: true });
}
const folder = await mkdtemp(`${tmpdir()}/history-`);

/** A client whose server answers with the same page again and again. */
function readings(pages: number, value: (row: number) => number): () => Promise<unknown> {
  const results = Array.from({ length: 5000 }, (_, row) => ({
    id: row,
    stream_slug: "sl--0000-0001--0000-0000-0000-0001--0000-5051",
    timestamp: new Date(START + row * 171).toISOString(),
    int_value: null,
    value: value(row),
    streamer_local_id: row + 1,
    extra_data: {},
    data: null,
  }));
  const text = JSON.stringify(results);
  return async () => {
    let page = 1;
    const fetch = () => {
      const next = page < pages ? `"http://a/?page=${++page}"` : "null";
      const body = `{"count": 9, "next": ${next}, "previous": null, "results": ${text}}`;
      const headers = { "content-type": "application/json" };
      return Promise.resolve(new Response(body, { headers }));
    };
    const api = new all.Api("https://arch.example.com", { fetch });
    const slug = "sl--0000-0001--0000-0000-0000-0001--0000-5051";
    for await (const columns of all.stream(api, slug).readings()) columns.length;
  };
}

interface Job {
  /** Units of one run. */
  readonly units: number;
  /** Runs before the one that counts: 0 for a cold figure. */
  readonly warm: number;
  /** What is ready before the clock starts; returns the run. */
  prepare(): (() => unknown) | Promise<() => unknown>;
}

const encodeWave = (samples: number[]): Job => ({
  units: 100 * samples.length,
  warm: 10,
  prepare() {
    const data = points(100).map((point) => ({
      timestamp: point.timestampMicros,
      stream: 1,
      value: 1,
      rawData: samples,
    }));
    return () => Report.fromReadings({ device: 1, data });
  },
});
const decodeData = (units: number, rawData: (row: number) => unknown, count: number): Job => ({
  units,
  warm: 10,
  prepare() {
    const bytes = reportOf(rawData, count);
    return () => Report.decode(bytes).columns().rawData;
  },
});
const stream = (write: (all: Any[]) => unknown[], warm: number): Job => ({
  units: READINGS,
  warm,
  prepare() {
    const items = write(points(READINGS));
    return async () => {
      const reports = ReadableStream.from(items as never)
        .pipeThrough(new ReportEncoderStream({ device: 1 }));
      for await (const report of reports as Any) report.byteLength;
    };
  },
});
const whole = (warm: number, run: () => unknown): Job => ({
  units: READINGS,
  warm,
  prepare: () => run,
});

const ready = columns(READINGS);
const target = new Uint8Array(12_000_000);
const slices = (items: Any[], size: number) =>
  Array.from({ length: items.length / size }, (_, i) => items.slice(i * size, (i + 1) * size));

const jobs: Record<string, Job> = {
  "encode-integers": encodeWave(integers),
  "encode-floats": encodeWave(floats),
  "decode-integers": decodeData(102_400, () => integers, 100),
  "decode-floats": decodeData(102_400, () => floats, 100),
  "decode-texts": decodeData(
    10_000,
    (row) => `lot 4711, station ${row}, operator's remark`,
    10_000,
  ),
  "stream-single": stream((items) => items, 3),
  "stream-arrays": stream((items) => slices(items, 1000), 3),
  "columns-cold": whole(0, () => Report.fromColumns({ device: 1, columns: ready }).encode()),
  "columns-steady": whole(20, () => Report.fromColumns({ device: 1, columns: ready }).encode()),
  "columns-into": whole(
    20,
    () => Report.fromColumns({ device: 1, columns: ready }).encodeInto(target),
  ),
  "points-steady": {
    units: READINGS,
    warm: 20,
    prepare() {
      const data = points(READINGS);
      return () => Report.fromReadings({ device: 1, data }).encode();
    },
  },
  "visible-data": {
    units: READINGS,
    warm: 20,
    prepare() {
      const bytes = Report.fromColumns({ device: 1, columns: ready }).encode();
      return () => Report.decode(bytes).visibleData;
    },
  },
  "read-csv": {
    units: LINES,
    warm: 1,
    prepare() {
      const text = csv();
      return async () => {
        for await (const { length } of all.readCsv(text, { firstReadingId: 1 })) length;
      };
    },
  },
  "readings-short": { units: 50_000, warm: 5, prepare: () => readings(10, (row) => row / 8) },
  "readings-long": { units: 50_000, warm: 5, prepare: () => readings(10, (row) => Math.sin(row)) },
  "write-report": {
    units: 2_000_000,
    warm: 0,
    prepare() {
      const chunks = Array.from({ length: 200 }, (_, i) => columns(10_000, i * 10_000));
      return () => inFolder(() => all.writeReport(chunks, `${folder}/a.mp`, { device: 1 }));
    },
  },
  "report-encode": {
    units: LINES,
    warm: 0,
    async prepare() {
      await writeFile(`${folder}/a.csv`, csv());
      return () =>
        inFolder(() => archfx("report", "encode", `${folder}/a.csv`, "--device", "d--1234"));
    },
  },
  "report-decode": {
    units: 1_000_000,
    warm: 0,
    async prepare() {
      const report = Report.fromColumns({ device: 1, columns: columns(1_000_000) });
      await writeFile(`${folder}/a.mp`, report.encode());
      return () => inFolder(() => archfx("report", "decode", `${folder}/a.mp`, "--format", "csv"));
    },
  },
};

const { units, warm, prepare } = jobs[job];
const run = await prepare();
/** Runs again and again: at least so often, and for so many milliseconds, until the compiler has done its work. */
async function repeat(times: number, ms: number): Promise<number> {
  const end = performance.now() + ms;
  let done = 0;
  while (done < times || performance.now() < end) {
    await run();
    done++;
  }
  return done;
}
if (warm > 0) await repeat(warm, 300);

/** Milliseconds of CPU time and page faults so far, those of processes that have ended included. */
function used(): { ms: number; faults: number } {
  const { user, system } = process.cpuUsage();
  const { minorPageFault } = process.resourceUsage();
  // Behind the name in parentheses: faults of children are the ninth number, their ticks the 14th and 15th.
  const fields = readFileSync("/proc/self/stat", "utf8").split(") ")[1].split(" ").map(Number);
  return {
    ms: (user + system) / 1000 + (fields[13] + fields[14]) * 10,
    faults: (minorPageFault || fields[7]) + fields[8],
  };
}

const before = used();
const started = performance.now();
const repeats = warm === 0 ? await repeat(1, 0) : await repeat(3, 400);
const wall = performance.now() - started;
const after = used();
console.log(JSON.stringify({
  ns: (after.ms - before.ms) * 1e6 / units / repeats,
  wall: wall * 1e6 / units / repeats,
  faults: (after.faults - before.faults) / repeats,
}));
await rm(folder, { recursive: true, force: true });
