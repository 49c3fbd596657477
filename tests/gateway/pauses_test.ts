/** Waiting that a signal ends. */
import { assertEquals, assertRejects } from "@std/assert";
import { Bell, pause } from "../../src/gateway/_pauses.ts";

Deno.test("Bell.wait() and pause() end at once if the signal is already aborted", async () => {
  const reason = new Error("stopped");
  const signal = AbortSignal.abort(reason);
  const hour = 3_600_000;
  await assertRejects(() => new Bell().wait(0, hour, signal), Error, "stopped");
  await assertRejects(() => pause(hour, signal), Error, "stopped");
});

Deno.test("Bell.wait() and pause() of many tasks put one listener on their signal, and all of them end with it", async () => {
  const stop = new AbortController();
  const { signal } = stop;
  let added = 0;
  const add = signal.addEventListener.bind(signal);
  signal.addEventListener = (...parameters: Parameters<typeof add>) => {
    added++;
    add(...parameters);
  };
  const bell = new Bell();
  const hour = 3_600_000;
  const waits = [1, 2, 3].map(() => bell.wait(bell.rings, hour, signal));
  const pauses = [1, 2, 3].map(() => pause(hour, signal));
  bell.ring();
  await Promise.all(waits);
  await bell.wait(bell.rings, 1, signal);
  const again = [1, 2].map(() => bell.wait(bell.rings, hour, signal));
  stop.abort(new Error("stopped"));
  for (const wait of [...pauses, ...again]) await assertRejects(() => wait, Error, "stopped");
  assertEquals(added, 1);
});
