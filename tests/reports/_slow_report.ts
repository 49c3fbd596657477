/** A process for signal_test.ts: starts to write a report to PATH, reports that, and never ends. */
import process from "node:process";
import { writeReport } from "../../src/reports/mod.ts";

const [path, handler] = process.argv.slice(2) as [string, string | undefined];
if (handler) {
  process.on("SIGTERM", () => {
    console.log("handled");
    process.exit(7);
  });
}

async function* source() {
  yield {
    length: 1,
    streams: Uint32Array.of(1),
    readingIds: Float64Array.of(1),
    timestamps: BigInt64Array.of(0n),
    values: Float64Array.of(1),
  };
  console.log("began");
  // A timer keeps the process running; a promise alone would not.
  await new Promise((resolve) => setTimeout(resolve, 600_000));
}

await writeReport(source(), path, { device: 1 });
