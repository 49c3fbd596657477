/** An emulator in a separate process, for tests that kill it: `_serve.ts FILE` prints its URL. */
import { createEmulator } from "../../src/emulator/mod.ts";

const emulator = await createEmulator({ db: Deno.args[0] });
console.log((await emulator.listen()).url);
