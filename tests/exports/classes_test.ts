/**
 * The text, the JSON and the inspection of every public class.
 *
 * @module
 */
import { assert, assertEquals, assertNotMatch } from "@std/assert";
import * as everything from "../../mod.ts";
import * as cli from "../../src/cli/mod.ts";
import * as gatewayExports from "../../src/gateway/mod.ts";
import * as emulatorExports from "../../src/emulator/mod.ts";
import * as main from "../../src/main/mod.ts";
import * as reports from "../../src/reports/mod.ts";
import * as slugs from "../../src/slugs/mod.ts";

const entryPoints = [everything, slugs, reports, main, cli, emulatorExports, gatewayExports];

const big = 2n ** 60n;
const details = { method: "GET", url: "https://arch.archfx.io/api/v1/org/", status: 400 };
const point = new everything.ArchFXDataPoint({
  timestamp: 0,
  stream: 0x5001,
  value: 1,
  readingId: big,
  summaryData: { small: 5n, map: new Map([["7", [big]]]) },
  rawData: { deep: [{ wide: big, array: new BigUint64Array([big]) }] },
});
const api = new everything.Api("https://arch.archfx.io");
api.setToken("canary-token");
const stopped = await everything.factoryMap(api, { signal: AbortSignal.abort() }).then(
  () => Promise.reject(new Error("a map that was aborted was read")),
  (error: everything.FactoryMapError) => error,
);
const emulator = await emulatorExports.createEmulator({ seed: "empty" });
globalThis.addEventListener("unload", () => void emulator.close());

/** An instance of each class; an error is made from its message and its other arguments. */
const samples: Record<string, () => object> = {
  Api: () => api,
  ArchFXDataPoint: () => point,
  ArchFXFlexibleDictionaryReport: () =>
    everything.ArchFXFlexibleDictionaryReport.fromReadings({ device: big, data: [point] }),
  ArchFxDeviceSlug: () => new everything.ArchFxDeviceSlug(1),
  ArchFxParentSlug: () => new everything.ArchFxParentSlug(1),
  ArchFxStreamSlug: () => new everything.ArchFxStreamSlug("sl--1--2--5051"),
  ArchFxStreamerSlug: () => new everything.ArchFxStreamerSlug(1, 0x100),
  ArchFxVariableID: () => new everything.ArchFxVariableID(1),
  ArgumentError: () => new main.ArgumentError("Cannot"),
  ArgumentParser: () => new main.ArgumentParser({ program: "script" }),
  BaseMain: () => new main.BaseMain({ argv: ["--password", "canary-argument"] }),
  ConnectionDropped: () => new emulatorExports.ConnectionDropped(new Response("")),
  Counting: () => emulator.counting,
  DataError: () => new everything.DataError("Cannot"),
  Emulator: () => emulator,
  Events: () => emulator.events,
  ExtData: () => new everything.ExtData(1, new Uint8Array(2)),
  FactoryMap: () => stopped.partial,
  FactoryMapError: () => stopped,
  Faults: () => emulator.faults,
  Float: () => new everything.Float(1),
  Gateway: () =>
    new gatewayExports.Gateway({
      api,
      queue: { outbox: {} } as unknown as gatewayExports.ReadingQueue,
    }),
  HttpValidationError: () => new everything.HttpValidationError("Cannot", details, { name: ["x"] }),
  ReportEncoderStream: () =>
    new everything.ReportEncoderStream({ device: big, nextReadingId: big }),
  SlugError: () => new slugs.SlugError(big, "a device slug", "it is too large"),
  StreamData: () => everything.stream(api, "sl--1--2--5051"),
};

/** Every exported class, once. */
function classes(): Map<string, new (...args: never[]) => object> {
  const found = new Map();
  for (const entryPoint of entryPoints) {
    for (const [name, value] of Object.entries(entryPoint)) {
      const isClass = typeof value === "function" && Object.hasOwn(value, "prototype") &&
        !Object.getOwnPropertyDescriptor(value, "prototype")!.writable;
      if (isClass || name === "Api") found.set(name, value);
    }
  }
  return found;
}

function sampleOf(name: string, Class: new (...args: never[]) => object): object {
  if (Object.hasOwn(samples, name)) return samples[name]();
  const Wrong = Class as unknown as new (message: string, details: unknown) => object;
  assert(Class.prototype instanceof Error, `there is no sample of ${name}`);
  return new Wrong("Cannot", details);
}

Deno.test("every exported class has a sample here", () => {
  const names = [...classes().keys()];
  assert(names.length > 30, `only ${names.length} classes were found`);
  assertEquals(Object.keys(samples).filter((name) => !names.includes(name)), []);
});

for (const [name, Class] of classes()) {
  Deno.test(`${name} has toString(), toJSON() and a readable inspection`, () => {
    const it = sampleOf(name, Class);
    const text = String(it);
    const json = JSON.stringify(it);
    const shown = Deno.inspect(it);
    assertNotMatch(text, /^\[object/);
    assert("toJSON" in it && typeof it.toJSON === "function", "there is no toJSON()");
    JSON.parse(json);
    assertNotMatch(text + json + shown, /canary/);
    if (it instanceof Error) {
      const { name, message } = JSON.parse(json);
      assertEquals([name, message], [it.name, it.message]);
      assert(shown.includes(it.name) && shown.includes(it.message), shown);
      assert(!("stack" in JSON.parse(json)));
    } else {
      for (const symbol of ["Deno.customInspect", "nodejs.util.inspect.custom"]) {
        assert(Symbol.for(symbol) in it, `there is no ${symbol}`);
      }
      assert(!shown.includes("\n"), shown);
      assertNotMatch(shown, /\[(Getter|Function)/);
    }
  });
}

Deno.test("integers beyond 2^53 are text in JSON, at any depth, and smaller bigints numbers", () => {
  const { dev_seqid, extra_data, data } = JSON.parse(JSON.stringify(point));
  assertEquals([dev_seqid, extra_data, data], [
    String(big),
    { small: 5, map: { 7: [String(big)] } },
    { deep: [{ wide: String(big), array: [String(big)] }] },
  ]);
  assertEquals(JSON.parse(JSON.stringify(samples.SlugError())).input, String(big));
});

Deno.test("reportId, streamer and selector that are set as bigints are returned as numbers up to 2^53", () => {
  const report = everything.ArchFXFlexibleDictionaryReport.fromReadings({
    device: 1n,
    reportId: 2n,
    streamer: 3n,
    selector: 4n,
    data: [],
  });
  const { origin, reportId, originStreamer, streamerSelector } = report;
  assertEquals([origin, reportId, originStreamer, streamerSelector], [1, 2, 3, 4]);
  const wide = everything.ArchFXFlexibleDictionaryReport.fromReadings({
    device: 1,
    reportId: big,
    data: [],
  });
  assertEquals(wide.reportId, big);
});
