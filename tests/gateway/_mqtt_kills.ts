/**
 * Kills gateway and broker with -9 while eight publishers send with QoS 1, and checks what was counted.
 *
 * A broker that is killed loses messages that it has acknowledged itself: MQTT is not a durable store. So the wire to
 * the gateway says what is checked: what the gateway acknowledged is counted, and nothing is counted more often than it
 * was delivered.
 */
import { assert } from "@std/assert";
import { TestCloud } from "./_cloud.ts";
import { until } from "./_gateway.ts";
import { random } from "../_random.ts";
import { Mosquitto, publisher } from "./_mosquitto.ts";
import { MqttWire } from "./_mqtt_wire.ts";
import { DENO_RUN } from "../_deno_run.ts";

const DEVICES = ["d--1", "d--2", "d--3"];
const CONNECTIONS = 8;
/** Readings of a message. */
const READINGS = 20;

/** The options of a run. */
export interface MqttKillOptions {
  readonly kills: number;
  readonly seed: number;
  /** Whether the connections share one topic, or have one each. */
  readonly shared: boolean;
}

/** The result of a run. */
export interface MqttKills {
  readonly published: number;
  readonly acknowledged: number;
  /** Messages that were delivered more than once. */
  readonly repeated: number;
  /** Messages of which readings were counted more than once. */
  readonly countedAgain: number;
}

/** Kills so often, then lets the gateway finish. */
export async function killWithMqtt(
  folder: string,
  { kills, seed, shared }: MqttKillOptions,
): Promise<MqttKills> {
  const next = random(seed);
  await using cloud = await TestCloud.start();
  const broker = await Mosquitto.start(folder);
  const wire = new MqttWire(broker.port);
  const start = () =>
    new Deno.Command(Deno.execPath(), {
      args: [
        ...DENO_RUN,
        new URL("_mqtt_process.ts", import.meta.url).pathname,
        folder,
        cloud.url,
        wire.url,
        ...shared
          ? ["+/{device}"]
          : Array.from({ length: CONNECTIONS }, (_, i) => `line-${i}/{device}`),
      ],
      stdout: "null",
      stderr: "inherit",
    }).spawn();
  const kill = async (child: Deno.ChildProcess) => {
    child.kill("SIGKILL");
    await child.status;
  };
  let gateway = start();
  let published = 0;
  let stopped = false;
  const clients = await Promise.all(
    Array.from({ length: CONNECTIONS }, (_, i) => publisher(broker.url, `publisher-${i}`)),
  );
  try {
    // The broker keeps nothing for a session that it has not seen yet.
    await until("the gateway has subscribed", async () => {
      await clients[0]!.publishAsync("line-0/d--1", message(published++), { qos: 1 });
      return wire.acknowledged.size > 0;
    });
    const publishing = clients.map(async (client, i) => {
      while (!stopped) {
        const topic = `line-${i}/${DEVICES[i % DEVICES.length]}`;
        const batch = Array.from({ length: 4 }, () => message(published++));
        await Promise.all(batch.map((text) => client.publishAsync(topic, text, { qos: 1 })));
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    });
    for (let done = 0; done < kills; done++) {
      await new Promise((resolve) => setTimeout(resolve, 300 + next() * 1200));
      const victim = next();
      if (victim < 0.7) await kill(gateway);
      if (victim > 0.4) {
        await broker.kill();
        await broker.start();
      }
      if (victim < 0.7) gateway = start();
    }
    stopped = true;
    await Promise.all(publishing);
    await until(
      "the broker has delivered everything",
      () => performance.now() - wire.lastDelivery > 3000 && wire.acknowledged.size > 0,
    );
    const counted = new Map<number, number>();
    await until("what was acknowledged is counted", async () => {
      counted.clear();
      for (const device of DEVICES) {
        for (const { value } of await cloud.readings(device)) {
          counted.set(value, (counted.get(value) ?? 0) + 1);
        }
      }
      return [...wire.acknowledged].every((n) => counted.has(n * READINGS));
    }, 180_000).catch(() => {}); // What is missing is named below.
    return check(wire, counted, published);
  } finally {
    stopped = true;
    await kill(gateway).catch(() => {}); // It ended by itself, which the checks show.
    await Promise.all(clients.map((client) => client.endAsync(true)));
    await broker.kill();
    wire.close();
  }
}

function message(number: number): string {
  const readings = Array.from({ length: READINGS }, (_, i) => {
    const v = number * READINGS + i;
    return { t: 1_767_225_600_000 + v * 1000, v };
  });
  return JSON.stringify({ n: number, readings });
}

function check(wire: MqttWire, counted: Map<number, number>, published: number): MqttKills {
  const lost: number[] = [];
  const again = new Set<number>();
  for (const number of wire.acknowledged) {
    for (let i = 0; i < READINGS; i++) {
      if (!counted.has(number * READINGS + i)) lost.push(number * READINGS + i);
    }
  }
  assert(lost.length === 0, `acknowledged and lost: ${lost.length}, first ${lost[0]}`);
  for (const [value, times] of counted) {
    const number = Math.floor(value / READINGS);
    const delivered = wire.delivered.get(number) ?? 0;
    assert(times <= delivered, `reading ${value}: delivered ${delivered}, counted ${times} times`);
    if (times > 1) again.add(number);
  }
  const repeated = [...wire.delivered.values()].filter((times) => times > 1).length;
  return {
    published,
    acknowledged: wire.acknowledged.size,
    repeated,
    countedAgain: again.size,
  };
}
