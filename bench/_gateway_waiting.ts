/** How fast a gateway starts, and how much memory it takes, with 10 GB waiting. */
import { unitEnvironment } from "../tests/gateway/_unit.ts";
import { fillQueue } from "../tests/gateway/_waiting.ts";
import { count, type Row, startServer } from "./_gateway_rows.ts";

const BYTES = 10e9;
const SECONDS = 20;
/** Batches of 1,000 readings that are pushed per second while it also sends. */
const PUSHES = 100;

/** Three starts, one of them with pushes at the same time. */
export async function waiting(folder: string): Promise<Row[]> {
  const path = `${folder}/waiting.sqlite`;
  const { readings } = fillQueue(path, BYTES);
  const cloud = await startServer("../tests/gateway/_null_cloud.ts");
  try {
    const run = async (seconds: number, pushes: number) => {
      const { stdout } = await new Deno.Command(Deno.execPath(), {
        args: [
          "run",
          "-A",
          "--no-check",
          new URL("../tests/gateway/_waiting_process.ts", import.meta.url).pathname,
          path,
          cloud.url,
          String(seconds),
          String(pushes),
        ],
        env: unitEnvironment(),
        stderr: "inherit",
      }).output();
      return JSON.parse(new TextDecoder().decode(stdout)) as Record<string, number>;
    };
    await run(1, 0); // The streamer is new to the queue, so its last_id is observed first.
    const begun: number[] = [];
    for (let i = 0; i < 5; i++) begun.push((await run(1, 0)).firstUploadMs!);
    begun.sort((a, b) => a - b);
    const draining = await run(SECONDS, 0);
    const both = await run(SECONDS, PUSHES);
    const waits = `${count(readings)} readings in ${BYTES / 1e9} GB`;
    const memory = (what: string, found: Record<string, number>): Row => [
      `most memory while it ${what}`,
      `${Math.round(found.peakKiB! / 1024)} MB`,
      "150 MB",
      `${Math.round(found.startKiB! / 1024)} MB before the queue is opened; sent ${
        count(found.sent! / SECONDS)
      } readings per second`,
    ];
    return [
      [
        "from openQueue to the first upload",
        `${count(begun[2]!)} ms`,
        "200 ms",
        `the median of ${begun.map(count).join(", ")}; ${waits}`,
      ],
      memory("sends", draining),
      memory(`sends and takes in ${count(PUSHES * 1000)} readings per second`, both),
    ];
  } finally {
    await cloud.stop();
  }
}
