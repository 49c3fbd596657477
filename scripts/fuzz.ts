/**
 * Feeds broken reports to the decoder: `deno task fuzz --runs N --seed S`.
 *
 * Every input is a real report with a few changed bytes. Within a second, the decoder must return a report whose
 * readings can all be read and encoded again, or throw a DataError. After that, it must still read the next
 * report. A failure prints the seed and the input.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { ArchFXFlexibleDictionaryReport, DataError } from "../src/reports/mod.ts";
import { random } from "../tests/_random.ts";

/** Bytes that start long, nested or unusual values. */
const NASTY = [0xc1, 0xdf, 0xdd, 0xdb, 0xc6, 0xc9, 0xff, 0x00, 0x7f, 0x80, 0x9f, 0xd3, 0xcf, 0xc7];
/** The longest time for an input in milliseconds, even on a busy machine. */
const LONGEST_MS = 1000;
/** How far memory may rise during the whole run, in bytes. */
const MOST_MEMORY = 512 * 2 ** 20;
const WORKS_EVERY = 64;
/** The deepest nesting of data that is encoded again; decoded data may be nested a little deeper. */
const DEEPEST_WRITTEN = 508;

/** The reports in the golden vectors. */
export async function corpus(): Promise<Uint8Array[]> {
  const reports: Uint8Array[] = [];
  for (const [file, key] of [["reports", "encoded_hex"], ["decode", "hex"]]) {
    const url = new URL(`../tests/golden/${file}.json`, import.meta.url);
    const { cases } = JSON.parse(await Deno.readTextFile(url));
    for (const golden of cases) {
      if (typeof golden[key] === "string") reports.push(Uint8Array.fromHex(golden[key]));
    }
  }
  return reports.filter((bytes) => bytes.length > 0);
}

/** A report with one change. */
function mutate(bytes: Uint8Array, other: Uint8Array, next: () => number): Uint8Array {
  const at = Math.floor(next() * bytes.length);
  const copy = bytes.slice();
  switch (Math.floor(next() * 8)) {
    case 0:
      copy[at] ^= 1 << Math.floor(next() * 8);
      return copy;
    case 1:
      copy[at] = Math.floor(next() * 256);
      return copy;
    case 2:
      copy[at] = NASTY[Math.floor(next() * NASTY.length)];
      return copy;
    case 3:
      return copy.subarray(0, at);
    case 4: { // bytes twice
      const end = at + Math.floor(next() * 40);
      return Uint8Array.from([...copy.subarray(0, end), ...copy.subarray(at)]);
    }
    case 5: { // bytes left out
      const end = at + Math.floor(next() * 40);
      return Uint8Array.from([...copy.subarray(0, at), ...copy.subarray(end)]);
    }
    case 6: { // the end of another report
      const from = Math.floor(next() * other.length);
      return Uint8Array.from([...copy.subarray(0, at), ...other.subarray(from)]);
    }
    default: // a length of four bytes
      copy.fill(0xff, at + 1, at + 5);
      copy[at] = NASTY[Math.floor(next() * 5)];
      return copy;
  }
}

/** Decodes the bytes and reads everything; returns whether they were a report. */
function tryDecode(bytes: Uint8Array): boolean {
  let report;
  try {
    report = ArchFXFlexibleDictionaryReport.decode(bytes, { maxDepth: DEEPEST_WRITTEN });
  } catch (error) {
    if (error instanceof DataError) return false;
    throw error;
  }
  const encoded = report.encode();
  if (encoded.length !== bytes.length || encoded.some((byte, i) => byte !== bytes[i])) {
    throw new Error("encode() does not match the decoded report");
  }
  const points = report.visibleData;
  const again = ArchFXFlexibleDictionaryReport.fromReadings({
    device: report.origin,
    data: points,
  });
  const back = ArchFXFlexibleDictionaryReport.decode(again.encode(), { maxDepth: 1024 });
  points.forEach((point, i) => {
    if (String(point) !== String(back.visibleData[i])) {
      throw new Error(`reading ${i} came back as ${back.visibleData[i]}, not ${point}`);
    }
  });
  return true;
}

/** The results of a run. */
export interface FuzzResult {
  readonly runs: number;
  readonly reports: number;
  readonly slowestMs: number;
}

/** Runs the fuzzer; throws at the first input that violates a rule. */
export async function fuzz({ runs, seed }: { runs: number; seed: number }): Promise<FuzzResult> {
  const all = await corpus();
  const good = all.filter((bytes) => tryDecode(bytes));
  const expected = good.map((bytes) =>
    String(ArchFXFlexibleDictionaryReport.decode(bytes).visibleData)
  );
  const next = random(seed);
  const pick = <T>(list: T[]): T => list[Math.floor(next() * list.length)];
  const memory = Deno.memoryUsage().rss;
  let reports = 0;
  let slowestMs = 0;
  for (let run = 0; run < runs; run++) {
    let bytes = pick(all);
    for (let count = 1 + Math.floor(next() * 3); count > 0 && bytes.length > 0; count--) {
      bytes = mutate(bytes, pick(all), next);
    }
    try {
      const start = performance.now();
      if (tryDecode(bytes)) reports++;
      const spent = performance.now() - start;
      slowestMs = Math.max(slowestMs, spent);
      if (spent > LONGEST_MS) throw new Error(`took ${spent.toFixed(0)} ms`);
      if (run % WORKS_EVERY === 0) {
        const i = Math.floor(next() * good.length);
        const points = ArchFXFlexibleDictionaryReport.decode(good[i]).visibleData;
        if (String(points) !== expected[i]) throw new Error(`report ${i} is not read any more`);
        const risen = Deno.memoryUsage().rss - memory;
        if (risen > MOST_MEMORY) throw new Error(`memory has risen by ${risen} bytes`);
      }
    } catch (cause) {
      throw new Error(`seed ${seed}, run ${run}, input ${bytes.toHex()}: ${cause}`, { cause });
    }
  }
  return { runs, reports, slowestMs };
}

if (import.meta.main) {
  const flags = parseArgs(Deno.args, { string: ["runs", "seed"] });
  const seed = Number(flags.seed ?? Date.now() % 2 ** 31);
  const runs = Number(flags.runs ?? 100_000);
  if (!Number.isSafeInteger(runs) || !Number.isSafeInteger(seed)) {
    console.error("usage: deno task fuzz [--runs N] [--seed S]");
    Deno.exit(2);
  }
  console.log(`seed ${seed}`);
  const { reports, slowestMs } = await fuzz({ runs, seed });
  console.log(
    `${runs} broken inputs, ${reports} of them still reports, slowest ${slowestMs.toFixed(1)} ms`,
  );
}
