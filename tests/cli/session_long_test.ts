/** archfx with SIGKILL during a token refresh. */
import { assertEquals } from "@std/assert";
import { createEmulator } from "../../src/emulator/mod.ts";
import { withFolder } from "./_archfx.ts";
import { killDuringRefresh } from "./_kill_refresh.ts";
import { random } from "../_random.ts";

Deno.test("archfx that is killed during a refresh leaves a readable file", () =>
  withFolder(async (folder) => {
    await using emulator = await createEmulator();
    const { url } = await emulator.listen();
    const { met, kept, lost, late } = await killDuringRefresh({
      emulator,
      url,
      env: { XDG_CONFIG_HOME: folder },
      file: `${folder}/archfx/credentials.json`,
      rounds: 5,
      random: random(1),
    });
    console.log(
      `${met} killed in flight (${kept} kept a token, ${lost} lost it), ${late} too late`,
    );
    assertEquals([met, kept + lost], [5, 5]);
  }));
