import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import fc from "fast-check";
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

Deno.test("ReportEncoderStream cuts columns as it cuts the same readings one by one", async () => {
  const id = fc.constantFrom(0, 1, 70_000, 2 ** 53 - 2, 2 ** 53 - 1, 2n ** 53n, 2n ** 60n);
  const chunk = fc.record({
    ids: fc.array(id, { maxLength: 40 }),
    kind: fc.constantFrom("float", "wide"),
    isPoints: fc.boolean(),
  });
  const options = fc.record({
    maxPoints: fc.integer({ min: 1, max: 50 }),
    maxBytes: fc.integer({ min: 1, max: 4000 }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(chunk, { maxLength: 6 }), options, async (chunks, limits) => {
      const items: unknown[] = [];
      const oneByOne: unknown[] = [];
      let row = 0;
      for (const { ids, kind, isPoints } of chunks) {
        const fits = kind === "wide" ? ids : ids.filter((it) => typeof it === "number");
        const points = fits.map((readingId) => pointAt(row++, { readingId }));
        oneByOne.push(...points);
        if (isPoints) items.push(...points);
        else {
          items.push({
            length: points.length,
            streams: Uint32Array.from(points, ({ stream }) => stream),
            readingIds: kind === "wide"
              ? BigUint64Array.from(fits, BigInt)
              : Float64Array.from(fits as number[]),
            timestamps: BigInt64Array.from(points, ({ timestampMicros }) => timestampMicros),
            values: Float64Array.from(points, ({ value }) => value),
          });
        }
      }
      const given = { device: 1, nextReadingId: 5, ...limits };
      const [reports, expected] = [await reportsOf(items, given), await reportsOf(oneByOne, given)];
      assertEquals(reports.map((it) => it.encode()), expected.map((it) => it.encode()));
    }),
    { numRuns: 200 },
  );
});

Deno.test("ReportEncoderStream refuses columns with an id or a time that is none", async () => {
  const columns = columnsOf(5);
  const wrongIds = { ...columns, readingIds: Float64Array.of(1, 2, 0.5, 4, 5) };
  const wrongTimes = { ...columns, timestamps: BigInt64Array.of(0n, 2n ** 62n, 0n, 0n, 0n) };
  const wide = {
    ...columns,
    readingIds: BigUint64Array.from({ length: 5 }, (_, i) => 2n ** 63n + BigInt(i)),
  };
  await assertRejects(() => reportsOf([wide, wrongIds], { device: 1 }), DataError, "0.5");
  for (const options of [{ device: 1 }, { device: 1, nextReadingId: 1 }]) {
    await assertRejects(() => reportsOf([wrongIds], options), DataError, "0.5");
    await assertRejects(() => reportsOf([wrongTimes], options), DataError, "years 1 to 9999");
  }
});
