/**
 * The responses of the inspector's worker, without a browser.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { readCsv } from "@archfx/cloud";
import { ArchFXFlexibleDictionaryReport, verifyReport } from "@archfx/cloud/reports";
import { badRows } from "../../src/inspector/bad_rows.ts";
import { reportColumns } from "../../src/inspector/columns.ts";
import { thin } from "../../src/inspector/downsample.ts";
import { BREAK, type View } from "../../src/inspector/protocol.ts";
import { overview } from "../../src/inspector/overview.ts";
import { sampleColumns } from "../../src/inspector/sample.ts";
import { ReportSession } from "../../src/inspector/session.ts";
import { columnsOf, type ReadingRow } from "./_columns.ts";

const START = 1_600_000_000_000_000n;

/** Two streams, one out of order, with a gap and an infinite value. */
const ROWS: readonly ReadingRow[] = [
  [10n, START + 2_000_000n, 0x5001, 4],
  [11n, START + 1_000_000n, 0x5001, -2.5],
  [0n, START + 3_000_500n, 0x5002, NaN],
  [13n, START + 4_000_000n, 0x5001, Infinity],
  [14n, START, 0x5002, 7],
];

function session(rows = ROWS): ReportSession {
  return opened(rows).session;
}

const ALL: View = { streams: null, bad: false, sort: "file", descending: false };

function opened(rows: readonly ReadingRow[]) {
  const report = ArchFXFlexibleDictionaryReport.fromColumns({
    device: 0x1234,
    columns: columnsOf(rows),
  });
  const columns = reportColumns(report.columns());
  const problems = verifyReport(report);
  const bad = badRows(problems, columns.length);
  const session = new ReportSession(columns, bad);
  return { report, columns, problems, bad, session };
}

/** A session on columns that no report checks. */
function sessionOf(columns: ReturnType<typeof columnsOf>): ReportSession {
  return new ReportSession(reportColumns(columns), badRows([], columns.length));
}

function overviewOf(rows: readonly ReadingRow[]) {
  const { session, ...facts } = opened(rows);
  const limit = (stream: number) => session.limit(stream);
  return overview({ ...facts, limit }, { name: "a.mp", bytes: 1, decodeMs: 0, truncated: null });
}

Deno.test("overview() counts each stream, measures finite values only and names the problems", () => {
  const { device, streamer, selector, sent, streams, problems } = overviewOf(ROWS);
  assertEquals([device, streamer, selector, sent], [
    "d--0000-0000-0000-1234",
    "t--0000-0000-0000-1234--0100",
    "0xffff",
    null,
  ]);
  assertEquals(streams.map(({ series: _, bridge: __, ...facts }) => facts), [
    {
      stream: 0x5001,
      count: 3,
      first: START + 1_000_000n,
      last: START + 4_000_000n,
      min: -2.5,
      max: 4,
    },
    { stream: 0x5002, count: 2, first: START, last: START + 3_000_500n, min: 7, max: 7 },
  ]);
  assertEquals(problems.map(({ severity, row }) => [severity, row]), [
    ["error", 2],
    ["warning", 2],
    ["warning", 1],
  ]);
});

Deno.test("overview() finds the number of digits for times and values", () => {
  const digits = (rows: readonly ReadingRow[]) => {
    const { first, last, fraction, decimals } = overviewOf(rows);
    return { first, last, fraction, decimals };
  };
  assertEquals(digits(ROWS), { first: START, last: START + 4_000_000n, fraction: 6, decimals: 1 });
  assertEquals(digits(ROWS.slice(0, 1)).fraction, 0);
  assertEquals(digits([[1n, START + 5000n, 1, 0.125]]), {
    first: START + 5000n,
    last: START + 5000n,
    fraction: 3,
    decimals: 3,
  });
  assertEquals(digits([]), { first: null, last: null, fraction: 0, decimals: 0 });
});

Deno.test("ReportSession.rows() orders by each column, in both directions", () => {
  const open = session();
  const order = (
    sort: View["sort"],
    descending = false,
  ) => [...open.rows({ ...ALL, sort, descending }, 0, 10).positions];
  assertEquals(order("file"), [0, 1, 2, 3, 4]);
  assertEquals(order("file", true), [4, 3, 2, 1, 0]);
  assertEquals(order("time"), [4, 1, 0, 2, 3]);
  assertEquals(order("id"), [2, 0, 1, 3, 4]);
  assertEquals(order("stream"), [0, 1, 3, 2, 4]);
  assertEquals(order("value"), [1, 0, 4, 3, 2]);
  assertEquals(order("value", true), [2, 3, 4, 0, 1]);
});

Deno.test("ReportSession.rows() of one stream returns pieces and ends at the end of the view", () => {
  const open = session();
  const view: View = { ...ALL, streams: [0x5001] };
  assertEquals(open.count(view), 3);
  assertEquals([...open.rows(view, 1, 10).ids], [11n, 13n]);
  assertEquals(open.rows(view, 5, 10).positions.length, 0);
  assertEquals(open.find(view, 3), 2);
  assertEquals(open.find(view, 2), -1);
});

Deno.test("ReportSession.series() includes one point beyond each end of the range", () => {
  const seconds = Number(START) / 1e6;
  const { x, y, count } = session().series(0x5001, seconds + 1.5, seconds + 2.5, 100);
  assertEquals([...x], [seconds + 1, seconds + 2, seconds + 4]);
  assertEquals([...y], [-2.5, 4, Infinity]);
  assertEquals(count, 1);
  assertEquals(session().series(0x9999, 0, 1e10, 100).count, 0);
});

