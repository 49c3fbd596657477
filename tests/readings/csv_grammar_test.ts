// The CSV scanner against a second reader, character by character, on random texts.
import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { readCsv } from "../../src/readings/csv.ts";
import { readNdjson } from "../../src/readings/ndjson.ts";
import type { BadRow } from "../../src/readings/read_options.ts";

const SEED = 20210120;
const encoder = new TextEncoder();

/** What a record came to: its fields, or nothing where its quotes are wrong. */
interface Record_ {
  line: number;
  fields: string[] | undefined;
}

/** Reads CSV by the book: RFC 4180, a line feed with or without a carriage return, empty lines left out. */
function records(text: string): Record_[] {
  const all: Record_[] = [];
  let at = 0;
  let line = 1;
  while (at < text.length) {
    const first = line;
    const begin = at;
    const fields: string[] = [];
    let good = true;
    for (;;) {
      let field = "";
      if (text[at] === '"') {
        at++;
        while (at < text.length && (text[at] !== '"' || text[at + 1] === '"')) {
          if (text[at] === '"') at++;
          if (text[at] === "\n") line++;
          field += text[at++];
        }
        if (at >= text.length) good = false;
        at++;
        const after = /^[^,\n]*/.exec(text.slice(at))![0];
        at += after.length;
        // Only the carriage return of the line's end may follow.
        if (after !== "" && !(after === "\r" && text[at] !== ",")) good = false;
      } else {
        field = /^[^,\n]*/.exec(text.slice(at))![0];
        at += field.length;
        if (text[at] !== "," && field.endsWith("\r")) field = field.slice(0, -1);
      }
      fields.push(field);
      if (text[at] !== ",") break;
      at++;
    }
    at++;
    line++;
    const empty = fields.length === 1 && fields[0] === "" && text[begin] !== '"';
    if (!empty) all.push({ line: first, fields: good ? fields : undefined });
  }
  return all;
}

const NUMBER = /^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)(e[+-]?[0-9]+)?$/i;

/** Values by line, and the lines of bad rows, as the second reader has them. */
function expected(text: string) {
  const values: number[] = [];
  const bad: number[] = [];
  for (const { line, fields } of records(text)) {
    const [time, value] = (fields ?? []).map((field) => field.replace(/^[ \t]+|[ \t]+$/g, ""));
    const doubled = fields === undefined || fields.slice(0, 2).some((field) => field.includes('"'));
    const isTime = time === "2021-01-20 00:00:00";
    if (!doubled && isTime && value !== undefined && NUMBER.test(value)) values.push(Number(value));
    else bad.push(line);
  }
  return { values, bad };
}

async function* pieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield await bytes.subarray(at, at + size);
}

/** The same, as readCsv() has them, from pieces of a size. */
async function actual(text: string, size: number) {
  const bytes = encoder.encode(text);
  const values: number[] = [];
  const bad: number[] = [];
  const reader = readCsv(pieces(bytes, size), {
    header: false,
    stream: 1,
    chunkReadings: 3,
    skipBadRows: true,
    onBadRow: ({ line }: BadRow) => void bad.push(line),
  });
  for await (const chunk of reader) values.push(...chunk.values);
  assertEquals(reader.bytes, bytes.length);
  assertEquals(reader.readings, values.length);
  return { values, bad };
}

const field = fc.oneof(
  fc.constantFrom("2021-01-20 00:00:00", '"2021-01-20 00:00:00"', " 2021-01-20 00:00:00\t"),
  fc.constantFrom(
    "5",
    '"6"',
    "-7.5e1",
    " 8 ",
    "x",
    "",
    '""',
    '"a""b"',
    '"a\nb"',
    '"a,b"',
    '"5"x',
    '"',
  ),
  fc.stringMatching(/^[0-9,"\r\n ]{0,6}$/),
);
const good = fc.tuple(
  fc.constantFrom("2021-01-20 00:00:00", '"2021-01-20 00:00:00"'),
  fc.integer().map(String),
).map((fields) => fields.join(","));
const row = fc.oneof(good, fc.array(field, { maxLength: 4 }).map((fields) => fields.join(",")));
const csv = fc.array(fc.tuple(row, fc.constantFrom("\n", "\r\n", "\n\n")), { maxLength: 12 })
  .map((rows) => rows.flat().join(""));

Deno.test("readCsv() reads what a reader by the book reads, whatever the pieces", async () => {
  await fc.assert(
    fc.asyncProperty(csv, fc.integer({ min: 1, max: 40 }), async (text, size) => {
      fc.pre(text !== "");
      assertEquals(await actual(text, size), expected(text), JSON.stringify(text));
    }),
    { seed: SEED, numRuns: 3000 },
  );
});

Deno.test("readCsv() and readNdjson() come to an end on any bytes, whatever the pieces", async () => {
  const byte = fc.oneof(
    fc.nat(255),
    fc.constantFrom(...'{}[]":,\n\r\\ 0123456789.e-'.split("").map((c) => c.charCodeAt(0))),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.uint8Array({ minLength: 1, maxLength: 300 }),
      fc.array(byte, { minLength: 1, maxLength: 300 }),
      async (noise, likely) => {
        for (const bytes of [noise, Uint8Array.from(likely)]) {
          const all = [];
          for (const size of [bytes.length, 7]) {
            const options = { skipBadRows: true, stream: 1 };
            const readers = [
              readCsv(pieces(bytes, size), { ...options, header: false }),
              readNdjson(pieces(bytes, size), options),
            ];
            for (const reader of readers) {
              for await (const chunk of reader) assertEquals(chunk.values.length, chunk.length);
              all.push([reader.readings, reader.skippedRows]);
            }
          }
          assertEquals(all.slice(2), all.slice(0, 2));
        }
      },
    ),
    { seed: SEED, numRuns: 500 },
  );
});
