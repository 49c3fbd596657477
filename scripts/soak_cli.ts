/**
 * Kills archfx during a token refresh, a hundred times, and checks that the credentials file is readable after
 * each kill.
 *
 *     deno run -A scripts/soak_cli.ts [--rounds 100] [--seed N]
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { createEmulator } from "../src/emulator/mod.ts";
import { killDuringRefresh } from "../tests/cli/_kill_refresh.ts";
import { random } from "../tests/_random.ts";

const args = parseArgs(Deno.args, { string: ["rounds", "seed"], default: { rounds: "100" } });
const seed = Number(args.seed ?? crypto.getRandomValues(new Uint32Array(1))[0]);
console.log(`seed ${seed}`);
const folder = await Deno.makeTempDir();
const emulator = await createEmulator();
try {
  const { url } = await emulator.listen();
  const { met, kept, lost, late } = await killDuringRefresh({
    emulator,
    url,
    env: { XDG_CONFIG_HOME: folder },
    file: `${folder}/archfx/credentials.json`,
    rounds: Number(args.rounds),
    random: random(seed),
  });
  console.log(
    `${met} times killed with a refresh in flight, the credentials readable after each: ` +
      `${kept} kept a token that works, ${lost} lost it on its way (log in again); ` +
      `${late} kills came too late to count`,
  );
} finally {
  await emulator.close();
  await Deno.remove(folder, { recursive: true });
}
