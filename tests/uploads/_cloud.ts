/** An emulator in a separate process, which will be killed: `_cloud.ts JSON` prints its port. */
import { createEmulator, type EmulatorOptions } from "../../src/emulator/mod.ts";

const emulator = await createEmulator({
  ...JSON.parse(Deno.args[0]!) as EmulatorOptions,
  log: () => {},
});
console.log((await emulator.listen()).port);
