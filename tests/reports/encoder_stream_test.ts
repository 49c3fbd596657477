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

Deno.test("ReportEncoderStream assigns ids in sequence over points, columns and reports", async () => {
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

Deno.test("ReportEncoderStream writes the same as fromReadings() for the same points", async () => {
  const points = Array.from({ length: 100 }, (_, row) =>
    pointAt(row, {
      summaryData: row % 3 === 0 ? { unit: "C", row } : row % 3 === 1 ? {} : null,
      rawData: row % 5 === 0 ? [row, { deep: [true] }] : null,
    }));
  const [report] = await reportsOf(points, { device: "d--1234" });
  const other = ArchFXFlexibleDictionaryReport.fromReadings({ device: "d--1234", data: points });
  assertEquals(report.encode(), other.encode());
});

Deno.test("ReportEncoderStream limits reports to maxBytes, except for a single larger reading", async () => {
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

Deno.test("ReportEncoderStream throws DataError for a reading without an id unless it has nextReadingId", async () => {
  await assertRejects(
    () => reportsOf([pointAt(0, { readingId: 0 })], { device: 1 }),
    DataError,
    "nextReadingId",
  );
});

Deno.test("ReportEncoderStream continues its sequence after the ids that readings have", async () => {
  const points = [pointAt(0, { readingId: 90 }), pointAt(1, { readingId: 0 })];
  const [report] = await reportsOf(points, { device: 1, nextReadingId: 5 });
  assertEquals(report.visibleData.map((point) => point.readingId), [90, 91]);
});

Deno.test("ReportEncoderStream rejects bad options at once", () => {
  assertThrows(() => new ReportEncoderStream({ device: 1, maxPoints: 0 }), RangeError, "maxPoints");
  assertThrows(() => new ReportEncoderStream({ device: 1, maxBytes: 1.5 }), RangeError, "maxBytes");
  assertThrows(() => new ReportEncoderStream({ device: 1, nextReadingId: 0 }), DataError);
  assertThrows(() => new ReportEncoderStream({ device: "z" }), RangeError);
});

Deno.test("ReportEncoderStream splits columns and arrays like the same readings one by one", async () => {
  const id = fc.oneof(
    fc.constant(0),
    fc.nat({ max: 300 }),
    fc.constantFrom(70_000, 2 ** 53 - 2, 2 ** 53 - 1, 2n ** 53n, 2n ** 60n),
  );
  const chunk = fc.record({
    ids: fc.array(id, { maxLength: 40 }),
    kind: fc.constantFrom("float", "wide"),
    form: fc.constantFrom("points", "array", "fields", "columns"),
    data: fc.option(fc.string({ maxLength: 50 })),
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
      for (const { ids, kind, form, data } of chunks) {
        const fits = kind === "wide" ? ids : ids.filter((it) => typeof it === "number");
        const points = fits.map((readingId) =>
          pointAt(row++, { readingId, ...(data !== null && row % 3 === 0 && { rawData: data }) })
        );
        oneByOne.push(...points);
        if (form === "points") items.push(...points);
        else if (form === "array") items.push(points);
        else if (form === "fields") {
          items.push(points.map(({ timestampMicros, stream, value, readingId, rawData }) => (
            { timestamp: timestampMicros, stream, value, readingId, rawData }
          )));
        } else {
          items.push({
            length: points.length,
            streams: Uint32Array.from(points, ({ stream }) => stream),
            readingIds: kind === "wide"
              ? BigUint64Array.from(fits, BigInt)
              : Float64Array.from(fits as number[]),
            timestamps: BigInt64Array.from(points, ({ timestampMicros }) => timestampMicros),
            values: Float64Array.from(points, ({ value }) => value),
            ...(data !== null && { rawData: points.map(({ rawData }) => rawData) }),
          });
        }
      }
      const results = [];
      for (const source of [items, oneByOne]) {
        const bad: string[] = [];
        const onBadReading = (_: unknown, error: unknown) => void bad.push(String(error));
        const given = { device: 1, nextReadingId: 5, ...limits, onBadReading };
        const reports = await reportsOf(source, given);
        results.push([reports.map((it) => it.encode()), bad]);
      }
      assertEquals(results[0], results[1]);
    }),
    { numRuns: 300 },
  );
});

Deno.test("ReportEncoderStream rejects columns with an id or a time that is not valid", async () => {
  const columns = columnsOf(5);
  const wrongIds = { ...columns, readingIds: Float64Array.of(1, 2, 0.5, 4, 5) };
  const wrongTimes = { ...columns, timestamps: BigInt64Array.of(0n, 2n ** 62n, 0n, 0n, 0n) };
  const wide = {
    ...columns,
    readingIds: BigUint64Array.from({ length: 5 }, (_, i) => 2n ** 63n + BigInt(i)),
  };
  await assertRejects(() => reportsOf([wide, wrongIds], { device: 1 }), DataError, "must increase");
  for (const options of [{ device: 1 }, { device: 1, nextReadingId: 1 }]) {
    await assertRejects(() => reportsOf([wrongIds], options), DataError, "0.5");
    await assertRejects(() => reportsOf([wrongTimes], options), DataError, "years 1 to 9999");
    await assertRejects(
      () => reportsOf([{ ...wrongTimes, rawData: [] }], options),
      DataError,
      "years 1 to 9999",
    );
  }
});

/** Reads a stream to its end or its error. */
async function readAll(
  items: unknown[],
  options: ConstructorParameters<typeof ReportEncoderStream>[0],
): Promise<{ ids: unknown[]; error?: unknown }> {
  const ids: unknown[] = [];
  const stream = ReadableStream.from(items as Item[]) as ReadableStream<never>;
  const reader = stream.pipeThrough(new ReportEncoderStream(options)).getReader();
  try {
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      ids.push(...read.value.visibleData.map((point) => point.readingId));
    }
  } catch (error) {
    return { ids, error };
  }
  return { ids };
}

const BAD = {
  "a timestamp": { timestamp: "yesterday" },
  "a value": { value: "x" },
  "raw data": { rawData: () => {} },
  "summary data": { summaryData: { value: 1 } },
  "an id": { readingId: 7 },
  "a stream": { stream: -1 },
};

for (const [name, wrong] of Object.entries(BAD)) {
  Deno.test(`ReportEncoderStream emits the readings before one in which ${name} is invalid`, async () => {
    const good = { timestamp: 0, stream: 1, value: 1, rawData: { a: 1 } };
    const points = Array.from({ length: 500 }, (_, row) => ({
      ...good,
      readingId: row + 1,
      ...(row === 321 && wrong),
    }));
    const before = Array.from({ length: 321 }, (_, row) => row + 1);
    const after = Array.from({ length: 178 }, (_, row) => row + 323);
    for (const items of [points, [points], [points.slice(0, 300), ...points.slice(300)]]) {
      for (const maxPoints of [2, 100, 100_000]) {
        const { ids, error } = await readAll(items, { device: 1, maxPoints });
        assertEquals(ids, before);
        assert(error instanceof Error, String(error));
        const bad: unknown[] = [];
        const onBadReading = (reading: unknown, error: unknown) => {
          assert(error instanceof Error);
          bad.push(reading);
        };
        const all = await readAll(items, { device: 1, maxPoints, onBadReading });
        assertEquals(all, { ids: [...before, ...after] });
        assertEquals(bad, [points[321]]);
      }
    }
  });
}

Deno.test("ReportEncoderStream passes the invalid row of columns to onBadReading", async () => {
  const columns = {
    ...columnsOf(5),
    timestamps: BigInt64Array.of(0n, 2n ** 62n, 2n, 3n, 4n),
    readingIds: Uint32Array.of(1, 2, 3, 2, 5),
  };
  for (const rawData of [undefined, [null, null, "x"]]) {
    const bad: unknown[] = [];
    const onBadReading = (reading: unknown, error: unknown) => void bad.push([reading, error]);
    const items = [{ ...columns, ...(rawData && { rawData }) }];
    const { ids, error } = await readAll(items, { device: 1, onBadReading });
    assertEquals([ids, error], [[1, 3, 5], undefined]);
    assertEquals(bad.length, 2);
    const fields = (row: number) => ({
      timestamp: columns.timestamps[row],
      stream: columns.streams[row],
      value: columns.values[row],
      readingId: columns.readingIds[row],
      summaryData: undefined,
      rawData: rawData?.[row],
    });
    assertEquals((bad as unknown[][]).map(([reading]) => reading), [fields(1), fields(3)]);
  }
});

Deno.test("ReportEncoderStream rejects an id that is not above the one before, also across reports", async () => {
  for (const [readingIds, good] of [[[5, 6, 6], 2], [[5, 4], 1], [[1, 2n ** 60n, 3], 2]] as const) {
    const points = readingIds.map((readingId, row) => pointAt(row, { readingId }));
    for (const maxPoints of [1, 100]) {
      const { ids, error } = await readAll(points, { device: 1, maxPoints });
      assertEquals(ids.length, good);
      assert(error instanceof DataError && error.message.includes("must increase"), String(error));
    }
  }
});

Deno.test("ReportEncoderStream rejects the write of an invalid reading, and all writes after it", async () => {
  const stream = new ReportEncoderStream({ device: 1, nextReadingId: 1 });
  const writer = stream.writable.getWriter();
  const reader = stream.readable.getReader();
  const reports = reader.read();
  await writer.write(pointAt(0));
  const wrong = writer.write({ timestamp: "x", stream: 1, value: 1 });
  wrong.catch(() => {});
  assertEquals((await reports).value!.length, 1);
  await assertRejects(() => reader.read(), DataError);
  await assertRejects(() => wrong, DataError);
  await assertRejects(() => writer.write(pointAt(1)), DataError);
});

Deno.test("ReportEncoderStream ends a failed write when its reader cancels", async () => {
  const stream = new ReportEncoderStream({ device: 1, nextReadingId: 1 });
  const writer = stream.writable.getWriter();
  const reader = stream.readable.getReader();
  const first = reader.read();
  await writer.write(pointAt(0));
  const wrong = writer.write({ timestamp: "x", stream: 1, value: 1 });
  wrong.catch(() => {});
  await first;
  await reader.cancel("enough");
  await assertRejects(() => wrong);
});

Deno.test("ReportEncoderStream rejects onBadReading that is not a function", () => {
  const options = { device: 1, onBadReading: "log" } as unknown as { device: number };
  assertThrows(() => new ReportEncoderStream(options), TypeError, '"log"');
});

Deno.test("the longest header and the longest events fit the room that is reserved for them", async () => {
  const last = 2n ** 64n - 1n;
  const length = 5000;
  const header = {
    device: last,
    reportId: last,
    streamer: last,
    selector: last,
    sentTimestamp: 253402300799999999n,
  };
  const data = Array.from({ length }, (_, row) => ({
    timestamp: 253402300799999999n,
    stream: 0xffffffff,
    value: 1.5,
    readingId: last - BigInt(length - 1 - row),
  }));
  const bytes = ArchFXFlexibleDictionaryReport.fromReadings({ ...header, data }).encode();
  // docs/v200.md: 195 bytes, of which the count of the events has three here.
  assertEquals(bytes.length, 195 - 2 + 109 * length);
  const [report] = await reportsOf([data], header);
  assertEquals(report.encode(), bytes);
  const { visibleData } = ArchFXFlexibleDictionaryReport.decode(bytes);
  assertEquals(visibleData.at(-1)!.readingId, last);
});
