/** How fast a gateway receives messages from a broker. */
import { mqttSource } from "../src/gateway/mod.ts";
import { SqliteQueue } from "../src/gateway/sqlite_queue.ts";
import { Mosquitto } from "../tests/gateway/_mosquitto.ts";
import { count, NO_LIMITS, type Row } from "./_gateway_rows.ts";

const CONNECTIONS = 8, MESSAGES = 16_000, READINGS = 100;

/** Measures messages during publishing: with one topic per connection, and with one shared topic. */
export async function mqtt(folder: string): Promise<Row[]> {
  if (!Mosquitto.installed) return [["MQTT", "mosquitto is not installed", "", ""]];
  const topics = Array.from({ length: CONNECTIONS }, (_, i) => `plant/line-${i}`);
  return [
    await received(`${folder}/own`, topics, "a topic for each"),
    await received(`${folder}/shared`, ["plant/+"], "one topic shared"),
  ];
}

async function received(folder: string, topics: string[], how: string): Promise<Row> {
  await Deno.mkdir(folder);
  const broker = await Mosquitto.start(folder);
  const queue = await SqliteQueue.open(`${folder}/queue.sqlite`, NO_LIMITS);
  let [messages, started] = [0, 0];
  const stop = new AbortController();
  const source = mqttSource({
    url: broker.url,
    connections: CONNECTIONS,
    topics: topics.map((topic) => ({
      topic,
      device: 1,
      stream: "5090",
      readings: "/readings",
      time: "/t",
      value: "/v",
    })),
  });
  const running = source.run({
    push: async (batches, options) => {
      started ||= performance.now();
      await queue.push(batches, options);
      messages++;
    },
    position: (): Promise<undefined> => Promise.resolve(undefined),
    bad: (message) => console.error(message),
  }, stop.signal);
  try {
    await new Promise((resolve) => setTimeout(resolve, 1000)); // Time to subscribe.
    const publisher = new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "-A",
        "--no-check",
        new URL("_mqtt_publisher.ts", import.meta.url).pathname,
        broker.url,
        String(CONNECTIONS),
        String(MESSAGES),
        String(READINGS),
      ],
      stdout: "null",
    }).spawn();
    while (messages < MESSAGES) await new Promise((resolve) => setTimeout(resolve, 2));
    const seconds = (performance.now() - started) / 1000;
    await publisher.status;
    const { commits } = await queue.stats();
    return [
      `MQTT, ${READINGS} readings per message, ${CONNECTIONS} connections, ${how}, durable before the acknowledgement`,
      `${count(messages * READINGS / seconds)} readings per second`,
      "90,000",
      `${commits.count} commits of ${(commits.ms / commits.count).toFixed(1)} ms`,
    ];
  } finally {
    stop.abort();
    await running;
    await queue.close();
    await broker.kill();
  }
}
