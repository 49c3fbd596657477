import { assert, assertThrows } from "@std/assert";
import { corpus, fuzz } from "../../scripts/fuzz.ts";
import { ArchFXFlexibleDictionaryReport, DataError } from "../../src/reports/mod.ts";

Deno.test("decode() keeps its promises for broken reports", async () => {
  const seed = Date.now() % 2 ** 31;
  console.log(`seed ${seed}`);
  const { reports, runs } = await fuzz({ runs: 3000, seed });
  assert(reports > 0 && reports < runs, `${reports} of ${runs} inputs were reports`);
});

Deno.test("decode() throws DataError at every truncation of every golden report", async () => {
  for (const bytes of await corpus()) {
    try {
      ArchFXFlexibleDictionaryReport.decode(bytes);
    } catch {
      continue; // it is broken already
    }
    for (let cut = 0; cut < bytes.length; cut++) {
      assertThrows(() => ArchFXFlexibleDictionaryReport.decode(bytes.subarray(0, cut)), DataError);
    }
  }
});
