/** Reports that were cut off, and files that are not reports. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { ArchFXFlexibleDictionaryReport, DataError } from "@archfx/cloud/reports";
import { fileKind } from "../../src/inspector/file_kind.ts";
import { decodeAny } from "../../src/inspector/salvage.ts";
import { sampleReport } from "../../src/inspector/sample.ts";

Deno.test("decodeAny() returns the complete readings of a report that is cut off at any byte", () => {
  const whole = sampleReport(100);
  const all = ArchFXFlexibleDictionaryReport.decode(whole).columns();
  let seen = 0;
  for (let length = whole.length - 1; length > 200; length -= 37) {
    const { report, truncated } = decodeAny(whole.slice(0, length), "cut.mp");
    const columns = report.columns();
    assertEquals(truncated!.announced, 100);
    assert(columns.length < 100);
    assertEquals(report.origin, 0x1234);
    assertEquals(columns.values, all.values.slice(0, columns.length));
    assertEquals(columns.timestamps, all.timestamps.slice(0, columns.length));
    seen++;
  }
  assert(seen > 200);
  assertEquals(decodeAny(whole, "a.mp").truncated, null);
});

Deno.test("decodeAny() recognises files that are not reports", () => {
  const open = (text: string, name: string) =>
    assertThrows(() => decodeAny(new TextEncoder().encode(text), name), DataError);
  assertEquals(
    open("time;value\n1;2\n", "my file.csv").message.split(" (Cannot")[0],
    'This is a CSV file. To make a report from it: archfx report encode "my file.csv" --device d--1234 -o report.mp',
  );
  // A report with an invalid event is still a report.
  const damaged = sampleReport(3);
  const text = Array.from(damaged, (byte) => String.fromCharCode(byte)).join("");
  damaged[text.lastIndexOf("timestamp") - 1] = 0xc1;
  assert(assertThrows(() => decodeAny(damaged, "a.mp"), DataError).message.startsWith("Cannot"));
});

Deno.test("fileKind() recognises files by their beginning", () => {
  const bytes = (...list: number[]) => Uint8Array.from(list);
  const text = (content: string) => new TextEncoder().encode(content);
  const cases: [Uint8Array, string | undefined][] = [
    [bytes(), "empty"],
    [bytes(0x1f, 0x8b, 8, 0), "gzip"],
    [bytes(0x50, 0x4b, 3, 4), "Excel"],
    [text("PAR1...."), "Parquet"],
    [text("ARROW1.."), "Arrow"],
    [text("SQLite format 3"), "SQLite"],
    [text("<html><body>502</body>"), "HTML"],
    [text('[{"value": 1}]'), "JSON"],
    [text('{"value": 1}\n{"value": 2}'), "NDJSON"],
    [text("a,b\n"), "CSV"],
    [bytes(0xff, 0xfe, 0x61, 0, 0x2c, 0, 0x62, 0), "CSV"],
    [text("hello"), "text"],
    [bytes(0x00, 0x01, 0x02), undefined],
  ];
  for (const [content, word] of cases) {
    const kind = fileKind(content, "x");
    assert(word === undefined ? kind === undefined : kind?.includes(word), `${word}: ${kind}`);
  }
});
