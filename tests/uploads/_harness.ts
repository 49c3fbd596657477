/**
 * The randomised upload tests: clients and clouds that are killed, and a proxy with fourteen faults between them.
 * In every case, the cloud must have every reading with an id up to `last_id` once, with its value, and in the
 * end all readings.
 *
 * One seed determines everything except the timing of the processes.
 */
import { assert, assertEquals } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { FaultProxy } from "./_fault_proxy.ts";
import type { ProducerTask } from "./_producer.ts";
import { reportOf, valueOf } from "./_readings.ts";
import { DENO_RUN } from "../_deno_run.ts";
import { random as seeded } from "../_random.ts";

/** The plan of a run. */
export interface Plan {
  readonly seed: number;
  /** A script with some uploads in flight, or the command with a spool folder. */
  readonly client: "script" | "command";
  readonly inFlight: number;
  readonly counting: "now" | "later";
  readonly confirm: boolean;
  readonly rate: number;
}

/** The results of a run. */
export interface RunResult {
  readonly plan: Plan;
  readonly clientKills: number;
  readonly cloudKills: number;
  readonly faults: ReadonlyMap<string, number>;
  readonly readings: number;
}

const DEVICES = [1, 2];
const REPORTS = 8;
const READINGS = 5;
/** A run that takes longer is stuck. */
const LONGEST_MS = 240_000;

/** The run of a seed. Ten consecutive runs include each kind of client, of counting and of pipelining. */
export function planOf(seed: number): Plan {
  const random = seeded(seed);
  for (let i = 0; i < 8; i++) random();
  const counting = seed % 2 === 0 ? "now" : "later";
  const client = seed % 5 < 3 ? "script" : "command";
  return {
    seed,
    client,
    inFlight: seed % 3 === 0 ? 1 : 2 + Math.floor(random() * 7),
    counting,
    // Without the proof, readings are lost if they are counted later; the command always waits for it.
    confirm: client === "command" || counting === "later" || random() < 0.5,
    rate: 0.1 + 0.4 * random(),
  };
}

/** One run; throws if a reading was lost, changed or counted twice. */
export async function runOnce(seed: number, maxKills = 4): Promise<RunResult> {
  const plan = planOf(seed);
  const random = seeded(seed);
  const folder = await Deno.makeTempDir({ prefix: "uploads-" });
  const cloud = new Cloud(`${folder}/cloud.sqlite`, plan);
  await cloud.start();
  const proxy = new FaultProxy({
    target: () => cloud.port,
    random,
    rate: plan.rate,
    halfOpenMs: 1_500,
  });
  const client = plan.client === "script" ? script(plan, proxy.url) : command(folder, proxy.url);
  let clientKills = 0;
  let cloudKills = 0;
  try {
    await client.prepare();
    const kills = shuffled(["client", "cloud", "client", "cloud"], random).slice(0, maxKills);
    for (let code: number | undefined; code !== 0;) {
      // A client that was killed, or a command that gave up for now, is started again.
      const child = client.start();
      const ended = child.status.then(({ code }) => code);
      for (code = undefined; code === undefined;) {
        const timer = new Timer(LONGEST_MS);
        const moment = kills.length > 0
          ? proxy.moreUploads(1 + Math.floor(random() * 5)).then(() =>
            new Timer(random() * 60).done
          )
          : timer.done;
        code = await Promise.race([ended, moment, timer.done]);
        if (code === undefined) {
          // A report that can no longer be counted is tried forever: the store shows which one.
          if (kills.length === 0) {
            await cloud.kill();
            checkStore(cloud.file, false);
            throw new Error("it does not come to an end");
          }
          if (kills.pop() === "client") {
            clientKills++;
            try {
              child.kill("SIGKILL");
            } catch (error) {
              // It has just ended.
              if (!(error instanceof TypeError)) throw error;
            }
            code = await ended;
          } else {
            cloudKills++;
            await cloud.kill();
            checkStore(cloud.file, false);
            client.check(cloud.file);
            await new Timer(random() * 300).done;
            await cloud.start();
          }
        }
        timer.clear();
      }
      client.check(cloud.file);
    }
    await proxy.close();
    await cloud.idle();
    await cloud.kill();
    checkStore(cloud.file, true);
    client.check(cloud.file);
    await Deno.remove(folder, { recursive: true });
    const readings = DEVICES.length * REPORTS * READINGS;
    return { plan, clientKills, cloudKills, faults: proxy.struck, readings };
  } catch (error) {
    console.error(`seed ${seed}: ${JSON.stringify(plan)}, kept in ${folder}`);
    await proxy.close();
    throw error;
  } finally {
    await cloud.kill();
  }
}

/** Every device has the readings with the ids from 1 to its `last_id` once, with their values. */
function checkStore(file: string, isEnd: boolean): void {
  const store = new DatabaseSync(file);
  try {
    const { integrity_check } = store.prepare("PRAGMA integrity_check").get() as {
      integrity_check: string;
    };
    assertEquals(integrity_check, "ok");
    for (const device of DEVICES) {
      const slug = `d--0000-0000-0000-000${device}`;
      const streamer = store.prepare("SELECT last_id FROM streamer WHERE device = ?").get(slug) as
        | { last_id: number }
        | undefined;
      const rows = store.prepare(
        `SELECT seq, value FROM reading JOIN stream ON stream.n = reading.stream WHERE device = ?
         ORDER BY seq`,
      ).all(slug) as { seq: number; value: number }[];
      const last = streamer?.last_id ?? 0;
      assertEquals(rows.map(({ seq }) => seq), Array.from({ length: last }, (_, i) => i + 1));
      for (const { seq, value } of rows) assertEquals(value, valueOf(device, seq));
      if (isEnd) assertEquals(last, REPORTS * READINGS, `device ${device}`);
    }
  } finally {
    store.close();
  }
}

