/**
 * Ten thousand streamers on one stream of NATS JetStream: the memory of a sender and of a collector, and how long leases
 * take: to get all of them, to renew them, and to take over those of a sender that dies or stops.
 *
 * @module
 */
import { openQueue } from "../src/gateway/mod.ts";
import { SHARDS } from "../src/gateway/jetstream/_messages.ts";
import { JetStreamQueue } from "../src/gateway/jetstream/jetstream_queue.ts";
import { delay } from "../tests/gateway/_nats_cluster.ts";
import { unitEnvironment } from "../tests/gateway/_unit.ts";
import { count } from "./_gateway_rows.ts";
import {
  fill,
  type NullCloud,
  row,
  startCloud,
  startGateway,
  startSender,
  usage,
  withServers,
} from "./_jetstream_plant.ts";

const DEVICES = 10_000;
/** Readings of a batch. */
const READINGS = 10;
/** After the first report of each streamer, so many more. */
const MORE_ROUNDS = 2;

const seconds = (ms: number) => `${(ms / 1000).toFixed(ms < 1000 ? 2 : 1)} s`;

/** Waits until the cloud has counted so many readings. */
async function untilCounted(cloud: NullCloud, readings: number): Promise<void> {
  while (await cloud.counted() < readings) await delay(50);
}

/** One sender for all streamers, and one collector that stores readings of all of them. */
export async function many(): Promise<void> {
  await sender("one sender", {});
  await sender("the same with the environment of docs/archfx-gateway.service", unitEnvironment());
  await collector("one collector", {});
  await collector("the same with that environment", unitEnvironment());
}

async function sender(title: string, env: Record<string, string>): Promise<void> {
  await withServers(async (cluster) => {
    const where = cluster.url("QUEUE");
    const queue = await openQueue(where);
    await fill(queue, DEVICES, 1, READINGS);
    const cloud = await startCloud();
    const started = performance.now();
    const sender = startSender(where, cloud.url, env);
    const { pid } = sender;
    try {
      await untilCounted(cloud, DEVICES * READINGS);
      const first = performance.now() - started;
      const most = [usage(pid).memory];
      for (let i = 1; i <= MORE_ROUNDS; i++) {
        await fill(queue, DEVICES, 1, READINGS);
        await untilCounted(cloud, (i + 1) * DEVICES * READINGS);
        most.push(usage(pid).memory);
      }
      const [idle, servers] = [usage(pid), cluster.cpuSeconds()];
      await delay(10_000);
      const [later, idled] = [usage(pid), cluster.cpuSeconds() - servers];
      row(
        `${count(DEVICES)} streamers on one stream, ${title}`,
        `${count(later.memory)} MB at most (after each round: ${most.map(count).join(", ")})`,
        `each has sent a report after ${seconds(first)}; at rest ${
          count((later.cpu - idle.cpu) * 10)
        } % of a core for the sender, ${count(idled * 10)} % for the servers`,
      );
    } finally {
      sender.kill("SIGKILL");
      cloud.kill();
      await queue.close();
    }
  });
}

async function collector(title: string, env: Record<string, string>): Promise<void> {
  await withServers(async (cluster) => {
    const batches = 5, readings = 100;
    const collector = startGateway({
      role: "collector",
      queue: cluster.url("QUEUE"),
      cloud: "http://127.0.0.1:9",
      devices: Array.from({ length: DEVICES }, (_, i) => i + 1),
      devicesPerSource: 100,
      batches,
      readings,
    }, env);
    const started = performance.now();
    let [most, isOver] = [0, false];
    const ended = collector.status.then(() => isOver = true);
    while (!isOver) {
      most = Math.max(most, usage(collector.pid).memory);
      await Promise.race([ended, delay(50)]);
    }
    const ms = performance.now() - started;
    row(
      `${count(DEVICES)} streamers on one stream, ${title}, batches of ${readings} readings`,
      `${count(most)} MB at most`,
      `${count(DEVICES * batches * readings / ms * 1000)} readings per second, its start included`,
    );
  });
}

/** Gets, renews and takes over the leases of ten thousand streamers. */
export async function leases(): Promise<void> {
  await withServers(async (cluster) => {
    const where = cluster.url("QUEUE");
    const queue = await JetStreamQueue.open(where);
    await fill(queue, DEVICES, 1, READINGS);
    const view = await queue.follow();
    /** When an owner changed last. */
    let changed = 0;
    view.onMember = () => changed = performance.now();
    /** Waits for a gateway that was not there before. */
    const joined = async () => {
      const known = new Set(view.members.keys());
      for (;;) {
        const id = [...view.members.keys()].find((it) => !known.has(it));
        if (id !== undefined) return { id, at: view.members.get(id)!.seen };
        await delay(1);
      }
    };
    const shardsOf = (id: string) =>
      [...view.owners.values()].filter((it) => it.owner === id).length;
    const ownsAll = async (id: string) => {
      while (shardsOf(id) < SHARDS) await delay(1);
      return changed;
    };
    const cloud = await startCloud();
    const running = new Set<Deno.ChildProcess>();
    const start = () => {
      const sender = startSender(where, cloud.url);
      running.add(sender);
      void sender.status.then(() => running.delete(sender));
      return sender;
    };
    const senders = [start()];
    try {
      const first = await joined();
      const got = (await ownsAll(first.id)) - first.at;
      let longest = 0;
      const sent = untilCounted(cloud, DEVICES * READINGS).then(() => true);
      for (let seen = view.members.get(first.id)!.seen;;) {
        const isOver = await Promise.race([sent, delay(1)]);
        const now = view.members.get(first.id)!.seen;
        longest = Math.max(longest, now - seen);
        seen = now;
        if (isOver) break;
      }
      row(
        `a lease round: one sender gets the leases of ${
          count(DEVICES)
        } streamers (${SHARDS} shards)`,
        seconds(got),
        `renewed at least every ${seconds(longest)} while all send (planned: every 2 s)`,
      );

      const joining = joined();
      senders.push(start());
      const second = await joining;
      while (performance.now() - changed < 3000) await delay(10);
      row(
        `a second sender comes: it gets ${shardsOf(second.id)} of ${SHARDS} shards`,
        seconds(changed - second.at),
        "the first one has a second of that to end what is on its way",
      );

      const killed = performance.now();
      senders[0]!.kill("SIGKILL");
      const missing = SHARDS - shardsOf(second.id);
      while (SHARDS - shardsOf(second.id) === missing) await delay(1);
      const began = changed;
      const all = await ownsAll(second.id);
      await fill(queue, DEVICES, 1, READINGS);
      await untilCounted(cloud, 2 * DEVICES * READINGS);
      row(
        `a sender is killed: the other one gets its ${missing} shards`,
        seconds(all - killed),
        `a sender counts as dead 7 s after its last heartbeat; from the first to the last shard ${
          seconds(all - began)
        }; a reading of each streamer that is pushed then is counted ${
          seconds(performance.now() - all)
        } later`,
      );

      const heir = joined();
      senders.push(start());
      const third = await heir;
      while (performance.now() - changed < 3000) await delay(10);
      const left = SHARDS - shardsOf(third.id);
      const stopped = performance.now();
      senders[1]!.kill("SIGTERM");
      row(
        `a sender is stopped: the other one gets its ${left} shards`,
        seconds((await ownsAll(third.id)) - stopped),
        "",
      );
    } finally {
      for (const sender of running) sender.kill("SIGKILL");
      cloud.kill();
      await queue.close();
    }
  });
}
