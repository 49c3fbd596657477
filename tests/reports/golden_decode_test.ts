import { assertEquals, assertThrows } from "@std/assert";
import { ArchFXFlexibleDictionaryReport, DataError } from "../../src/reports/mod.ts";
import { checkGolden, type GoldenCase, goldenCases, type Tagged } from "../golden/golden.ts";
import { bytesFromHex } from "../golden/hex.ts";
import { decoded } from "../golden/report_values.ts";
import { same } from "../golden/same.ts";

/** The bytes of a case. */
function bytesOf({ hex, gen }: GoldenCase): Uint8Array {
  return bytesFromHex(hex ?? gen.prefix + gen.unit.repeat(gen.n) + gen.suffix);
}

/** A point in the form of the vectors; times are in UTC. */
function describe(report: ArchFXFlexibleDictionaryReport): Tagged {
  return {
    fields: {
      origin: report.origin,
      report_id: report.reportId,
      origin_streamer: report.originStreamer,
      streamer_selector: report.streamerSelector,
      lowest_id: report.lowestId,
      highest_id: report.highestId,
    },
    visible_data: report.visibleData.map((point) => ({
      timestamp: { epochNanoseconds: point.timestampMicros * 1000n },
      stream: point.stream,
      value: point.value,
      summary_data: point.summaryData,
      raw_data: point.rawData,
      reading_id: point.readingId,
    })),
  };
}

function sameBytes(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, at) => byte === other[at]);
}

Deno.test("decode() reads what the Python package reads, except for the listed exceptions", () => {
  checkGolden("decode", (golden) => {
    const bytes = bytesOf(golden);
    const report = ArchFXFlexibleDictionaryReport.decode(bytes);
    // assertEquals() takes a second for 7 MB.
    const again = report.encode();
    if (!sameBytes(again, bytes)) assertEquals(again, bytes);
    return describe(report);
  }, (golden, result) => {
    const { fields, visible_data } = result as Tagged;
    return Object.entries(fields).every(([name, value]) =>
      same(value, decoded(golden.fields[name]))
    ) && same(visible_data, decoded(golden.visible_data));
  });
});

Deno.test("decode() throws DataError at every truncation in the vectors", () => {
  for (const { hex, cuts } of goldenCases("decode", "truncations") as Tagged[]) {
    const bytes = bytesFromHex(hex);
    for (const { cut } of cuts) {
      assertThrows(
        () => ArchFXFlexibleDictionaryReport.decode(bytes.subarray(0, cut)),
        DataError,
      );
    }
  }
});
