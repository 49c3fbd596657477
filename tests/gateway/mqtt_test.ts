/** The MQTT source, against Debian's mosquitto. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { mqttSource } from "../../src/gateway/mod.ts";
import { MessageReader } from "../../src/gateway/sources/_mqtt_message.ts";
import { until, withFolder } from "./_gateway.ts";
import { Mosquitto, publisher } from "./_mosquitto.ts";
import { running, TestSink } from "./_sink.ts";

const ignore = !Mosquitto.installed;
if (ignore) console.log("MQTT tests are skipped: mosquitto is not installed");
const topics = [{
  topic: "plant/{device}/{stream}",
  devices: { press: "d--1" },
  streams: { temperature: "0001-5090" },
  time: "/ts",
  value: "/v",
}];
const message = (value: number) => JSON.stringify({ ts: 1_767_225_600_000 + value, v: value });
const bytes = (text: string) => new TextEncoder().encode(text);

Deno.test("MessageReader finds device, stream, time and value in topic and message", () => {
  const reader = new MessageReader(topics[0]!);
  assertEquals(reader.filter, "plant/+/+");
  assertEquals([reader.matches("plant/press/temperature"), reader.matches("plant/press")], [
    true,
    false,
  ]);
  const { device, points } = reader.read("plant/press/temperature", bytes(message(5)));
  const [point] = [...points!];
  assertEquals([device, point!.value, point!.stream], [1n, 5, 0x15090]);
  const slugs = reader.read("plant/d--2/0001-5091", bytes(message(5)));
  assertEquals([slugs.device, [...slugs.points!][0]!.stream], [2n, 0x15091]);

  const rows = new MessageReader({
    topic: "line/#",
    device: 7,
    readings: "/m~1s",
    time: "/t",
    value: "/x/1",
    streamPointer: "/name",
    streams: { speed: 0x5001 },
  });
  assert(rows.matches("line") && rows.matches("line/a/b") && !rows.matches("lines"));
  const many = rows.read(
    "line/a",
    bytes(JSON.stringify({
      "m/s": [{ t: "2026-03-02T06:00:00Z", x: [0, 1.5], name: "speed" }, {
        t: "2026-03-02T06:00:01Z",
        x: [0, true],
        name: "5002",
      }],
    })),
  );
  assertEquals([...many.points!].map(({ stream, value }) => [stream, value]), [
    [0x5001, 1.5],
    [0x5002, 1],
  ]);
  const plain = new MessageReader({ topic: "t", device: 1, stream: 5 });
  assertEquals([...plain.read("t", "21.5").points!][0]!.value, 21.5);
});

Deno.test("MessageReader reports what is missing in a message, and which option of a topic is wrong", () => {
  const reader = new MessageReader(topics[0]!);
  const read = (text: string, topic = "plant/press/temperature") => () =>
    reader.read(topic, bytes(text));
  assertThrows(read("{"), Error, "not JSON");
  assertThrows(read('{"ts":0}'), Error, 'no number at "/v"');
  assertThrows(read('{"v":1}'), Error, 'no time at "/ts"');
  assertThrows(read(message(1), "plant/unknown/temperature"), RangeError, "unknown");
  assertThrows(read(message(1), "plant/press/unknown"), RangeError, "unknown");
  assertThrows(() => new MessageReader({ topic: "a", stream: 1 }), TypeError, "device");
  assertThrows(() => new MessageReader({ topic: "a", device: 1 }), TypeError, "stream");
  const typo = { topic: "a", device: 1, stream: 1, tim: "/t" } as never;
  assertThrows(() => new MessageReader(typo), TypeError, "tim");
  assertThrows(() => new MessageReader({ topic: "a", device: 1, stream: 1, time: "t" }), TypeError);
  assertThrows(() => mqttSource({ url: "host", topics }), TypeError, "url");
  assertThrows(() => mqttSource({ url: "mqtt://host", topics: [] }), TypeError, "topics");
});

Deno.test({
  name: "mqttSource() acknowledges a message when it is durable, and gets it again otherwise",
  ignore,
  fn: () =>
    withFolder(async (folder) => {
      const broker = await Mosquitto.start(folder);
      const client = await publisher(broker.url);
      try {
        const sink = new TestSink();
        const source = () => mqttSource({ url: broker.url, topics });
        await running(source(), sink, async () => {
          await new Promise((resolve) => setTimeout(resolve, 300)); // It subscribes.
          await until("a message arrives", async () => {
            await client.publishAsync("plant/press/temperature", message(0), { qos: 1 });
            return sink.values.length > 0;
          });
        });
        sink.values.length = 0;
        // While the gateway is away, the broker keeps what is published.
        for (let i = 1; i <= 20; i++) {
          await client.publishAsync("plant/press/temperature", message(i), { qos: 1 });
        }
        await client.publishAsync("plant/press/temperature", "nonsense", { qos: 1 });
        // The store fails for the third message: it is not acknowledged.
        let pushes = 0;
        sink.before = () => {
          if (++pushes === 3) throw new Error("the disk is full");
        };
        await running(source(), sink, () =>
          until("all are there", () =>
            new Set(sink.values.filter((it) => it > 0)).size === 20));
        const distinct = [...new Set(sink.values)].filter((it) =>
          it > 0
        ).sort((a, b) => a - b);
        assertEquals(distinct, Array.from({ length: 20 }, (_, i) => i + 1));
        assert(sink.problems.some((it) => /could not be stored: the disk is full/.test(it)));
        await running(source(), sink, () =>
          until("the nonsense is reported", () =>
            sink.problems.some((it) =>
              /not JSON/.test(it)
            )))
          .catch(() => {});
      } finally {
        await client.endAsync(true);
        await broker.kill();
      }
    }),
});

Deno.test({
  name: "mqttSource() shares a topic among connections, and reconnects after the broker was killed",
  ignore,
  fn: () =>
    withFolder(async (folder) => {
      const broker = await Mosquitto.start(folder);
      const client = await publisher(broker.url);
      try {
        const sink = new TestSink();
        const source = mqttSource({ url: broker.url, topics, connections: 4 });
        await running(source, sink, async () => {
          await until("a message arrives", async () => {
            await client.publishAsync("plant/press/temperature", message(0), { qos: 1 });
            return sink.values.length > 0;
          });
          await broker.kill();
          await broker.start();
          let next = 1;
          await until("messages arrive again", async () => {
            await client.publishAsync("plant/press/temperature", message(next++), { qos: 1 });
            return sink.values.some((it) => it > 0);
          });
        });
        assert(sink.problems.every((it) => it.startsWith(broker.url)), sink.problems.join());
      } finally {
        await client.endAsync(true);
        await broker.kill();
      }
    }),
});

Deno.test({
  name:
    "mqttSource() leaves no messages in its old sessions after its topics and connections were changed",
  ignore,
  fn: () =>
    withFolder(async (folder) => {
      const broker = await Mosquitto.start(folder);
      const client = await publisher(broker.url);
      const sink = new TestSink();
      const source = (connections: number, more: typeof topics = []) =>
        mqttSource({ url: broker.url, topics: [...topics, ...more], connections });
      let next = 0;
      /** The relevant messages that arrived. */
      const since = () => sink.values.filter((it) => it >= 1000).sort((a, b) => a - b);
      const publish = async (count: number, topic = "plant/press/temperature") => {
        for (let i = 0; i < count; i++) {
          await client.publishAsync(topic, message(next++), { qos: 1 });
        }
      };
      const arrived = (count: number) =>
        until(`${count} have arrived`, () => since().length >= count);
      try {
        const other = [{ ...topics[0]!, topic: "hall/{device}/{stream}" }];
        await running(source(4), sink, async () => {
          await until("it has subscribed", async () => {
            await publish(1);
            return sink.values.length > 0;
          });
        });
        // The broker divides these among four sessions, of which one is left.
        next = 1000;
        await publish(20);
        await running(source(1, other), sink, async () => {
          await arrived(20);
          await until("sessions are dropped", async () => {
            return !(await sink.position())!.includes("$share");
          });
          await publish(10);
          await publish(10, "hall/press/temperature");
          await arrived(40);
        });
        // A topic that was removed from the configuration.
        await running(source(1), sink, async () => {
          await until("it is dropped", async () => !(await sink.position())!.includes("hall"));
          await publish(5, "hall/press/temperature");
          await publish(5);
          await until("the last one has come", () => sink.values.includes(next - 1));
        });
        const expected = [...Array(40).keys(), 45, 46, 47, 48, 49].map((it) => 1000 + it);
        assertEquals(since(), expected);
        assertEquals(JSON.parse((await sink.position())!), { sessions: [["plant/+/+"]] });
        // One that was in flight when its topic was still named may come again.
        const others = sink.problems.filter((it) => !it.includes("hall/press/temperature"));
        assertEquals(others, []);
      } finally {
        await client.endAsync(true);
        await broker.kill();
      }
    }),
});
