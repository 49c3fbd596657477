/** reportBatches() returns for a file what decode() returns for its bytes. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { encode } from "@msgpack/msgpack";
import { ArchFXFlexibleDictionaryReport, DataError } from "../../src/reports/mod.ts";
import { reportBatches } from "../../src/reports/report_batches.ts";

const ROWS = 40_000;

function reportOf(): ArchFXFlexibleDictionaryReport {
  return ArchFXFlexibleDictionaryReport.fromReadings({
    device: 0x1234,
    data: Array.from({ length: ROWS }, (_, row) => ({
      timestamp: row * 1000,
      stream: 0x5000 + row % 7,
      value: row / 4,
      readingId: row + 1,
      summaryData: row % 10 === 0 ? { row } : undefined,
      rawData: row % 15 === 0 ? [row] : undefined,
    })),
  });
}

/** Bytes that behave like a file: each read overwrites the one before. */
function fileOf(bytes: Uint8Array) {
  const buffer = new Uint8Array(bytes.length);
  return {
    length: bytes.length,
    most: 0,
    read(offset: number, size: number) {
      this.most = Math.max(this.most, size);
      buffer.fill(0xc1, 0, size);
      buffer.set(bytes.subarray(offset, offset + size));
      return buffer.subarray(0, size);
    },
  };
}

function check(bytes: Uint8Array, file = fileOf(bytes)): void {
  const all = ArchFXFlexibleDictionaryReport.decode(bytes).columns();
  let from = 0;
  let withData = 0;
  for (const batch of reportBatches(file)) {
    assertEquals(batch.origin, 0x1234);
    const to = from + batch.length;
    for (const name of ["streams", "readingIds", "timestamps", "values"] as const) {
      assertEquals(batch[name].subarray(0, batch.length), all[name].subarray(from, to));
    }
    withData += batch.withData;
    from = to;
    // Another call uses the decoder between two batches.
    ArchFXFlexibleDictionaryReport.decode(bytes.slice());
  }
  assertEquals(from, ROWS);
  assertEquals(withData, Math.ceil(ROWS / 10) + Math.ceil(ROWS / 15) - Math.ceil(ROWS / 30));
}

Deno.test("reportBatches() reads the columns of a report a batch at a time", () => {
  const bytes = reportOf().encode();
  const file = fileOf(bytes);
  check(bytes, file);
  assert(file.most <= 1 << 18, `${file.most}`);
});

Deno.test("reportBatches() reads a report whose events are not the last field", () => {
  const { events, ...others } = reportOf().asDict();
  check(encode({ events, ...others }));
});

Deno.test("reportBatches() throws before the first batch if a report is cut off or damaged", () => {
  const bytes = reportOf().encode();
  for (const bad of [bytes.subarray(0, -1), new Uint8Array([...bytes, 0])]) {
    assertThrows(() => reportBatches(fileOf(bad)).next(), DataError);
  }
});
