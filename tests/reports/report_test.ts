import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  ArchFXDataPoint,
  ArchFXFlexibleDictionaryReport,
  DataError,
  type ReportCloud,
  ReportEncoderStream,
  type ReportUploadOptions,
} from "../../src/reports/mod.ts";
import { peekReport, peekStreamer } from "../../src/reports/report_head.ts";
import { ArchFxDeviceSlug, ArchFxVariableID } from "../../src/slugs/mod.ts";
import { columnsOf, pointAt } from "./_readings.ts";

const { decode, fromColumns, fromReadings } = ArchFXFlexibleDictionaryReport;

Deno.test("fromReadings() takes points, plain objects, and slugs instead of ids", () => {
  const fields = { timestamp: 0, stream: new ArchFxVariableID("5001"), value: 3n, readingId: 7n };
  const report = fromReadings({
    device: new ArchFxDeviceSlug("d--1234"),
    data: new Set([new ArchFXDataPoint(fields), fields]),
  });
  assertEquals(report.origin, 0x1234);
  assertEquals(report.visibleData.map(String), Array(2).fill(String(new ArchFXDataPoint(fields))));
});

Deno.test("fromReadings() and fromColumns() write the same bytes for ids of any type", () => {
  const columns = columnsOf(5000);
  const points = fromColumns({ device: 1, columns }).visibleData;
  const expected = fromReadings({ device: 1, data: points }).encode();
  for (
    const readingIds of [
      Uint32Array.from(columns.readingIds as Float64Array),
      columns.readingIds,
      BigUint64Array.from(columns.readingIds as Float64Array, BigInt),
    ]
  ) {
    assertEquals(
      fromColumns({ device: 1, columns: { ...columns, readingIds } }).encode(),
      expected,
    );
  }
  const withData = points.map((point) => ({ ...point.asDict(), data: { a: [1] } }));
  const data = withData.map((dict) => ArchFXDataPoint.fromDict(dict));
  const report = fromReadings({ device: 1, data });
  assertEquals(fromColumns({ device: 1, columns: report.columns() }).encode(), report.encode());
});

Deno.test("fromColumns() rejects invalid columns", () => {
  const columns = columnsOf(3);
  const make = (wrong: Record<string, unknown>) => () =>
    fromColumns({ device: 1, columns: { ...columns, ...wrong } });
  assertThrows(make({ length: -1 }), TypeError, "length");
  assertThrows(make({ length: 4 }), RangeError, "streams");
  assertThrows(make({ values: [1, 2, 3] }), TypeError, "values");
  assertThrows(make({ summaryData: [null, { value: 1 }] }), DataError, "reading 1");
  assertThrows(make({ summaryData: [[1]] }), TypeError, "reading 0");
});

Deno.test("a report of columns rejects an invalid time or id wherever it needs them", async () => {
  const columns = columnsOf(5000);
  const timestamps = columns.timestamps.slice();
  timestamps[4000] = 2n ** 62n;
  const floats = [0.5, -1, NaN, 2 ** 53, Infinity].map((id) => {
    const readingIds = Float64Array.from({ length: 5000 }, (_, row) => row);
    readingIds[4000] = id;
    return { readingIds };
  });
  for (const wrong of [{ timestamps }, ...floats]) {
    const report = fromColumns({ device: 1, columns: { ...columns, ...wrong } });
    const uses = [
      () => report.encode(),
      () => report.encodeInto(new Uint8Array(1_000_000)),
      () => report.encodeInto(new Uint8Array(1000)),
      () => report.byteLength,
      () => report.lowestId,
      () => report.highestId,
      () => JSON.stringify(report),
      () => report.columns(),
      () => report.visibleData,
    ];
    for (const use of uses) assertThrows(use, DataError, "reading 4000");
    await assertRejects(() => report.writeTo(new WritableStream()), DataError, "reading 4000");
    assertEquals(String(report), "ArchFX Report (device: 1, readings: 5000, length: unknown)");
  }
});

Deno.test("encode() throws if its columns have changed since they were measured", () => {
  const columns = columnsOf(10);
  const report = fromColumns({ device: 1, columns });
  assertEquals(report.lowestId, 1);
  columns.streams.fill(0xffffffff);
  assertThrows(() => report.encode(), DataError, "changed");
});

Deno.test("encode() rejects columns whose buffer has been transferred or made shorter", () => {
  for (const length of [10, 3000]) {
    for (const name of ["streams", "readingIds", "timestamps", "values"] as const) {
      const columns = columnsOf(length);
      const report = fromColumns({ device: 1, columns });
      giveAway(columns[name]);
      assertThrows(() => report.encode(), DataError, "changed");
    }
  }
});

