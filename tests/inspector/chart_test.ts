/** The time axis and the points of the chart, without a browser. */
import { assert, assertEquals } from "@std/assert";
import { align, nearest, step } from "../../src/inspector/chart_data.ts";
import { BREAK, type Series } from "../../src/inspector/protocol.ts";
import { timeTicks } from "../../src/inspector/time_axis.ts";

function series(x: number[], y: number[], rows = x.map((_, at) => at)): Series {
  return {
    x: Float64Array.from(x),
    y: Float64Array.from(y),
    rows: Uint32Array.from(rows),
    bad: new Float64Array(0),
    count: x.length,
  };
}

Deno.test("timeTicks() never overlaps or repeats labels, from µs to millennia", () => {
  const start = Date.UTC(2026, 2, 2, 23, 59, 58) / 1000;
  for (const width of [200, 330, 900, 2000]) {
    for (let span = 4e-6; span < 1e11; span *= 1.7) {
      if (start + span > 2e11) break;
      const ticks = timeTicks(start, start + span, width);
      const shown: string[] = [];
      ticks.forEach(({ at, label }, index) => {
        const lines = label.split("\n");
        shown.push(lines.length > 1 || index === 0 ? label : `${label} later`);
        const next = ticks[index + 1];
        if (next === undefined) return;
        const room = (next.at - at) / span * width;
        const half = (text: string) =>
          Math.max(...text.split("\n").map(({ length }) => length)) / 2;
        assert(
          half(label) * 6.8 + half(next.label) * 6.8 < room,
          `${span} s in ${width}: ${label}`,
        );
        assert(next.label !== label, `${span} s in ${width}: ${label} twice`);
      });
      if (width >= 330) assert(ticks.length >= 1 && ticks.length < 40, `${ticks.length} ticks`);
    }
  }
});

Deno.test("timeTicks() shows the date when it changes, and fractions below a second", () => {
  const midnight = Date.UTC(2026, 2, 3) / 1000;
  const labels = timeTicks(midnight - 7200, midnight + 7200, 700).map(({ label }) => label);
  assertEquals(labels.filter((label) => label.includes("\n")), [
    "22:00\n2026-03-02",
    "00:00\n2026-03-03",
  ]);
  const fine = timeTicks(midnight, midnight + 0.5, 600);
  assert(fine.length > 2 && fine.every(({ label }) => /\.\d{3}/.test(label)));
});

Deno.test("align() puts streams on one axis: undefined for nothing, null for a break", () => {
  const [x, a, b] = align([
    series([1, 2, 3], [10, NaN, 30], [0, BREAK, 1]),
    series([2, 4], [5, Infinity]),
  ]);
  assertEquals(x, [1, 2, 3, 4]);
  assertEquals(a, [10, null, 30, undefined]);
  assertEquals(b, [undefined, 5, undefined, null]);
  assertEquals(align([series([1, 2], [NaN, 3])]), [[1, 2], [null, 3]]);
});

Deno.test("nearest() and step() skip breaks of the line", () => {
  const line = series([1, 2, 3], [10, NaN, 30], [0, BREAK, 1]);
  assertEquals([0, 1.4, 2, 2.4, 9].map((at) => nearest(line, at)), [0, 0, 0, 2, 2]);
  assertEquals([step(line, 0, 1), step(line, 2, -1), step(line, 2, 1)], [2, 0, -1]);
  assertEquals(nearest(series([], []), 1), -1);
});
