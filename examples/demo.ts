/**
 * The complete path of the data: readings from a file go through a gateway, which is killed on the way, to a
 * running cloud. They are counted once and read back.
 *
 *     deno task demo [FILE.csv]
 *
 * @module
 */
import { resolve } from "node:path";
import {
  Api,
  ArchFxDeviceSlug,
  ArchFXFlexibleDictionaryReport,
  ArchFxStreamSlug,
  DataError,
  HttpNotFoundError,
  readCsv,
  type ReadingColumns,
  splitByDevice,
} from "@archfx/cloud";
import { lineChart } from "../src/_chart.ts";

const root = new URL("..", import.meta.url);
// A task runs in the folder of the project, but a relative path starts at the current folder of the user.
const path = Deno.args[0] === undefined
  ? new URL("examples/line-1.csv", root).pathname
  : resolve(Deno.env.get("INIT_CWD") ?? Deno.cwd(), Deno.args[0]);
const PARENT = "pl--0000-0001";
const password = "my.pass";

/** The emulator in a separate process, ready. */
async function startEmulator(): Promise<{ url: string; stop(): Promise<void> }> {
  const command = ["emulator", "--port", "0", "--db", ":memory:", "--json"];
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", "--quiet", "src/cli/main.ts", ...command],
    cwd: root,
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const lines = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let ready = "";
  while (!ready.includes("\n")) {
    const { value, done } = await lines.read();
    if (done) throw new Error("Cannot start the emulator: try deno task archfx emulator");
    ready += value;
  }
  return {
    url: JSON.parse(ready).url,
    async stop() {
      child.kill("SIGTERM");
      await lines.cancel();
      await child.status;
    },
  };
}

/** A gateway in a separate process, with a folder for its configuration, its queue and its files. */
function startGateway(folder: string, url: string): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "-A",
      "--no-check",
      "--quiet",
      new URL("src/cli/main.ts", root).pathname,
      "gateway",
      "run",
    ],
    cwd: folder,
    env: { ARCHFX_DOMAIN: url, ARCHFX_EMAIL: "user@example.com", ARCHFX_PASSWORD: password },
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
}

/** How many readings of these devices the cloud has, and how many of them are different. */
async function countedReadings(api: Api, devices: Iterable<bigint>) {
  let [rows, ids] = [0, 0];
  for (const device of devices) {
    const all = await api.data.all({
      filter: String(new ArchFxDeviceSlug(device)),
      page_size: 10_000,
    });
    rows += all.length;
    ids += new Set(all.map(({ streamer_local_id }) => streamer_local_id)).size;
  }
  return { rows, ids };
}

