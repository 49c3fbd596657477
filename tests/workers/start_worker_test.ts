/**
 * `startWorker` in Deno; tests/npm runs the same worker in every other runtime.
 *
 * @module
 */
import { assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { codecModule } from "../../src/codec/instance.ts";
import { type RunningWorker, startWorker } from "../../src/_start_worker.ts";
import type { TestRequest } from "./_worker.ts";
import { WORKER_CODE } from "./_worker_code.ts";

async function started(): Promise<RunningWorker<TestRequest, unknown> & AsyncDisposable> {
  const worker = await startWorker<TestRequest, unknown>(WORKER_CODE, { name: "test-worker" });
  return { ...worker, [Symbol.asyncDispose]: () => worker.close() };
}

Deno.test("startWorker() runs the codec with the module from the request", async () => {
  await using worker = await started();
  await worker.call({ kind: "init", codec: codecModule() });
  assertEquals(await worker.call({ kind: "slug", text: "d--1234" }), "d--0000-0000-0000-1234");
});

Deno.test("startWorker() transfers buffers in both directions", async () => {
  await using worker = await started();
  const numbers = Float64Array.of(1, 2, 3);
  const answer = worker.call({ kind: "double", numbers }, [numbers.buffer]);
  assertEquals(numbers.length, 0);
  assertEquals(await answer, Float64Array.of(2, 4, 6));
});

Deno.test("startWorker() responds in the order of the requests", async () => {
  await using worker = await started();
  const order: unknown[] = [];
  const calls = [20, 0, 5].map((ms) =>
    worker.call({ kind: "wait", ms }).then((answer) => order.push(answer))
  );
  await Promise.all(calls);
  assertEquals(order, [20, 0, 5]);
});

Deno.test("startWorker() returns errors with class, message and fields", async () => {
  await using worker = await started();
  const range = await assertRejects(
    () => worker.call({ kind: "throw", error: "RangeError" }),
    RangeError,
    "out of range",
  );
  assertEquals(range.name, "RangeError");
  const coded = await assertRejects(() => worker.call({ kind: "throw", error: "coded" }));
  assertInstanceOf(coded, Error);
  assertEquals((coded as Error & { code: number }).code, 5);
  await assertRejects(() => worker.call({ kind: "throw", error: "text" }), Error, "a text");
  assertEquals(await worker.call({ kind: "wait", ms: 0 }), 0); // it continues
});

Deno.test("startWorker() rejects a value that cannot be cloned and continues", async () => {
  await using worker = await started();
  const request = { kind: "slug", text: () => {} } as unknown as TestRequest;
  await assertRejects(() => worker.call(request));
  assertEquals(await worker.call({ kind: "wait", ms: 0 }), 0);
});

Deno.test("startWorker() rejects every open and later call when the worker has ended", async () => {
  await using worker = await started();
  const crash = worker.call({ kind: "crash" });
  await assertRejects(() => crash, Error, "Cannot use the worker test-worker: ");
  await assertRejects(() => worker.call({ kind: "wait", ms: 0 }), Error, "test-worker");
  const closed = await started();
  const open = closed.call({ kind: "wait", ms: 60_000 });
  await closed.close();
  await assertRejects(() => open, Error, "it is closed");
});

Deno.test("startWorker() rejects when the program cannot start", async () => {
  await assertRejects(
    () => startWorker("throw new Error('not today')", { name: "broken-worker" }),
    Error,
    "Cannot use the worker broken-worker",
  );
});

Deno.test("startWorker() lets the process end while a worker is idle", async () => {
  const script = `
    import { startWorker } from "${new URL("../../src/_start_worker.ts", import.meta.url)}";
    import { WORKER_CODE } from "${new URL("_worker_code.ts", import.meta.url)}";
    const worker = await startWorker(WORKER_CODE, { name: "test-worker" });
    console.log(await worker.call({ kind: "wait", ms: 5 }));
  `;
  const { code, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-check", "--quiet", `data:text/javascript,${encodeURIComponent(script)}`],
    stderr: "inherit",
  }).output();
  assertEquals([code, new TextDecoder().decode(stdout)], [0, "5\n"]);
});
