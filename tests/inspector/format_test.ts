/**
 * The display of numbers, sizes and times.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import {
  aligned,
  counted,
  duration,
  measure,
  size,
  time,
  variable,
} from "../../src/inspector/format.ts";

Deno.test("time() writes UTC before and after 1970 with the requested digits", () => {
  assertEquals(time(1_611_100_800_100_000n), "2021-01-20 00:00:00.100");
  assertEquals(time(1_611_100_800_100_000n, 0), "2021-01-20 00:00:00");
  assertEquals(time(-1n, 6), "1969-12-31 23:59:59.999999");
  assertEquals(time(-62_135_596_800_000_000n, 6), "0001-01-01 00:00:00.000000");
});

Deno.test("size() has three significant digits and never reaches 1000 of a unit", () => {
  const cases: [number, string][] = [[0, "0 B"], [999, "999 B"], [1000, "1 kB"], [
    103_456_789,
    "103 MB",
  ], [999_600, "1 MB"]];
  for (const [bytes, text] of cases) assertEquals(size(bytes), text);
});

Deno.test("duration() has at most two units", () => {
  const cases: [number, string][] = [
    [0, "0 ms"],
    [0.4, "< 1 ms"],
    [640, "640 ms"],
    [1900, "1.9 s"],
    [
      250_000,
      "4 min 10 s",
    ],
    [28_800_000, "8 h"],
    [100_000_000, "1 d 3 h"],
  ];
  for (const [ms, text] of cases) assertEquals(duration(ms), text);
});

Deno.test("measure() and aligned() show a value and line up decimal points", () => {
  assertEquals(measure(-0.1), "\u22120.1");
  assertEquals(measure(1 / 3), "\u22480.3333333333");
  assertEquals(measure(1 / 3, 17), "0.3333333333333333");
  assertEquals(measure(1_000_000_000_004), "1,000,000,000,004");
  assertEquals(measure(-9_007_199_254_740_991), "\u22129,007,199,254,740,991");
  assertEquals(measure(-0), "\u22120");
  assertEquals(measure(12_345.678), "12,345.678");
  assertEquals(measure(NaN), "not a number");
  assertEquals(aligned(2, 2), "2\u2007\u2007\u2007");
  assertEquals(aligned(2.25, 2), "2.25");
  assertEquals(aligned(-Infinity, 2), "\u2212infinity");
});

Deno.test("counted() and variable() write counts and variables", () => {
  assertEquals(counted(1, "reading"), "1 reading");
  assertEquals(counted(1e6, "reading"), "1,000,000 readings");
  assertEquals(variable(0x15001), "0001-5001");
});
