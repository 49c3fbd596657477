/** toArrow, fromArrow, writeArrow and readArrow: data is read back unchanged; unsupported data is a clear error. */
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  Bool,
  Dictionary,
  Float32,
  Int32,
  Int64,
  makeData,
  makeVector,
  Table,
  tableToIPC,
  Timestamp,
  TimeUnit,
  Utf8,
  vectorFromArray,
} from "apache-arrow";
import { fromArrow, readArrow, toArrow, writeArrow } from "../../src/arrow/mod.ts";
import { DataError } from "../../src/codec/data_error.ts";
import type { ReadingChunk } from "../../src/readings/mod.ts";
import { asRead, assertSameReadings, extremes, gather } from "./_columns.ts";

const time = (unit: TimeUnit, value: bigint, zone?: string) =>
  makeVector(
    makeData({ type: new Timestamp(unit, zone), length: 1, data: BigInt64Array.of(value) }),
  );

/** A table with a timestamp, a value and additional columns. */
function table(columns: Record<string, unknown>): Table {
  return new Table({
    timestamp: time(TimeUnit.MICROSECOND, 0n, "UTC"),
    value: vectorFromArray([1.5]),
    ...columns,
  } as never);
}

Deno.test("fromArrow() reads what toArrow() wrote, every column with its extremes", () => {
  assertSameReadings(fromArrow(toArrow(extremes())), asRead(extremes()));
  const { devices: _d, summaryData: _s, rawData: _r, ...plain } = extremes();
  const lean = toArrow(plain);
  assertEquals(lean.schema.names, ["timestamp", "stream", "reading_id", "value"]);
  assertSameReadings(fromArrow(lean), plain);
});

Deno.test("toArrow() accepts ids in any array type, and columns longer than the readings", () => {
  for (const ids of [Uint32Array.of(7, 8, 0), Float64Array.of(7, 8, -1)]) {
    const columns = { ...extremes(), length: 2, readingIds: ids };
    assertEquals(fromArrow(toArrow(columns)).readingIds, BigUint64Array.of(7n, 8n));
  }
});

Deno.test("toArrow() names the reading whose id or time a report cannot hold", () => {
  for (const id of [-1, 0.5, NaN, 2 ** 53]) {
    const columns = { ...extremes(), length: 2, readingIds: Float64Array.of(1, id) };
    assertThrows(() => toArrow(columns), DataError, `reading 1: its id, ${id}`);
  }
  const timestamps = extremes().timestamps;
  timestamps[3] = 253402300800000000n;
  assertThrows(() => toArrow({ ...extremes(), timestamps }), DataError, "reading 3: its timestamp");
});

Deno.test("readArrow() reads what writeArrow() wrote, as file and as stream, in any pieces", async () => {
  const chunk = (from: number, to: number): ReadingChunk => ({
    length: to - from,
    devices: extremes().devices!.slice(from, to),
    streams: extremes().streams.slice(from, to),
    readingIds: extremes().readingIds.slice(from, to),
    timestamps: extremes().timestamps.slice(from, to),
    values: extremes().values.slice(from, to),
    summaryData: extremes().summaryData!.slice(from, to),
    rawData: extremes().rawData!.slice(from, to),
  });
  const chunks = () => [chunk(0, 1), chunk(1, 1), chunk(1, 4), chunk(4, 7)];
  for (const format of ["file", "stream"] as const) {
    const bytes = new Uint8Array(
      await new Response(
        writeArrow(chunks(), { format }) as ReadableStream<Uint8Array<ArrayBuffer>>,
      )
        .arrayBuffer(),
    );
    assertSameReadings(await gather(readArrow(bytes)), asRead(extremes()));
    const pieces = (async function* () {
      for (let at = 0; at < bytes.length; at += 3) yield bytes.slice(at, at + 3);
    })();
    assertSameReadings(await gather(readArrow(pieces)), asRead(extremes()));
  }
});

Deno.test("writeArrow() without readings writes the columns and no rows", async () => {
  const bytes = new Uint8Array(
    await new Response(writeArrow([]) as ReadableStream<Uint8Array<ArrayBuffer>>).arrayBuffer(),
  );
  assertEquals((await gather(readArrow(bytes))).length, 0);
});

Deno.test("writeArrow() passes on an error of its source and stops the source when cancelled", async () => {
  async function* failing() {
    yield extremes();
    throw new RangeError("the source broke");
  }
  await assertRejects(() => gather(readArrow(writeArrow(failing()))), Error, "the source broke");
  let stopped = false;
  async function* endless() {
    try {
      while (true) yield extremes();
    } finally {
      stopped = true;
    }
  }
  const reader = writeArrow(endless()).getReader();
  await reader.read();
  await reader.cancel();
  assertEquals(stopped, true);
});

