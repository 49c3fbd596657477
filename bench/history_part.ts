/**
 * One job of bench/history.ts in a separate process: prints nanoseconds per unit (CPU time and wall time) and
 * page faults as JSON. For a whole process, these are the figures of that process.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { pageText, SLUG } from "./_data_pages.ts";
import { deviceJobs, type Job } from "./_history_devices.ts";
import { measureProcess, type ProcessFigure } from "./processes.ts";

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

/** A plain CSV file with many readings, of several devices in turn if there is more than one. */
function csv(devices = 1): Uint8Array {
  const parts = [devices > 1 ? "timestamp,device,stream,value\n" : "timestamp,stream,value\n"];
  for (let row = 0; row < LINES; row++) {
    const value = ((row * 7919) % 100_000 / 100).toFixed(2);
    const device = devices > 1 ? `d--${1000 + row % devices},` : "";
    parts.push(`${new Date(START + row * 171).toISOString()},${device}509${row % 8},${value}\n`);
  }
  return new TextEncoder().encode(parts.join(""));
}

/** Runs the command of a version to its end. */
function archfx(args: string[], env: Record<string, string> = {}): Promise<ProcessFigure> {
  const flags = ["run", "-A", "--no-check", "--no-lock", `${root}/src/cli/main.ts`];
  return measureProcess(process.execPath, [...flags, ...args], { cwd: folder, env });
}

