/**
 * A move of a queue in a separate process, for tests that kill it: `_move_process.ts export|import QUEUE FILE
 * [STEP N]`. With a step, it kills itself when it reaches that step for the Nth time.
 */
import type { Step } from "../../src/gateway/_steps.ts";
import { importToJetStream } from "../../src/gateway/jetstream/import.ts";
import { JetStreamQueue } from "../../src/gateway/jetstream/jetstream_queue.ts";
import { exportQueue, importQueue } from "../../src/gateway/move.ts";
import { isNats } from "../../src/gateway/nats_url.ts";
import { SqliteQueue } from "../../src/gateway/sqlite_queue.ts";

const [action, path, file, step, times] = Deno.args as [string, string, string, Step?, string?];
let left = Number(times ?? 1);
(globalThis as { archfxGatewayStep?: (name: Step) => void }).archfxGatewayStep = (name) => {
  if (name === step && --left === 0) Deno.kill(Deno.pid, "SIGKILL");
};
const { signal } = new AbortController();

async function onFile(): Promise<unknown> {
  const limits = { minFreeBytes: 0, reserveBytes: 0 };
  const queue = await SqliteQueue.open(path, limits, { thread: true, moved: action === "export" });
  const done = action === "export"
    ? await exportQueue(queue, file, {
      signal,
      confirmMs: 0,
      tell: () => {},
      api: () => Promise.reject(new Error("no report is open")),
    })
    : await importQueue(queue, file, { signal });
  await queue.close();
  return done;
}

async function onNats(): Promise<unknown> {
  const queue = await JetStreamQueue.open(path);
  const done = await importToJetStream(queue.bus, file, { signal });
  await queue.close();
  return done;
}

console.log(JSON.stringify(await (isNats(path) ? onNats() : onFile())));
