/**
 * A gateway with a long queue, in a separate process: `_waiting_process.ts QUEUE CLOUD SECONDS PUSHES`.
 * It sends for this number of seconds, and at the same time accepts PUSHES batches of 1,000 readings per second.
 * It prints as JSON when the first upload began, how much was read from files until then, and the most memory
 * that it had.
 */
import { Api } from "../../mod.ts";
import { Gateway, openQueue } from "../../src/gateway/mod.ts";
import { batch } from "./_gateway.ts";
import { WAITING_BATCH } from "./_waiting.ts";

const [path, url, seconds, perSecond] = Deno.args as [string, string, string, string];

/** A number of a file of /proc. */
function proc(file: string, name: string): number {
  const text = Deno.readTextFileSync(`/proc/self/${file}`);
  return Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(text)![1]);
}

let first: { ms: number; bytesRead: number } | undefined;
const readBefore = proc("io", "rchar");
const api = new Api(url, {
  retries: 0,
  fetch: (input, init) => {
    if (init?.method === "POST" || (input as Request).method === "POST") {
      first ??= { ms: performance.now() - opened, bytesRead: proc("io", "rchar") - readBefore };
    }
    return fetch(input, init);
  },
});
api.setToken("key", "Api-Key");
const atStart = proc("status", "VmHWM");
const opened = performance.now();
const queue = await openQueue(path, {
  minFreeBytes: 0,
  reserveBytes: 0,
  maxBytes: Number.MAX_SAFE_INTEGER,
});
const stop = new AbortController();
const gateway = new Gateway({ api, queue, confirmMs: 1, maxDelayMs: 0 });
const running = gateway.run({ signal: stop.signal });
const end = opened + Number(seconds) * 1000;
let pushed = 0;
const sent = () => (gateway.toJSON().counts as { sent: number }).sent;
// A machine that is busy may need longer.
while (performance.now() < end || !first || sent() === 0) {
  const due = Math.floor((performance.now() - opened) / 1000 * Number(perSecond));
  const pushes: Promise<void>[] = [];
  for (let i = 0; pushed < due && i < 64; i++, pushed++) {
    pushes.push(queue.push(batch("d--1", pushed * WAITING_BATCH, WAITING_BATCH)));
  }
  await Promise.all(pushes);
  await new Promise((resolve) => setTimeout(resolve, 5));
}
const counted = sent();
stop.abort();
await running;
await queue.close();
console.log(JSON.stringify({
  firstUploadMs: first.ms,
  bytesRead: first.bytesRead,
  sent: counted,
  pushed: pushed * WAITING_BATCH,
  startKiB: atStart,
  peakKiB: proc("status", "VmHWM"),
}));
Deno.exit(0);
