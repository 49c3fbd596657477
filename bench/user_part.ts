/**
 * One job of bench/user.ts in a separate process: prints nanoseconds of CPU time per unit and page faults as JSON.
 *
 * @module
 */
import { readFileSync } from "node:fs";
import process from "node:process";
import { ArchFXFlexibleDictionaryReport as Report } from "../src/reports/mod.ts";
import { parseSlugs } from "../src/slugs/mod.ts";
import { columnsOf, dictionaryOf, dictionaryOfColumns, plainOf, pointsOf } from "./data.ts";
import { readAll, readAllEvents } from "./cases/decode.ts";
import { slugLines, splitAndParse } from "./cases/text.ts";
import { loadPeers } from "./peers.ts";

const [job, contender, mode] = process.argv.slice(2);
const device = 0x1234;
const peer = (await loadPeers()).find(({ name }) => contender.startsWith(name));
/** Whether the objects and texts of the peer exist before the measurement starts. */
const isReady = contender.endsWith("ready");

/** The encoding run: the peer encodes from the data, or from prepared objects. */
function encoding(data: () => unknown): () => unknown {
  const ready = isReady ? data() : undefined;
  return () => peer!.encode(ready ?? data());
}

function points(kind: "none" | "two keys", length: number): () => unknown {
  const plain = plainOf(length, kind);
  if (peer) return encoding(() => dictionaryOf(plain));
  const data = pointsOf(plain);
  return () => Report.fromReadings({ device, data }).encode();
}

const START = 1_772_438_400_000;
const SAMPLES = 1024;
const integers = (i: number) => Math.round(2048 + 2000 * Math.sin(i / 20));
const floats = (i: number) => Math.sin((i + 1) / 20) / 7;

/** Readings with a waveform each. */
function waves(sample: (i: number) => number) {
  const rawData = Array.from({ length: SAMPLES }, (_, i) => sample(i));
  return Array.from({ length: 100 }, (_, i) => ({
    timestamp: START + i * 1000,
    stream: 0x5001,
    value: i,
    readingId: i + 1,
    summaryData: null,
    rawData,
  }));
}

/** Readings with a text of some 40 characters each. */
function texts() {
  return Array.from({ length: 10_000 }, (_, i) => ({
    timestamp: START + i * 1000,
    stream: 0x5001,
    value: i,
    readingId: i + 1,
    summaryData: { remark: `lot 4711, station ${i}, operator's remark` },
    rawData: null,
  }));
}

type Data = ReturnType<typeof waves> | ReturnType<typeof texts>;

/** The encoding by another library, from existing objects. */
function dictionary(data: Data): unknown {
  const events = data.map(({ timestamp, stream, value, readingId, summaryData, rawData }) => ({
    stream,
    dev_seqid: readingId,
    timestamp: new Date(timestamp).toISOString().replace("Z", "000+00:00"),
    value: value + 0.5,
    extra_data: summaryData ?? {},
    data: rawData,
  }));
  return { format: "v200", device, events };
}

function encodeWaves(data: Data): Job {
  return {
    units: 100 * SAMPLES,
    prepare: () =>
      peer
        ? encoding(() => dictionary(data))
        : () => Report.fromReadings({ device, data: [...data] }).encode(),
  };
}

function decodeData(data: Data, units: number, name: "summaryData" | "rawData"): Job {
  return {
    units,
    prepare() {
      const bytes = Report.fromReadings({ device, data: [...data] }).encode();
      return peer ? () => peer.decode(bytes) : () => Report.decode(bytes).columns()[name];
    },
  };
}

/** A report with this number of readings. */
function report(length: number): Uint8Array {
  return Report.fromReadings({ device, data: pointsOf(plainOf(length, "none")) }).encode();
}

interface Job {
  readonly units: number;
  prepare(): () => unknown;
}

const jobs: Record<string, Job> = {
  columns: {
    units: 100_000,
    prepare() {
      const columns = columnsOf(100_000);
      if (peer) return encoding(() => dictionaryOfColumns(columns));
      if (contender === "archfx") return () => Report.fromColumns({ device, columns }).encode();
      const target = new Uint8Array(12_000_000);
      return () => Report.fromColumns({ device, columns }).encodeInto(target);
    },
  },
  points: { units: 10_000, prepare: () => points("none", 10_000) },
  "two-keys": { units: 10_000, prepare: () => points("two keys", 10_000) },
  "to-columns": {
    units: 10_000,
    prepare() {
      const bytes = report(10_000);
      return peer ? () => peer.decode(bytes) : () => Report.decode(bytes).columns();
    },
  },
  "to-points": {
    units: 10_000,
    prepare() {
      const bytes = report(10_000);
      return peer ? () => readAllEvents(peer.decode(bytes)) : () => readAll(Report.decode(bytes));
    },
  },
  "integers-encode": encodeWaves(waves(integers)),
  "floats-encode": encodeWaves(waves(floats)),
  "integers-decode": decodeData(waves(integers), 100 * SAMPLES, "rawData"),
  "floats-decode": decodeData(waves(floats), 100 * SAMPLES, "rawData"),
  "texts-decode": decodeData(texts(), 10_000, "summaryData"),
  slugs: {
    units: 100_000,
    prepare() {
      const bytes = new TextEncoder().encode(slugLines().join("\n"));
      const decoder = new TextDecoder();
      return contender === "archfx"
        ? () => parseSlugs(bytes)
        : () => decoder.decode(bytes).split("\n").map(splitAndParse);
    },
  },
};

/** Nanoseconds of CPU time and page faults so far. */
function used(): { ns: number; faults: number } {
  const { user, system } = process.cpuUsage();
  // After the name in parentheses, page faults are the eighth field.
  const fields = readFileSync("/proc/self/stat", "utf8").split(") ")[1].split(" ");
  return { ns: (user + system) * 1000, faults: Number(fields[7]) };
}

/** Keeps the results, so that no work is optimised away. */
let kept: unknown;

/** Runs repeatedly for this number of milliseconds; returns the number of runs. */
function repeat(run: () => unknown, ms: number): number {
  const end = performance.now() + ms;
  let done = 0;
  do {
    kept = run();
    done++;
  } while (performance.now() < end);
  return done;
}

const { units, prepare } = jobs[job];
const run = prepare();
if (mode === "steady") repeat(run, 300);
const before = used();
const times = mode === "steady" ? repeat(run, 300) : repeat(run, 0);
const after = used();
console.log(JSON.stringify({
  ns: (after.ns - before.ns) / units / times,
  faults: (after.faults - before.faults) / times,
  kept: typeof kept,
}));
