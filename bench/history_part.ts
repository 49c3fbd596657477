/**
 * One job of bench/history.ts in a process of its own: prints CPU nanoseconds per unit and page faults as JSON.
 *
 * @module
 */
import { mkdtemp, rm } from "node:fs/promises";
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

interface Job {
  /** Units of one run. */
  readonly units: number;
  /** Runs before the one that counts: 0 for a cold figure. */
  readonly warm: number;
  /** What is ready before the clock starts; returns the run. */
  prepare(): () => unknown;
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
  "write-report": {
    units: 2_000_000,
    warm: 0,
    prepare() {
      return async () => {
        const folder = await mkdtemp(`${tmpdir()}/history-`);
        await all.writeReport(
          Array.from({ length: 200 }, () => columns(10_000)),
          `${folder}/a.mp`,
          { device: 1 },
        );
        await rm(folder, { recursive: true });
      };
    },
  },
};

const { units, warm, prepare } = jobs[job];
const run = prepare();
for (let i = 0; i < warm; i++) await run();
const repeats = warm === 0 ? 1 : 10;
const faults = () => process.resourceUsage?.().minorPageFault ?? 0;
const [faultsBefore, cpuBefore] = [faults(), process.cpuUsage()];
for (let i = 0; i < repeats; i++) await run();
const { user, system } = process.cpuUsage(cpuBefore);
console.log(JSON.stringify({
  ns: (user + system) * 1000 / units / repeats,
  faults: (faults() - faultsBefore) / repeats,
}));
