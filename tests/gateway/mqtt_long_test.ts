/** Gateway and broker are killed: what the gateway acknowledged is counted. */
import { assert } from "@std/assert";
import { withFolder } from "./_gateway.ts";
import { Mosquitto } from "./_mosquitto.ts";
import { killWithMqtt } from "./_mqtt_kills.ts";

const seed = Number(Deno.env.get("SEED") ?? 5000);
const ignore = !Mosquitto.installed;
if (ignore) console.log("MQTT tests are skipped: mosquitto is not installed");

for (const shared of [false, true]) {
  Deno.test({
    name: "mqttSource() loses nothing that it acknowledged when gateway and broker are killed, " +
      `${shared ? "one topic shared by" : "a topic for each of"} 8 connections (seed ${seed})`,
    ignore,
    fn: () =>
      withFolder(async (folder) => {
        const { acknowledged } = await killWithMqtt(folder, { kills: 6, seed, shared });
        assert(acknowledged > 50, `only ${acknowledged} messages were acknowledged`);
      }),
  });
}
