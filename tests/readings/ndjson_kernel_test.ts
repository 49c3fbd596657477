/** WebAssembly reads simple lines like JavaScript, including free-form data. */
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { NdjsonKernel } from "../../src/codec/ndjson_kernel.ts";
import { readNdjson } from "../../src/readings/ndjson.ts";
import { readAll } from "./_read_all.ts";

const encoder = new TextEncoder();

function read(bytes: Uint8Array, options: object) {
  return readAll((onBadRow) => readNdjson(bytes, { ...options, onBadRow }));
}

const cell = fc.oneof(
  fc.integer().map(String),
  fc.constantFrom(
    ...["1", "2.5", "-0", "1e400", "null", "true", '"5090"', '"0001-5090"', '"1"', '"d--0001"'],
    ...["9007199254740993", "12345678901234567890", '"2026-03-02T06:00:00Z"', '"2026-03-02 06:00"'],
    ...[
      "1772431200000",
      "1772431200",
      "0",
      '{"n":5}',
      '{"value":1}',
      "[1,[2]]",
      "{}",
      "[]",
      '"a\\"b"',
    ],
    ...['{"a":{"b":[1,"}"]}}', '{"n":9007199254740993}', '{"n":[}', '{"ü":1}', "[1}", "{]", '"ü"'],
  ),
  fc.json({ maxDepth: 3 }),
);
const pair = fc.tuple(
  fc.constantFrom(
    ...["timestamp", "stream", "value", "readingId", "extra_data", "summaryData", "data", "device"],
    "note",
  ),
  cell,
);
const usual = fc.tuple(fc.integer(), fc.json({ maxDepth: 3 }), fc.constantFrom("", " ")).map(
  ([value, data, space]) =>
    `"timestamp":"2026-03-02T06:00:00.5Z",${space}"stream":5,"value":${value},"readingId":7,` +
    `"extra_data":{"a":${data}},"data":[${data}]`,
);
const line = fc.oneof(
  usual,
  usual,
  fc.tuple(usual, pair).map(([text, [key, value]]) => `${text},"${key}2":${value}`),
  fc.array(pair, { maxLength: 7 }).map((pairs) =>
    pairs.map(([key, value]) => `"${key}":${value}`).join(",")
  ),
).map((text) => `{${text}}`);

Deno.test("readNdjson() reads in WebAssembly what it reads in JavaScript", async () => {
  let simple = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(line, { minLength: 2, maxLength: 20 }),
      fc.record({
        findColumns: fc.boolean(),
        stream: fc.option(fc.constant(5), { nil: undefined, freq: 1 }),
        override: fc.boolean(),
        ids: fc.constantFrom("slug", "hex", "decimal"),
      }, { noNullPrototype: true }),
      fc.option(fc.nat(200), { freq: 5 }),
      async (lines, { stream, ...options }, broken) => {
        const bytes = encoder.encode(lines.join("\n"));
        if (broken !== null && broken < bytes.length) bytes[broken] = 0xff;
        const all = stream === undefined ? options : { ...options, stream };
        const fast = await read(bytes, all);
        NdjsonKernel.enabled = false;
        try {
          assertEquals(fast, await read(bytes, all), JSON.stringify([all, lines]));
        } finally {
          NdjsonKernel.enabled = true;
        }
        simple += fast.rows.length;
      },
    ),
    { seed: 20210120, numRuns: 1000 },
  );
  assert(simple > 2000, `only ${simple} readings were compared`);
});
