/** Charts show the right values, and no peak is lost. */
import { assert, assertEquals, assertFalse, assertStringIncludes } from "@std/assert";
import { valueScale } from "../../src/_value_scale.ts";
import { reduce } from "../../src/_chart_scale.ts";
import { lineChart, lineChartSvg, sparkline } from "../../src/_chart.ts";

function series(values: number[], stepMicros = 60_000_000n) {
  const start = BigInt(Date.UTC(2026, 2, 2, 6)) * 1000n;
  return {
    timestamps: BigInt64Array.from(values, (_, index) => start + BigInt(index) * stepMicros),
    values: Float64Array.from(values),
  };
}

Deno.test("sparkline() draws the mean of each interval", () => {
  assertEquals(sparkline([0, 1, 2, 3, 4, 5, 6, 7]), "▁▂▃▄▅▆▇█");
  assertEquals(sparkline([0, 0, 7, 7], 2), "▁█");
  assertEquals(sparkline([5, 5, 5]), "▄▄▄");
  assertEquals(sparkline([0, NaN, 7]), "▁ █");
  assertEquals(sparkline([]), "");
});

Deno.test("lineChart() draws a line that rises, with ticks and times", () => {
  const options = { width: 46, height: 4, title: "Line" };
  assertEquals(lineChart(series([0, 1, 2, 3, 4, 5, 6, 7, 8]), options).split("\n"), [
    "Line",
    "10 ┤                                        ⢀⣀",
    "   │                           ⢀⣀⣀⠤⠤⠤⠤⠒⠒⠒⠒⠉⠉⠁",
    "   │             ⢀⣀⣀⣀⠤⠤⠤⠒⠒⠒⠒⠉⠉⠉⠁",
    " 0 ┤⣀⣀⣀⠤⠤⠤⠔⠒⠒⠊⠉⠉⠉⠁",
    "   └──────────────────────────────────────────",
    "    2026-03-02 06:00:00    2026-03-02 06:08:00",
    "",
  ]);
});

Deno.test("lineChart() keeps a peak of one reading among a hundred thousand", () => {
  const values = Array.from({ length: 100_000 }, () => 1);
  values[51_234] = 1000;
  const chart = lineChart(series(values), { width: 60, height: 8 });
  const top = chart.split("\n")[0]!;
  assertStringIncludes(top, "1000 ┤");
  assert(/[\u2801-\u28ff]/.test(top), chart);
});

Deno.test("lineChart() orders readings by time and leaves out values that are not numbers", () => {
  const sorted = series([1, 5, 3]);
  const shuffled = {
    timestamps: BigInt64Array.of(
      sorted.timestamps[2]!,
      0n,
      sorted.timestamps[0]!,
      sorted.timestamps[1]!,
    ),
    values: Float64Array.of(3, NaN, 1, 5),
  };
  assertEquals(lineChart(shuffled), lineChart(sorted));
});

/** Readings a minute apart, and three hours without one in the middle. */
function withGap(): { timestamps: BigInt64Array; values: Float64Array } {
  const { timestamps, values } = series(Array.from({ length: 120 }, (_, at) => at % 7));
  return {
    timestamps: timestamps.map((time, at) => at < 60 ? time : time + 10_800_000_000n),
    values,
  };
}

Deno.test("lineChart() has a gap if three hours of readings are missing", () => {
  const rows = lineChart(withGap(), { width: 85, height: 6 }).split("\n").slice(0, 6)
    .map((row) => row.slice(row.search(/[│┤]/) + 1).padEnd(80));
  // The readings take a fifth of the width on either side.
  for (const row of rows) assertEquals(row.slice(18, 60).trim(), "", row);
  assert(rows.some((row) => row.slice(0, 16).trim() !== ""), rows.join("\n"));
  assert(rows.some((row) => row.slice(64).trim() !== ""), rows.join("\n"));
});

