/** Compares resample() with pandas, and with a slow and simple implementation. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import type { ReadingColumns } from "../../src/readings/mod.ts";
import { resample, type ResampleBy } from "../../src/readings/resample.ts";

type Row = { time: number; stream: number; value: number };

function columnsOf(rows: readonly Row[]): ReadingColumns {
  return {
    length: rows.length,
    streams: Uint32Array.from(rows, ({ stream }) => stream),
    readingIds: new BigUint64Array(rows.length).fill(7n),
    timestamps: BigInt64Array.from(rows, ({ time }) => BigInt(time)),
    values: Float64Array.from(rows, ({ value }) => value),
  };
}

function rowsOf({ length, streams, timestamps, values }: ReadingColumns): Row[] {
  return Array.from({ length }, (_, i) => ({
    time: Number(timestamps[i]),
    stream: streams[i],
    value: values[i],
  }));
}

const WAYS: readonly ResampleBy[] = ["mean", "min", "max", "first", "last", "count"];

/** One interval after another, each from its own list of readings. */
function slowly(rows: readonly Row[], every: number, by: ResampleBy): Row[] {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const key = `${Math.floor(row.time / every) * every}/${row.stream}`;
    groups.set(key, [...groups.get(key) ?? [], row]);
  }
  return [...groups].map(([key, group]) => {
    const [time, stream] = key.split("/").map(Number);
    const known = group.filter(({ value }) => !Number.isNaN(value));
    const sorted = known.toSorted((a, b) => a.time - b.time);
    const values = known.map(({ value }) => value);
    const value = {
      count: () => known.length,
      mean: () => values.reduce((sum, it) => sum + it, 0) / known.length,
      min: () => values.length ? Math.min(...values) : NaN,
      max: () => values.length ? Math.max(...values) : NaN,
      first: () => sorted[0]?.value ?? NaN,
      last: () => sorted.at(-1)?.value ?? NaN,
    }[by]();
    return { time, stream, value };
  }).sort((a, b) => a.time - b.time || a.stream - b.stream);
}

Deno.test("resample() agrees with a list for each interval, in any order of times and streams", () => {
  const row = fc.record({
    time: fc.integer({ min: -5000, max: 5000 }),
    stream: fc.integer({ min: 0, max: 3 }),
    value: fc.oneof(fc.integer({ min: -9, max: 9 }), fc.constant(NaN)),
  });
  fc.assert(
    fc.property(
      fc.array(row, { maxLength: 60 }),
      fc.integer({ min: 1, max: 2000 }),
      fc.constantFrom(...WAYS),
      (rows, every, by) => {
        const found = rowsOf(resample(columnsOf(rows), { everyMs: every / 1000, by }));
        assertEquals(found, slowly(rows, every, by));
      },
    ),
  );
});

Deno.test("resample() grows its arrays, returns ids of 0, and an empty result for no readings", () => {
  const rows = Array.from({ length: 5000 }, (_, i) => ({ time: i * 1000, stream: 1, value: i }));
  const found = resample(columnsOf(rows), { everyMs: 1, by: "last" });
  assertEquals(rowsOf(found), rows);
  assert(found.readingIds.every((id) => Number(id) === 0));
  assertEquals(resample(columnsOf([]), { everyMs: 1, by: "mean" }).length, 0);
});

Deno.test("resample() rejects an invalid length of time and an invalid way to resample", () => {
  for (const everyMs of [0, -1, NaN, Infinity, 0.0005, "5" as unknown as number]) {
    assertThrows(() => resample(columnsOf([]), { everyMs, by: "mean" }), RangeError, "everyMs");
  }
  assertThrows(
    () => resample(columnsOf([]), { everyMs: 1, by: "median" as "mean" }),
    TypeError,
    '"median"',
  );
  assertThrows(() => resample(columnsOf([]), { every: 1 } as never), TypeError, '"every"');
});

const python = new URL("../../.venv/bin/python", import.meta.url).pathname;
const noPandas = await new Deno.Command(python, {
  args: ["-c", "import importlib.util as i; exit(i.find_spec('pandas') is None)"],
}).output()
  .then(({ success }) => !success, () => true);
if (noPandas) console.log("no pandas in .venv: resample is not compared with it");

Deno.test({
  name: "resample() agrees with pandas",
  ignore: noPandas,
  async fn() {
    const rows = Array.from({ length: 3000 }, (_, i) => ({
      time: 1772431200000000 + (i * 7919 % 3000) * 777_777,
      stream: i % 3,
      value: i % 11 === 0 ? NaN : Math.round(Math.sin(i) * 1e6) / 64,
    }));
    const script = `
import json, sys
import pandas as pd
rows, every, ways = json.load(sys.stdin)
frame = pd.DataFrame(rows)
frame["time"] = pd.to_datetime(frame["time"], unit="us", utc=True)
# pandas takes first and last by position: sorted by time, the order of equal times kept.
frame = frame.sort_values("time", kind="stable").set_index("time")
groups = frame.groupby("stream")["value"].resample(f"{every}ms")
counts = groups.size()
result = {}
for by in ways:
    found = getattr(groups, by)()
    found = found[counts > 0]
    result[by] = [[int(t.value // 1000), int(s), None if v != v else float(v)] for (s, t), v in found.items()]
print(json.dumps(result))`;
    const child = new Deno.Command(python, {
      args: ["-c", script],
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    const writer = child.stdin.getWriter();
    const given = rows.map((row) => ({
      ...row,
      value: Number.isNaN(row.value) ? null : row.value,
    }));
    await writer.write(new TextEncoder().encode(JSON.stringify([given, 60_000, WAYS])));
    await writer.close();
    const { stdout } = await child.output();
    const byWay: Record<string, [number, number, number | null][]> = JSON.parse(
      new TextDecoder().decode(stdout),
    );
    for (const by of WAYS) {
      const expected = byWay[by]!
        .map(([time, stream, value]) => ({ time, stream, value: value ?? NaN }))
        .sort((a, b) => a.time - b.time || a.stream - b.stream);
      const found = rowsOf(resample(columnsOf(rows), { everyMs: 60_000, by }));
      assertEquals(found.length, expected.length);
      found.forEach((row, i) => {
        const other = expected[i];
        const near = Object.is(row.value, other.value) || Math.abs(row.value - other.value) < 1e-9;
        assert(row.time === other.time && row.stream === other.stream && near, `${by} ${i}`);
      });
    }
  },
});
