/**
 * A gateway in a separate process, for tests that kill it: `_gateway_process.ts FOLDER URL READINGS [STEP N]`.
 *
 * Its source has a position: it delivers the numbers from 0 up to READINGS, to three devices. It ends when all
 * of them are counted. With a step, it kills itself when it reaches that step for the Nth time.
 */
import { Api } from "../../mod.ts";
import { Gateway, openQueue, type ReadingSource } from "../../src/gateway/mod.ts";
import type { Step } from "../../src/gateway/_steps.ts";
import { batch } from "./_gateway.ts";

/** The devices; the last one has a separate streamer. */
export const DEVICES = ["d--1", "d--2", "d--3"];

const source = (readings: number): ReadingSource => ({
  name: "numbers",
  async run(sink, signal) {
    let next = Number(await sink.position() ?? 0);
    while (next < readings && !signal.aborted) {
      const pushes: Promise<void>[] = [];
      for (let i = 0; i < 8 && next < readings; i++) {
        const length = Math.min(1 + (next * 7919) % 97, readings - next);
        const batches = DEVICES.map((device, n) =>
          batch(device, next, length, n === 2 ? { streamer: 7 } : {})
        );
        next += length;
        pushes.push(sink.push(batches, { position: String(next) }));
      }
      await Promise.all(pushes);
    }
  },
});

if (import.meta.main) {
  const [folder, url, readings, step, times] = Deno.args as [
    string,
    string,
    string,
    Step?,
    string?,
  ];
  let left = Number(times ?? 0);
  (globalThis as { archfxGatewayStep?: (name: Step) => void }).archfxGatewayStep = (name) => {
    if (name === step && --left === 0) Deno.kill(Deno.pid, "SIGKILL");
  };
  const api = new Api(url, { retries: 0 });
  for (;;) {
    try {
      if (await api.login({ email: "user@example.com", password: "my.pass" })) break;
    } catch {
      // The cloud was killed too: it comes back.
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const queue = await openQueue(`${folder}/queue.sqlite`, { minFreeBytes: 0, reserveBytes: 0 });
  const gateway = new Gateway({
    api,
    queue,
    sources: [source(Number(readings))],
    confirmMs: 300,
    maxDelayMs: 0,
    maxReadings: 200,
  });
  await gateway.run();
  await queue.close();
  const { counts, events } = { counts: gateway.toJSON().counts, events: [] };
  console.log(JSON.stringify({ counts, events }));
  Deno.exit(0);
}