Deno.test("lineChartSvg() breaks the line at a gap and at a value that is not finite", () => {
  const lines = (svg: string) =>
    svg.match(/<path d="M[^"]*" stroke="#0b6bcb"/)![0].split("M").length - 1;
  assertEquals(lines(lineChartSvg(withGap())), 2);
  const values = Array.from({ length: 30 }, (_, at) => at === 10 ? NaN : at);
  assertEquals(lines(lineChartSvg(series(values))), 2);
  assertEquals(lines(lineChartSvg(series(values.map((_, at) => at)))), 1);
  // One reading between two gaps is still visible.
  const lone = values.map((value, at) => at === 20 || at === 22 ? NaN : value);
  assertStringIncludes(lineChartSvg(series(lone)), "<circle");
});

Deno.test("lineChart() never repeats a label of ticks or ends", () => {
  const ranges = [
    [1_000_000_000_001, 1_000_000_000_004],
    [1e9, 1e9 + 2],
    [0.1, 0.1 + 1e-12],
    [
      -1e-300,
      1e-300,
    ],
    [5e-324, 1e-323],
    [2 ** 53, 2 ** 53 + 4],
    [1e20, 1e20 + 1e6],
  ];
  for (const [low, high] of ranges) {
    const chart = lineChart(series([low!, high!]), { height: 12 });
    const labels = [...chart.matchAll(/^ *(\S+) ┤/gm)].map(([, label]) => label);
    assert(labels.length >= 2, chart);
    assertEquals(new Set(labels).size, labels.length, chart);
  }
  const short = lineChart(series([1, 2, 3], 100n));
  assertStringIncludes(short, "06:00:00.000000");
  assertStringIncludes(short, "06:00:00.000200");
});

Deno.test("lineChart() draws no readings, one reading, and the widest possible range", () => {
  assertEquals(lineChart(series([])), "(no readings)\n");
  assertStringIncludes(lineChart(series([5])), "2026-03-02 06:00:00");
  const wide = lineChart(series([-Number.MAX_VALUE, Number.MAX_VALUE]), { height: 6 });
  assertFalse(/NaN|Infinity/.test(wide), wide);
  assert(/[\u2801-\u28ff]/.test(wide), wide);
});

Deno.test("lineChart() colours the line only on request", () => {
  assertFalse(lineChart(series([1, 2])).includes("\u001b"));
  assertStringIncludes(lineChart(series([1, 2]), { color: true }), "\u001b[36m");
});

Deno.test("valueScale() ends with round numbers outside the range", () => {
  assertEquals(valueScale(2.08, 108.5, 4).ticks, [0, 50, 100, 150]);
  assertEquals(valueScale(0.00012, 0.00015, 3).labels, [
    "0.00012",
    "0.00013",
    "0.00014",
    "0.00015",
  ]);
  assertEquals(valueScale(-3, 3, 3).ticks, [-4, -2, 0, 2, 4]);
});

Deno.test("reduce() keeps the lowest and the highest value of each column", () => {
  const { columns } = reduce(series([3, 9, 1, 4]), 2)!;
  assertEquals(columns, [
    { x: 0, first: 3, low: 3, high: 9, last: 9, gap: false },
    { x: 1, first: 1, low: 1, high: 4, last: 4, gap: false },
  ]);
});

Deno.test("lineChartSvg() writes a document with an escaped title and only finite coordinates", () => {
  const svg = lineChartSvg(series([1, 2, 3, 2, 1]), { title: '<Oven> & "press"' });
  assertStringIncludes(svg, "<title>&lt;Oven&gt; &amp; &quot;press&quot;</title>");
  assertStringIncludes(svg, "2026-03-02 06:00:00 UTC");
  assert(svg.startsWith('<svg xmlns="http://www.w3.org/2000/svg"') && svg.endsWith("</svg>\n"));
  assertFalse(/NaN|Infinity|undefined/.test(svg), svg);
  assertStringIncludes(lineChartSvg(series([])), "no readings");
  assertStringIncludes(lineChartSvg(series([7])), "<circle");
});