Deno.test("encodeInto() moves the events if the ids of the header are longer or shorter than expected", () => {
  const many = Array.from({ length: 5000 }, (_, row) => row + 1);
  const ids = [
    [70_000, ...many],
    [1, 70_000, ...many],
    [5, 70_000, 1, 300],
    [70_000, 5, 70_001],
    [0, 0, 9, 0],
    [70_000, 1],
    [0],
    [
      0.5e6,
      2 ** 53 - 1,
      1,
    ],
  ];
  for (const readingIds of ids) {
    const columns = { ...columnsOf(readingIds.length), readingIds: Float64Array.from(readingIds) };
    const bytes = fromColumns({ device: 1, columns }).encode();
    for (const more of [0, 1, 100]) {
      const target = new Uint8Array(bytes.length + more).fill(7);
      const report = fromColumns({ device: 1, columns });
      assertEquals(report.encodeInto(target), bytes.length);
      assertEquals(target.subarray(0, bytes.length), bytes);
      assertEquals(target.subarray(bytes.length), new Uint8Array(more).fill(7));
      assertEquals(report.highestId, Math.max(...readingIds));
    }
    const small = new Uint8Array(bytes.length - 1);
    const report = fromColumns({ device: 1, columns });
    const text = `it needs ${bytes.length}`;
    assertThrows(() => report.encodeInto(small), RangeError, text);
    assertThrows(() => report.encodeInto(small.subarray(0, 10)), RangeError, text);
  }
});

Deno.test("encodeInto() writes what encode() returns, or throws RangeError", () => {
  for (
    const report of [
      fromColumns({ device: 1, columns: columnsOf(3000) }),
      fromReadings({ device: 1, data: [pointAt(0), pointAt(1, { rawData: "x".repeat(300_000) })] }),
      decode(fromReadings({ device: 1, data: [pointAt(0)] }).encode()),
    ]
  ) {
    const bytes = report.encode();
    const target = new Uint8Array(bytes.length + 3).fill(7);
    assertEquals(report.encodeInto(target), bytes.length);
    assertEquals(report.byteLength, bytes.length);
    assertEquals(target.subarray(0, -3), bytes);
    assertEquals([...target.subarray(-3)], [7, 7, 7]);
    assertThrows(() => report.encodeInto(new Uint8Array(bytes.length - 1)), RangeError, "needs");
  }
});

Deno.test("writeTo() writes the report and closes the stream, or aborts it", async () => {
  const report = fromColumns({ device: 1, columns: columnsOf(10_000) });
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const [, bytes] = await Promise.all([report.writeTo(writable), new Response(readable).bytes()]);
  assertEquals(bytes, report.encode());
  const full = new WritableStream({ write: () => Promise.reject(new Error("disk full")) });
  await assertRejects(() => report.writeTo(full), Error, "disk full");
});

/** An API that records its calls. */
function cloud(
  reply: unknown,
): ReportCloud & { calls: unknown[][]; options?: ReportUploadOptions } {
  const api = Object.assign((path: string) => ({
    uploadFp: (file: { name: string; data: Uint8Array }, options?: ReportUploadOptions) => {
      api.calls.push([path, file.name, file.data.length]);
      api.options = options;
      return Promise.resolve(reply);
    },
  }), { calls: [] as unknown[][], options: undefined as ReportUploadOptions | undefined });
  return api;
}

Deno.test("upload() sends the bytes and the time of sending, and returns the count", async () => {
  const api = cloud({ count: 1 });
  const sentTimestamp = "2021-01-20T01:00:00.5+01:00";
  const report = fromReadings({ device: 1, data: [pointAt(0)], sentTimestamp });
  assertEquals(await report.upload(api), 1);
  assertEquals(api.calls, [["streamer/report", "report.mp", report.byteLength]]);
  const { report: facts, ...options } = api.options!;
  assertEquals(options, { params: { timestamp: "2021-01-20T00:00:00.500000+00:00" } });
  const { ends, ...known } = facts!;
  assertEquals(known, {
    origin: 1,
    originStreamer: 256,
    length: 1,
    lowestId: report.lowestId!,
    highestId: report.highestId!,
  });
  assertEquals(ends!().map(({ id }) => id), [report.lowestId, report.highestId]);
  const before = Date.now();
  const again = fromReadings({ device: 1, data: [pointAt(0)] });
  await again.upload(api);
  const { timestamp } = api.options!.params!;
  const sent = Date.parse(timestamp.slice(0, 23) + "Z");
  assert(sent >= before && sent <= Date.now());
  // The time is the same on every attempt.
  await new Promise((resolve) => setTimeout(resolve, 2));
  await again.upload(api, { skipFailed: true, confirm: true });
  assertEquals(api.options!.params, { timestamp });
  assertEquals([api.options!.skipFailed, api.options!.confirm], [true, true]);
});

Deno.test("upload() rejects a count that is not one of the report's readings", async () => {
  const report = fromReadings({ device: 1, data: [pointAt(0), pointAt(1)] });
  for (const reply of [{}, null, [], { count: -1 }, { count: 1.5 }, { count: 3 }, { count: 1e9 }]) {
    await assertRejects(() => report.upload(cloud(reply)), DataError, "count in the response");
  }
  assertEquals(await report.upload(cloud({ count: 2 })), 2);
});

