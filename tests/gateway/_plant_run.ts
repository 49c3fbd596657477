/**
 * A plant: servers, collectors and senders in separate processes, and a cloud that counts. Faults are made in turn
 * while readings flow, and in the end every reading must have been counted once, in order.
 *
 * The queue may be a SQLite file too, with one gateway: that is how the harness itself is tested.
 */
import { assertEquals } from "@std/assert";
import { DENO_RUN } from "../_deno_run.ts";
import { CountingCloud, type CountingOptions, type CountingState } from "./_counting_cloud.ts";
import { random } from "../_random.ts";
import { delay, type NatsCluster } from "./_nats_cluster.ts";
import type { NatsProxy } from "./_nats_proxy.ts";
import type { PlantGateway } from "./_plant_gateway.ts";

/** The parts that a fault uses. */
export interface Scene {
  readonly cluster: NatsCluster | undefined;
  readonly proxies: readonly NatsProxy[];
  readonly gateways: readonly GatewayProcess[];
  readonly chance: () => number;
  /** The server that leads the stream. */
  leader(): Promise<number>;
}

/** Something that goes wrong and is mended before it resolves. */
export type Fault = (scene: Scene) => Promise<void>;

/** The options of a run. */
export interface PlantOptions {
  /** Where the queue is: a path, or nats://. */
  readonly queue: string;
  /** Options of the queue. */
  readonly queueOptions?: Record<string, unknown>;
  readonly cluster?: NatsCluster;
  readonly proxies?: readonly NatsProxy[];
  readonly collectors: number;
  readonly senders: number;
  readonly devices: number;
  readonly devicesPerSource?: number;
  /** Batches of each device from each collector that has it. */
  readonly batches: number;
  readonly readings: number;
  /** The most readings of a report. */
  readonly maxReadings?: number;
  /** Whether each collector has all devices, each with its own stream, so that they compete. */
  readonly shared?: boolean;
  readonly cloud?: CountingOptions;
  readonly seed: number;
  /** Faults, in turn, until everything is counted. */
  readonly faults?: readonly Fault[];
  /** Between two faults, in ms. */
  readonly everyMs?: number;
  /** Breaks the promise in each source. */
  readonly skips?: number;
  /** The time without a new counted reading after which the run has failed. */
  readonly patienceMs?: number;
  readonly log?: (line: string) => void;
}

/** The result. */
export interface PlantOutcome {
  readonly state: CountingState;
  readonly expected: number;
  /** The differences from the expected result; empty if everything is right. */
  readonly problems: readonly string[];
  readonly faults: number;
  readonly seconds: number;
}

/** A gateway that is started again whenever it is killed. */
export class GatewayProcess {
  readonly plant: PlantGateway;
  #child: Deno.ChildProcess | undefined;
  #stopped = false;
  /** It has ended without being killed. */
  done = false;
  /** How it ended, if not well. */
  failure: string | undefined;

  constructor(plant: PlantGateway) {
    this.plant = plant;
  }

