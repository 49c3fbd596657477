import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { anyText } from "../_any_text.ts";
import type { WasmExports } from "../../src/codec/instance.ts";
import { WINDOW } from "../../src/codec/wasm_constants.ts";
import { WASM_BASE64 } from "../../src/codec/wasm_bytes.ts";
import { ValueReader } from "../../src/codec/value_reader.ts";
import {
  ArchFXDataPoint,
  ArchFXFlexibleDictionaryReport,
  DataError,
} from "../../src/reports/mod.ts";
import { same } from "../golden/same.ts";

const { decode, fromColumns, fromReadings } = ArchFXFlexibleDictionaryReport;

/** Readings whose data has very different sizes, so that windows end at any place in them. */
const reading = fc.record({
  timestamp: fc.bigInt({ min: -62135596800000000n, max: 253402300799999999n }),
  stream: fc.nat(0xffffffff),
  value: fc.double(),
  readingId: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  summaryData: fc.option(
    fc.dictionary(
      anyText().filter((key) => key !== "value"),
      fc.anything({
        withBigInt: false,
        values: [anyText(), fc.integer(), fc.boolean(), fc.constant(null)],
      }),
    ),
  ),
  rawData: fc.oneof(
    { weight: 6, arbitrary: fc.constant(null) },
    { weight: 3, arbitrary: fc.array(fc.nat(70_000)) },
    { weight: 1, arbitrary: fc.nat(400_000).map((n) => "ü".repeat(n)) },
    { weight: 1, arbitrary: fc.nat(400_000).map((n) => new Uint8Array(n)) },
    { weight: 1, arbitrary: fc.nat(60_000).map((n) => Array.from({ length: n }, () => [[], {}])) },
  ),
});

/** Compares a report decoded by another msgpack library with the result of the decoder. */
function agrees(bytes: Uint8Array): void {
  const report = decode(bytes);
  const whole = new ValueReader(bytes).read() as { events: Record<string, unknown>[] };
  assertEquals(report.length, whole.events.length);
  report.visibleData.forEach((point, i) => assert(same(point.asDict(), whole.events[i])));
}

Deno.test("decode() reads what fromReadings() wrote, wherever a window ends", () => {
  fc.assert(
    fc.property(fc.array(reading, { maxLength: 40 }), (fields) => {
      const points = fields.map((it) => new ArchFXDataPoint(it));
      const bytes = fromReadings({ device: 1, data: points }).encode();
      agrees(bytes);
      const back = decode(bytes);
      assertEquals(fromReadings({ device: 1, data: back.visibleData }).encode(), bytes);
      assertEquals(fromColumns({ device: 1, columns: back.columns() }).encode(), bytes);
    }),
    { numRuns: 25 },
  );
});

Deno.test("decode() reads many readings with data, a chunk and a window at a time", () => {
  const data = Array.from({ length: 9000 }, (_, i) =>
    new ArchFXDataPoint({
      timestamp: i * 1000,
      stream: i,
      value: i / 7,
      readingId: i,
      summaryData: i % 3 === 0 ? { row: i, text: "x".repeat(i % 300) } : null,
      rawData: i % 11 === 0 ? Float64Array.from({ length: i % 90 }, (_, k) => k / 3) : null,
    }));
  const bytes = fromReadings({ device: 1, data }).encode();
  agrees(bytes);
  assertEquals(fromReadings({ device: 1, data: decode(bytes).visibleData }).length, 9000);
});

Deno.test("decode() rejects input that exceeds a limit, and invalid limits", () => {
  const deep = fromReadings({
    device: 1,
    data: [new ArchFXDataPoint({ timestamp: 0, stream: 1, value: 1, rawData: [[[1]]] })],
  }).encode();
  assertEquals(decode(deep, { maxDepth: 3 }).length, 1);
  assertThrows(() => decode(deep, { maxDepth: 2 }), DataError, "nested too deep");
  assertThrows(() => decode(deep, { maxBytes: deep.length - 1 }), DataError, "more than");
  assertThrows(() => decode(deep, { maxDepth: -1 }), RangeError, "maxDepth");
  assertThrows(() => decode(deep, { maxDepth: 1025 }), RangeError, "maxDepth");
  assertThrows(() => decode(deep, { maxBytes: NaN }), RangeError, "maxBytes");
  assertThrows(() => decode("x" as unknown as Uint8Array), TypeError, "Uint8Array");
});

Deno.test("decode() names the invalid byte, and still works afterwards", () => {
  const good = fromReadings({
    device: 1,
    data: [1, 2, 3].map((value) => new ArchFXDataPoint({ timestamp: value, stream: 1, value })),
  }).encode();
  const bad = good.slice();
  bad[good.length - 1] = 0xc1;
  assertThrows(() => decode(bad), DataError, `at byte ${good.length - 1}`);
  assertThrows(() => decode(Uint8Array.of(...good, 0)), DataError, `at byte ${good.length}`);
  assertEquals(decode(good).visibleData.map(({ value }) => value), [1, 2, 3]);
});