Deno.test("upload() rejects a reading without an id, unless allowMissingIds is set, and then does not retry", async () => {
  const data = [pointAt(0), pointAt(1, { readingId: 0 })];
  const api = cloud({ count: 1 });
  for (
    const report of [
      fromReadings({ device: 1, data }),
      fromColumns({ device: 1, columns: columnsOf(2, 0) }),
    ]
  ) {
    await assertRejects(() => report.upload(api), DataError, "has no id");
    await report.upload(api, { allowMissingIds: true });
    assertEquals(api.options?.retries, 0);
  }
  assertEquals(api.calls.length, 2);
});

Deno.test("peekReport() and peekStreamer() read the header from the first bytes", () => {
  const device = 2n ** 64n - 1n;
  const data = [pointAt(0, { readingId: 7 }), pointAt(1, { readingId: 2n ** 60n })];
  const bytes = fromReadings({ device, data, streamer: 3 }).encode();
  assertEquals(peekReport(bytes.subarray(0, 150)), {
    origin: device,
    originStreamer: 3,
    lowestId: 7,
    highestId: 2n ** 60n,
  });
  assertEquals(peekReport(bytes.subarray(0, 60)), undefined);
  assertEquals(peekStreamer(bytes.subarray(0, 60)), { device, streamer: 3 });
  assertEquals(peekStreamer(bytes.subarray(0, 20)), undefined);
  assertEquals(peekStreamer(Uint8Array.of(1, 2, 3)), undefined);
});

Deno.test("a report and its points have readable text and inspection output", () => {
  const point = pointAt(0, { readingId: 2n ** 60n });
  const report = fromReadings({ device: 5, data: [point] });
  assertEquals(String(point), "Stream 20481: Data at 2021-01-20T00:00:00+00:00, value 0");
  assertEquals(JSON.parse(JSON.stringify(point)).dev_seqid, "1152921504606846976");
  assertEquals(JSON.parse(JSON.stringify(report)), {
    format: "v200",
    device: 5,
    streamer_index: 256,
    streamer_selector: 65535,
    seqid: 0,
    lowest_id: "1152921504606846976",
    highest_id: "1152921504606846976",
    sent_timestamp: null,
    readings: 1,
  });
  assert(Deno.inspect(report).startsWith("ArchFX Report (device: 5, readings: 1"));
  assert(Deno.inspect(point).startsWith("ArchFXDataPoint"));
  assertThrows(() => new ArchFXFlexibleDictionaryReport(), TypeError, "fromReadings");
});

Deno.test("summary data must be a map without value when it is written, even if it was one before", async () => {
  class Odd {
    constructor(readonly gives: unknown) {}
    toJSON() {
      return this.gives;
    }
  }
  const changed = { a: 1 } as Record<string, unknown>;
  const changedMap = new Map<string, unknown>([["a", 1]]);
  const points = [changed, changedMap].map((summaryData) => pointAt(0, { summaryData }));
  changed.value = 5;
  changedMap.set("value", 5);
  const odd = [new Date(0), ...["text", 5, [1], { value: 1 }].map((gives) => new Odd(gives))];
  for (const summary of odd) {
    const summaryData = summary as unknown as Record<string, unknown>;
    points.push(pointAt(0, { summaryData }));
    const columns = { ...columnsOf(1), summaryData: [summaryData] };
    const use = () => fromColumns({ device: 1, columns });
    assert([TypeError, DataError].some((type) => thrown(use) instanceof type), String(summary));
  }
  for (const point of points) {
    const error = thrown(() => fromReadings({ device: 1, data: [point] }));
    assert(error instanceof TypeError || error instanceof DataError, String(error));
    const stream = (ReadableStream.from([point]) as ReadableStream<never>)
      .pipeThrough(new ReportEncoderStream({ device: 1 }));
    await assertRejects(() => Array.fromAsync(stream), Error, "Cannot encode");
  }
  const good = [new Odd({ a: 1 }), new Odd({})].map((it) =>
    pointAt(0, { summaryData: it as unknown as Record<string, unknown> })
  );
  const { visibleData } = decode(fromReadings({ device: 1, data: good }).encode());
  assertEquals(visibleData.map(({ summaryData }) => summaryData), [{ a: 1 }, {}]);
});

/** Transfers the buffer of a column, like `postMessage`. */
function giveAway({ buffer }: { readonly buffer: ArrayBufferLike }): void {
  structuredClone(null, { transfer: [buffer as ArrayBuffer] });
}

function thrown(use: () => unknown): unknown {
  try {
    return void use();
  } catch (error) {
    return error;
  }
}

Deno.test("columns() and visibleData reject columns that have become shorter since they were measured", () => {
  for (const use of ["columns", "visibleData"] as const) {
    const columns = columnsOf(10);
    const report = fromColumns({ device: 1, columns });
    report.encode();
    giveAway(columns.values);
    assertThrows(() => use === "columns" ? report.columns() : report[use], DataError, "changed");
  }
});
