import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { formatMicros, parseMicros, timestampMicros } from "../../src/codec/timestamps.ts";
import { DataError } from "../../src/reports/mod.ts";

const FIRST = -62135596800000000n;
const LAST = 253402300799999999n;
const anyTime = fc.bigInt({ min: FIRST, max: LAST });

Deno.test("formatMicros() and parseMicros() keep every time, and agree with Date", () => {
  fc.assert(fc.property(anyTime, (micros) => {
    const text = formatMicros(micros);
    assertEquals(parseMicros(text), micros);
    assertEquals(text.length, micros % 1000000n === 0n ? 25 : 32);
    const millis = (micros - (micros % 1000n + 1000n) % 1000n) / 1000n;
    assertEquals(Date.parse(text.replace(/(\.\d{3})\d{3}/, "$1")), Number(millis));
  }));
});

Deno.test("parseMicros() reads every day that exists, and no other", () => {
  for (let day = -719162; day <= 2932896; day += 13) {
    const micros = BigInt(day) * 86_400_000_000n;
    assertEquals(parseMicros(formatMicros(micros)), micros);
  }
  for (const year of [1, 4, 100, 1900, 2000, 2023, 2024, 9999]) {
    const text = String(year).padStart(4, "0");
    const leap = new Date(Date.UTC(2000, 1, 29)).setUTCFullYear(year) &&
      (year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0));
    assertEquals(parseMicros(`${text}-02-29T00:00Z`) !== undefined, leap, text);
    assertEquals(parseMicros(`${text}-02-30T00:00Z`), undefined);
    for (const month of ["04", "06", "09", "11"]) {
      assertEquals(parseMicros(`${text}-${month}-31T00:00Z`), undefined);
      assertEquals(parseMicros(`${text}-${month}-30T00:00Z`) === undefined, false);
    }
  }
});

Deno.test("parseMicros() reads the documented forms, and no others", () => {
  const base = 1611100800000000n; // 2021-01-20T00:00:00Z
  const good: [string, bigint][] = [
    ["2021-01-20T00:00", base],
    ["2021-01-20 00:00Z", base],
    ["2021-01-20T00:00:00", base],
    ["2021-01-20T00:00:00.1", base + 100_000n],
    ["2021-01-20T00:00:00.1234567891234Z", base + 123_456n],
    ["2021-01-20T01:30:00+01:30", base],
    ["2021-01-20T01:30+0130", base],
    ["2021-01-19T22:30:00.5-01:30", base + 500_000n],
    ["0001-01-01T00:00:00Z", FIRST],
    ["9999-12-31T23:59:59.999999Z", LAST],
  ];
  for (const [text, micros] of good) assertEquals(parseMicros(text), micros, text);
  const bad = [
    ..."2021-01-20|2021-01-20T|2021-01-20T00|2021-01-20t00:00|2021-01-20T00:00z".split("|"),
    ..."2021-1-20T00:00|2021-01-20T24:00|2021-01-20T00:60|2021-01-20T00:00:60".split("|"),
    ..."2021-01-20T00:00:00.|2021-01-20T00:00:00,5|2021-01-20T00:00:|2021-01-20T00:00.5".split("|"),
    ..."2021-01-20T00:00+1|2021-01-20T00:00+01|2021-01-20T00:00+24:00|2021-01-20T00:00+01:60".split(
      "|",
    ),
    ..."2021-01-20T00:00ZZ|2021-01-20T00:00 Z|+2021-01-20T00:00|0000-01-01T00:00|2021-13-01T00:00"
      .split("|"),
    ..."2021-00-01T00:00|2021-01-00T00:00|2021-01-20_00:00|2021/01/20T00:00|2021-01-20T00-00".split(
      "|",
    ),
    "0001-01-01T00:00+00:01",
    "9999-12-31T23:59-00:01",
    "２０２１-01-20T00:00",
    `2021-01-20T00:00:00.${"0".repeat(60)}x`,
    `2021-01-20T00:00:00.5${" ".repeat(60)}`,
    "",
  ];
  for (const text of bad) assertEquals(parseMicros(text), undefined, text);
  assertEquals(parseMicros(`2021-01-20T00:00:00.123456${"7".repeat(60)}Z`), 1611100800123456n);
});

Deno.test("timestampMicros() takes dates, instants, milliseconds and microseconds", () => {
  assertEquals(timestampMicros(new Date(5)), 5000n);
  assertEquals(timestampMicros(-0.5), -500n);
  assertEquals(timestampMicros(1.0004), 1000n);
  assertEquals(timestampMicros(1.0006), 1001n);
  assertEquals(timestampMicros(1.9999), 2000n);
  assertEquals(timestampMicros(-7n), -7n);
  assertEquals(timestampMicros({ epochNanoseconds: 1999n }), 1n);
  assertEquals(timestampMicros({ epochNanoseconds: -1n }), -1n);
  assertEquals(timestampMicros("1969-12-31T23:59:59.999999Z"), -1n);
  fc.assert(fc.property(anyTime, (micros) => assertEquals(timestampMicros(micros), micros)));
  for (const bad of [NaN, Infinity, new Date(NaN), FIRST - 1n, LAST + 1n, "x", null, {}, true]) {
    assertThrows(() => timestampMicros(bad as number), DataError, "as a time");
  }
});