/** Runs a task with a server in a separate process. */
async function withServer<T>(args: string[], task: (address: string) => Promise<T>): Promise<T> {
  const child = spawn(process.execPath, ["run", "-A", "--no-check", "--no-lock", ...args], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  try {
    const port = await new Promise<string>((resolve) =>
      child.stdout!.once("data", (text) => resolve(String(text).trim()))
    );
    return await task(`http://127.0.0.1:${port}`);
  } finally {
    child.kill("SIGKILL");
  }
}

/** A cloud that counts every report of this number of readings immediately. */
const cloud = (readings: number) => [
  fileURLToPath(new URL("uploads.ts", import.meta.url)),
  "serve",
  String(readings),
];

/** Runs a task with a folder, which is removed afterwards. */
async function inFolder<T>(task: () => Promise<T>): Promise<T> {
  const result = await task();
  await rm(folder, { recursive: true });
  return result;
}
const folder = await mkdtemp(`${tmpdir()}/history-`);

/** A client whose server always returns the same page. */
function readings(pages: number, value: (row: number) => number): () => Promise<unknown> {
  const [head, tail] = pageText(value);
  const encoder = new TextEncoder();
  const bodies = Array.from(
    { length: pages },
    (_, i) =>
      encoder.encode(`${head}${i + 1 < pages ? `"http://a/?page=${i + 2}"` : "null"}${tail}`),
  );
  return async () => {
    let page = 0;
    const headers = { "content-type": "application/json" };
    const fetch = () => Promise.resolve(new Response(bodies[page++], { headers }));
    const api = new all.Api("https://arch.example.com", { fetch });
    for await (const columns of all.stream(api, SLUG).readings()) columns.length;
  };
}

/** `archfx data` with a server on this machine that has this number of pages. */
async function printData(pages: number): Promise<ProcessFigure> {
  const [head, tail] = pageText((row) => row / 8);
  const server = createServer((request, response) => {
    const page = Number(new URL(request.url!, "http://a").searchParams.get("page") ?? 1);
    const next = page < pages ? `"http://a/?page=${page + 1}"` : "null";
    const body = Buffer.from(`${head}${next}${tail}`);
    response.writeHead(200, { "content-type": "application/json", "content-length": body.length });
    response.end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  const figure = await archfx(["data", SLUG, "--format", "csv"], {
    ARCHFX_DOMAIN: `http://127.0.0.1:${port}`,
    ARCHFX_TOKEN: "token",
  });
  server.closeAllConnections();
  server.close();
  return figure;
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

const { devices, devicesSplit } = deviceJobs(all, columns);
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
  "points-data": {
    units: READINGS,
    warm: 20,
    prepare() {
      const data = Array.from({ length: READINGS }, (_, i) =>
        new ArchFXDataPoint({
          timestamp: START + i * 100,
          stream: 0x5001 + i % 5,
          value: i / 8,
          readingId: i + 1,
          summaryData: { quality: i % 100 / 100, batch: `B${i % 97}` },
        }));
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
  "report-encode-many": {
    units: LINES,
    warm: 0,
    whole: true,
    async prepare() {
      await writeFile(`${folder}/a.csv`, csv(200));
      const output = `${folder}/{device}.mp`;
      return () => inFolder(() => archfx(["report", "encode", `${folder}/a.csv`, "-o", output]));
    },
  },
  "report-encode": {
    units: LINES,
    warm: 0,
    whole: true,
    async prepare() {
      await writeFile(`${folder}/a.csv`, csv());
      return () =>
        inFolder(() => archfx(["report", "encode", `${folder}/a.csv`, "--device", "d--1234"]));
    },
  },
  "data": {
    units: 500_000,
    warm: 0,
    whole: true,
    prepare: () => () => inFolder(() => printData(100)),
  },
  "upload-small": {
    units: 200,
    warm: 1,
    prepare() {
      const report = Report.fromColumns({ device: 1, columns: columns(100) });
      return () =>
        withServer(cloud(100), async (url) => {
          const api = new all.Api(url);
          api.setToken("token");
          for (let i = 0; i < 200; i++) await report.upload(api);
        });
    },
  },
  "upload-large": {
    units: 3_000_000,
    warm: 0,
    whole: true,
    async prepare() {
      const chunks = Array.from({ length: 300 }, (_, i) => columns(10_000, i * 10_000));
      const path = `${folder}/a.mp`;
      await all.writeReport(chunks, path, { device: 1 });
      return () =>
        inFolder(() =>
          withServer(cloud(3_000_000), (url) =>
            archfx(["report", "upload", "-q", path], {
              ARCHFX_DOMAIN: url,
              ARCHFX_TOKEN: "0".repeat(40),
            }))
        );
    },
  },
  "devices-alone": devices(0),
  "devices-two": devices(2),
  "devices-own": devices(0),
  "devices-both": devices(2),
  "devices-split": devicesSplit,
  "report-decode": {
    units: 1_000_000,
    warm: 0,
    whole: true,
    async prepare() {
      const report = Report.fromColumns({ device: 1, columns: columns(1_000_000) });
      await writeFile(`${folder}/a.mp`, report.encode());
      return () =>
        inFolder(() => archfx(["report", "decode", `${folder}/a.mp`, "--format", "csv"]));
    },
  },
};

const { units, warm, prepare, whole: isWhole = false } = jobs[job];
const run = await prepare();
if (isWhole) {
  const { cpuMs, clockMs, memoryMiB, faults } = await run() as ProcessFigure;
  print({ ns: cpuMs * 1e6 / units, wall: clockMs * 1e6 / units, faults, memory: memoryMiB });
} else {
  if (warm > 0) await repeat(warm, 300);
  const before = used();
  const started = performance.now();
  const repeats = warm === 0 ? await repeat(1, 0) : await repeat(3, 400);
  const wall = performance.now() - started;
  const after = used();
  print({
    ns: (after.ms - before.ms) * 1e6 / units / repeats,
    wall: wall * 1e6 / units / repeats,
    faults: (after.faults - before.faults) / repeats,
    memory: process.memoryUsage().rss / 2 ** 20,
  });
}
await rm(folder, { recursive: true, force: true });
process.exit(0);

function print(figure: { ns: number; wall: number; faults: number; memory: number }): void {
  console.log(JSON.stringify(figure));
}

/** Runs repeatedly, at least this often and for this time in milliseconds, until the compiler has finished. */
async function repeat(times: number, ms: number): Promise<number> {
  const end = performance.now() + ms;
  let done = 0;
  while (done < times || performance.now() < end) {
    await run();
    done++;
  }
  return done;
}

/** Milliseconds of CPU time and page faults so far. */
function used(): { ms: number; faults: number } {
  const { user, system } = process.cpuUsage();
  // After the name in parentheses, page faults are the eighth field.
  const fields = readFileSync("/proc/self/stat", "utf8").split(") ")[1].split(" ");
  return { ms: (user + system) / 1000, faults: Number(fields[7]) };
}
