/** A folder with reports and an emulator, for tests of archfx report upload. */
import type { Emulator } from "../../src/emulator/mod.ts";
import { type Beside, withEmulator } from "./_emulator.ts";
import { writeReportFile } from "./_reports.ts";

/** Runs a task with an emulator, in a folder with a.mp and b.mp of device 1 and c.mp of device 2. */
export function withSpool(task: (spool: Beside) => Promise<void>): Promise<void> {
  return withEmulator(async (spool) => {
    await writeReportFile(`${spool.cwd}/a.mp`);
    await writeReportFile(`${spool.cwd}/b.mp`, { firstId: 101 });
    await writeReportFile(`${spool.cwd}/c.mp`, { device: 2, readings: 300 });
    await task(spool);
  });
}

/** How many uploads the emulator has seen. */
export function uploads(emulator: Emulator): number {
  return emulator.events.requests.filter((it) => it.path.startsWith("/api/v1/streamer/report/"))
    .length;
}
