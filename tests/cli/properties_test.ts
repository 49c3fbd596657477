/** Properties for any input: arguments, charts, times, distances. fast-check prints the seed of a failure. */
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { formatMicros } from "../../src/codec/timestamps.ts";
import { lineChart, lineChartSvg, sparkline } from "../../src/_chart.ts";
import { isoTime } from "../../src/_iso_time.ts";
import { ArgumentError, ArgumentParser } from "../../src/main/argument_parser.ts";
import { editDistance } from "../../src/main/suggest.ts";

const word = fc.oneof(
  fc.constantFrom(
    "--limit",
    "-n",
    "--limit=",
    "--quiet",
    "-q",
    "-qv",
    "--",
    "-",
    "--__proto__",
    "--no-quiet",
  ),
  fc.constantFrom(
    "--constructor=1",
    "--limit.x=1",
    "-5",
    "--5",
    "--tag",
    "--toString",
    "a.b",
    "-n=3",
  ),
  fc.string(),
);

Deno.test("parse() of any words returns the declared options or throws an ArgumentError", () => {
  fc.assert(fc.property(fc.array(word), (argv) => {
    const parser = new ArgumentParser()
      .addArgument("rest", { many: true, required: false })
      .addArgument("--limit", { short: "n", type: "number" })
      .addArgument("--tag", { many: true })
      .addArgument("--quiet", { short: "q", type: "boolean" })
      .addArgument("--verbose", { short: "v", type: "boolean" });
    try {
      const args = parser.parse(argv);
      if (args.help) return;
      assert(
        Object.keys(args).every((name) =>
          ["rest", "limit", "tag", "quiet", "verbose", "help"].includes(name)
        ),
      );
      assert(args.rest.every((text: unknown) => typeof text === "string" && argv.includes(text)));
      assert(args.limit === undefined || Number.isFinite(args.limit));
      assertEquals([typeof args.quiet, typeof args.verbose], ["boolean", "boolean"]);
    } catch (error) {
      assert(error instanceof ArgumentError, String(error));
    }
    assertEquals(Object.keys(Object.prototype), []);
  }));
});

Deno.test("parse() returns any value after an option", () => {
  fc.assert(fc.property(fc.string(), (text) => {
    const parser = new ArgumentParser().addArgument("--data");
    assertEquals(parser.parse([`--data=${text}`]).data, text);
  }));
});

const anyValue = fc.oneof(
  fc.double(),
  fc.constantFrom(Number.MAX_VALUE, -Number.MAX_VALUE, 5e-324, 0, -0),
  // A few units in the last place apart.
  fc.integer({ min: 0, max: 5 }).map((units) => 1e17 + units * 16),
  fc.integer({ min: 0, max: 5 }).map((units) => 1 + units * Number.EPSILON),
);
const values = fc.array(fc.tuple(fc.bigInt(-(10n ** 15n), 10n ** 15n), anyValue), {
  maxLength: 60,
});
const near = fc.constantFrom(1e17, 1).chain((base) =>
  fc.array(
    fc.tuple(
      fc.bigInt(0n, 1_000_000n),
      fc.integer({ min: 0, max: 5 }).map((units) => base * (1 + units * Number.EPSILON)),
    ),
    { maxLength: 6 },
  )
);

Deno.test("lineChart(), lineChartSvg() and sparkline() draw any readings in the given size", () => {
  fc.assert(fc.property(fc.oneof(values, near), fc.integer({ min: 20, max: 90 }), (rows, width) => {
    const series = {
      timestamps: BigInt64Array.from(rows, ([at]) => at),
      values: Float64Array.from(rows, ([, value]) => value),
    };
    const chart = lineChart(series, { width, height: 5 });
    assert(!/NaN|Infinity|undefined/.test(chart), chart);
    if (rows.some(([, value]) => Number.isFinite(value))) assertEquals(chart.split("\n").length, 8);
    assert(!/NaN|Infinity|undefined/.test(lineChartSvg(series)));
    assert([...sparkline(series.values, 10)].length <= 10);
  }));
});

Deno.test("isoTime() writes the same time as the codec", () => {
  fc.assert(fc.property(fc.bigInt(-62135596800000000n, 253402300799999999n), (micros) => {
    const padded = isoTime(micros).replace("Z", "").replace(/\.(\d{3})$/, ".$1000");
    assertEquals(`${padded}+00:00`, formatMicros(micros));
  }));
});

Deno.test("editDistance() is a distance", () => {
  const short = fc.string({ maxLength: 8 });
  fc.assert(fc.property(short, short, (one, other) => {
    const distance = editDistance(one, other);
    assertEquals(distance, editDistance(other, one));
    assertEquals(distance === 0, one === other);
    assert(distance >= Math.abs(one.length - other.length));
    assert(distance <= Math.max(one.length, other.length));
  }));
});
