/**
 * The one suite that every consumer runs: what a runtime must be able to do with the package.
 *
 * @module
 */
import { ArchFxDeviceSlug, parseSlugs, SlugError } from "@archfx/cloud/slugs";
import { assertEquals, assertThrows } from "@std/assert";
import { type Outcome, runTests, test } from "./harness.ts";

/** Where the suite runs. */
export interface Environment {
  /** The address of an emulator with the demo seed. */
  cloud: string;
  /** The streamer that belongs to this run: no two runs upload to the same one. */
  streamer: number;
}

let environment: Environment;

test("slugs are parsed one by one and in bulk", () => {
  assertEquals(String(new ArchFxDeviceSlug("d--1234")), "d--0000-0000-0000-1234");
  assertEquals([...parseSlugs("d--1\nd--2\n").devices], [1n, 2n]);
  assertThrows(() => new ArchFxDeviceSlug("d--xyz"), SlugError, "d--xyz");
});

test("the emulator answers", async () => {
  const response = await fetch(`${environment.cloud}/api/v1/server/`);
  assertEquals(response.status, 200);
  await response.body?.cancel();
});

/** Runs the suite and the golden tests. */
export function runSuite(where: Environment): Promise<Outcome> {
  environment = where;
  return runTests();
}
