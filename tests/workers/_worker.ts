/**
 * A worker for the tests of `startWorker`: it uses the codec, transferred buffers, and errors.
 *
 * @module
 */
import { serveWorker } from "../../src/_serve_worker.ts";
import { init } from "../../src/codec/instance.ts";
import { ArchFxDeviceSlug } from "../../src/slugs/device_slug.ts";

/** What the worker can do. */
export type TestRequest =
  | { kind: "init"; codec: WebAssembly.Module }
  | { kind: "slug"; text: string }
  | { kind: "double"; numbers: Float64Array<ArrayBuffer> }
  | { kind: "wait"; ms: number }
  | { kind: "throw"; error: "RangeError" | "coded" | "text" }
  | { kind: "crash" };

serveWorker(async (request: TestRequest, transfer): Promise<unknown> => {
  switch (request.kind) {
    case "init":
      return await init(request.codec);
    case "slug":
      return String(new ArchFxDeviceSlug(request.text));
    case "double": {
      const doubled = request.numbers.map((number) => number * 2);
      transfer.push(doubled.buffer);
      return doubled;
    }
    case "wait":
      return await new Promise((resolve) => setTimeout(resolve, request.ms, request.ms));
    case "throw":
      if (request.error === "RangeError") throw new RangeError("out of range");
      if (request.error === "coded") throw Object.assign(new Error("busy"), { code: 5, at: {} });
      throw "a text";
    case "crash":
      setTimeout(() => {
        throw new Error("crashed");
      });
      return await new Promise(() => {});
  }
});
