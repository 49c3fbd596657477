/**
 * Upload throughput of the emulator, from the request to the response after the commit, compared with raw inserts
 * into the same SQLite: the same columns and index, one transaction, 32 rows per statement, from prepared arrays.
 *
 * `deno run -A -c deno.json bench/emulator_upload.ts [READINGS] [RUNS]`; the runs take turns, medians are printed.
 */
import { ArchFXFlexibleDictionaryReport } from "../src/reports/mod.ts";
import { openDatabase, type SqlValue } from "../src/emulator/store/database.ts";
import { SCHEMA } from "../src/emulator/store/schema.ts";
import { startServer } from "../tests/emulator/_crash.ts";
import { Client } from "../tests/emulator/_client.ts";

const READINGS = Number(Deno.args[0] ?? 320_000);
const RUNS = Number(Deno.args[1] ?? 5);
const BATCH = 32;
const START = 1_767_225_600_000_000;

const columns = {
  length: READINGS,
  streams: new Uint32Array(READINGS).map((_, i) => 0x5000 + i % 8),
  readingIds: new Float64Array(READINGS).map((_, i) => i + 1),
  timestamps: BigInt64Array.from({ length: READINGS }, (_, i) => BigInt(START + i * 1000)),
  values: new Float64Array(READINGS).map((_, i) => i / 8),
};
const report = encoded("d--1", READINGS);
// The first upload of a process is a warm-up for the others.
const warm = encoded("d--2", 20_000);

const dir = await Deno.makeTempDir();
const uploads: number[] = [];
const inserts: number[] = [];
try {
  for (let run = 0; run < RUNS; run++) {
    inserts.push(await rawInsert(`${dir}/raw-${run}.sqlite`));
    uploads.push(await upload(`${dir}/upload-${run}.sqlite`));
  }
} finally {
  await Deno.remove(dir, { recursive: true });
}
const insert = median(inserts);
const received = median(uploads);
console.log(`${READINGS} readings, ${(report.length / 1e6).toFixed(1)} MB, median of ${RUNS} runs`);
console.log(`raw insert, 32 rows a statement   ${rate(insert)}`);
console.log(`upload, request to commit         ${rate(received)}`);
console.log(`ratio                             ${(insert / received).toFixed(2)}`);

function encoded(device: string, length: number): Uint8Array {
  return ArchFXFlexibleDictionaryReport.fromColumns({
    device,
    sentTimestamp: new Date(0),
    columns: { ...columns, length },
  }).encode();
}

async function rawInsert(path: string): Promise<number> {
  const db = await openDatabase(path);
  db.exec(SCHEMA);
  const row = "(?,?,?,?,?,?)";
  const insert = db.repeated(
    "INSERT INTO reading (stream, ts, seq, value, extra, data) VALUES " +
      Array(BATCH).fill(row).join(","),
  );
  const ready: SqlValue[][] = [];
  for (let at = 0; at + BATCH <= READINGS; at += BATCH) {
    const values: SqlValue[] = [];
    for (let i = at; i < at + BATCH; i++) {
      values.push(i % 8 + 1, START + i * 1000, i + 1, i / 8, null, null);
    }
    ready.push(values);
  }
  const started = performance.now();
  db.transaction(() => ready.forEach(insert));
  const took = performance.now() - started;
  db.close();
  return took;
}

async function upload(path: string): Promise<number> {
  const server = await startServer(path);
  try {
    const user = await new Client(server.url).login("user@example.com");
    await user.upload(warm);
    const started = performance.now();
    const { body } = await user.upload(report);
    const took = performance.now() - started;
    if (body.count !== READINGS) throw new Error(`Cannot compare: ${body.count} were counted`);
    return took;
  } finally {
    await server.kill();
  }
}

function median(times: number[]): number {
  return times.sort((a, b) => a - b)[times.length >> 1];
}

function rate(milliseconds: number): string {
  const perSecond = Math.round(READINGS / milliseconds * 1000);
  return `${perSecond.toLocaleString("en").padStart(10)} readings/s  ${milliseconds.toFixed(0)} ms`;
}
