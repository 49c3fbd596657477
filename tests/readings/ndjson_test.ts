import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import fc from "fast-check";
import { DataError } from "../../src/codec/data_error.ts";
import { type NdjsonOptions, readNdjson } from "../../src/readings/ndjson.ts";
import type { BadRow, ByteSource } from "../../src/readings/read_options.ts";

const encoder = new TextEncoder();
const T0 = 1611100800000000n; // 2021-01-20

interface Row {
  seconds: number;
  stream: number;
  value: number;
  id: bigint;
  summary?: unknown;
  raw?: unknown;
  device?: bigint;
}

/** All rows of a text. */
async function rows(source: string | ByteSource, options: NdjsonOptions = {}): Promise<Row[]> {
  const bytes = typeof source === "string" ? encoder.encode(source) : source;
  const all: Row[] = [];
  for await (const chunk of readNdjson(bytes, options)) {
    for (let i = 0; i < chunk.length; i++) {
      const row: Row = {
        seconds: Number(chunk.timestamps[i] - T0) / 1e6,
        stream: chunk.streams[i],
        value: chunk.values[i],
        id: chunk.readingIds[i],
      };
      if (chunk.summaryData?.[i]) row.summary = chunk.summaryData[i];
      if (chunk.rawData && chunk.rawData[i] !== undefined) row.raw = chunk.rawData[i];
      if (chunk.devices) row.device = chunk.devices[i];
      all.push(row);
    }
  }
  return all;
}

async function* pieces(text: string, size: number): AsyncGenerator<Uint8Array> {
  const bytes = encoder.encode(text);
  for (let at = 0; at < bytes.length; at += size) yield await bytes.slice(at, at + size);
}

const MIXED =
  '\n{"timestamp":"2021-01-20T00:00:00Z","stream":20624,"value":1.5,"readingId":7}\r\n' +
  '  { "value" : -2e3 , "stream" : "0001-5090" , "timestamp" : 1611100801500 }  \n' +
  '{"timestamp":"2021-01-20 00:00:02","stream":1,"value":3,"dev_seqid":"18446744073709551615",' +
  '"extra_data":{"foo":{"bar":[1,"}\\n"]}},"data":[1,2],"note":"a \\" b","deep":[{"value":9}]}\n\n' +
  '{"timestamp":"2021-01-20T00:00:03Z","stream":2,"value":4,"extra_data":{},"data":null}';

const EXPECTED: Row[] = [
  { seconds: 0, stream: 0x5090, value: 1.5, id: 7n },
  { seconds: 1.5, stream: 0x15090, value: -2000, id: 0n },
  {
    seconds: 2,
    stream: 1,
    value: 3,
    id: 2n ** 64n - 1n,
    summary: { foo: { bar: [1, "}\n"] } },
    raw: [1, 2],
  },
  { seconds: 3, stream: 2, value: 4, id: 0n },
];

Deno.test("readNdjson() reads simple and other lines, in order, in pieces of any size", async () => {
  assertEquals(await rows(MIXED), EXPECTED);
  for (let size = 1; size < 100; size++) {
    assertEquals(await rows(pieces(MIXED, size)), EXPECTED, `pieces of ${size}`);
  }
  assertEquals(await rows(ReadableStream.from(pieces(`\ufeff${MIXED}\n`, 50))), EXPECTED);
});

Deno.test("readNdjson() assigns free-form data to the right row, over chunks", async () => {
  const line = (i: number) =>
    `{"timestamp":"2021-01-20 00:00","stream":1,"value":${i}${i % 3 ? "" : `,"rawData":${i}`}}`;
  const text = Array.from({ length: 20_000 }, (_, i) => line(i)).join("\n");
  let count = 0;
  for await (
    const { length, rawData, values } of readNdjson(encoder.encode(text), { chunkReadings: 7 })
  ) {
    for (let i = 0; i < length; i++) {
      assertEquals(rawData?.[i], values[i] % 3 ? undefined : values[i]);
      count++;
    }
  }
  assertEquals(count, 20_000);
});

