import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { DataError } from "../../src/codec/data_error.ts";
import { readCsv } from "../../src/readings/csv.ts";
import { readNdjson } from "../../src/readings/ndjson.ts";
import type { CsvOptions } from "../../src/readings/csv_options.ts";
import type { BadRow, ByteSource } from "../../src/readings/read_options.ts";
import { splitByDevice } from "../../src/readings/split_by_device.ts";

const encoder = new TextEncoder();
const T0 = 1611100800000000n; // 2021-01-20

/** A text in pieces of some bytes. */
async function* pieces(text: string, size: number): AsyncGenerator<Uint8Array> {
  const bytes = encoder.encode(text);
  for (let at = 0; at < bytes.length; at += size) yield await bytes.slice(at, at + size);
}

/** All rows of a text, as tuples of seconds since T0, stream, value and id. */
async function rows(source: string | ByteSource, options: CsvOptions = {}) {
  const bytes = typeof source === "string" ? encoder.encode(source) : source;
  const all: [seconds: number, stream: number, value: number, id: number][] = [];
  for await (const chunk of readCsv(bytes, { ids: "hex", ...options })) {
    for (let i = 0; i < chunk.length; i++) {
      all.push([
        Number(chunk.timestamps[i] - T0) / 1e6,
        chunk.streams[i],
        chunk.values[i],
        Number(chunk.readingIds[i]),
      ]);
    }
  }
  return all;
}

Deno.test("readCsv() reads times, values and hexadecimal streams by the names of the columns", async () => {
  const text = "note,value,timestamp,stream\n" +
    "a,1.5,2021-01-20T00:00:01Z,0001-5090\n" +
    "b,-2e3,2021-01-20 00:00:02.000001,5090\n" +
    "c, 3 ,2021-01-20T01:00:03.5+01:00,f-0001\n";
  assertEquals(await rows(text), [
    [1, 0x15090, 1.5, 0],
    [2.000001, 0x5090, -2000, 0],
    [3.5, 0xf0001, 3, 0],
  ]);
});

Deno.test("readCsv() reads by position, without a header, with other delimiters", async () => {
  const options = {
    header: false,
    delimiter: ";",
    columns: { timestamp: 3, value: 1, readingId: 0 },
    stream: { id: 7 },
  };
  assertEquals(await rows("12;5;x;2021-01-20 00:00\n13;6;;2021-01-20 00:01", options), [
    [0, 7, 5, 12],
    [60, 7, 6, 13],
  ]);
});

Deno.test("readCsv() assigns reading ids from the first on, over chunks, and none to bad rows", async () => {
  const line = (i: number) => `2021-01-20 00:00:0${i},${i === 2 ? "bad" : i}\n`;
  const text = "timestamp,value\n" + [0, 1, 2, 3, 4].map(line).join("");
  const options = { stream: 1, firstReadingId: 2n ** 40n, skipBadRows: true, chunkReadings: 3 };
  const lengths: number[] = [];
  const reader = readCsv(encoder.encode(text), options);
  for await (const chunk of reader) lengths.push(chunk.length);
  assertEquals(lengths, [3, 1]);
  assertEquals([reader.readings, reader.skippedRows, reader.bytes], [4, 1, text.length]);
  assertEquals((await rows(text, options)).map(([, , , id]) => id - 2 ** 40), [0, 1, 2, 3]);
});

const ROUGH = '\ufefftimestamp,"the ""value""",stream,note\r\n' +
  '"2021-01-20 00:00:01","5",1,"one, two"\r\n' +
  "\r\n" +
  '2021-01-20 00:00:02,6,"0002","a line\nbreak and ""quotes"""\r\n' +
  "\n" +
  "2021-01-20 00:00:03,7,3,";

Deno.test("readCsv() understands quotes, CRLF, empty lines and a byte order mark, in pieces of any size", async () => {
  const expected = [[1, 1, 5, 0], [2, 2, 6, 0], [3, 3, 7, 0]] as [number, number, number, number][];
  const columns = { value: 1 };
  assertEquals(await rows(ROUGH, { columns }), expected);
  for (let size = 1; size < 60; size++) {
    assertEquals(await rows(pieces(ROUGH, size), { columns }), expected, `pieces of ${size}`);
    assertEquals(await rows(ReadableStream.from(pieces(ROUGH, size)), { columns }), expected);
  }
});

Deno.test("readCsv() lists the columns if one is missing", async () => {
  const error = await assertRejects(
    () => rows("time,temperature\n", { stream: 1 }),
    DataError,
  );
  assertEquals(
    error.message,
    'Cannot read line 1: there is no column "timestamp"; the columns are "time", "temperature": ' +
      "try option columns.timestamp",
  );
  await assertRejects(() => rows("timestamp,value\n"), DataError, 'column "stream"');
  await assertRejects(
    () => rows("timestamp,value,value\n", { stream: 1 }),
    DataError,
    "2 columns have the name",
  );
  const options = { stream: 1, columns: { value: 2 } };
  await assertRejects(() => rows("timestamp,value\n", options), DataError, "are 0 to 1");
});

