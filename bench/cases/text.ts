/**
 * Text: slugs one by one and in bulk, CSV to a report.
 *
 * @module
 */
import { readCsv } from "../../src/readings/csv.ts";
import { ArchFXFlexibleDictionaryReport, type ReadingColumns } from "../../src/reports/mod.ts";
import { ArchFxDeviceSlug, parseSlugs } from "../../src/slugs/mod.ts";
import { csvOf } from "../data.ts";
import { measure } from "../measure.ts";
import { loadCsv, type Peer } from "../peers.ts";
import type { Row } from "../rows.ts";

const SLUGS = 100_000;

/** The obvious way to read a device slug. */
export function splitAndParse(slug: string): number {
  let id = 0;
  for (const group of slug.split("--")[1].split("-")) id = id * 65536 + parseInt(group, 16);
  return id;
}

/** The fast way to read a device slug in JavaScript, checked like ours. */
function handWritten(slug: string): number {
  if (slug.length !== 22 || slug.charCodeAt(0) !== 0x64 || slug.charCodeAt(1) !== 0x2d) return -1;
  let id = 0;
  for (let i = 3; i < 22; i++) {
    const code = slug.charCodeAt(i);
    if (i === 7 || i === 12 || i === 17) {
      if (code !== 0x2d) return -1;
      continue;
    }
    const digit = code < 58 ? code - 48 : code > 96 ? code - 87 : -1;
    if (digit < 0 || digit > 15) return -1;
    id = id * 16 + digit;
  }
  return id;
}

/** Device slugs. */
export function slugLines(): string[] {
  return Array.from(
    { length: SLUGS },
    (_, i) =>
      `d--0000-0000-${(i >> 8).toString(16).padStart(4, "0")}-${
        (i * 7919 & 0xffff).toString(16).padStart(4, "0")
      }`,
  );
}

/** Device slugs from text, one by one and in bulk. */
export function slugs(): Row[] {
  const list = slugLines();
  const bytes = new TextEncoder().encode(list.join("\n"));
  const decoder = new TextDecoder();
  const patience = { rounds: 9, turnMs: 30 };
  return [
    {
      work: "slugs in bulk from bytes",
      kind: "none",
      readings: SLUGS,
      times: measure([
        { name: "archfx", run: () => parseSlugs(bytes) },
        {
          name: "split and parseInt",
          run: () => decoder.decode(bytes).split("\n").map(splitAndParse),
        },
      ], patience),
    },
    {
      work: "slugs one by one",
      kind: "none",
      readings: SLUGS,
      times: measure([
        {
          name: "archfx",
          run: () => {
            let last;
            for (const slug of list) last = new ArchFxDeviceSlug(slug);
            return last;
          },
        },
        {
          name: "hand-written loop",
          run: () => {
            let sum = 0;
            for (const slug of list) sum += handWritten(slug);
            return sum;
          },
        },
      ], patience),
    },
  ];
}

async function csvToReport(bytes: Uint8Array): Promise<Uint8Array> {
  const chunks: ReadingColumns[] = [];
  let length = 0;
  for await (const chunk of readCsv(bytes, { firstReadingId: 1 })) {
    chunks.push(chunk);
    length += chunk.length;
  }
  const columns = {
    length,
    streams: new Uint32Array(length),
    readingIds: new BigUint64Array(length),
    timestamps: new BigInt64Array(length),
    values: new Float64Array(length),
  };
  let at = 0;
  for (const chunk of chunks) {
    columns.streams.set(chunk.streams.subarray(0, chunk.length), at);
    columns.readingIds.set(chunk.readingIds.subarray(0, chunk.length) as BigUint64Array, at);
    columns.timestamps.set(chunk.timestamps.subarray(0, chunk.length), at);
    columns.values.set(chunk.values.subarray(0, chunk.length), at);
    at += chunk.length;
  }
  return ArchFXFlexibleDictionaryReport.fromColumns({ device: 0x1234, columns }).encode();
}

/** CSV to the bytes of a report. Asynchronous, so it is timed here: the median of three runs. */
export async function csv(peers: readonly Peer[], length: number): Promise<Row> {
  const text = csvOf(length);
  const bytes = new TextEncoder().encode(text);
  const parse = await loadCsv();
  const msgpack = peers.find(({ name }) => name === "@msgpack/msgpack")!;
  const decoder = new TextDecoder();
  const theirs = () =>
    msgpack.encode({
      format: "v200",
      device: 0x1234,
      events: parse(decoder.decode(bytes)).map((row, i) => ({
        stream: parseInt(row.stream, 16),
        dev_seqid: i + 1,
        timestamp: row.timestamp.replace("Z", "+00:00"),
        value: Number(row.value),
        extra_data: {},
        data: null,
      })),
    });
  const samples: Record<string, number[]> = { "archfx": [], "@std/csv + @msgpack/msgpack": [] };
  for (let round = 0; round < 3; round++) {
    for (const name of Object.keys(samples)) {
      const start = performance.now();
      await (name === "archfx" ? csvToReport(bytes) : theirs());
      samples[name].push((performance.now() - start) * 1e6);
    }
  }
  const times = Object.fromEntries(
    Object.entries(samples).map(([name, list]) => [name, list.toSorted((a, b) => a - b)[1]]),
  );
  return { work: "CSV to report", kind: "none", readings: length, times };
}
