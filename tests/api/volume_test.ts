import { assert, assertEquals } from "@std/assert";
import { runVolume } from "./_volume.ts";

Deno.test("of 2,000 GETs and 150 uploads of 1 MB over 50 devices, 50 at a time, none is lost or doubled", async () => {
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
});
