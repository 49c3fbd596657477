/**
 * mqttSource(), readings in the messages of an MQTT broker.
 *
 * @module
 */
import { errorCode, errorMessage } from "../../_error_fields.ts";
import { checkNames } from "../../_options.ts";
import { pause } from "../_pauses.ts";
import type { ReadingSink, ReadingSource } from "../types.ts";
import { type MqttClient, mqttLibrary, type MqttPacket } from "./_mqtt_library.ts";
import { MessageReader, type TopicOptions } from "./_mqtt_message.ts";

/** How readings are taken from a broker. */
export interface MqttOptions {
  /** The broker: `mqtt://host:1883` or `mqtts://host:8883`. */
  readonly url: string;
  /**
   * The topics, and what is what in their messages. With several, each is read by one connection, in order.
   */
  readonly topics: readonly TopicOptions[];
  /**
   * The name of the source; the client ids begin with it.
   *
   * @default {"mqtt"}
   */
  readonly name?: string;
  /** The user name for the broker. */
  readonly username?: string;
  /** The password for the broker. */
  readonly password?: string;
  /** Certificate authorities as PEM text, instead of the system's. */
  readonly ca?: string;
  /**
   * How many connections share the topics. Messages are acknowledged one by one on each, when they are durable. With
   * more connections than topics, a topic is shared by several (MQTT 5), and its messages may change their order.
   *
   * @default {1}
   */
  readonly connections?: number;
  /**
   * How many unacknowledged messages the broker may send on a connection.
   *
   * @default {100}
   */
  readonly receiveMaximum?: number;
}

const NAMES = [
  "url",
  "topics",
  "name",
  "username",
  "password",
  "ca",
  "connections",
  "receiveMaximum",
];

/**
 * A source that subscribes to topics with QoS 1, in a session that the broker keeps. A message is acknowledged when
 * its readings are durable: delivery is at least once. It needs the package `mqtt`.
 *
 * @param options The broker, the topics, and what is what in their messages.
 * @returns The source, for a `Gateway`.
 * @throws {TypeError} If an option is not valid.
 *
 * @example
 * ```ts
 * import { mqttSource } from "@archfx/cloud/gateway";
 * import { assertEquals } from "@std/assert";
 *
 * const source = mqttSource({
 *   url: "mqtt://127.0.0.1",
 *   topics: [{
 *     topic: "plant/{device}/{stream}",
 *     devices: { press: "d--1" },
 *     streams: { temperature: "0001-5090" },
 *     time: "/ts",
 *     value: "/value",
 *   }],
 * });
 * assertEquals(source.name, "mqtt");
 * ```
 */
export function mqttSource(options: MqttOptions): ReadingSource {
  checkNames(options, NAMES, "option of mqttSource");
  const { url, topics, name = "mqtt", connections = 1 } = options;
  if (!/^(?:mqtts?|wss?):\/\/[^\s/@]+/.test(String(url))) {
    throw new TypeError(`Cannot use "${url}" as "url": it must be like mqtt://host:1883`);
  }
  if (!Array.isArray(topics) || topics.length === 0) {
    throw new TypeError('Cannot subscribe: "topics" must have at least one topic');
  }
  if (!(Number.isInteger(connections) && connections > 0 && connections <= 64)) {
    throw new TypeError(`Cannot use ${connections} as "connections": it must be from 1 to 64`);
  }
  const readers = topics.map((topic) => new MessageReader(topic));
  return {
    name,
    run: async (sink, signal) => {
      const mqtt = await mqttLibrary();
      const failed = new AbortController();
      const stop = () => failed.abort();
      signal.addEventListener("abort", stop);
      try {
        await Promise.all(
          Array.from({ length: connections }, (_, i) => {
            const own = readers.filter((_, n) => n % connections === i % readers.length);
            return connection(mqtt, { ...options, name, connections }, i, own, sink, failed.signal)
              .finally(stop);
          }),
        );
      } finally {
        signal.removeEventListener("abort", stop);
      }
    },
  };
}

async function connection(
  mqtt: Awaited<ReturnType<typeof mqttLibrary>>,
  options: MqttOptions & { readonly name: string; readonly connections: number },
  number: number,
  readers: readonly MessageReader[],
  sink: ReadingSink,
  signal: AbortSignal,
): Promise<void> {
  const { url, name, username, password, ca, receiveMaximum = 100 } = options;
  const client: MqttClient = mqtt.connect(url, {
    // The broker keeps what is not acknowledged for the same client id: it must not change.
    clientId: `archfx-${name}-${number}`.replace(/[^\w-]/g, "-"),
    clean: false,
    protocolVersion: 5,
    properties: { sessionExpiryInterval: 0xffffffff, receiveMaximum },
    reconnectPeriod: 1000,
    connectTimeout: 10_000,
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    ...(ca !== undefined && { ca }),
  });
  const shared = options.connections > options.topics.length;
  client.handleMessage = (packet: MqttPacket, done: (error?: Error) => void) => {
    handle(packet, readers, sink, signal).then(() => done(), (error) => {
      // Not acknowledged: the broker sends it again after the next connection.
      if (!signal.aborted) sink.bad(`"${packet.topic}" could not be stored: ${error.message}`);
      client.stream?.destroy();
      done(error);
    });
  };
  let lastProblem = "";
  const problem = (error: Error) => {
    if (signal.aborted || error.message === lastProblem) return;
    lastProblem = error.message;
    sink.bad(`${url}: ${error.message || errorCode(error)}`, 0);
  };
  client.on("error", problem);
  client.on("connect", () => {
    lastProblem = "";
    for (const reader of readers) {
      const filter = shared ? `$share/archfx-${name}/${reader.filter}` : reader.filter;
      client.subscribe(filter, { qos: 1 }, (error: Error | null) => error && problem(error));
    }
  });
  try {
    while (!signal.aborted) await pause(2 ** 30, signal).catch(() => {}); // The loop ends then.
  } finally {
    await new Promise<void>((resolve) => client.end(true, {}, () => resolve()));
  }
}

async function handle(
  packet: MqttPacket,
  readers: readonly MessageReader[],
  sink: ReadingSink,
  signal: AbortSignal,
): Promise<void> {
  const reader = readers.find((it) => it.matches(packet.topic));
  if (!reader) return sink.bad(`"${packet.topic}" fits none of the topics`);
  let batches;
  try {
    batches = reader.read(packet.topic, packet.payload);
  } catch (error) {
    // It would be the same the next time: it is reported, and acknowledged.
    return sink.bad(`"${packet.topic}": ${errorMessage(error)}`);
  }
  await sink.push(batches, { signal });
}
