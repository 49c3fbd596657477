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
import { Sessions } from "./_mqtt_sessions.ts";

/** How readings are received from a broker. */
export interface MqttOptions {
  /** The broker: `mqtt://host:1883` or `mqtts://host:8883`. */
  readonly url: string;
  /**
   * The topics, and the structure of their messages. With several topics, each is read by one connection, in order.
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
  /** Certificate authorities as PEM text, instead of those of the system. */
  readonly ca?: string;
  /**
   * How many connections share the topics. On each connection, messages are acknowledged one by one, when they
   * are durable. With more connections than topics, several share a topic (MQTT 5), and its messages may change
   * their order. Some brokers, such as mosquitto 2.0, forget shared subscriptions when they are restarted, and
   * keep no messages until the gateway has connected again. With these, use as many topics as connections.
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

/** An unused session ends when no message has arrived for this time. */
const QUIET_MS = 5000;

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
 * @param options The broker, the topics, and the structure of their messages.
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
  // Topics are shared if there are more connections than topics.
  const isShared = connections > topics.length;
  const wanted = Array.from(
    { length: connections },
    (_, i) =>
      readers.filter((_, n) => n % connections === i % readers.length)
        .map(({ filter }) => isShared ? `$share/archfx-${name}/${filter}` : filter),
  );
  return {
    name,
    run: async (sink, signal) => {
      const mqtt = await mqttLibrary();
      const sessions = await Sessions.open(sink, wanted);
      const failed = new AbortController();
      const stop = () => failed.abort();
      signal.addEventListener("abort", stop);
      if (signal.aborted) stop();
      try {
        await Promise.all(
          sessions.numbers.map((number) =>
            connection(
              mqtt,
              { ...options, name },
              { sessions, number, readers, sink },
              failed.signal,
            )
              .catch((error) => {
                stop();
                throw error;
              })
          ),
        );
      } finally {
        signal.removeEventListener("abort", stop);
      }
    },
  };
}

/** The parts that a connection uses. */
interface Connection {
  readonly sessions: Sessions;
  readonly number: number;
  readonly readers: readonly MessageReader[];
  readonly sink: ReadingSink;
}

async function connection(
  mqtt: Awaited<ReturnType<typeof mqttLibrary>>,
  options: MqttOptions & { readonly name: string },
  { sessions, number, readers, sink }: Connection,
  signal: AbortSignal,
): Promise<void> {
  const { url, name, username, password, ca, receiveMaximum = 100 } = options;
  const client: MqttClient = mqtt.connect(url, {
    // The broker stores unacknowledged messages for the same client id, so it must not change.
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
  let busyUntil = Infinity;
  client.handleMessage = (packet: MqttPacket, done: (error?: Error) => void) => {
    busyUntil = Math.max(busyUntil, performance.now() + QUIET_MS);
    handle(packet, readers, sink, signal).then(() => done(), (error) => {
      // Not acknowledged: the broker sends it again after the next connection.
      if (!signal.aborted) {
        sink.bad(`"${packet.topic}" could not be stored: ${errorMessage(error)}`);
      }
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
  const done = (then: () => void) => (error?: Error | null) => error ? problem(error) : then();
  const drop = async () => {
    await sessions.ready;
    const filters = sessions.dropped(number);
    if (filters.length === 0) return void (busyUntil = performance.now() + QUIET_MS);
    client.unsubscribe(
      filters,
      done(() => {
        sessions.hasDropped(number).then(
          () => busyUntil = performance.now() + QUIET_MS,
          (error) =>
            sink.bad(`The sessions of "${name}" could not be stored: ${errorMessage(error)}`, 0),
        );
      }),
    );
  };
  client.on("error", problem);
  client.on("connect", () => {
    lastProblem = "";
    const wanted = [...sessions.wanted(number)];
    if (wanted.length > 0) {
      client.subscribe(wanted, { qos: 1 }, done(() => sessions.hasSubscribed(number)));
    }
    void drop();
  });
  const isUsed = sessions.wanted(number).length > 0;
  let end: object = {};
  try {
    while (!signal.aborted && (isUsed || performance.now() < busyUntil)) {
      await pause(isUsed ? 2 ** 30 : 100, signal).catch(() => {}); // The loop ends then.
    }
    // The broker drops the finished session.
    if (!isUsed && !signal.aborted) end = { properties: { sessionExpiryInterval: 0 } };
  } finally {
    const force = !("properties" in end);
    await new Promise<void>((resolve) => client.end(force, end, () => resolve()));
  }
}

async function handle(
  packet: MqttPacket,
  readers: readonly MessageReader[],
  sink: ReadingSink,
  signal: AbortSignal,
): Promise<void> {
  const reader = readers.find((it) => it.matches(packet.topic));
  if (!reader) return sink.bad(`"${packet.topic}" matches none of the topics`);
  let batches;
  try {
    batches = reader.read(packet.topic, packet.payload);
  } catch (error) {
    // It would fail again in the same way, so it is reported and acknowledged.
    return sink.bad(`"${packet.topic}": ${errorMessage(error)}`);
  }
  await sink.push(batches, { signal });
}