  start(): void {
    const child = this.#child = new Deno.Command(Deno.execPath(), {
      args: [
        ...DENO_RUN,
        new URL("_plant_gateway.ts", import.meta.url).pathname,
        JSON.stringify(this.plant),
      ],
      stdout: "null",
      stderr: Deno.env.get("PLANT_LOG") ? "inherit" : "null",
    }).spawn();
    child.status.then(({ code, signal }) => {
      if (this.#child !== child) return;
      this.#child = undefined;
      if (this.#stopped) return; // It may have been starting.
      if (code === 0) this.done = true;
      else this.failure = `a ${this.plant.role} ended with ${signal ?? code}`;
    });
  }

  /** Kills it with -9; nothing if it does not run. */
  async kill(): Promise<boolean> {
    const child = this.#child;
    if (!child) return false;
    this.#child = undefined;
    child.kill("SIGKILL");
    await child.status;
    return true;
  }

  /** Freezes it for a time. */
  async freeze(ms: number): Promise<void> {
    const child = this.#child;
    child?.kill("SIGSTOP");
    await delay(ms);
    // It may have been killed in the meantime, at the end of the run.
    if (child && child === this.#child) child.kill("SIGCONT");
  }

  /** Waits until it has ended without being killed. */
  async ended(): Promise<void> {
    await this.#child?.status;
  }

  /** Ends it as systemd does. */
  async stop(): Promise<void> {
    const child = this.#child;
    if (!child) return;
    this.#stopped = true;
    child.kill("SIGTERM");
    const kill = setTimeout(() => child.kill("SIGKILL"), 20_000);
    await child.status;
    clearTimeout(kill);
  }
}

/** Runs a plant until everything is counted, or nothing moves any more. */
export async function runPlant(options: PlantOptions): Promise<PlantOutcome> {
  const { devices, batches, readings, collectors, seed, shared, cluster, log = () => {} } = options;
  const { patienceMs = 120_000, everyMs = 1000, faults = [], proxies = [] } = options;
  const started = performance.now();
  const expected = devices * batches * readings * (shared ? collectors : 1);
  await using cloud = await CountingCloud.start({ seed, ...options.cloud });
  const gateways = gatewaysOf(options, cloud.url);
  const scene: Scene = {
    cluster,
    proxies,
    gateways,
    chance: random(seed),
    leader: () => leaderOf(cluster!),
  };
  let [state, made, moved] = [await cloud.state(), 0, performance.now()];
  let stopped = false;
  const trouble = (async () => {
    for (let i = 0; !stopped && faults.length > 0; i++) {
      await delay(everyMs * (0.5 + scene.chance()));
      if (stopped) return;
      await faults[i % faults.length]!(scene);
      made++;
    }
  })();
  try {
    for (const gateway of gateways) gateway.start();
    while (state.counted < expected && performance.now() - moved < patienceMs) {
      await delay(200);
      const now = await cloud.state();
      if (now.counted !== state.counted) moved = performance.now();
      state = now;
      log(`${state.counted} of ${expected} counted in ${state.reports} reports, ${made} faults`);
      if (gateways.some(({ failure }) => failure)) break;
      const over = gateways.every(({ done }) => done);
      if (over && gateways.length > 0) break;
    }
  } finally {
    stopped = true;
    await trouble;
    await Promise.all(gateways.map((gateway) => gateway.stop()));
  }
  // Readings that arrive now arrive twice.
  state = await cloud.state();
  const failures = gateways.flatMap(({ failure }) => failure ? [failure] : []);
  const problems = [...failures, ...problemsOf(options, state)];
  return { state, expected, problems, faults: made, seconds: (performance.now() - started) / 1000 };
}

function gatewaysOf(options: PlantOptions, cloud: string): GatewayProcess[] {
  const { queue, queueOptions, devices, devicesPerSource, batches, readings, collectors, senders } =
    options;
  const base = {
    queue,
    cloud,
    ...queueOptions && { options: queueOptions },
    ...options.maxReadings !== undefined && { maxReadings: options.maxReadings },
  };
  const all = Array.from({ length: devices }, (_, i) => i + 1);
  const share = Math.ceil(devices / collectors);
  const made: GatewayProcess[] = [];
  for (let i = 0; i < collectors; i++) {
    made.push(
      new GatewayProcess({
        ...base,
        role: senders === 0 ? "both" : "collector",
        devices: options.shared ? all : all.slice(i * share, (i + 1) * share),
        ...devicesPerSource !== undefined && { devicesPerSource },
        stream: streamOf(options, i),
        batches,
        readings,
        ...options.skips !== undefined && { skips: options.skips },
      }),
    );
  }
  for (let i = 0; i < senders; i++) made.push(new GatewayProcess({ ...base, role: "sender" }));
  return made;
}

/** The stream of a collector's readings. */
export function streamOf({ shared }: Pick<PlantOptions, "shared">, collector: number): number {
  return 0x5090 + (shared ? collector : 0);
}

/** The readings that must be counted. */
export type Counted = Pick<
  PlantOptions,
  "devices" | "batches" | "readings" | "shared" | "collectors"
>;

/** The differences from the expected result. */
export function problemsOf(options: Counted, state: CountingState): string[] {
  const { devices, batches, readings, shared, collectors } = options;
  const problems: string[] = [];
  const total = batches * readings;
  let lost = 0;
  for (let device = 1; device <= devices; device++) {
    const slug = `d--${device.toString(16).padStart(16, "0").replace(/(.{4})(?=.)/g, "$1-")}`;
    for (let collector = 0; collector < (shared ? collectors : 1); collector++) {
      lost += total - (state.next[`${slug}/${streamOf(options, collector)}`] ?? 0);
    }
  }
  lost += state.missing;
  // Skipped readings are lost; readings that are missing at the timeout may still be waiting.
  const waiting = lost - state.missing > 0 ? ` (${lost - state.missing} may still wait)` : "";
  if (lost !== 0) problems.push(`${lost} readings were lost${waiting}`);
  if (state.repeated > 0) problems.push(`${state.repeated} readings were counted twice`);
  if (state.outOfOrder > 0) problems.push(`${state.outOfOrder} readings were out of order`);
  return problems;
}

/** The server that leads the only stream whose name begins as ours do, as the servers' own page says. */
async function leaderOf(cluster: NatsCluster): Promise<number> {
  for (let i = 0; i < cluster.size; i++) {
    const leader = await cluster.leader(i);
    if (leader !== undefined) return leader;
  }
  return 0;
}

/** Fails unless everything was counted once, in order. */
export function assertAllCounted({ state, expected, problems }: PlantOutcome): void {
  assertEquals(problems, []);
  assertEquals(state.counted, expected);
}