Deno.test("decode() does not reserve memory for events that a report only claims", () => {
  const empty = fromReadings({ device: 1, data: [] }).encode();
  const claim = Uint8Array.of(...empty.subarray(0, -1), 0xdd, 0x7f, 0xff, 0xff, 0xff);
  assertThrows(() => decode(claim), DataError, "cut off");
});

Deno.test("reports that are encoded in turns do not mix", async () => {
  const readings = (first: number) =>
    Array.from(
      { length: 5000 },
      (_, i) =>
        new ArchFXDataPoint({ timestamp: i, stream: 1, value: first + i, readingId: i + 1 }),
    );
  const columns = (first: number) => fromReadings({ device: 1, data: readings(first) }).columns();
  const reports = [0, 1e6].map((first) => fromColumns({ device: 1, columns: columns(first) }));
  const pieces: Uint8Array[][] = [[], []];
  await Promise.all(
    reports.map((report, i) =>
      report.writeTo(new WritableStream({ write: (piece) => void pieces[i].push(piece) }))
    ),
  );
  for (const [i, report] of reports.entries()) {
    assert(pieces[i].length > 2);
    assertEquals(
      new Uint8Array(await new Blob(pieces[i] as BlobPart[]).arrayBuffer()),
      report.encode(),
    );
  }
});

Deno.test("an iterator that encodes another report does not disturb its own report", () => {
  const inner = () =>
    fromReadings({
      device: 2,
      data: [new ArchFXDataPoint({ timestamp: 5, stream: 9, value: 9, readingId: 9 })],
    }).encode();
  const fields = (value: number) => ({
    get timestamp() {
      inner();
      return new Date(value);
    },
    stream: 1,
    value,
    readingId: value,
    summaryData: {
      get inner() {
        return inner().length;
      },
    },
  });
  function* source() {
    for (const value of [1, 2, 3]) {
      inner();
      yield fields(value);
    }
  }
  const points = decode(fromReadings({ device: 1, data: source() }).encode()).visibleData;
  assertEquals(points.map(({ stream, value }) => [stream, value]), [[1, 1], [1, 2], [1, 3]]);
});

Deno.test("decode() reads values nested as deep as maxDepth allows, as points and as JSON", () => {
  const good = fromReadings({ device: 1, data: [{ timestamp: 0, stream: 1, value: 1 }] }).encode();
  for (const level of [[0x91], [0x81, 0xa1, 0x61], [0x81, 0xc4, 0x01, 0x61]]) {
    const raw = [...Array.from({ length: 1023 }, () => level).flat(), 0x01];
    const bytes = Uint8Array.from([...good.subarray(0, -1), ...raw]);
    const report = decode(bytes, { maxDepth: 1024 });
    JSON.stringify(report.visibleData);
    JSON.stringify(report.asDict().events === undefined);
  }
});

Deno.test("decode() rejects events that occur twice", () => {
  const good = fromReadings({ device: 1, data: [{ timestamp: 0, stream: 1, value: 1 }] }).encode();
  const more = [0xa6, ...new TextEncoder().encode("events"), 0x90];
  const bytes = Uint8Array.from([...good, ...more]);
  bytes[0]++;
  assertThrows(() => decode(bytes), DataError, `it has events twice, at byte ${bytes.length - 1}`);
});

Deno.test("the decoder does not take any text for a minute that it has read before", () => {
  // A new instance: the shared one has already read a minute.
  const instance = new WebAssembly.Instance(
    new WebAssembly.Module(Uint8Array.fromBase64(WASM_BASE64)),
  );
  const { memory, beginEvents, decodeEvents } = instance.exports as unknown as WasmExports;
  const window = new Uint8Array(memory.buffer, WINDOW, 1000);
  for (const timestamp of ["2021-01-20T00:00:00+00:00", `${"\0".repeat(16)}:00+00:00`]) {
    const whole = fromReadings({ device: 1, data: [{ timestamp: 0, stream: 1, value: 1.5 }] });
    const bytes = whole.encode();
    const at = new TextDecoder("latin1").decode(bytes).indexOf("1970-01-01T");
    new TextEncoder().encodeInto(timestamp, bytes.subarray(at));
    const event = bytes.subarray(bytes.lastIndexOf(0x86));
    window.set(event);
    beginEvents();
    const fault = decodeEvents(0, event.length, 0, 0, 1, 512, false);
    assertEquals(fault === 0, timestamp.startsWith("2021"), timestamp);
    // In a second instance, the other text is first.
  }
  const other = new WebAssembly.Instance(
    new WebAssembly.Module(Uint8Array.fromBase64(WASM_BASE64)),
  ).exports as unknown as WasmExports;
  const size = window.findLastIndex((byte) => byte !== 0) + 1;
  new Uint8Array(other.memory.buffer, WINDOW, size).set(window.subarray(0, size));
  other.beginEvents();
  assert(other.decodeEvents(0, size, 0, 0, 1, 512, false) < 0);
});
