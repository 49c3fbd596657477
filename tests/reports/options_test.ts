import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  ArchFXDataPoint,
  ArchFXFlexibleDictionaryReport,
  DataError,
  ReportEncoderStream,
  verifyReport,
  writeReport,
} from "../../src/reports/mod.ts";
import { columnsOf, pointAt } from "./_readings.ts";

const { decode, fromColumns, fromReadings } = ArchFXFlexibleDictionaryReport;

/** Any value that a caller in JavaScript may pass. */
// deno-lint-ignore no-explicit-any
const wrong = (value: unknown): any => value;

Deno.test("every function that makes reports rejects negative header numbers by name, with the value", async () => {
  for (const name of ["streamer", "selector", "reportId"]) {
    for (const value of [-1, -5n, 1.5, 2n ** 64n]) {
      const options = { device: 1, [name]: value };
      const text = `with ${name} ${value}: it must be an integer from 0`;
      assertThrows(() => fromReadings({ ...options, data: [] }), DataError, text);
      assertThrows(() => fromColumns({ ...options, columns: columnsOf(1) }), DataError, text);
      assertThrows(() => new ReportEncoderStream(options), DataError, text);
      await assertRejects(() => writeReport([], "unused.mp", options), DataError, text);
    }
    assertThrows(() => fromReadings(wrong({ device: 1, data: [], [name]: "5" })), TypeError, '"5"');
  }
});

Deno.test("verifyReport() finds the header numbers and ids that the cloud rejects, in reports that were made or decoded", () => {
  const last = 2n ** 63n - 1n;
  const good = fromReadings({
    device: 1,
    reportId: last,
    streamer: 65535,
    selector: 2 ** 32 - 1,
    data: [pointAt(0, { readingId: last })],
  });
  assertEquals(verifyReport(good).map(({ code }) => code), ["id-above-31-bits"]);
  const bad = fromReadings({
    device: 1,
    reportId: last + 1n,
    streamer: 70000,
    selector: 2 ** 32,
    data: [pointAt(0, { readingId: last + 1n })],
  });
  for (const report of [bad, decode(bad.encode())]) {
    const problems = verifyReport(report);
    assertEquals(new Set(problems.map(({ severity }) => severity)), new Set(["error"]));
    assertEquals(problems.map(({ message }) => message.split(" ")[0]), [
      "streamer_index",
      "streamer_selector",
      "seqid",
      "lowest_id",
      "highest_id",
      "1",
    ]);
    assertEquals(problems.map(({ code, row }) => [code, row]).at(-1), ["id-too-large", 0]);
  }
  // A decoded report may have numbers that the other functions do not accept.
  const bytes = fromReadings({ device: 1, streamer: 5, data: [pointAt(0)] }).encode().slice();
  const at = new TextDecoder("latin1").decode(bytes).indexOf("streamer_index") + 14;
  for (const [byte, text] of [[0xff, "is -1"], [0xc0, "is missing"]] as const) {
    bytes[at] = byte;
    const [problem] = verifyReport(decode(bytes));
    assertEquals([problem.code, problem.message.includes(text)], ["header-range", true]);
  }
});

Deno.test("verifyReport() says that bytes must be decoded first", () => {
  const bytes = fromReadings({ device: 1, data: [] }).encode();
  assertThrows(() => verifyReport(wrong(bytes)), TypeError, "decode()");
  assertThrows(() => verifyReport(wrong(null)), TypeError, "type null");
});

Deno.test("misspelt options, fields and columns of reports are rejected by name", async () => {
  const fields = { timestamp: 0, stream: 1, value: 1 };
  const columns = columnsOf(1);
  const cases: [string, () => unknown][] = [
    ["reading_id", () => new ArchFXDataPoint(wrong({ ...fields, reading_id: 5 }))],
    [
      "summary_data",
      () => new ArchFXDataPoint(wrong({ ...fields, rawData: 1, summary_data: {}, readingId: 5 })),
    ],
    ["raw_data", () => fromReadings(wrong({ device: 1, data: [{ ...fields, raw_data: 5 }] }))],
    ["report_id", () => fromReadings(wrong({ device: 1, data: [], report_id: 7 }))],
    ["nextReadingId", () => fromColumns(wrong({ device: 1, columns, nextReadingId: 7 }))],
    [
      "reading_ids",
      () => fromColumns({ device: 1, columns: wrong({ ...columns, reading_ids: [] }) }),
    ],
    ["max_points", () => new ReportEncoderStream(wrong({ device: 1, max_points: 5 }))],
    ["max_depth", () => decode(new Uint8Array(), wrong({ max_depth: 5 }))],
  ];
  for (const [name, make] of cases) {
    assertThrows(make, TypeError, `Cannot use "${name}" as `, name);
    assertThrows(make, TypeError, ": the names are ", name);
  }
  await assertRejects(
    () => writeReport([], "unused.mp", wrong({ device: 1, next_reading_id: 5 })),
    TypeError,
    'Cannot use "next_reading_id" as report option: the names are device, reportId',
  );
});

Deno.test("optional fields may be undefined, and instances of classes are accepted as fields", () => {
  const point = new ArchFXDataPoint({
    timestamp: 0,
    stream: 1,
    value: 1,
    summaryData: undefined,
    rawData: undefined,
    readingId: undefined,
  });
  assertEquals(point.readingId, 0);
  class Row {
    get timestamp() {
      return 0;
    }
    stream = 1;
    value = 2;
  }
  assertEquals(new ArchFXDataPoint(new Row()).value, 2);
});

Deno.test("a missing field or a wrong type throws an error of one line with the rule", () => {
  const cases: [string, () => unknown][] = [
    ["must be an object with timestamp", () => new ArchFXDataPoint(wrong(undefined))],
    ["it must be an object with device", () => fromReadings(wrong(undefined))],
    ["data of type undefined: it must be an iterable", () => fromReadings(wrong({ device: 1 }))],
    ["data of type string: it must be", () => fromReadings(wrong({ device: 1, data: "ab" }))],
    ["undefined for the columns: it must be", () => fromColumns(wrong({ device: 1 }))],
    ["type string: it must be a Uint8Array", () => decode(wrong("abc"))],
    [
      "type string: it must be a number",
      () => new ArchFXDataPoint(wrong({ timestamp: 0, stream: 1, value: "5" })),
    ],
  ];
  for (const [text, make] of cases) assertThrows(make, TypeError, text);
  assertThrows(
    () => new ArchFXDataPoint({ timestamp: 0, stream: 1, value: 1, readingId: -1 }),
    DataError,
    "Cannot use -1 as a reading id: it must be an integer from 0 to 2^64-1",
  );
});
