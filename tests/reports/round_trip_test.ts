/** The content of a report does not change when it is decoded and encoded again in any way. */
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { ArchFXDataPoint, ArchFXFlexibleDictionaryReport, Float } from "../../src/reports/mod.ts";

const { decode, fromColumns, fromReadings } = ArchFXFlexibleDictionaryReport;

const anyInteger = fc.oneof(
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n }),
  fc.constantFrom(2n ** 53n - 1n, 2n ** 53n, 2n ** 53n + 1n, -(2n ** 53n), -(2n ** 53n) - 1n),
);
const anyValue = fc.oneof(
  fc.double(),
  fc.constantFrom(NaN, Infinity, -Infinity, -0, 0, 5, 2 ** 53, -(2 ** 63), 5e-324),
);
const { tree: freeForm } = fc.letrec((tie) => ({
  tree: fc.oneof(
    { maxDepth: 3 },
    anyInteger,
    anyValue,
    fc.string({ unit: "grapheme" }),
    fc.boolean(),
    fc.constant(null),
    fc.uint8Array(),
    fc.array(tie("tree")),
    fc.dictionary(fc.string({ unit: "grapheme" }), tie("tree")),
  ),
}));
const point = fc.record({
  timestamp: fc.oneof(
    fc.bigInt({ min: -62135596800000000n, max: 253402300799999999n }),
    fc.constantFrom(-62135596800000000n, 253402300799999999n, 0n, -1n),
  ),
  stream: fc.nat({ max: 0xffffffff }),
  value: anyValue,
  readingId: fc.oneof(fc.nat(), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })),
  summaryData: fc.option(fc.dictionary(fc.string().filter((key) => key !== "value"), freeForm)),
  rawData: freeForm,
});

Deno.test("a report does not change by way of points, columns and dictionaries", () => {
  fc.assert(fc.property(fc.array(point, { maxLength: 5 }), (data) => {
    const bytes = fromReadings({ device: 1, data }).encode();
    const columns = decode(bytes).columns();
    assertEquals(fromColumns({ device: 1, columns }).encode(), bytes);
    const { visibleData } = decode(bytes);
    assertEquals(fromReadings({ device: 1, data: visibleData }).encode(), bytes);
    const dicts = visibleData.map((it) => ArchFXDataPoint.fromDict(it.asDict()));
    assertEquals(fromReadings({ device: 1, data: dicts }).encode(), bytes);
    visibleData.forEach((it, row) => assert(Object.is(it.value, data[row].value)));
    assertEquals(decode(bytes).encode(), bytes);
  }));
});

Deno.test("toJSON() has a form for every value, which fromDict() reads", () => {
  for (const value of [NaN, Infinity, -Infinity, 20.5]) {
    const json = JSON.stringify(
      new ArchFXDataPoint({
        timestamp: 0,
        stream: 1,
        value,
        readingId: 2n ** 64n - 1n,
        rawData: { values: [value, new Float(value)], floats: Float64Array.of(value) },
      }),
    );
    const back = ArchFXDataPoint.fromDict(JSON.parse(json));
    assert(Object.is(back.value, value));
    assertEquals(back.readingId, 2n ** 64n - 1n);
    const shown = Number.isFinite(value) ? value : String(value);
    assertEquals(back.rawData, { values: [shown, shown], floats: [shown] });
  }
});

const points = Array.from({ length: 3000 }, (_, row) => ({
  timestamp: row,
  stream: row,
  value: row,
  readingId: row + 1,
}));
const withData = points.map((it) => ({ ...it, rawData: { row: it.stream } }));

for (
  const [name, make] of [
    ["points", () => fromReadings({ device: 1, data: points })],
    ["points with data", () => fromReadings({ device: 1, data: withData })],
    ["a few points", () => fromReadings({ device: 1, data: points.slice(0, 3) })],
    ["columns", () =>
      fromColumns({
        device: 1,
        columns: fromReadings({ device: 1, data: withData }).columns(),
      })],
    ["bytes", () => decode(fromReadings({ device: 1, data: withData }).encode())],
  ] as const
) {
  Deno.test(`encode() of a report of ${name} returns an array that the caller may change`, async () => {
    const expected = make().encode().slice();
    const report = make();
    for (let i = 0; i < 2; i++) {
      assertEquals(report.encode(), expected);
      report.encode().fill(0xff);
      const pieces: Uint8Array[] = [];
      await report.writeTo(
        new WritableStream<Uint8Array>({
          write(piece) {
            pieces.push(piece.slice());
            piece.fill(0xff);
          },
        }),
      );
      assertEquals(new Uint8Array(await new Blob(pieces as BlobPart[]).arrayBuffer()), expected);
      const target = new Uint8Array(expected.length);
      report.encodeInto(target);
      assertEquals(target, expected);
      assertEquals(report.byteLength, expected.length);
      assertEquals([report.lowestId, report.highestId], [1, report.length]);
    }
    report.encode().fill(0xff);
    const last = report.visibleData.at(-1)!;
    assertEquals([last.stream, last.readingId], [report.length - 1, report.length]);
    assertEquals(report.columns().values.at(-1), report.length - 1);
    assertEquals(report.asDict(), decode(expected).asDict());
  });
}

Deno.test("a report of points keeps the data that they had when the report was made", () => {
  // Few and many points; data in all, in some, and empty; long data is kept in another way.
  for (const length of [3, 300, 5000]) {
    for (const raw of [(row: number) => [row], () => new Array(400).fill(0.5)]) {
      const data = Array.from({ length }, (_, row) => ({
        timestamp: row,
        stream: 1,
        value: 1,
        readingId: row + 1,
        summaryData: row % 3 === 0 ? { row } as Record<string, number> : {},
        rawData: row % 7 === 0 ? raw(row) : null,
      }));
      const report = ArchFXFlexibleDictionaryReport.fromReadings({ device: 1, data });
      const first = report.encode();
      const expected = first.slice();
      first.fill(0xff);
      for (const point of data) {
        point.summaryData.other = 1;
        point.rawData?.push(7);
      }
      assertEquals(report.encode(), expected);
      assertEquals(report.visibleData[0].rawData, raw(0));
      assertEquals(report.visibleData[1].summaryData, {});
    }
  }
});

Deno.test("a report of points with empty data does not change when their data gets entries", () => {
  const data = Array.from({ length: 300 }, (_, row) => ({
    timestamp: row,
    stream: 1,
    value: 1,
    summaryData: {} as Record<string, number>,
  }));
  const report = ArchFXFlexibleDictionaryReport.fromReadings({ device: 1, data });
  const expected = report.encode();
  for (const point of data) point.summaryData.other = 1;
  assertEquals(report.encode(), expected);
});
