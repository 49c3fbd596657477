/**
 * What the benchmarks of the queue on NATS JetStream share: servers, a cloud, senders in separate processes, and rows.
 *
 * @module
 */
import type { ReadingQueue } from "../src/gateway/mod.ts";
import { DENO_RUN } from "../tests/_deno_run.ts";
import { NatsCluster } from "../tests/gateway/_nats_cluster.ts";
import type { PlantGateway } from "../tests/gateway/_plant_gateway.ts";
import { columns } from "./_gateway_rows.ts";

/** The rows of the table so far. */
export const rows: string[] = [];
/** Adds a row, and prints it. */
export const row = (...cells: string[]) => {
  rows.push(`| ${cells.join(" | ")} |`);
  console.log(cells.join("  "));
};
/** Runs something with three servers on empty disks. */
export async function withServers(action: (cluster: NatsCluster) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await using cluster = await NatsCluster.start(folder);
    await action(cluster);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** A cloud that stores nothing. */
export interface NullCloud {
  readonly url: string;
  readonly pid: number;
  /** How many readings it has counted. */
  counted(): Promise<number>;
  kill(): void;
}

/** Starts such a cloud. */
export async function startCloud(): Promise<NullCloud> {
  const child = new Deno.Command(Deno.execPath(), {
    args: [...DENO_RUN, new URL("../tests/gateway/_null_cloud.ts", import.meta.url).pathname],
    stdout: "piped",
  }).spawn();
  const lines = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const url = (await lines.read()).value!.trim();
  await lines.cancel();
  const counted = async () => (await (await fetch(`${url}/counted`)).json()).counted as number;
  return { url, pid: child.pid, counted, kill: () => child.kill("SIGKILL") };
}

/** Starts a gateway in a separate process. */
export function startGateway(
  plant: PlantGateway,
  env: Record<string, string> = {},
): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: [
      ...DENO_RUN,
      new URL("../tests/gateway/_plant_gateway.ts", import.meta.url).pathname,
      JSON.stringify(plant),
    ],
    env,
    stdout: "null",
  }).spawn();
}

/** Starts a sender. */
export function startSender(
  queue: string,
  cloud: string,
  env?: Record<string, string>,
): Deno.ChildProcess {
  return startGateway({ role: "sender", queue, cloud, confirmMs: 1000 }, env);
}

/** CPU time of a process so far, in seconds, and the most memory that it has had, in MB. */
export function usage(pid: number): { cpu: number; memory: number } {
  const fields = Deno.readTextFileSync(`/proc/${pid}/stat`).split(") ")[1]!.split(" ");
  const status = Deno.readTextFileSync(`/proc/${pid}/status`);
  return {
    cpu: (Number(fields[11]) + Number(fields[12])) / 100,
    // A process that has ended has no memory.
    memory: Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1000,
  };
}

/** Fills a queue with batches, many pushes at a time. */
export async function fill(queue: ReadingQueue, devices: number, batches: number, size: number) {
  const batch = { columns: columns(size) };
  for (let i = 0; i < batches; i++) {
    const pushes: Promise<void>[] = [];
    for (let first = 1; first <= devices; first += 100) {
      const some = Array.from({ length: Math.min(100, devices - first + 1) }, (_, n) => ({
        device: first + n,
        ...batch,
      }));
      pushes.push(queue.push(some));
    }
    await Promise.all(pushes);
  }
}
