/** A folder with reports beside an emulator, for tests of archfx report upload. */
import { createEmulator, type Emulator } from "../../src/emulator/mod.ts";
import { withFolder } from "./_archfx.ts";
import { writeReportFile } from "./_reports.ts";

/** Where the reports are. */
export interface Spool {
  emulator: Emulator;
  cwd: string;
  env: Record<string, string>;
}

/** Runs a task beside an emulator, in a folder with a.mp and b.mp of device 1 and c.mp of device 2. */
export function withSpool(task: (spool: Spool) => Promise<void>): Promise<void> {
  return withFolder(async (cwd) => {
    await writeReportFile(`${cwd}/a.mp`);
    await writeReportFile(`${cwd}/b.mp`, { firstId: 101 });
    await writeReportFile(`${cwd}/c.mp`, { device: 2, readings: 300 });
    const emulator = await createEmulator();
    try {
      const { url } = await emulator.listen();
      const env = {
        ARCHFX_DOMAIN: url,
        ARCHFX_EMAIL: "user@example.com",
        ARCHFX_PASSWORD: "my.pass",
      };
      await task({ emulator, cwd, env });
    } finally {
      await emulator.close();
    }
  });
}

/** How many uploads the emulator has seen. */
export function uploads(emulator: Emulator): number {
  return emulator.events.requests.filter((it) => it.path.startsWith("/api/v1/streamer/report/"))
    .length;
}
