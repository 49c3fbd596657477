/**
 * Kills an emulator during uploads and checks the remaining data: a few times for the tests, a hundred times for
 * `soak`.
 *
 * Four streamers upload one report after another, each with the following ids. So after a restart, a streamer
 * must have exactly the ids from 1 to its `last_id`, which must be the last id of the last acknowledged report,
 * or of the one that was in flight.
 */
import { assert, assertEquals } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { ids, reportOf } from "./_report.ts";
import { Client } from "./_client.ts";
import { DENO_RUN } from "../_deno_run.ts";

const READINGS = 300;
const DEVICES = [1, 2, 3, 4];

interface Running {
  readonly url: string;
  readonly pid: number;
  kill(): Promise<void>;
}

/** Starts an emulator in a separate process. */
export async function startServer(db: string): Promise<Running> {
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      ...DENO_RUN,
      new URL("_serve.ts", import.meta.url).href,
      db,
    ],
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const reader = child.stdout.getReader();
  let line = "";
  while (!line.includes("\n")) {
    const { value, done } = await reader.read();
    if (done) throw new Error(`Cannot start the emulator: it said ${JSON.stringify(line)}`);
    line += new TextDecoder().decode(value);
  }
  return {
    url: line.trim(),
    pid: child.pid,
    async kill() {
      child.kill("SIGKILL");
      await child.status;
      await reader.cancel();
    },
  };
}

interface Progress {
  readonly device: number;
  /** The last id that was acknowledged. */
  acknowledged: number;
  /** The last id of the report in flight. */
  inFlight: number;
}

/** The results of the rounds. */
export interface CrashSummary {
  readonly rounds: number;
  readonly reports: number;
  /** Rounds in which at least one report was neither answered nor lost. */
  readonly committedUnanswered: number;
  readonly lostWhole: number;
}

/** Runs rounds of upload, kill, restart and check. */
export async function killWhileUploading(
  dir: string,
  rounds: number,
  seed: number,
): Promise<CrashSummary> {
  let state = seed >>> 0;
  const next = () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32;
  let progress: Progress[] = [];
  let server: Running | undefined;
  let reports = 0;
  let committedUnanswered = 0;
  let lostWhole = 0;
  let db = "";
  for (let round = 0; round < rounds; round++) {
    if (round % 10 === 0) {
      await server?.kill();
      db = `${dir}/store-${round}.sqlite`;
      progress = DEVICES.map((device) => ({ device, acknowledged: 0, inFlight: 0 }));
      server = await startServer(db);
    }
    const user = await new Client(server!.url).login("user@example.com");
    const uploads = progress.map((streamer) => uploadUntilKilled(user, streamer));
    await new Promise((resolve) => setTimeout(resolve, 20 + next() * 180));
    await server!.kill();
    reports += (await Promise.all(uploads)).reduce((sum, n) => sum + n, 0);
    server = await startServer(db);
    const again = await new Client(server.url).login("user@example.com");
    for (const streamer of progress) {
      const outcome = await check(again, db, streamer);
      if (outcome === "committed") committedUnanswered++;
      if (outcome === "lost") lostWhole++;
    }
  }
  await server?.kill();
  return { rounds, reports, committedUnanswered, lostWhole };
}

async function uploadUntilKilled(user: Client, streamer: Progress): Promise<number> {
  for (let sent = 0;; sent++) {
    const from = streamer.acknowledged + 1;
    streamer.inFlight = streamer.acknowledged + READINGS;
    try {
      const { status, body } = await user.upload(report(streamer.device, from, streamer.inFlight));
      assertEquals([status, body], [201, { count: READINGS }]);
    } catch (error) {
      if (error instanceof TypeError) return sent; // the connection broke: killed
      throw error;
    }
    streamer.acknowledged = streamer.inFlight;
  }
}

async function check(user: Client, db: string, streamer: Progress): Promise<string> {
  const { device, acknowledged, inFlight } = streamer;
  const answer = await user.get(`streamer/t--${device}--100/`);
  const lastId = answer.status === 404 ? 0 : answer.body.last_id;
  assert(
    lastId === acknowledged || lastId === inFlight,
    `last_id ${lastId}, acknowledged ${acknowledged}, in flight ${inFlight}`,
  );
  assertEquals(rowsOf(db, device), { n: lastId, distinct: lastId, highest: lastId });
  assertEquals((await user.get(`data/?filter=d--${device}&page_size=1`)).body.count, lastId);
  // If it is sent again, the report in flight counts exactly the missing readings.
  const again = await user.upload(report(device, acknowledged + 1, inFlight));
  assertEquals(again.body, { count: inFlight - lastId });
  streamer.acknowledged = inFlight;
  assertEquals(rowsOf(db, device), { n: inFlight, distinct: inFlight, highest: inFlight });
  return lastId === inFlight && inFlight > acknowledged ? "committed" : "lost";
}

/** The rows in the database, read without the emulator. */
function rowsOf(db: string, device: number) {
  const store = new DatabaseSync(db, { readOnly: true });
  try {
    return {
      ...store.prepare(
        `SELECT count(*) AS n, count(DISTINCT seq) AS "distinct", coalesce(max(seq), 0) AS highest
         FROM reading JOIN stream ON stream.n = reading.stream WHERE device = ?`,
      ).get(`d--0000-0000-0000-000${device}`),
    };
  } finally {
    store.close();
  }
}

function report(device: number, from: number, to: number): Uint8Array {
  return reportOf(ids(from, to), { device: `d--${device}` });
}
