// Compares the CSV scanner with a second reader, which reads character by character, on random texts.
import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { DataError } from "../../src/codec/data_error.ts";
import { readCsv } from "../../src/readings/csv.ts";
import { readNdjson } from "../../src/readings/ndjson.ts";
import type { BadRow } from "../../src/readings/read_options.ts";

const SEED = 20210120;
const encoder = new TextEncoder();

/** A record: its fields, or undefined if its quotes are wrong. */
interface Record_ {
  fields: string[] | undefined;
  lines: number;
  end: number;
}

/** The end of the line that contains a place: CR CR LF, CR LF, LF or CR. */
function lineEnd(text: string, from: number): number {
  const match = /\r\r\n|\r\n|\n|\r/g;
  match.lastIndex = from;
  return match.exec(text) ? match.lastIndex : text.length;
}

/** The record at a place, by RFC 4180. */
function record(text: string, begin: number): Record_ {
  const fields: string[] = [];
  let at = begin;
  let lines = 1;
  for (;;) {
    let field = "";
    let quoted = false;
    if (text[at] === '"') {
      quoted = true;
      const match = /^"((?:[^"]|"")*)("?)/.exec(text.slice(at))!;
      lines += match[1].match(/\r\r\n|\r\n|\n|\r/g)?.length ?? 0;
      field = match[1].replaceAll('""', '"');
      at += match[0].length;
      if (match[2] === "") return { fields: undefined, lines: 1, end: at };
    }
    const after = /^[^,\r\n]*/.exec(text.slice(at))![0];
    if (quoted && after.trim() !== "") return { fields: undefined, lines: 1, end: at };
    fields.push(quoted ? field : after);
    at += after.length;
    if (text[at] !== ",") return { fields, lines, end: lineEnd(text, at) };
    at++;
  }
}

const NUMBER = /^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)(e[+-]?[0-9]+)?$/i;

/** Values, and the lines of bad rows, from the second reader. For a bad row, only its first line is skipped. */
function expected(text: string) {
  const values: number[] = [];
  const bad: number[] = [];
  let width = -1;
  for (let at = 0, line = 1; at < text.length;) {
    const { fields, lines, end } = record(text, at);
    const cells = (fields ?? []).map((field) => field.replace(/^[ \t]+|[ \t]+$/g, ""));
    if (fields && cells.length === 1 && cells[0] === "") {
      at = end;
      line += lines;
      continue;
    }
    if (fields && width < 0) width = cells.length;
    const wide = cells.length > width + 1 || (cells.length === width + 1 && cells[width] !== "");
    const [time, value] = cells;
    const isTime = time === "2021-01-20 00:00:00";
    if (fields && !wide && isTime && value !== undefined && NUMBER.test(value)) {
      values.push(Number(value));
      at = end;
      line += lines;
    } else {
      bad.push(line++);
      at = lineEnd(text, at);
    }
  }
  return { values, bad };
}

async function* pieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield await bytes.subarray(at, at + size);
}

/** The same from readCsv(), which reads pieces of a size. */
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

Deno.test("readCsv() reads the same as a reader of the grammar, for pieces of any size", async () => {
  await fc.assert(
    fc.asyncProperty(csv, fc.integer({ min: 1, max: 40 }), async (text, size) => {
      fc.pre(text !== "");
      assertEquals(await actual(text, size), expected(text), JSON.stringify(text));
    }),
    { seed: SEED, numRuns: 3000 },
  );
});

Deno.test("readCsv() and readNdjson() end for any bytes, in pieces of any size", async () => {
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
              let ended = "";
              try {
                for await (const chunk of reader) assertEquals(chunk.values.length, chunk.length);
              } catch (error) {
                // For example a JSON array that is cut off.
                if (!(error instanceof DataError)) throw error;
                ended = error.message;
              }
              all.push([reader.readings, reader.skippedRows, ended]);
            }
          }
          assertEquals(all.slice(2), all.slice(0, 2));
        }
      },
    ),
    { seed: SEED, numRuns: 500 },
  );
});