Deno.test("readNdjson() uses the options for stream and ids instead of the keys with override", async () => {
  const text = '{"timestamp":0,"value":1,"stream":"?","readingId":"?"}\n'.repeat(3);
  const found = await rows(text, { stream: "1-5090", firstReadingId: 5, override: true });
  assertEquals(found.map(({ stream, id }) => [stream, id]), [[0x15090, 5n], [0x15090, 6n], [
    0x15090,
    7n,
  ]]);
});

Deno.test("readNdjson() reads keys by other names, and devices", async () => {
  const text = '{"t":0,"v":1,"s":2,"d":"d--0001-0000-0002"}\n{"t":0,"v":1,"s":2,"d":3}';
  const keys = { timestamp: "t", value: "v", stream: "s", device: "d" };
  const found = await rows(text, { keys });
  assertEquals(found.map(({ device }) => device), [0x100000002n, 3n]);
});

Deno.test("readNdjson() names line, key and text of a line that is not a reading", async () => {
  const bad: [line: string, message: string][] = [
    ["{", '"{" is not JSON'],
    [
      '{"timestamp":0,"stream":1,"value":1}}',
      '"{\\"timestamp\\":0,\\"stream\\":1,\\"value\\":1}}" is not JSON',
    ],
    ["[1]", '"[1]" is not a JSON object'],
    [
      '{"timestamp":0,"stream":1}',
      '"{\\"timestamp\\":0,\\"stream\\":1}" has no "value": try option blank "skip"',
    ],
    [
      '{"timestamp":0,"stream":1,"value":"1"}',
      '"1" in key "value" is a text, not a number: try option numberTexts',
    ],
    [
      '{"timestamp":0,"stream":1,"value":01}',
      '"{\\"timestamp\\":0,\\"stream\\":1,\\"value\\":01}" is not JSON',
    ],
    [
      '{"timestamp":0,"stream":1,"value":1e999}',
      '1e999 in key "value" is too large for a 64-bit number',
    ],
    [
      '{"timestamp":0,"stream":4294967296,"value":1}',
      '4294967296 in key "stream" is not a variable id',
    ],
    ['{"timestamp":0,"stream":"1-51","value":1}', '"1-51" in key "stream" is not a variable id'],
    [
      '{"timestamp":"2021-02-30T00:00Z","stream":1,"value":1}',
      '"2021-02-30T00:00Z" in key "timestamp" is not a timestamp of the form YYYY-MM-DDThh:mm:ss',
    ],
    [
      '{"timestamp":0,"stream":1,"value":1,"readingId":-1}',
      '-1 in key "readingId" is not a reading id',
    ],
    [
      '{"timestamp":0,"stream":1,"value":1,"readingId":1,"dev_seqid":1}',
      '1 in key "dev_seqid" is given by another key as well',
    ],
    [
      '{"timestamp":0,"stream":1,"value":1,"summaryData":{"value":5}}',
      '{"value":5} in key "summaryData" is not summary data (an object without the key value)',
    ],
  ];
  const good = '{"timestamp":0,"stream":1,"value":1}';
  for (const [line, message] of bad) {
    const text = `${good}\n\n${line}\n${good}`;
    const error = await assertRejects(() => rows(text), DataError);
    assertEquals(error.message, `Cannot read line 3: ${message}`);
    const skipped: BadRow[] = [];
    const onBadRow = (row: BadRow) => void skipped.push(row);
    assertEquals((await rows(text, { skipBadRows: true, onBadRow })).length, 2);
    assertEquals([skipped.length, skipped[0].line], [1, 3]);
  }
});

