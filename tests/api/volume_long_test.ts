import { assert, assertEquals } from "@std/assert";
import process from "node:process";
import v8 from "node:v8";
import vm from "node:vm";
import { runVolume } from "./_volume.ts";

/** The memory of this process after garbage collection, in MiB. */
function heldMemory(): number {
  v8.setFlagsFromString("--expose-gc");
  vm.runInNewContext("gc")();
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / 2 ** 20;
}

Deno.test("of 2,000 GETs and 150 uploads of 1 MB over 50 devices, 50 at a time, none is lost or doubled, and memory is flat", async () => {
  await runVolume({ gets: 200, uploads: 20, devices: 10, inFlight: 10, uploadBytes: 1_000_000 });
  const before = heldMemory();
  const result = await runVolume({
    gets: 2_000,
    uploads: 150,
    devices: 50,
    inFlight: 50,
    uploadBytes: 1_000_000,
  });
  const {
    gets,
    doubledGets,
    reports,
    doubledReports,
    overtaken,
    listenersLeft,
    bytes,
    mostInFlight,
  } = result;
  assertEquals({ gets, doubledGets, reports, doubledReports, overtaken, listenersLeft }, {
    gets: 2_000,
    doubledGets: 0,
    reports: 150,
    doubledReports: 0,
    overtaken: 0,
    listenersLeft: 0,
  });
  assert(bytes > 150_000_000 && mostInFlight > 10);
  const grown = heldMemory() - before;
  assert(grown < 20, `150 MB of uploads and 2,000 calls left ${grown.toFixed()} MiB behind`);
});
