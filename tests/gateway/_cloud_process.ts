/** An emulator in a separate process, for tests that kill it: `_cloud_process.ts FILE PORT WORKERS`. */
import { createEmulator } from "../../src/emulator/mod.ts";

const [db, port, workers] = Deno.args;
const emulator = await createEmulator({
  db: db!,
  log: () => {},
  counting: { workers: Number(workers), delayMs: [0, 30] },
});
await emulator.listen({ port: Number(port) });
console.log("ready");
