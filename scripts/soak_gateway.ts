/**
 * Kills gateways and clouds a thousand times, gateways and MQTT brokers fifty times, and damages a queue's file two
 * hundred times: nothing that was acknowledged may be lost without a message, counted twice, or out of order.
 *
 * `deno run -A scripts/soak_gateway.ts [KILLS] [DAMAGES] [SEED] [MQTT_KILLS]`
 */
import { cutOff, damageOnce, overwrite } from "../tests/gateway/_damage.ts";
import { killAtRandom } from "../tests/gateway/_kills.ts";
import { Mosquitto } from "../tests/gateway/_mosquitto.ts";
import { killWithMqtt } from "../tests/gateway/_mqtt_kills.ts";

/** Kills per run. After that, everything is checked, and a new run starts. */
const PER_RUN = 25;

/** Runs the soak and prints the results. Throws if a reading is lost, repeated or out of order. */
export async function soakGateway(
  kills = 1000,
  damages = 200,
  seed = Date.now() % 1_000_000,
  mqttKills = 50,
): Promise<void> {
  console.log(
    `gateway: ${kills} kills, ${mqttKills} kills with MQTT, ${damages} damaged files, seed ${seed}`,
  );
  for (let done = 0; done < kills; done += PER_RUN) {
    const folder = await Deno.makeTempDir();
    const run = done / PER_RUN;
    try {
      await killAtRandom(folder, {
        kills: Math.min(PER_RUN, kills - done),
        readings: 40_000,
        seed: seed + run,
        workers: run % 2 === 0 ? 0 : 2,
      });
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
    console.log(`gateway: ${done + PER_RUN} kills, everything counted once and in order`);
  }
  await soakMqtt(mqttKills, seed);
  let [lost, repeated, salvaged] = [0, 0, 0];
  for (let trial = 0; trial < damages; trial++) {
    const folder = await Deno.makeTempDir();
    try {
      const outcome = await damageOnce(
        folder,
        seed + trial,
        trial % 8 === 7 ? cutOff : overwrite,
        trial % 4 === 3 ? "-wal" : "",
      );
      lost += outcome.lost;
      repeated += outcome.repeated;
      if (outcome.salvaged) salvaged++;
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  }
  console.log(
    `gateway: ${damages} damaged files: each started; ${salvaged} were salvaged, ${lost} readings were lost ` +
      `with a message, ${repeated} were counted twice`,
  );
}

/** Half of the kills with one topic per connection, half with one shared topic. */
async function soakMqtt(kills: number, seed: number): Promise<void> {
  if (kills === 0) return;
  if (!Mosquitto.installed) {
    return console.log("gateway: kills with MQTT are skipped: mosquitto is not installed");
  }
  for (const shared of [false, true]) {
    const folder = await Deno.makeTempDir();
    try {
      const half = shared ? Math.floor(kills / 2) : Math.ceil(kills / 2);
      const found = await killWithMqtt(folder, { kills: half, seed, shared });
      console.log(
        `gateway: ${half} kills of gateway and broker, ${
          shared ? "one topic shared" : "a topic for each"
        }: ${found.acknowledged} of ${found.published} messages acknowledged, none of them lost; ${found.repeated} ` +
          `delivered again, ${found.countedAgain} counted again`,
      );
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  }
}

if (import.meta.main) {
  const [kills, damages, seed, mqttKills] = Deno.args.map(Number);
  await soakGateway(kills, damages, seed, mqttKills);
}
