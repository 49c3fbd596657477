/** Gateways and readings for tests. */
import { assertEquals } from "@std/assert";
import { Gateway, openQueue, type QueueOptions, type ReadingBatch } from "../../src/gateway/mod.ts";
import type { GatewayOptions, ReadingQueue } from "../../src/gateway/mod.ts";
import { SqliteQueue } from "../../src/gateway/sqlite_queue.ts";
import type { TestCloud } from "./_cloud.ts";

export { withFolder } from "../_folder.ts";

/** The time of the first reading, in µs. */
export const START = 1_767_225_600_000_000n;

/** A source of one device, for the configuration of a gateway; what is in the folder is read at once. */
export const SPOOL = {
  type: "folder",
  path: "spool",
  device: "d--1",
  settleMs: 0,
  pollMs: 50,
} as const;

/** Readings whose values count up from `first`: a lost or repeated one shows. */
export function batch(
  device: string,
  first: number,
  length: number,
  extra: Partial<ReadingBatch> = {},
): ReadingBatch {
  return {
    device,
    columns: {
      length,
      streams: new Uint32Array(length).fill(0x5090),
      timestamps: BigInt64Array.from(
        { length },
        (_, i) => START + BigInt(first + i) * 1_000_000n,
      ),
      values: Float64Array.from({ length }, (_, i) => first + i),
    },
    ...extra,
  };
}

const WITHOUT_LIMITS: QueueOptions = { minFreeBytes: 0, reserveBytes: 0 };

/** A queue without limits of the disk, as `openQueue()` opens it: its store is in a worker. */
export async function workerQueue(path: string, options: QueueOptions = {}): Promise<SqliteQueue> {
  return await openQueue(path, { ...WITHOUT_LIMITS, ...options }) as SqliteQueue;
}

/**
 * A queue without limits of the disk, whose store is on this thread: starting a worker takes half of the CPU time
 * of a test of a gateway. Tests of the queue itself use {@linkcode workerQueue}.
 */
export function testQueue(path: string, options: QueueOptions = {}): Promise<SqliteQueue> {
  return SqliteQueue.open(path, { ...WITHOUT_LIMITS, ...options }, { thread: true });
}

/** A gateway that runs until it is stopped. */
export interface Running {
  readonly gateway: Gateway;
  stop(): Promise<void>;
}

/** Starts a gateway with short times. */
export async function startGateway(
  cloud: TestCloud,
  queue: GatewayOptions["queue"],
  options: Partial<GatewayOptions> = {},
): Promise<Running> {
  const gateway = new Gateway({
    api: await cloud.api(),
    queue,
    confirmMs: 50,
    maxDelayMs: 0,
    retryHeldMs: 300,
    ...options,
  });
  const stop = new AbortController();
  const running = gateway.run({ signal: stop.signal });
  return {
    gateway,
    stop: async () => {
      stop.abort();
      await running;
    },
  };
}

/** Waits until something holds; fails after a minute. */
export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  timeoutMs = 60_000,
): Promise<void> {
  for (const end = performance.now() + timeoutMs; !(await holds());) {
    if (performance.now() > end) throw new Error(`Waited for too long until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Pushes to three devices, in small parts; checks that the cloud counts everything. */
export async function assertSeveralCounted(cloud: TestCloud, queue: ReadingQueue): Promise<void> {
  for (let i = 0; i < 20; i++) {
    await queue.push([
      batch("d--1", i * 100, 100),
      batch("d--2", i * 10, 10),
      batch("d--3", i, 1, { streamer: 5 }),
    ]);
  }
  await queue.flush();
  await assertCounted(cloud, "d--1", 2000);
  await assertCounted(cloud, "d--2", 200);
  await assertCounted(cloud, "d--3", 20);
}

/** Checks that the cloud has exactly the values from 0 up, each once, in the order of their ids. */
export async function assertCounted(
  cloud: TestCloud,
  device: string,
  count: number,
  without: readonly number[] = [],
): Promise<void> {
  const rows = await cloud.readings(device);
  rows.sort((a, b) => a.id - b.id);
  const expected = Array.from({ length: count }, (_, i) => i).filter((it) => !without.includes(it));
  assertEquals(rows.map(({ value }) => value), expected);
  assertEquals(new Set(rows.map(({ id }) => id)).size, expected.length);
}
