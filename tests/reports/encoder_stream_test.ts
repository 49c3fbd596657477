import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  ArchFXFlexibleDictionaryReport,
  DataError,
  ReportEncoderStream,
} from "../../src/reports/mod.ts";
import { columnsOf, pointAt } from "./_readings.ts";

type Item = Parameters<typeof ReadableStream.from<unknown>>[0] extends Iterable<infer T> ? T
  : never;

async function reportsOf(
  items: unknown[],
  options: ConstructorParameters<typeof ReportEncoderStream>[0],
): Promise<ArchFXFlexibleDictionaryReport[]> {
  const stream = ReadableStream.from(items as Item[]) as ReadableStream<never>;
  return await Array.fromAsync(stream.pipeThrough(new ReportEncoderStream(options)));
}

Deno.test("ReportEncoderStream gives ids in sequence over points, columns and reports", async () => {
  const items = [pointAt(0, { readingId: 0 }), columnsOf(5, 0), pointAt(1, { readingId: 0 })];
  const reports = await reportsOf(items, { device: 1, nextReadingId: 40, maxPoints: 3 });
  assertEquals(reports.map((report) => report.length), [3, 3, 1]);
  const ids = reports.flatMap((report) => report.visibleData.map((point) => point.readingId));
  assertEquals(ids, [40, 41, 42, 43, 44, 45, 46]);
  assertEquals(reports.map((report) => [report.lowestId, report.highestId]), [
    [40, 42],
    [43, 45],
    [46, 46],
  ]);
});

Deno.test("ReportEncoderStream writes what fromReadings() writes of the same points", async () => {
  const points = Array.from({ length: 100 }, (_, row) =>
    pointAt(row, {
      summaryData: row % 3 === 0 ? { unit: "C", row } : row % 3 === 1 ? {} : null,
      rawData: row % 5 === 0 ? [row, { deep: [true] }] : null,
    }));
  const [report] = await reportsOf(points, { device: "d--1234" });
  const other = ArchFXFlexibleDictionaryReport.fromReadings({ device: "d--1234", data: points });
  assertEquals(report.encode(), other.encode());
});

Deno.test("ReportEncoderStream keeps reports within maxBytes, a larger reading alone", async () => {
  const points = Array.from(
    { length: 60 },
    (_, row) => pointAt(row, { rawData: "x".repeat(row === 30 ? 5000 : 100) }),
  );
  const reports = await reportsOf(points, { device: 1, maxBytes: 2000 });
  assertEquals(reports.reduce((sum, report) => sum + report.length, 0), 60);
  for (const report of reports) {
    assert(report.encode().length <= 2000 || report.length === 1, String(report));
  }
  assert(reports.length < 15, "reports are filled");
});

Deno.test("ReportEncoderStream throws DataError at a reading without an id unless it may give one", async () => {
  await assertRejects(
    () => reportsOf([pointAt(0, { readingId: 0 })], { device: 1 }),
    DataError,
    "nextReadingId",
  );
});

Deno.test("ReportEncoderStream moves its sequence past ids that readings have", async () => {
  const points = [pointAt(0, { readingId: 90 }), pointAt(1, { readingId: 0 })];
  const [report] = await reportsOf(points, { device: 1, nextReadingId: 5 });
  assertEquals(report.visibleData.map((point) => point.readingId), [90, 91]);
});

Deno.test("ReportEncoderStream refuses bad options at once", () => {
  assertThrows(() => new ReportEncoderStream({ device: 1, maxPoints: 0 }), RangeError, "maxPoints");
  assertThrows(() => new ReportEncoderStream({ device: 1, maxBytes: 1.5 }), RangeError, "maxBytes");
  assertThrows(() => new ReportEncoderStream({ device: 1, nextReadingId: 0 }), DataError);
  assertThrows(() => new ReportEncoderStream({ device: "z" }), RangeError);
});
