/**
 * A worker in every runtime: that of `tests/workers`, bundled with the helper that starts it, like in the bundle
 * of a consumer.
 *
 * @module
 */
import { assertEquals, assertRejects } from "@std/assert";
import { WASM_BASE64 } from "../../../src/codec/wasm_bytes.ts";
import { startWorker } from "../../../src/_start_worker.ts";
import type { TestRequest } from "../../workers/_worker.ts";
import { WORKER_CODE } from "../../workers/_worker_code.ts";
import { encodeReports, readCsv } from "../../../mod.ts";
import { test } from "./harness.ts";

/** Cloudflare Workers cannot start workers. */
const hasWorkers = globalThis.navigator?.userAgent !== "Cloudflare-Workers";

test("a worker runs the codec, transfers buffers, and returns errors", async () => {
  const start = () => startWorker<TestRequest, unknown>(WORKER_CODE, { name: "test-worker" });
  if (!hasWorkers) {
    await assertRejects(start, Error, "this runtime has no workers");
    return;
  }
  const worker = await start();
  try {
    const bytes = Uint8Array.from(atob(WASM_BASE64), (char) => char.charCodeAt(0));
    await worker.call({ kind: "init", codec: new WebAssembly.Module(bytes) });
    assertEquals(await worker.call({ kind: "slug", text: "d--1234" }), "d--0000-0000-0000-1234");
    const numbers = Float64Array.of(1, 2, 3);
    const doubled = worker.call({ kind: "double", numbers }, [numbers.buffer]);
    assertEquals(numbers.length, 0);
    assertEquals([...await doubled as Float64Array], [2, 4, 6]);
    await assertRejects(
      () => worker.call({ kind: "throw", error: "RangeError" }),
      RangeError,
      "out of range",
    );
    const open = worker.call({ kind: "wait", ms: 60_000 });
    const rejected = assertRejects(() => open, Error, "it is closed");
    await worker.close();
    await rejected;
  } finally {
    await worker.close();
  }
});

test("encodeReports() gives the same result for two devices with two workers as without workers", async () => {
  const lines = Array.from(
    { length: 1000 },
    (_, row) => `2026-03-02T08:00:00Z,d--${row % 2 + 1},5`,
  );
  const csv = new TextEncoder().encode(["timestamp,device,value", ...lines].join("\n"));
  const encode = async (workers: number) => {
    const options = { stream: "0000-5001", columns: { device: "device" } };
    const found: [bigint, string][] = [];
    for await (
      const { device, bytes } of encodeReports(readCsv(csv, options), { nextReadingId: 1, workers })
    ) found.push([device, bytes.join()]);
    return found;
  };
  const here = await encode(0);
  assertEquals(here.map(([device]) => device), [1n, 2n]);
  if (hasWorkers) assertEquals(await encode(2), here);
  else await assertRejects(() => encode(2), Error, "this runtime has no workers");
});