Deno.test("readCsv() rejects an empty text, and reads a header alone as no readings", async () => {
  await assertRejects(() => rows(""), DataError, "it is empty");
  await assertRejects(() => rows("\n\n"), DataError, "it is empty");
  assertEquals(await rows("timestamp,value,stream"), []);
});

Deno.test("readCsv() names line, column and text of a row that is not a reading", async () => {
  const bad: [row: string, message: string][] = [
    [
      "2021-01-20,5,1",
      '"2021-01-20" in column "timestamp" is not a timestamp of the form YYYY-MM-DDThh:mm:ss: ' +
      'try option timeFormat "%Y-%m-%d"',
    ],
    ["2021-01-20 00:00:00,5,", '"" in column "stream" is not a variable id'],
    ["2021-01-20 00:00:00,5,1-51", '"1-51" in column "stream" is not a variable id'],
    [
      "2021-01-20 00:00:00,5",
      '"2021-01-20 00:00:00,5" has too few columns: the one for "stream" is missing',
    ],
    [
      '2021-01-20 00:00:00,"5"x,1',
      '"2021-01-20 00:00:00,\\"5\\"x,1" has text after a closing quote: try option quote "none"',
    ],
    [
      '2021-01-20 00:00:00,5,"1',
      '"2021-01-20 00:00:00,5,\\"1" has a quote that is not closed: try option quote "none"',
    ],
    [
      "2021-01-20 00:00:00,5,1,2",
      '"2021-01-20 00:00:00,5,1,2" has 4 columns, but the header has 3',
    ],
    [
      "2021-01-20 00:00:00,NaN,1",
      '"NaN" in column "value" is not a finite number: try option nan "skip"',
    ],
    [
      "2021-01-20 00:00:00,1e999,1",
      '"1e999" in column "value" is too large for a 64-bit number',
    ],
    [
      "2021-01-20 00:00:00,1_000,1",
      '"1_000" in column "value" is not a number: try option thousands "_"',
    ],
  ];
  for (const value of ["n/a", "0x10", "5 5", "1e5x", "-", "."]) {
    bad.push([
      `2021-01-20 00:00:00,${value},1`,
      `"${value}" in column "value" is not a number` +
      (/\d/.test(value) ? "" : ": try option words or option skipBadRows"),
    ]);
  }
  for (const [row, message] of bad) {
    const text = `timestamp,value,stream\n2021-01-20 00:00:00,5,1\n\n${row}\n#`;
    const error = await assertRejects(() => rows(text), DataError);
    assertEquals(error.message, `Cannot read line 4: ${message}`);
    const skipped: BadRow[] = [];
    const options = { skipBadRows: true, onBadRow: (row: BadRow) => skipped.push(row) };
    assertEquals((await rows(text, options)).length, 1);
    assertEquals([skipped[0].line, skipped[0].row], [4, row]);
  }
});

Deno.test("readCsv() skips more bad rows than memory has room for, and counts every line", async () => {
  const good = "2021-01-20 00:00:00,5\n";
  const text = "timestamp,value\n" + `${good}x,y\n`.repeat(2000) + '\n"open\n' + good;
  const lines: number[] = [];
  const options = {
    stream: 1,
    skipBadRows: true,
    onBadRow: ({ line }: BadRow) => void lines.push(line),
  };
  assertEquals((await rows(text, options)).length, 2001);
  // The quote ends only its own line: the valid row after it is read.
  assertEquals(lines.length, 2001);
  assertEquals([lines[0], lines[1], lines.at(-1)], [3, 5, 4003]);
});

Deno.test("readCsv() does not mix two readers that read in turns", async () => {
  const text = (value: number) =>
    "timestamp,value\n" + `2021-01-20 00:00:00,${value}\n`.repeat(5000);
  const options = { stream: 1, chunkReadings: 100 };
  const one = readCsv(pieces(text(1), 777), options)[Symbol.asyncIterator]();
  const two = readCsv(pieces(text(2), 333), options)[Symbol.asyncIterator]();
  let count = 0;
  while (true) {
    const [first, second] = [await one.next(), await two.next()];
    if (first.done || second.done) break;
    assertEquals(new Set(first.value.values), new Set([1]));
    assertEquals(new Set(second.value.values), new Set([2]));
    count++;
  }
  assertEquals(count, 50);
});

Deno.test("readCsv() rejects a row longer than its window, naming the line", async () => {
  const text = `timestamp,value,note\n2021-01-20 00:00:00,5,${"x".repeat(200_000)}\n`;
  await assertRejects(() => rows(text, { stream: 1 }), DataError, "Cannot read line 2");
});

