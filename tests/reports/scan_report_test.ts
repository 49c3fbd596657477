/** scanReport() returns for a file what decode() returns for its bytes. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { encode } from "@msgpack/msgpack";
import { ArchFXFlexibleDictionaryReport, DataError } from "../../src/reports/mod.ts";
import { reportFacts } from "../../src/reports/report.ts";
import { scanReport } from "../../src/reports/scan_report.ts";

/** Bytes that behave like a file: each read overwrites the one before. */
function fileOf(bytes: Uint8Array) {
  let buffer = new Uint8Array();
  const input = {
    length: bytes.length,
    most: 0,
    read(offset: number, size: number) {
      assert(offset + size <= bytes.length, "read beyond the end");
      input.most = Math.max(input.most, size);
      buffer.fill(0xc1);
      if (buffer.length < size) buffer = new Uint8Array(size);
      buffer.set(bytes.subarray(offset, offset + size));
      return buffer.subarray(0, size);
    },
  };
  return input;
}

function reportOf(
  ids: (number | bigint)[],
  raw: (row: number) => unknown = () => undefined,
): ArchFXFlexibleDictionaryReport {
  return ArchFXFlexibleDictionaryReport.fromReadings({
    device: 2n ** 63n + 1n,
    streamer: 7,
    sentTimestamp: "2026-01-01T00:00:00.000001Z",
    data: ids.map((readingId, row) => ({
      timestamp: row * 1000,
      stream: 0x5000 + (row % 7),
      value: row / 4,
      readingId,
      rawData: raw(row),
    })),
  });
}

/** The results of both for the same bytes. */
function check(bytes: Uint8Array, countable: number, firstWithoutId: number): void {
  const report = ArchFXFlexibleDictionaryReport.decode(bytes);
  const { ends, ...facts } = reportFacts(report);
  const { facts: { ends: scannedEnds, ...scanned }, ...rest } = scanReport(fileOf(bytes));
  assertEquals(scanned, facts);
  assertEquals(scannedEnds?.(), facts.highestId === 0 ? undefined : ends());
  assertEquals(rest, { countable, firstWithoutId, sentMicros: report.sentTimestampMicros });
}

const packed = (value: unknown) => encode(value, { useBigInt64: true });
const upTo = (count: number) => Array.from({ length: count }, (_, i) => i + 1);

Deno.test("scanReport() returns what decode() does, for ids of every kind and readings beyond the window", () => {
  check(reportOf([]).encode(), 0, -1);
  check(reportOf([5]).encode(), 1, -1);
  check(reportOf([0, 0]).encode(), 0, 0);
  check(reportOf(upTo(20_000)).encode(), 20_000, -1);
  check(reportOf([...upTo(9_000), 0, 3, 9_001, 0, 3]).encode(), 9_001, 9_000);
  check(reportOf([7, 7, 2n ** 60n, 1, 2n ** 60n, 2n ** 64n - 1n]).encode(), 4, -1);
  check(reportOf(upTo(300).reverse()).encode(), 300, -1);
  // Texts longer than the window, and longer than the part that is read first.
  const sizes = [10, 300_000, 3_000_000];
  check(reportOf(upTo(3), (row) => ["x".repeat(sizes[row])]).encode(), 3, -1);
});

Deno.test("scanReport() reads a report whose events are not the last field", () => {
  const { events, ...header } = reportOf(upTo(2_000)).asDict();
  check(packed({ events, ...header }), 2_000, -1);
  check(packed({ ...header, events, more: "x" }), 2_000, -1);
  check(packed({ more: "x".repeat(70_000), ...header, events }), 2_000, -1);
});

Deno.test("scanReport() rejects what decode() rejects, with the same message", () => {
  const bytes = reportOf(upTo(40), (row) => ({ row, list: [row, "text"] })).encode();
  const message = (work: () => unknown) => {
    try {
      work();
      return undefined;
    } catch (error) {
      assert(error instanceof DataError, String(error));
      return error.message;
    }
  };
  const same = (changed: Uint8Array) =>
    assertEquals(
      message(() => scanReport(fileOf(changed))),
      message(() => ArchFXFlexibleDictionaryReport.decode(changed)),
    );
  for (let length = 0; length < bytes.length; length++) same(bytes.subarray(0, length));
  for (let at = 0; at < bytes.length; at += 7) {
    const changed = bytes.slice();
    changed[at] ^= 0xff;
    same(changed);
  }
  same(Uint8Array.of(...bytes, 0));
  assertThrows(() => scanReport(fileOf(new TextEncoder().encode("hello"))), DataError);
});

Deno.test("scanReport() never reads more at a time than the decoder's window", () => {
  const columns = {
    length: 100_000,
    streams: new Uint32Array(100_000).fill(1),
    readingIds: Uint32Array.from({ length: 100_000 }, (_, i) => i + 1),
    timestamps: new BigInt64Array(100_000),
    values: new Float64Array(100_000),
  };
  const input = fileOf(ArchFXFlexibleDictionaryReport.fromColumns({ device: 1, columns }).encode());
  assertEquals(scanReport(input).countable, 100_000);
  assert(input.length > 9_000_000 && input.most <= 2 ** 18, `${input.most} bytes at a time`);
});
