/** Waiting that a signal ends. */
import { assertRejects } from "@std/assert";
import { Bell, pause } from "../../src/gateway/_pauses.ts";

Deno.test("Bell.wait() and pause() end at once where the signal was aborted before", async () => {
  const reason = new Error("stopped");
  const signal = AbortSignal.abort(reason);
  const hour = 3_600_000;
  await assertRejects(() => new Bell().wait(0, hour, signal), Error, "stopped");
  await assertRejects(() => pause(hour, signal), Error, "stopped");
});
