/** Pushes, seals and sends under strace: `_fsync_process.ts FOLDER`, prints a line at each point that matters. */
import { startGateway, workerQueue } from "./_gateway.ts";
import { batch } from "./_gateway.ts";
import { TestCloud } from "./_cloud.ts";
import type { Step } from "../../src/gateway/_steps.ts";

const say = (text: string) => Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));
const queue = await workerQueue(`${Deno.args[0]}/queue.sqlite`);
for (let i = 0; i < 10; i++) {
  say(`begin ${i}`);
  await queue.push(batch("d--1", i * 10, 10), { position: String(i) });
  say(`acknowledged ${i}`);
}
(globalThis as { archfxGatewayStep?: (name: Step) => void }).archfxGatewayStep = (name) => {
  if (name === "seal") say("begin seal");
  if (name === "send") say("acknowledged seal");
};
await using cloud = await TestCloud.start();
const { stop } = await startGateway(cloud, queue, { confirmMs: 20 });
await queue.flush();
await stop();
await queue.close();
Deno.exit(0);