Deno.test("readArrow() rejects bytes that are not Arrow or end too early", async () => {
  const bytes = new Uint8Array(
    await new Response(writeArrow([extremes()]) as ReadableStream<Uint8Array<ArrayBuffer>>)
      .arrayBuffer(),
  );
  const stream = bytes.subarray(8);
  for (const cut of [0, 3, 7]) {
    await assertRejects(
      () => gather(readArrow(bytes.slice(0, cut))),
      DataError,
      "Cannot read the Arrow data",
    );
  }
  await assertRejects(
    () => gather(readArrow(stream.slice(0, 1200))),
    DataError,
    "Cannot read the Arrow data",
  );
  const csv = new TextEncoder().encode("timestamp,value\n2026-01-01,5\n");
  await assertRejects(() => gather(readArrow(csv)), DataError, "Cannot read the Arrow data");
});

Deno.test("fromArrow() reads timestamps of any unit, with or without a zone, and ISO text", () => {
  for (
    const [unit, value, micros] of [
      [TimeUnit.SECOND, 5n, 5_000_000n],
      [TimeUnit.MILLISECOND, -1n, -1000n],
      [TimeUnit.MICROSECOND, 7n, 7n],
      [TimeUnit.NANOSECOND, 1999n, 1n],
      [TimeUnit.NANOSECOND, -1n, -1n],
    ] as const
  ) {
    for (const zone of [undefined, "UTC", "Europe/Berlin"]) {
      const { timestamps } = fromArrow(table({ timestamp: time(unit, value, zone) }), {
        stream: 1,
      });
      assertEquals(timestamps[0], micros);
    }
  }
  const text = table({ timestamp: vectorFromArray(["2026-03-02 06:00:00.5"], new Utf8()) });
  assertEquals(fromArrow(text, { stream: 1 }).timestamps[0], 1772431200500000n);
});

Deno.test("fromArrow() reads streams and devices as numbers or text, ids from any integers", () => {
  const dictionary = new Dictionary(new Utf8(), new Int32());
  for (
    const stream of [
      vectorFromArray([0x15090], new Int32()),
      vectorFromArray(["0001-5090"], new Utf8()),
      vectorFromArray(["sl--0000-0001--0000-0000-0000-0001--0001-5090"], dictionary),
    ]
  ) {
    const device = vectorFromArray(["d--0000-0000-0000-0001"], dictionary);
    const reading_id = vectorFromArray([5n], new Int64());
    const read = fromArrow(table({ stream, device, reading_id }));
    assertEquals([read.streams[0], read.devices?.[0], read.readingIds[0]], [0x15090, 1n, 5n]);
  }
});

Deno.test("fromArrow() names column, row and rule of data that it cannot read", () => {
  const errors: [Record<string, unknown>, string][] = [
    [
      { value: vectorFromArray([true], new Bool()) },
      'column "value" of type Bool: it must be a number',
    ],
    [
      { value: vectorFromArray([2n ** 53n + 1n], new Int64()) },
      'column "value" in row 0, 9007199254740993',
    ],
    [{ value: vectorFromArray([null], new Float32()) }, "it is null"],
    [{ timestamp: vectorFromArray([5n], new Int64()) }, "it must be a timestamp or ISO text"],
    [{ timestamp: vectorFromArray(["5.3.26"], new Utf8()) }, 'in row 0, "5.3.26"'],
    [{ timestamp: time(TimeUnit.SECOND, 2n ** 60n) }, "the years are 1 to 9999"],
    [{ stream: vectorFromArray([-1], new Int32()) }, "it must be from 0 to 4294967295"],
    [{ stream: vectorFromArray(["oven"], new Utf8()) }, 'column "stream" in row 0, "oven"'],
    [{ reading_id: vectorFromArray([-1n], new Int64()) }, "it must be from 0 to"],
    [{ extra_data: vectorFromArray(["[1]"], new Utf8()) }, "summary data must be a map"],
    [{ extra_data: vectorFromArray(["{"], new Utf8()) }, "it must be JSON"],
  ];
  for (const [columns, message] of errors) {
    const given = table({ stream: vectorFromArray([1], new Int32()), ...columns });
    assertThrows(() => fromArrow(given), DataError, message, message);
  }
  assertThrows(
    () => fromArrow(table({})),
    DataError,
    'it has no column "stream", only "timestamp", "value"',
  );
  assertThrows(() => fromArrow(table({}), { names: { tiem: "t" } } as never), TypeError, '"tiem"');
});

Deno.test("fromArrow() accepts structs and maps as summary data", () => {
  const summary = vectorFromArray([{ low: 1, text: "a" }]);
  const read = fromArrow(table({ extra_data: summary }), { stream: 1 });
  assertEquals(read.summaryData, [{ low: 1, text: "a" }]);
});

Deno.test("readArrow() counts rows of later batches from the start of the file", async () => {
  const batches = [[1], [2], [null]].map((values) =>
    table({ value: vectorFromArray(values, new Float32()) }).batches[0]!
  );
  const bytes = tableToIPC(new Table(batches), "stream");
  await assertRejects(() => gather(readArrow(bytes, { stream: 1 })), DataError, "in row 2");
});
