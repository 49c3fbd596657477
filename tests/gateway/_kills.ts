/**
 * Kills gateways and clouds with -9 and checks what was counted: for the tests a few times, for `soak` a thousand.
 *
 * The source has a position, so every reading must be counted exactly once, and in order.
 */
import { assert, assertEquals } from "@std/assert";
import { Api } from "../../mod.ts";
import type { Step } from "../../src/gateway/_steps.ts";
import { DEVICES } from "./_gateway_process.ts";
import { DENO_RUN } from "../_deno_run.ts";
import { random } from "../_random.ts";

function start(file: string, args: string[], stdout: "piped" | "null"): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: [...DENO_RUN, new URL(file, import.meta.url).pathname, ...args],
    stdout,
    stderr: "inherit",
  }).spawn();
}

/** A cloud that can be killed and started again at the same address. */
class Cloud {
  readonly url: string;
  readonly #args: string[];
  #child: Deno.ChildProcess | undefined;

  constructor(folder: string, port: number, workers: number) {
    this.url = `http://127.0.0.1:${port}`;
    this.#args = [`${folder}/cloud.sqlite`, String(port), String(workers)];
  }

  async start(): Promise<void> {
    const child = this.#child = start("_cloud_process.ts", this.#args, "piped");
    const reader = child.stdout.getReader();
    await reader.read();
    await reader.cancel();
  }

  async kill(): Promise<void> {
    this.#child?.kill("SIGKILL");
    await this.#child?.status;
  }

  /** The next report finds a fault, of some kind. */
  async armFault(chance: number): Promise<void> {
    const faults = [
      { kind: "status", status: 502 },
      { kind: "status", status: 503, retryAfter: 0 },
      { kind: "drop", phase: "before" },
      { kind: "drop", phase: "during" },
      { kind: "drop", phase: "after" },
      { kind: "drop", phase: "answer" },
      { kind: "expired-token" },
    ];
    const fault = faults[Math.floor(chance * faults.length)]!;
    const response = await fetch(`${this.url}/__emulator__/faults`, {
      method: "POST",
      body: JSON.stringify({ ...fault, path: "streamer/report/", times: 2 }),
    }).catch(() => undefined);
    await response?.body?.cancel();
  }
}

/** A port that was free a moment ago. */
export function freePort(): number {
  const listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
  const { port } = listener.addr as Deno.NetAddr;
  listener.close();
  return port;
}

/** The options of a run of kills. */
export interface KillOptions {
  readonly kills: number;
  /** Readings of each device. */
  readonly readings: number;
  readonly seed: number;
  /** Workers of the cloud that count later; 0: at once. */
  readonly workers: number;
  /** The gateway kills itself at these steps instead of being killed at random. */
  readonly steps?: readonly Step[];
}

/** Runs kills until there have been enough, then lets the gateway finish, and checks what was counted. */
export async function killAtRandom(folder: string, options: KillOptions): Promise<void> {
  const { kills, readings, seed, workers, steps } = options;
  const next = random(seed);
  const cloud = new Cloud(folder, freePort(), workers);
  await cloud.start();
  const args = [folder, cloud.url, String(readings)];
  try {
    if (steps) {
      for (const step of steps) {
        const times = String(1 + Math.floor(next() * 3));
        const { signal } = await start("_gateway_process.ts", [...args, step, times], "null")
          .status;
        assertEquals(signal, "SIGKILL", `the gateway was to be killed at ${step}`);
      }
    } else {
      let gateway: Deno.ChildProcess | undefined;
      for (let kill = 0; kill < kills; kill++) {
        gateway ??= start("_gateway_process.ts", args, "null");
        if (next() < 0.5) await cloud.armFault(next());
        await new Promise((resolve) => setTimeout(resolve, 300 + next() * 1200));
        const victim = next();
        if (victim < 0.8) {
          killIfAlive(gateway);
          await gateway.status;
          gateway = undefined;
        }
        if (victim > 0.6) {
          await cloud.kill();
          await cloud.start();
        }
      }
      if (gateway) killIfAlive(gateway);
      await gateway?.status;
    }
    const { code } = await start("_gateway_process.ts", args, "null").status;
    assertEquals(code, 0);
    await assertAll(cloud.url, readings);
  } finally {
    await cloud.kill();
  }
}

/** Kills a process; one that has done all of its work by now needs no kill. */
function killIfAlive(child: Deno.ChildProcess): void {
  try {
    child.kill("SIGKILL");
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
  }
}

async function assertAll(url: string, readings: number): Promise<void> {
  const api = new Api(url);
  assert(await api.login({ email: "user@example.com", password: "my.pass" }));
  for (const device of DEVICES) {
    const rows = await api.data.all({ filter: device, page_size: 10_000 });
    const byId = rows.map(({ streamer_local_id: id, value }) => [id, value] as const)
      .sort((a, b) => a[0] - b[0]);
    const values = byId.map(([, value]) => value);
    assertEquals(new Set(values).size, values.length, `${device}: readings were counted twice`);
    assertEquals(values.length, readings, `${device}: readings were lost`);
    assert(values.every((value, i) => value === i), `${device}: readings are out of order`);
  }
}