Deno.test("readCsv() cancels its stream when reading stops early, and reports progress", async () => {
  let cancelled = false;
  const stream = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(encoder.encode("timestamp,value\n")),
    pull: (controller) => controller.enqueue(encoder.encode("2021-01-20 00:00:00,5\n".repeat(100))),
    cancel: () => void (cancelled = true),
  });
  const progress: number[] = [];
  const onProgress = (bytes: number) => progress.push(bytes);
  for await (const chunk of readCsv(stream, { stream: 1, chunkReadings: 250, onProgress })) {
    assertEquals(chunk.length, 250);
    break;
  }
  assertEquals(cancelled, true);
  assertEquals(progress, [16, 2216, 4416]);

  const whole = encoder.encode("timestamp,value\n" + "2021-01-20 00:00:00,5\n".repeat(100_000));
  const told: number[] = [];
  const reader = readCsv(whole, { stream: 1, onProgress: (bytes) => told.push(bytes) });
  for await (const _ of reader);
  assertEquals(told, [2 ** 20, 2 * 2 ** 20, whole.length]);
  assertEquals(reader.readings, 100_000);
});

Deno.test("splitByDevice() splits readings by device", async () => {
  const text = "timestamp,value,stream,device\n" +
    "2021-01-20 00:00:00,1,1,d--0000-0000-0000-0001\n" +
    "2021-01-20 00:00:00,2,2,m--1-0000-0001\n" +
    "2021-01-20 00:00:00,3,3,1\n";
  const columns = { device: "device" };
  for await (
    const chunk of readCsv(encoder.encode(text), { columns, firstReadingId: 5, ids: "hex" })
  ) {
    const devices = splitByDevice(chunk);
    assertEquals([...devices.keys()], [1n, 0x100000001n]);
    const { streams, readingIds, values, timestamps, length } = devices.get(1n)!;
    assertEquals({ streams, readingIds, values, timestamps, length }, {
      streams: Uint32Array.of(1, 3),
      readingIds: BigUint64Array.of(5n, 7n),
      values: Float64Array.of(1, 3),
      timestamps: BigInt64Array.of(T0, T0),
      length: 2,
    });
    assertThrows(() => splitByDevice(devices.get(1n)!), TypeError, "no devices");
  }
  await assertRejects(
    () => rows(text.replace("m--1", "x--1"), { columns }),
    DataError,
    '"x--1-0000-0001" in column "device" is not a device slug',
  );
});

Deno.test("readCsv() rejects options by name, at once", () => {
  const bytes = new Uint8Array();
  // deno-lint-ignore no-explicit-any
  const wrong: [CsvOptions | any, typeof RangeError | typeof TypeError, string][] = [
    [{ chunkReadings: 0 }, RangeError, "chunkReadings 0"],
    [{ firstReadingId: 0 }, RangeError, "firstReadingId 0"],
    [{ firstReadingId: "1" }, TypeError, "firstReadingId"],
    [{ stream: "0001-51" }, RangeError, 'stream "0001-51"'],
    [{ stream: true }, TypeError, "stream true"],
    [{ skipBadRows: 1 }, TypeError, "skipBadRows 1"],
    [{ onBadRow: () => {}, skipBadRows: false }, TypeError, "onBadRow"],
    [{ delimiter: '"' }, RangeError, "delimiter"],
    [{ header: "no" }, TypeError, "header"],
    [{ header: false, columns: { value: "value" } }, TypeError, "columns.value"],
    [{ header: false, columns: { value: 0 } }, RangeError, "columns.value 0"],
  ];
  for (const [options, type, words] of wrong) {
    assertThrows(() => readCsv(bytes, options), type, words);
  }
  // deno-lint-ignore no-explicit-any
  assertThrows(() => readCsv("timestamp,value" as any), TypeError, "source");
});

Deno.test("readCsv() and readNdjson() reject unknown options, columns and keys by name", () => {
  const bytes = new TextEncoder().encode("timestamp,value\n");
  // deno-lint-ignore no-explicit-any
  const wrong = (value: unknown): any => value;
  const cases: [string, () => unknown][] = [
    ['"skip_bad_rows" as option of a reader', () => readCsv(bytes, wrong({ skip_bad_rows: true }))],
    ['"keys" as option of a reader', () => readCsv(bytes, wrong({ keys: {} }))],
    ['"time" as column of readCsv', () => readCsv(bytes, { columns: wrong({ time: "t" }) })],
    ['"header" as option of a reader', () => readNdjson(bytes, wrong({ header: true }))],
    ['"time" as key of readNdjson', () => readNdjson(bytes, { keys: wrong({ time: "t" }) })],
    ["null for the options of a reader", () => readCsv(bytes, wrong(null))],
  ];
  for (const [text, read] of cases) assertThrows(read, TypeError, text);
});

Deno.test("readCsv() reads quotes in a header like those in a row", async () => {
  const time = "2021-01-20T00:00:00Z";
  const cases: [string, string][] = [
    [`timestamp,"temp ""C"""\n${time},1\n`, 'temp "C"'],
    [`timestamp,5" pipe,value\n${time},1,2\n`, '5" pipe'],
    [`timestamp,"a,\nb"\n${time},1\n`, "a,\nb"],
    [`timestamp,"plain" \r\n${time},1\r\n`, "plain"],
    [`timestamp,""\n${time},1\n`, ""],
  ];
  for (const [text, value] of cases) {
    for (let size = 1; size < 9; size++) {
      const values: number[] = [];
      for await (const chunk of readCsv(pieces(text, size), { stream: 1, columns: { value } })) {
        values.push(...chunk.values);
      }
      assertEquals(values, [1], text);
    }
  }
});
