/**
 * How fast a queue on NATS JetStream stores and sends, with three servers on this machine that sync every write,
 * compared with plain publishes of the same bytes with the same number in flight.
 *
 * `deno task bench:jetstream [ROW…]` writes `bench/results/jetstream.md`; with rows (push, output, recovery, many,
 * leases) it only prints them.
 *
 * @module
 */
import { openQueue } from "../src/gateway/mod.ts";
import { delay, NATS_SERVER } from "../tests/gateway/_nats_cluster.ts";
import { columns, count } from "./_gateway_rows.ts";
import { leases, many } from "./_jetstream_many.ts";
import {
  fill,
  row,
  rows,
  startCloud,
  startSender,
  usage,
  withServers,
} from "./_jetstream_plant.ts";
import { openSides, pushRates } from "./_jetstream_push.ts";

const STREAMERS = 64;

/** Pushes from 64 streamers and plain publishes, in turns; medians. */
async function push(): Promise<void> {
  await withServers(async (cluster) => {
    const sides = await openSides(cluster);
    for (
      const [size, times, rounds] of [[1000, 5000, 9], [10_000, 1500, 5], [100, 8000, 5]] as const
    ) {
      const { push, plain, ratio, bytes } = await pushRates(cluster, sides, columns(size), {
        streamers: STREAMERS,
        times,
        rounds,
      });
      const cpu = ({ client, servers }: typeof push) =>
        `${count(client)} + ${count(servers)} µs of CPU, client and servers`;
      row(
        `push, batches of ${count(size)} from ${STREAMERS} streamers, ${count(bytes)} bytes each`,
        `${count(size * push.rate)} readings per second; ${cpu(push)} for each push`,
        `${ratio.toFixed(2)} × plain publishes (${count(size * plain.rate)}; ${cpu(plain)})`,
      );
    }
    await sides.close();
  });
}

/** Four senders empty a queue into a cloud that stores nothing. */
async function output(): Promise<void> {
  await withServers(async (cluster) => {
    const where = cluster.url("QUEUE");
    const queue = await openQueue(where);
    const readings = 8_000_000;
    const perDevice = readings / STREAMERS;
    await fill(queue, STREAMERS, perDevice / 5000, 5000);
    const cloud = await startCloud();
    const senders = Array.from({ length: 4 }, () => startSender(where, cloud.url));
    try {
      // The start of the processes and the wait for late ids are not part of sending.
      let counted = 0;
      while (counted < readings / 10) {
        await delay(10);
        counted = await cloud.counted();
      }
      const [first, started] = [counted, performance.now()];
      const spent = () => [
        cluster.cpuSeconds(),
        senders.reduce((sum, { pid }) => sum + usage(pid).cpu, 0),
        usage(cloud.pid).cpu,
      ];
      const before = spent();
      while (counted < readings * 0.95) {
        await delay(20);
        counted = await cloud.counted();
      }
      const seconds = (performance.now() - started) / 1000;
      const cpu = spent().map((it, i) => it - before[i]!);
      const most = Math.max(...senders.map(({ pid }) => usage(pid).memory));
      const millions = (counted - first) / 1e6;
      row(
        `output, four senders, ${STREAMERS} streamers, a cloud that stores nothing, on 2 cores`,
        `${count((counted - first) / seconds)} readings per second`,
        `CPU time for a million readings: ${
          cpu.map((it) => (it / millions).toFixed(2)).join(" + ")
        } s (servers, senders, cloud), at most ${count(most)} MB per sender`,
      );
    } finally {
      for (const sender of senders) sender.kill("SIGKILL");
      cloud.kill();
      await queue.close();
    }
  });
}

/** The leading server is killed: the longest time without a stored push. */
async function recovery(): Promise<void> {
  await withServers(async (cluster) => {
    const queue = await openQueue(cluster.url("QUEUE"));
    const batch = { columns: columns(100) };
    let stop = false;
    /** The pushes of each lane: when the one under way began, and the last one that was stored. */
    const lanes = Array.from({ length: 8 }, () => ({ began: 0, stored: { began: 0, ended: 0 } }));
    const pushing = lanes.map(async (lane, i) => {
      while (!stop) {
        lane.began = performance.now();
        await queue.push({ device: i + 1, ...batch });
        lane.stored = { began: lane.began, ended: performance.now() };
      }
    });
    const seen: { leader: boolean; seconds: number }[] = [];
    for (let i = 0; i < 8; i++) {
      const chosen = await cluster.leader(0) ?? 0;
      const leader = i % 2 === 0;
      const victim = leader ? chosen : (chosen + 1 + (i >> 1) % 2) % cluster.size;
      const killed = performance.now();
      await cluster.kill(victim);
      // Until each lane has stored a push that began after the kill.
      const ends = await Promise.all(lanes.map(async (lane) => {
        while (lane.stored.began < killed) await delay(5);
        return lane.stored.ended;
      }));
      const seconds = (Math.max(...ends) - killed) / 1000;
      seen.push({ leader, seconds });
      cluster.start(victim);
      await cluster.current(victim);
      await delay(2000);
    }
    stop = true;
    await Promise.all(pushing);
    await queue.close();
    const times = (leader: boolean) =>
      seen.filter((it) => it.leader === leader).map(({ seconds }) => seconds.toFixed(1)).join(", ");
    row(
      "one of three servers is killed, eight times, while 8 streamers push",
      `${
        Math.max(...seen.map(({ seconds }) => seconds)).toFixed(1)
      } s until all of them push again`,
      `the leader: ${times(true)}; another: ${times(false)}`,
    );
  });
}

const ROWS = { push, output, recovery, many, leases };

if (!NATS_SERVER) {
  console.error("Cannot measure: there is no nats-server here (NATS_SERVER names one)");
  Deno.exit(1);
}
const asked = Deno.args.length > 0 ? Deno.args : Object.keys(ROWS);
for (const name of asked) await ROWS[name as keyof typeof ROWS]();
if (Deno.args.length === 0) {
  const table = [
    "# The queue on NATS JetStream",
    "",
    "Three servers on this machine, each write synced before it is acknowledged; three replicas.",
    "",
    "| what | measured | beside |",
    "| ---- | -------- | ------ |",
    ...rows,
  ].join("\n");
  await Deno.writeTextFile(new URL("results/jetstream.md", import.meta.url), `${table}\n`);
}
Deno.exit(0);
