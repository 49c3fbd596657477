/** Compares lines of CSV from WebAssembly with lines that JavaScript's own functions make. */
import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { csvText } from "../../src/codec/csv_text.ts";
import { EventColumns } from "../../src/codec/event_columns.ts";

interface Row {
  readonly lead: string;
  readonly time: bigint;
  readonly stream: number;
  readonly id: bigint;
  readonly value: number;
}

/** A line made with the obvious functions. */
function lineOf({ lead, time, stream, id, value }: Row): string {
  const below = (time % 1_000_000n + 1_000_000n) % 1_000_000n;
  const seconds = new Date(Number((time - below) / 1000n)).toISOString().slice(0, 19);
  const digits = String(below).padStart(6, "0").replace(/000$/, "");
  const hex = stream.toString(16).padStart(8, "0");
  return `${lead}${seconds}${below === 0n ? "" : `.${digits}`}Z,${hex.slice(0, 4)}-${
    hex.slice(4)
  },${id},${Object.is(value, -0) ? "-0" : String(value)}\n`;
}

/** The lines of rows; consecutive rows with the same text in front are written together. */
function linesOf(rows: readonly Row[]): string {
  const columns = new EventColumns(
    rows.length,
    Uint32Array.from(rows, ({ stream }) => stream),
    BigUint64Array.from(rows, ({ id }) => id),
    BigInt64Array.from(rows, ({ time }) => time),
    Float64Array.from(rows, ({ value }) => value),
  );
  const leadAt = (row: number, to: number) => {
    let end = row + 1;
    while (end < to && rows[end]!.lead === rows[row]!.lead) end++;
    return { text: rows[row]!.lead, to: end };
  };
  const decoder = new TextDecoder();
  let text = "";
  for (const piece of csvText(columns, leadAt)) text += decoder.decode(piece);
  return text;
}

const first = -62135596800_000_000n;
const end = 253402300800_000_000n;
const time = fc.oneof(
  fc.constantFrom(first, first + 1n, 0n, -1n, 59_999_999n, 60_000_000n, end - 1n),
  fc.bigInt({ min: first, max: end - 1n }),
  fc.tuple(fc.integer({ min: -1e6, max: 3e6 }), fc.constantFrom(1n, 1000n, 1_000_000n))
    .map(([count, unit]) => 1772438400_000_000n + BigInt(count) * unit),
);
const borders = [9, 10, 99_999_999, 1e8, 1e15, 1e16, 2 ** 53, 1e21, 1e-6, 1e-7, 0.1, 1e-9, 4.35];
const value = fc.oneof(
  fc.constantFrom(0, -0, NaN, Infinity, -Infinity, 5e-324, Number.MAX_VALUE),
  fc.constantFrom(...borders.flatMap((border) => [border, -border, border + 1, border - 1])),
  fc.double(),
  fc.float(),
  fc.integer(),
  // Decimals of every length, and the floats next to them.
  fc.tuple(fc.maxSafeInteger(), fc.nat(16)).map(([digits, places]) => digits / 10 ** places),
  fc.tuple(fc.integer({ min: -1e9, max: 1e9 }), fc.nat(10), fc.constantFrom(-1, 0, 1))
    .map(([digits, places, step]) => digits / 10 ** places * (1 + step * Number.EPSILON)),
);
const row = fc.record({
  lead: fc.constantFrom("", "d--0000-0000-0000-1234,", "d--0000-0000-0000-0001,"),
  time,
  stream: fc.oneof(fc.constantFrom(0, 9, 0x10, 0x5001, 0xffffffff), fc.nat(0xffffffff)),
  id: fc.oneof(
    fc.constantFrom(0n, 9n, 10n, 10n ** 8n - 1n, 10n ** 8n, 10n ** 16n, 2n ** 64n - 1n),
    fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  ),
  value,
});

Deno.test("csvText() writes what JavaScript's own functions write", () => {
  fc.assert(
    fc.property(fc.array(row, { maxLength: 60 }), (rows) => {
      assertEquals(linesOf(rows), rows.map(lineOf).join(""));
    }),
    { numRuns: 3000 },
  );
});

Deno.test("csvText() writes all rows of more than one chunk and piece, each piece as a new array", () => {
  const rows = Array.from({ length: 5000 }, (_, i): Row => ({
    lead: i < 3000 ? "d--0000-0000-0000-1234," : "",
    time: BigInt(i) * 1_234_567n,
    stream: i % 3,
    id: BigInt(i),
    value: i % 7 === 0 ? Math.sin(i) : i / 8,
  }));
  assertEquals(linesOf(rows), rows.map(lineOf).join(""));
});

Deno.test("csvText() writes times beyond the year 9999 like a Date, and throws for times outside the range of a Date", () => {
  const at = (time: bigint): Row => ({ lead: "x,", time, stream: 1, id: 1n, value: -0 });
  const line = "x,+010000-01-01T00:00:00Z,0000-0001,1,-0\n";
  assertEquals(linesOf([at(0n), at(end), at(0n)]), `${lineOf(at(0n))}${line}${lineOf(at(0n))}`);
  assertThrows(() => linesOf([at(2n ** 63n - 1n)]), RangeError);
});