Deno.test("ReportSession.rows() of several streams are in the order of the report", () => {
  const view: View = { ...ALL, streams: [0x5002, 0x5001] };
  assertEquals([...session().rows(view, 0, 10).positions], [0, 1, 2, 3, 4]);
  assertEquals(session().count(view), 5);
});

Deno.test("ReportSession.nextBad() steps through readings with a problem, rows() shows only those", () => {
  const open = session();
  const { positions, problems } = open.rows({ ...ALL, bad: true }, 0, 10);
  assertEquals([...positions], [1, 2, 3, 4]);
  assertEquals(problems[1], "no id: the cloud never counts it; its value is not a finite number");
  assertEquals(open.count({ ...ALL, bad: true, streams: [0x5001] }), 2);
  assertEquals([-1, 1, 4].map((from) => open.nextBad(ALL, from, 1)), [1, 2, -1]);
  assertEquals([5, 2, 1].map((from) => open.nextBad(ALL, from, -1)), [4, 1, -1]);
});

Deno.test("ReportSession.series() has a gap if readings are missing and the gap is visible", () => {
  const seconds = Number(START) / 1e6;
  // Every second, and three hours without one in the middle.
  const rows = Array.from({ length: 200 }, (_, at): ReadingRow => [
    BigInt(at + 1),
    START + BigInt(at + (at < 100 ? 0 : 10_800)) * 1_000_000n,
    0x5001,
    at,
  ]);
  const { x, y, rows: positions } = session(rows).series(0x5001, seconds, seconds + 11_100, 1000);
  const gap = positions.indexOf(BREAK);
  assertEquals([positions[gap - 1], positions[gap + 1]], [99, 100]);
  assert(Number.isNaN(y[gap]) && x[gap] > seconds + 100 && x[gap] < seconds + 10_800);
  // With ten pixels for a year, the gap would be smaller than a pixel.
  assertEquals(session(rows).series(0x5001, seconds, seconds + 4e7, 10).rows.indexOf(BREAK), -1);
});

Deno.test("thin() keeps the first, last, lowest and highest point of every column", () => {
  const length = 100_000;
  const values = Float64Array.from({ length }, (_, at) => Math.sin(at / 50));
  values[31_415] = 99;
  values[62_831] = -99;
  const kept = thin(length, (at) => at, (at) => values[at], 500);
  assert(kept.length <= 2000, `${kept.length} points`);
  assertEquals([kept[0], kept[kept.length - 1]], [0, length - 1]);
  assert(kept.includes(31_415) && kept.includes(62_831));
  for (let at = 1; at < kept.length; at++) assert(kept[at] > kept[at - 1]);
  for (let column = 0; column < 500; column++) {
    const from = Math.ceil(column * (length - 1) / 500);
    const to = Math.min(length - 1, Math.ceil((column + 1) * (length - 1) / 500) - 1);
    const all = values.subarray(from, to + 1);
    const seen = [...kept].filter((at) => at >= from && at <= to).map((at) => values[at]);
    assertEquals([Math.min(...seen), Math.max(...seen)], [Math.min(...all), Math.max(...all)]);
  }
});

Deno.test("thin() does not let NaN hide other values", () => {
  const values = Float64Array.from({ length: 1000 }, (_, at) => at === 501 ? 5 : NaN);
  const kept = thin(1000, (at) => at, (at) => values[at], 10);
  assert(kept.includes(501));
});

Deno.test("thin() accepts points that all have the same time", () => {
  const kept = thin(1000, () => 7, (at) => at, 10);
  assertEquals([...kept], [0, 999]);
});

Deno.test("ReportSession.csv() has every reading when it is read as CSV", async () => {
  const columns = sampleColumns(30_000);
  const open = sessionOf(columns);
  const text = [...open.csv(ALL)].join("");
  assert(text.startsWith("reading_id,timestamp,stream,value,extra_data,data\r\n"));
  let row = 0;
  const read = readCsv(new TextEncoder().encode(text), { columns: { readingId: "reading_id" } });
  for await (const chunk of read) {
    for (let at = 0; at < chunk.length; at++, row++) {
      assertEquals(BigInt(chunk.readingIds[at]), columns.readingIds[row]);
      assertEquals(chunk.timestamps[at], columns.timestamps[row]);
      assertEquals(chunk.streams[at], columns.streams[row]);
      assertEquals(chunk.values[at], columns.values[row]);
    }
  }
  assertEquals(row, 30_000);
});

Deno.test("ReportSession.csv() quotes data and writes NaN", () => {
  const columns = columnsOf(ROWS.slice(0, 3), {
    summaryData: [{ note: 'a "b", c' }, null, {}],
    rawData: [undefined, [1, 2n ** 60n, Uint8Array.of(255, 0)], null],
  });
  const text = [...sessionOf(columns).csv(ALL)].join("");
  assertEquals(text.split("\r\n").slice(1), [
    '10,2020-09-13T12:26:42Z,0000-5001,4,"{""note"":""a \\""b\\"", c""}",',
    '11,2020-09-13T12:26:41Z,0000-5001,-2.5,,"[1,""1152921504606846976"",""0xff00""]"',
    "0,2020-09-13T12:26:43.000500Z,0000-5002,NaN,,",
    "",
  ]);
});
