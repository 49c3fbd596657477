/** Damages the file of a queue and checks that the gateway starts, reports its losses, and sends the rest. */
import { assert } from "@std/assert";
import { TestCloud } from "./_cloud.ts";
import { batch, startGateway, until, workerQueue } from "./_gateway.ts";
import { random } from "../_random.ts";

/** The result for one damaged file. */
export interface DamageOutcome {
  readonly lost: number;
  readonly repeated: number;
  readonly salvaged: boolean;
}

const DEVICES = ["d--1", "d--2"];

/** Noise, so that batches take as many bytes as real ones. */
function noisy(device: string, first: number, length: number, next: () => number) {
  const one = batch(device, first, length);
  for (let i = 0; i < length; i++) one.columns!.values[i] = first + i + next() / 2;
  return one;
}

/** One trial; how the file is damaged is the caller's, or its log, as a killed process leaves it. */
export async function damageOnce(
  folder: string,
  seed: number,
  damage: (bytes: Uint8Array, next: () => number) => Uint8Array,
  part: "" | "-wal" = "",
): Promise<DamageOutcome> {
  const next = random(seed);
  await using cloud = await TestCloud.start();
  let path = `${folder}/queue-${seed}.sqlite`;
  let queue = await workerQueue(path);
  let mode: "forward" | "lose" | "away" = "forward";
  cloud.onReport = async ({ forward }) => {
    if (mode === "away") return new Response("", { status: 502 });
    const response = await forward();
    if (mode === "forward") return response;
    await response.body?.cancel();
    return new Response("", { status: 502 });
  };
  let running = await startGateway(cloud, queue, { maxReadings: 700, confirmMs: 20 });
  let pushed = 0;
  const push = async (batches: number) => {
    for (let i = 0; i < batches; i++) {
      const length = 50 + Math.floor(next() * 300);
      await queue.push(DEVICES.map((device) => noisy(device, pushed, length, next)));
      pushed += length;
    }
  };
  await push(5);
  await queue.flush();
  // The last report is in flight: counted or not, its response is lost.
  mode = next() < 0.5 ? "lose" : "away";
  const before = cloud.seen.length;
  await push(20);
  await until("a report is in flight", () => cloud.seen.length > before);
  await running.stop();
  if (part === "-wal") {
    // As it is while the queue is open: closing it empties the log.
    for (const end of ["", "-wal", ".mark"]) await Deno.copyFile(path + end, `${path}.copy${end}`);
    path = `${path}.copy`;
  }
  await queue.close();
  await Deno.writeFile(path + part, damage(await Deno.readFile(path + part), next));
  mode = "forward";
  queue = await workerQueue(path);
  const salvaged = queue.events.some(({ message }) => /Salvaged/.test(message));
  running = await startGateway(cloud, queue, { maxReadings: 700, confirmMs: 20 });
  await until("everything is counted", async () => (await queue.depth()).readings === 0, 90_000)
    .catch(async (error) => {
      const { lanes, depth } = await running.gateway.status();
      throw new Error(
        `seed ${seed}: ${error.message}: ${JSON.stringify({ lanes, depth })}; ${
          queue.events.map(({ message }) => message).join("; ")
        }`,
      );
    });
  await push(1);
  await queue.flush();
  const named = queue.events.filter(({ level }) => level === "error").map(({ message }) => message);
  let [lost, repeated] = [0, 0];
  for (const device of DEVICES) {
    const values = (await cloud.readings(device)).map(({ value }) => Math.floor(value));
    const distinct = new Set(values);
    repeated += values.length - distinct.size;
    lost += pushed - distinct.size;
  }
  assert(
    lost === 0 || named.length > 0,
    `seed ${seed}: ${lost} readings are lost, and nothing says so`,
  );
  await running.stop();
  await queue.close();
  return { lost, repeated, salvaged };
}

/** 1 kB of random bytes somewhere. */
export function overwrite(bytes: Uint8Array, next: () => number): Uint8Array {
  const at = Math.floor(next() * Math.max(1, bytes.length - 1024));
  for (let i = at; i < Math.min(bytes.length, at + 1024); i++) bytes[i] = Math.floor(next() * 256);
  return bytes;
}

/** The last pages are missing. */
export function cutOff(bytes: Uint8Array, next: () => number): Uint8Array {
  return bytes.slice(0, bytes.length - 4096 * (1 + Math.floor(next() * 5)));
}
