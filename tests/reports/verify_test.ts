import { assertEquals } from "@std/assert";
import {
  ArchFXDataPoint,
  ArchFXFlexibleDictionaryReport,
  summarizeReport,
  verifyReport,
} from "../../src/reports/mod.ts";
import { columnsOf, pointAt } from "./_readings.ts";

function codes(data: ArchFXDataPoint[], sentTimestamp?: number): unknown[] {
  const report = ArchFXFlexibleDictionaryReport.fromReadings({ device: 1, data, sentTimestamp });
  return verifyReport(report).map(({ code, row, count }) => [code, row, count]);
}

Deno.test("verifyReport() finds nothing in a report without problems", () => {
  const columns = columnsOf(5000);
  const report = ArchFXFlexibleDictionaryReport.fromColumns({ device: 1, columns });
  assertEquals(verifyReport(report), []);
});

Deno.test("verifyReport() finds ids that are missing, used twice or out of order", () => {
  const ids = [5, 0, 6, 3, 6, 3, 0].map((readingId, row) => pointAt(row, { readingId }));
  assertEquals(codes(ids), [["missing-id", 1, 2], ["duplicate-id", 4, 2], ["id-order", 3, 1]]);
});

Deno.test("verifyReport() finds times out of order within a stream, late times, and values that are not finite", () => {
  const points = [
    pointAt(5),
    pointAt(6, { timestamp: 0, stream: 2 }),
    pointAt(7, { timestamp: 0, value: NaN }),
    pointAt(8, { value: -Infinity }),
  ];
  assertEquals(codes(points, 1611100805000), [
    ["not-finite", 2, 2],
    ["time-order", 2, 1],
    ["unlikely-time", 1, 2],
    ["after-sent", 3, 1],
  ]);
});

Deno.test("verifyReport() warns of times before 2000 and more than a day ahead, and of ids above 2^31-1", () => {
  const year = 2000;
  const hours = (count: number) => Date.now() + count * 3_600_000;
  const points = [
    pointAt(0, { timestamp: Date.UTC(year) - 1 }),
    pointAt(1, { timestamp: Date.UTC(year) }),
    pointAt(2, { timestamp: hours(23), readingId: 2 ** 31 - 1 }),
    pointAt(3, { timestamp: hours(25), readingId: 2 ** 31 }),
  ];
  assertEquals(codes(points), [
    ["id-above-31-bits", 3, 1],
    ["unlikely-time", 0, 1],
    ["unlikely-time", 3, 1],
  ]);
});

Deno.test("verifyReport() finds an empty report, another format, and wrong ids in the header", () => {
  assertEquals(codes([]), [["empty", undefined, undefined]]);
  const good = ArchFXFlexibleDictionaryReport.fromReadings({ device: 1, data: [pointAt(0)] });
  const bytes = good.encode().slice();
  const text = new TextDecoder("latin1").decode(bytes);
  bytes[text.indexOf("v200") + 1] = 0x31;
  bytes[text.indexOf("highest_id") + 10] = 9;
  bytes[text.indexOf("sent_timestamp") + 14] = 0xc2;
  const report = ArchFXFlexibleDictionaryReport.decode(bytes);
  const found = verifyReport(report).map(({ severity, code }) => `${severity} ${code}`);
  assertEquals(found, ["error format", "error id-range", "warning sent-timestamp"]);
});

Deno.test("summarizeReport() counts, ranges and bins each stream", () => {
  const points = [0, 1, 2, 3, 4, 5, 6, 7].map((row) =>
    pointAt(row, {
      stream: row % 2 + 1,
      readingId: row === 3 ? 0 : row + 1,
      value: row === 7 ? NaN : row,
    })
  );
  const report = ArchFXFlexibleDictionaryReport.fromReadings({ device: 9, data: points });
  const summary = summarizeReport(report, { bins: 4 });
  const start = 1611100800000000n;
  assertEquals(summary, {
    origin: 9,
    originStreamer: 0x100,
    streamerSelector: 0xffff,
    reportId: 0,
    sent: null,
    lowestId: 1,
    highestId: 8,
    bytes: report.encode().length,
    readings: 8,
    missingIds: 1,
    first: start,
    last: start + 7_000_000n,
    minimum: 0,
    maximum: 6,
    streams: [
      {
        stream: 1,
        readings: 4,
        first: start,
        last: start + 6_000_000n,
        minimum: 0,
        maximum: 6,
        mean: 3,
        series: Float64Array.of(0, 2, 4, 6),
      },
      {
        stream: 2,
        readings: 4,
        first: start + 1_000_000n,
        last: start + 7_000_000n,
        minimum: 1,
        maximum: 5,
        mean: 3,
        series: Float64Array.of(1, 3, 5, NaN),
      },
    ],
  });
  const empty = ArchFXFlexibleDictionaryReport.fromReadings({ device: 9, data: [] });
  assertEquals([summarizeReport(empty).first, summarizeReport(empty).minimum], [null, NaN]);
});

Deno.test("summarizeReport() returns a mean between the lowest and the highest value, even for very large values", () => {
  const of = (...values: number[]) => {
    const report = ArchFXFlexibleDictionaryReport.fromReadings({
      device: 1,
      data: values.map((value) =>
        new ArchFXDataPoint({ timestamp: value > 0 ? 1 : 2, stream: 1, value })
      ),
    });
    return summarizeReport(report).streams[0];
  };
  assertEquals(of(0.1, 0.1, 0.1).mean, 0.1);
  assertEquals(of(1.5e308, 1.5e308).mean, 1.5e308);
  assertEquals(of(1e308, 1.5e308).mean, 1.25e308);
  assertEquals(of(-1.5e308, -1.5e308, 1.5e308).mean, -5e307);
});
