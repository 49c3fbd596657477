/** rangeMicros and durationMicros: ranges in the forms that callers use. */
import { assertEquals, assertThrows } from "@std/assert";
import { durationMicros } from "../../src/_duration.ts";
import { rangeMicros, type TimeRange } from "../../src/api/time_range.ts";
import { DataError } from "../../src/codec/data_error.ts";

const NOW = new Date("2026-03-02T12:00:00Z");
const micros = (text: string) => BigInt(Date.parse(text)) * 1000n;

Deno.test("durationMicros() reads numbers with units, and nothing else", () => {
  assertEquals(durationMicros("90s"), 90_000_000n);
  assertEquals(durationMicros("1h30m"), 5_400_000_000n);
  assertEquals(durationMicros("250ms"), 250_000n);
  assertEquals(durationMicros("1.5h"), 5_400_000_000n);
  assertEquals(durationMicros("1w1d"), 8n * 86_400_000_000n);
  for (
    const text of ["", "2", "h", "-2h", "2 h", "2H", "0s", "1e3s", "2hours", "9".repeat(30) + "d"]
  ) {
    assertEquals(durationMicros(text), undefined, text);
  }
});

Deno.test("rangeMicros() accepts times, dates and lengths of time before now", () => {
  const ranges: [TimeRange, string | undefined, string | undefined][] = [
    [{}, undefined, undefined],
    [{ last: "2h" }, "2026-03-02T10:00:00Z", undefined],
    [{ start: "-2h", end: "-30m" }, "2026-03-02T10:00:00Z", "2026-03-02T11:30:00Z"],
    [{ start: "2026-03-01", end: "2026-03-02" }, "2026-03-01T00:00:00Z", "2026-03-02T00:00:00Z"],
    [{ start: new Date("2026-03-01T06:00Z") }, "2026-03-01T06:00:00Z", undefined],
    [{ end: "2026-03-02T08:00+02:00" }, undefined, "2026-03-02T06:00:00Z"],
    [{ start: micros("2026-03-01T06:00Z") }, "2026-03-01T06:00:00Z", undefined],
  ];
  for (const [range, start, end] of ranges) {
    assertEquals(rangeMicros(range, NOW), {
      start: start && micros(start),
      end: end && micros(end),
    } as ReturnType<typeof rangeMicros>);
  }
});

Deno.test("rangeMicros() names the limit that is wrong", () => {
  assertThrows(() => rangeMicros({ last: "-2h" }, NOW), DataError, 'Cannot read "-2h" as last');
  assertThrows(() => rangeMicros({ start: "2h" }, NOW), DataError, 'Cannot read "2h" as start');
  assertThrows(() => rangeMicros({ end: "-2x" }, NOW), DataError, 'Cannot read "-2x" as end');
  assertThrows(() => rangeMicros({ start: "-1h", end: "-2h" }, NOW), DataError, "end is before");
  assertThrows(() => rangeMicros({ last: "2h", end: "-1h" }, NOW), TypeError, "on its own");
});
