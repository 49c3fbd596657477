/** The channel between the reader and the writers of reports. */
import { assertEquals, assertRejects } from "@std/assert";
import { Channel } from "../../src/cli/_channel.ts";

Deno.test("Channel passes values in order and ends", async () => {
  const channel = new Channel<number>();
  const received: number[] = [];
  const receiving = (async () => {
    for await (const value of channel) received.push(value);
  })();
  for (let value = 0; value < 100; value++) await channel.send(value);
  channel.close();
  await receiving;
  assertEquals(received, Array.from({ length: 100 }, (_, value) => value));
});

Deno.test("Channel makes the sender wait while the receiver is busy", async () => {
  const channel = new Channel<number>();
  await channel.send(1);
  let sent = false;
  const sending = channel.send(2).then(() => sent = true);
  await new Promise((resolve) => setTimeout(resolve, 5));
  assertEquals(sent, false);
  const receiver = channel[Symbol.asyncIterator]();
  assertEquals((await receiver.next()).value, 1);
  await sending;
  assertEquals((await receiver.next()).value, 2);
});

Deno.test("Channel makes both ends throw after it has failed", async () => {
  const channel = new Channel<number>();
  await channel.send(1);
  const sending = assertRejects(() => channel.send(2), Error, "disk full");
  channel.fail(new Error("disk full"));
  await sending;
  await assertRejects(() => channel[Symbol.asyncIterator]().next(), Error, "disk full");
});