/** A cloud that can be killed and starts again with its store. */
class Cloud {
  readonly file: string;
  port = 0;
  readonly #options: string;
  #child: Deno.ChildProcess | undefined;

  constructor(file: string, { counting, confirm, seed }: Plan) {
    this.file = file;
    this.#options = JSON.stringify({
      db: file,
      ...(counting === "later" && { counting: { workers: 2 + seed % 3, delayMs: [0, 60] } }),
    });
    this.#failing = confirm;
  }

  readonly #failing: boolean;

  async start(): Promise<void> {
    this.#child = spawn(new URL("_cloud.ts", import.meta.url), [this.#options], "piped");
    const reader = this.#child.stdout.getReader();
    const { value } = await reader.read();
    this.port = Number(new TextDecoder().decode(value));
    assert(this.port > 0, "the cloud does not start");
    reader.cancel();
    // Sometimes a worker fails permanently: only the proof shows that.
    if (this.#failing) {
      await this.#control("faults", {
        kind: "worker-fails",
        path: "streamer/report/",
        method: "POST",
        after: 5,
      });
    }
  }

  async kill(): Promise<void> {
    const child = this.#child;
    if (!child) return;
    this.#child = undefined;
    child.kill("SIGKILL");
    await child.status;
  }

  /** Waits until all reports are counted. */
  async idle(): Promise<void> {
    for (;;) {
      const response = await fetch(`http://127.0.0.1:${this.port}/__emulator__/counting`);
      if ((await response.json()).waiting === 0) return;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  async #control(path: string, body: unknown): Promise<void> {
    const response = await fetch(`http://127.0.0.1:${this.port}/__emulator__/${path}`, {
      method: "POST",
      body: new Blob([JSON.stringify(body)]),
    });
    await response.body?.cancel();
    assertEquals(response.status, 201);
  }
}

/** The uploading client, which is started again after each kill. */
interface Client {
  prepare(): Promise<void>;
  start(): Deno.ChildProcess;
  /** Whether the readings that it gave up are in the cloud. */
  check(store: string): void;
}

function script({ inFlight, confirm }: Plan, url: string): Client {
  const task: ProducerTask = {
    url,
    devices: DEVICES,
    reports: REPORTS,
    readings: READINGS,
    inFlight,
    confirm,
  };
  return {
    prepare: () => Promise.resolve(),
    start: () => spawn(new URL("_producer.ts", import.meta.url), [JSON.stringify(task)]),
    check() {},
  };
}

function command(folder: string, url: string): Client {
  const spool = `${folder}/spool`;
  const nameOf = (device: number, n: number) => `${spool}/${device}-${n}.mp`;
  return {
    async prepare() {
      await Deno.mkdir(spool);
      for (const device of DEVICES) {
        for (let n = 0; n < REPORTS; n++) {
          await reportOf(device, n, READINGS).write(nameOf(device, n));
        }
      }
    },
    start: () =>
      spawn(
        new URL("../../src/cli/main.ts", import.meta.url),
        ["report", "upload", "--remove-sent", "--confirm-within", "1", "-q", spool],
        "null",
        { ARCHFX_DOMAIN: url, ARCHFX_EMAIL: "user@example.com", ARCHFX_PASSWORD: "my.pass" },
      ),
    // A removed file must be counted.
    check(file) {
      const store = new DatabaseSync(file, { readOnly: true });
      try {
        for (const device of DEVICES) {
          const { last = 0 } =
            store.prepare("SELECT last_id AS last FROM streamer WHERE device = ?")
              .get(`d--0000-0000-0000-000${device}`) as { last: number } | undefined ?? {};
          for (let n = 0; n < REPORTS; n++) {
            const isGone = !exists(nameOf(device, n));
            if (isGone) {
              assert(last >= (n + 1) * READINGS, `${nameOf(device, n)} is gone, uncounted`);
            }
          }
        }
      } finally {
        store.close();
      }
    },
  };
}

function spawn(
  program: URL,
  args: string[],
  stdout: "piped" | "null" = "null",
  env: Record<string, string> = {},
): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: [...DENO_RUN, program.href, ...args],
    env: { ...env, XDG_CONFIG_HOME: "/nonexistent" },
    stdin: "null",
    stdout,
    stderr: "null",
  }).spawn();
}

function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    return false;
  }
}

function shuffled<T>(items: T[], random: () => number): T[] {
  return items.map((item) => ({ item, at: random() })).sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}

class Timer {
  readonly done: Promise<undefined>;
  #id: ReturnType<typeof setTimeout> | undefined;

  constructor(ms: number) {
    this.done = new Promise((resolve) => this.#id = setTimeout(() => resolve(undefined), ms));
  }

  clear(): void {
    clearTimeout(this.#id);
  }
}

/** Runs with the seeds from `seed` on, some at a time; every failure is shown with its seed. */
export async function runMany(
  seed: number,
  runs: number,
  { jobs, maxKills }: { readonly jobs: number; readonly maxKills: number },
  onResult: (result: RunResult) => void = () => {},
): Promise<RunResult[]> {
  const results: RunResult[] = [];
  const failures: unknown[] = [];
  let next = 0;
  const work = async () => {
    while (next < runs) {
      const mine = seed + next++;
      try {
        const result = await runOnce(mine, maxKills);
        results.push(result);
        onResult(result);
      } catch (error) {
        console.error(`seed ${mine}:`, error);
        failures.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: jobs }, work));
  if (failures.length > 0) {
    throw new AggregateError(failures, `${failures.length} of ${runs} runs failed`);
  }
  return results;
}
