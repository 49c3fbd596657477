/** Arrays of numbers in free-form data: compares many at a time in linear memory with one after the other. */
import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { ValueReader } from "../../src/codec/value_reader.ts";
import { ValueWriter } from "../../src/codec/value_writer.ts";
import { ArchFXFlexibleDictionaryReport, DataError } from "../../src/reports/mod.ts";

const { decode, fromReadings } = ArchFXFlexibleDictionaryReport;

/** Numbers on both sides of every integer width, and floats that look like integers. */
const borders = [0, 0x20, 0x80, 0x100, 0x8000, 0x10000, 2 ** 31, 2 ** 32, 2 ** 52, 2 ** 53, 2 ** 63]
  .flatMap((border) => [border - 1, border, border + 1])
  .flatMap((border) => [border, -border]);
const odd = [NaN, Infinity, -Infinity, 0.5, 1e300, 5e-324, 2 ** 31 - 0.5, -(2 ** 31) - 0.5];
const number = fc.constantFrom(...borders, ...odd);

/** Runs of one number, of numbers between two limits, of floats, with other values in between. */
const wave = fc.array(
  fc.oneof(
    fc.tuple(number, fc.nat(20)).map(([value, count]) => new Array<unknown>(count).fill(value)),
    fc.tuple(number, fc.nat(20)).map(([value, count]) =>
      Array.from({ length: count }, (_, i): unknown => value + i)
    ),
    fc.array(number, { maxLength: 10 }),
    fc.array(fc.double(), { maxLength: 10 }),
    fc.constantFrom<unknown[]>([null], ["x"], [true], [[1, 0.5]], [12345678901234567890n]),
  ),
  { maxLength: 12 },
).map((parts) => parts.flat());

/** The bytes when values are written one by one. */
function oneByOne(values: readonly unknown[]): Uint8Array {
  const writer = new ValueWriter();
  writer.head(0x90, 0xdc, values.length);
  for (const value of values) writer.write(value, 1);
  return writer.bytes.slice(0, writer.length);
}

function written(value: unknown): Uint8Array {
  const writer = new ValueWriter();
  writer.write(value, 0);
  return writer.bytes.slice(0, writer.length);
}

Deno.test("an array is written like its elements and read back, and rejected if it is cut off", () => {
  fc.assert(
    fc.property(wave, fc.nat(), (values, cut) => {
      const bytes = written(values);
      assertEquals(bytes, oneByOne(values));
      assertEquals(new ValueReader(bytes).read(), values);
      const data = [{ timestamp: 0, stream: 1, value: 1, rawData: values }];
      const report = fromReadings({ device: 1, data }).encode();
      assertEquals(decode(report).columns().rawData, [values]);
      assertThrows(() => decode(report.subarray(0, cut % report.length)), DataError);
    }),
    { numRuns: 1000 },
  );
});

Deno.test("long arrays are written like their elements, wherever the type changes", () => {
  for (const length of [23, 24, 1023, 1024, 1025, 5000]) {
    for (const at of [0, 1, 2, 3, length >> 1, length - 2, length - 1]) {
      for (const other of [null, "x", 0.5, -0, 300]) {
        const values: unknown[] = Array.from({ length }, (_, i) => i);
        values[at] = other;
        assertEquals(written(values), oneByOne(values));
      }
    }
  }
});

Deno.test("an array whose getters encode another report is written correctly", () => {
  const inner = () =>
    fromReadings({
      device: 1,
      data: [{ timestamp: 0, stream: 1, value: 1, rawData: new Array(2000).fill(7.5) }],
    }).encode();
  const plain = Array.from({ length: 3000 }, (_, i) => i + 0.5);
  const values = new Proxy(plain, {
    get(target, name) {
      if (name === "1500" || name === "3") inner();
      return Reflect.get(target, name);
    },
  });
  assertEquals(written(values), oneByOne(plain));
});

Deno.test("columns() has free-form data as own properties, which are made once, at the first read", () => {
  const data = [0, 1].map((i) => ({
    timestamp: i,
    stream: 1,
    value: 1,
    rawData: [i],
    summaryData: i === 0 ? null : { i },
  }));
  const bytes = fromReadings({ device: 1, data }).encode();
  const columns = decode(bytes).columns();
  assertEquals(Object.keys(columns).slice(-2), ["summaryData", "rawData"]);
  assertEquals(columns.rawData === columns.rawData, true);
  assertEquals({ ...columns }.summaryData, [{}, { i: 1 }]);
  assertEquals(structuredClone(columns).rawData, [[0], [1]]);
  const bare = fromReadings({ device: 1, data: [{ timestamp: 0, stream: 1, value: 1 }] });
  assertEquals(Object.keys(bare.columns()).includes("rawData"), false);
});
