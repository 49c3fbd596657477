import { assertEquals, assertThrows } from "@std/assert";
import { formatSlugs, parseSlugs, SlugError } from "../../src/slugs/mod.ts";

Deno.test("parseSlugs() returns an error for the row and continues", () => {
  const columns = parseSlugs("d--1\n\nd--12x4\r\nd--2");
  assertEquals(columns.kinds, Uint8Array.of(4, 0, 0, 4));
  assertEquals(columns.devices, BigUint64Array.of(1n, 0n, 0n, 2n));
  assertEquals(columns.errors, [
    { row: 1, message: 'Cannot read "" as a slug: it is empty' },
    {
      row: 2,
      message: 'Cannot read "d--12x4" as a slug: "x" at character 6 is not a hexadecimal digit',
    },
  ]);
});

Deno.test("parseSlugs() skips a byte order mark, and the line feed at the end makes no row", () => {
  assertEquals(parseSlugs("\ufeffd--1\n").kinds, Uint8Array.of(4));
  assertEquals(parseSlugs(Uint8Array.of(0xef, 0xbb, 0xbf, 0x31, 10)).variables, Uint32Array.of(1));
  for (const nothing of ["", new Uint8Array(), []]) assertEquals(parseSlugs(nothing).length, 0);
});

Deno.test("parseSlugs() makes one row of each element of an array, whatever it contains", () => {
  const columns = parseSlugs(["1\n2", "3\r", "", "4"]);
  assertEquals(columns.variables, Uint32Array.of(0, 0, 0, 4));
  assertEquals(columns.errors.map(({ row }) => row), [0, 1, 2]);
});

Deno.test("parseSlugs() rejects a line longer than memory, and reads the next", () => {
  const long = `d--${"0".repeat(100_000)}1`;
  for (const lines of [`d--1\n${long}\nd--2\n${long}`, ["d--1", long, "d--2", long]]) {
    const columns = parseSlugs(lines);
    assertEquals(columns.devices, BigUint64Array.of(1n, 0n, 2n, 0n));
    assertEquals(columns.errors.map(({ row }) => row), [1, 3]);
  }
  // A character of several bytes that does not fit the end of the memory.
  const wide = parseSlugs(`${"0".repeat(32767)}é\n1`);
  assertEquals(wide.variables, Uint32Array.of(0, 1));
});

Deno.test("parseSlugs() rejects values that are not text", () => {
  // deno-lint-ignore no-explicit-any
  for (const wrong of [null, undefined, 5, {}, ["1", 2]] as any[]) {
    assertThrows(() => parseSlugs(wrong), TypeError);
  }
});

Deno.test("formatSlugs() rejects invalid rows and columns", () => {
  const columns = parseSlugs(Array(1000).fill("sl--1--2--3--4"));
  columns.starts[700] = 10n ** 16n;
  assertThrows(() => formatSlugs(columns), SlugError, "row 700");
  columns.starts[700] = -1n;
  columns.kinds[0] = 11;
  assertThrows(() => formatSlugs(columns), SlugError, "row 0");
  columns.kinds[0] = 10;
  assertThrows(() => formatSlugs(columns), SlugError, "row 0");
  assertThrows(() => formatSlugs({ ...columns, length: 1001 }), RangeError, "1000 rows");
  // deno-lint-ignore no-explicit-any
  assertThrows(() => formatSlugs({ ...columns, kinds: [] as any }), TypeError, "kinds");
});