/** Waits until the cloud has this number of readings. */
async function waitFor(readings: number, api: Api, devices: readonly bigint[]): Promise<void> {
  for (let tries = 0; tries < 600; tries++) {
    if ((await countedReadings(api, devices)).rows >= readings) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error("Cannot continue: the gateway did not send the readings within 30 seconds");
}

/**
 * Sends the file through a gateway that is killed with -9 when the cloud has some of the readings, and started
 * again.
 */
async function throughGateway(
  api: Api,
  url: string,
  read: Record<string, unknown>,
  byDevice: Map<bigint, ReadingColumns>,
): Promise<void> {
  const devices = [...byDevice.keys()];
  let total = 0;
  for (const columns of byDevice.values()) total += columns.length;
  const folder = await Deno.makeTempDir();
  try {
    await Deno.mkdir(`${folder}/spool`);
    await Deno.copyFile(path, `${folder}/spool/readings.csv`);
    await Deno.writeTextFile(
      `${folder}/gateway.json`,
      JSON.stringify({
        confirmMs: 50,
        maxDelayMs: 0,
        maxReadings: 100,
        minFreeBytes: 0,
        sources: [{ type: "folder", path: "spool", settleMs: 0, pollMs: 50, ...read }],
      }),
    );
    let gateway = startGateway(folder, url);
    await waitFor(Math.min(total, 200), api, devices);
    gateway.kill("SIGKILL");
    await gateway.status;
    say("gateway", "killed with -9 on the way, and started again");
    gateway = startGateway(folder, url);
    await waitFor(total, api, devices);
    gateway.kill("SIGTERM");
    await gateway.status;
    const { rows, ids } = await countedReadings(api, devices);
    say(
      "counted",
      `${count(total)} readings sent, ${count(rows)} counted, ${count(ids)} different ones`,
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function readFile(path: string): Promise<Uint8Array> {
  try {
    return await Deno.readFile(path);
  } catch (error) {
    const reason = error instanceof Deno.errors.NotFound
      ? "the file does not exist"
      : (error as Error).message;
    throw new DataError(`Cannot read "${Deno.args[0] ?? path}": ${reason}`);
  }
}

/** The options of the gateway for a file. Readings without a device belong to `d--1`. */
function readOptions(header: string): Record<string, unknown> {
  const named = (name: string) => header.split(",").includes(name);
  return {
    ...(named("device") ? {} : { device: "d--1" }),
    read: named("stream") ? {} : { stream: "0001-5090" },
  };
}

/** The readings of a CSV file, by device. Readings without a device belong to `d--1`. */
async function readings(bytes: Uint8Array): Promise<Map<bigint, ReadingColumns>> {
  const header = new TextDecoder().decode(bytes.subarray(0, 4096)).split(/\r?\n/, 1)[0];
  const named = (name: string) => header.split(",").includes(name);
  const reader = readCsv(bytes, {
    columns: named("device") ? { device: "device" } : {},
    ...(named("stream") ? {} : { stream: "0001-5090" }),
    firstReadingId: 1,
    chunkReadings: 2 ** 24,
  });
  for await (const chunk of reader) {
    return chunk.devices ? splitByDevice(chunk) : new Map([[1n, chunk]]);
  }
  throw new DataError("Cannot find a reading: the file has no rows");
}

/** Creates the devices that the demo factory does not have; only staff of the cloud may do that. */
async function ensureDevices(domain: string, ids: Iterable<bigint>): Promise<void> {
  await using staff = new Api(domain);
  await staff.login({ email: "staff@example.com", password });
  for (const id of ids) {
    try {
      await staff.device(new ArchFxDeviceSlug(id)).get({ staff: 1 });
    } catch (error) {
      if (!(error instanceof HttpNotFoundError)) throw error;
      await staff.device.post({ id, parent: PARENT });
    }
  }
}

/** Readings per second from columns to bytes: the median of a hundred runs, without the first ones. */
function pace(byDevice: Map<bigint, ReadingColumns>): number {
  const paces: number[] = [];
  for (let round = 0; round < 120; round++) {
    const started = performance.now();
    let readings = 0;
    for (const [device, columns] of byDevice) {
      readings += columns.length;
      ArchFXFlexibleDictionaryReport.fromColumns({ device, columns }).encode();
    }
    if (round >= 20) paces.push(readings / (performance.now() - started) * 1000);
  }
  return Math.round(paces.sort((a, b) => a - b)[50]);
}

function count(n: number): string {
  return n.toLocaleString("en-US");
}

function say(what: string, text: string): void {
  console.log(`${what.padEnd(12)}${text}`);
}

async function main(): Promise<void> {
  const bytes = await readFile(path);
  const byDevice = await readings(bytes);
  const emulator = await startEmulator();
  try {
    say("emulator", `${emulator.url}, in a separate process, SQLite in memory`);
    const reports = [...byDevice].map(([device, columns]) =>
      ArchFXFlexibleDictionaryReport.fromColumns({ device, columns, sentTimestamp: new Date() })
    );

    let [sent, size] = [0, 0];
    for (const report of reports) {
      sent += report.length;
      size += report.encode().length;
    }
    say(
      "encode",
      `${count(sent)} readings in ${reports.length} ${
        reports.length === 1 ? "report" : "reports"
      }, ${count(size)} bytes`,
    );
    say("", `${count(pace(byDevice))} readings a second, in WebAssembly`);

    await ensureDevices(emulator.url, byDevice.keys());
    await using api = new Api(emulator.url);
    await api.login({ email: "user@example.com", password });
    say("log in", `as ${api.username}`);
    const header = new TextDecoder().decode(bytes.subarray(0, 4096)).split(/\r?\n/, 1)[0];
    await throughGateway(api, emulator.url, readOptions(header), byDevice);

    // The stream of the first reading in the file.
    const [[device, columns]] = byDevice;
    const slug = ArchFxStreamSlug.fromParts({
      parent: PARENT,
      device,
      variable: columns.streams[0],
    });
    const rows = await api.data.all({ filter: slug, page_size: 10_000 });
    const timestamps = BigInt64Array.from(rows, (row) => BigInt(Date.parse(row.timestamp)) * 1000n);
    const values = Float64Array.from(rows, (row) => row.value);
    say("read back", `${slug}, ${count(values.length)} readings`);
    console.log();
    console.log(lineChart({ timestamps, values }, { width: 78, height: 10 }));
  } finally {
    await emulator.stop();
  }
}

try {
  await main();
} catch (error) {
  console.error(`demo: ${error instanceof Error ? error.message : error}`);
  Deno.exit(1);
}
