/**
 * A gateway with an MQTT source in a separate process, for tests that kill it: `_mqtt_process.ts FOLDER CLOUD
 * BROKER TOPIC…`.
 */
import { Api } from "../../mod.ts";
import { Gateway, mqttSource, openQueue } from "../../src/gateway/mod.ts";

const [folder, cloud, broker, ...topics] = Deno.args as [string, string, string, ...string[]];
const api = new Api(cloud, { retries: 0 });
await api.login({ email: "user@example.com", password: "my.pass" });
// Commits are rare, so that an acknowledgement before its commit shows.
const queue = await openQueue(`${folder}/queue.sqlite`, {
  minFreeBytes: 0,
  reserveBytes: 0,
  syncMs: 50,
});
const gateway = new Gateway({
  api,
  queue,
  sources: [mqttSource({
    url: broker,
    connections: 8,
    topics: topics.map((topic) => ({
      topic,
      stream: "0001-5090",
      readings: "/readings",
      time: "/t",
      value: "/v",
    })),
  })],
  confirmMs: 300,
  maxDelayMs: 0,
});
await gateway.run();