Deno.test("readNdjson() reads a line longer than its window, and rejects an empty text", async () => {
  const samples = Array.from({ length: 100_000 }, (_, i) => i);
  const text = JSON.stringify({ timestamp: 0, stream: 1, value: 1, rawData: samples });
  const good = '{"timestamp":0,"stream":1,"value":2}';
  for (const lines of [`${good}\n${text}\n${good}\n`, `${good}\n${text}`]) {
    const found = await rows(pieces(lines, 50_000));
    assertEquals(found[1].raw, samples);
    assertEquals(found.length, lines.endsWith("\n") ? 3 : 2);
  }
  await assertRejects(() => rows(""), DataError, "it is empty");
});

Deno.test("readNdjson() reads in WebAssembly what JSON.parse reads", async () => {
  // A line with an escaped key is read by JSON.parse: both must have the same result.
  const number = fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => JSON.stringify(value)),
    fc.constantFrom(
      "0",
      "-0",
      "1e5",
      "1E+5",
      "-1.50e-3",
      "01",
      "1.",
      ".5",
      "+1",
      "1e",
      "-",
      "1e400",
    ),
    fc.stringMatching(/^-?[0-9]{1,25}(\.[0-9]{1,5})?$/),
  );
  const value = fc.oneof(
    number,
    fc.constantFrom("true", "false", "null", "nul", "{}", "{ }", "[]", '""', '"a', "{"),
    fc.string({ maxLength: 20 }).map((text) => JSON.stringify(text)),
    fc.constantFrom(
      '"2021-01-20T00:00:00.5+01:00"',
      '"2021-01-20 00:00"',
      '" 5090"',
      '"0001-5090"',
    ),
  );
  const key = fc.constantFrom(
    ...["timestamp", "stream", "value", "readingId", "dev_seqid", "extra_data", "rawData", "note"],
  );
  const space = fc.constantFrom("", "", "", " ", "\t");
  const pair = fc.tuple(key, space, value, space).map(([key, before, value, after]) =>
    `"${key}"${before}:${after}${value}`
  );
  const usual = fc.tuple(number, number, fc.subarray(["note", "extra_data"])).map((
    [value, id, others],
  ) =>
    `"timestamp":"2021-01-20T00:00:00Z","stream":5,"value":${value},"readingId":${id}` +
    others.map((name) => `,"${name}":{}`).join("")
  );
  const line = fc.oneof(usual, fc.array(pair, { maxLength: 6 }).map((pairs) => pairs.join(",")));
  await fc.assert(
    fc.asyncProperty(fc.array(line, { minLength: 1, maxLength: 20 }), async (lines) => {
      const read = async (first: string) => {
        const bad: BadRow[] = [];
        const onBadRow = (row: BadRow) => void bad.push(row);
        const text = lines.map((line) => `{${first}${line}}\n`).join("");
        const found = await rows(text, { skipBadRows: true, onBadRow });
        return { found, bad: bad.map(({ line }) => line) };
      };
      const theirs = await read('"\\u0000":0,');
      const ours = await read('"other":0,');
      assertEquals(ours, theirs);
    }),
    { seed: 20210120, numRuns: 1000 },
  );
});

Deno.test("readNdjson() rejects options by name, at once", () => {
  // deno-lint-ignore no-explicit-any
  const wrong: [NdjsonOptions | any, typeof RangeError | typeof TypeError, string][] = [
    [{ keys: { value: 1 } }, TypeError, "keys.value 1"],
    [{ chunkReadings: 1.5 }, RangeError, "chunkReadings 1.5"],
  ];
  for (const [options, type, words] of wrong) {
    assertThrows(() => readNdjson(new Uint8Array(), options), type, words);
  }
  // deno-lint-ignore no-explicit-any
  assertThrows(() => readNdjson("{}" as any), TypeError, "source");
});

Deno.test("readNdjson() reads null as a missing id", async () => {
  const text = '{"timestamp":"2021-01-20T00:00:00Z","stream":1,"value":1,"readingId":null}\n';
  assertEquals(await rows(text), [{ seconds: 0, stream: 1, value: 1, id: 0n }]);
});
