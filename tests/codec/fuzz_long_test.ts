import { assert } from "@std/assert";
import { corpus, fuzz } from "../../scripts/fuzz.ts";
import { ArchFXFlexibleDictionaryReport, DataError } from "../../src/reports/mod.ts";

Deno.test("decode() throws DataError or returns a valid report for broken bytes", async () => {
  const seed = Date.now() % 2 ** 31;
  console.log(`seed ${seed}`);
  const { reports, runs } = await fuzz({ runs: 3000, seed });
  assert(reports > 0 && reports < runs, `${reports} of ${runs} inputs were reports`);
});

Deno.test("decode() throws DataError at every truncation of every golden report", async () => {
  // There are a hundred thousand errors: their stacks would take most of the time.
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  for (const bytes of await corpus()) {
    try {
      ArchFXFlexibleDictionaryReport.decode(bytes);
    } catch {
      continue; // it is broken already
    }
    for (let cut = 0; cut < bytes.length; cut++) {
      assert(isRejected(bytes.subarray(0, cut)), `${cut}`);
    }
  }
  Error.stackTraceLimit = stackTraceLimit;
});

function isRejected(bytes: Uint8Array): boolean {
  try {
    ArchFXFlexibleDictionaryReport.decode(bytes);
    return false;
  } catch (error) {
    return error instanceof DataError;
  }
}
