/**
 * Our files in pyarrow, pandas, DuckDB and polars, and theirs here: the real packages from PyPI, which
 * `.ci/run` installs. If they are missing, the tests print a message and do not run.
 */
import { assertEquals } from "@std/assert";
import { readArrow, readParquet, writeArrow, writeParquet } from "../../src/arrow/mod.ts";
import { asRead, assertSameReadings, extremes, gather } from "./_columns.ts";

const root = new URL("../../", import.meta.url).pathname;
const python = `${root}.venv/bin/python`;
const script = `${root}tests/arrow/other_libraries.py`;

async function run(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await new Deno.Command(python, { args }).output();
  if (code !== 0) throw new Error(new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}

const ignore = await run("-c", "import pyarrow, pandas, duckdb, polars").then(
  () => false,
  () => true,
);
if (ignore) {
  console.log("no pyarrow, pandas, duckdb and polars in .venv: their tests do not run");
}

/** A float in the form of Python's `float.hex`, made from its bits. */
const HEX: Record<string, string> = {
  "Infinity": "inf",
  "-Infinity": "-inf",
  "0": "-0x0.0p+0",
  "5e-324": "0x0.0000000000001p-1022",
  "1.7976931348623157e+308": "0x1.fffffffffffffp+1023",
  "0.1": "0x1.999999999999ap-4",
  "NaN": "NaN",
};

Deno.test({
  name:
    "writeParquet() and writeArrow() write what pyarrow, pandas, DuckDB and polars open, types and values",
  ignore,
  async fn() {
    const folder = await Deno.makeTempDir();
    // Python's datetime has no year beyond 9999 and no microsecond before year 1: the extremes fit exactly.
    await writeParquet([extremes()], `${folder}/ours.parquet`);
    await Deno.writeFile(`${folder}/ours.arrow`, writeArrow([extremes()]));
    const found = JSON.parse(await run(script, "open", folder));
    const json = (cell: unknown) => cell === null ? null : cell;
    const { timestamps, streams, readingIds, values } = extremes();
    const slugs = [
      "0000-0000-0000-0001",
      "0000-0000-0000-0002",
      "0000-0000-0000-0001",
      "0000-0000-0000-0000",
      "ffff-ffff-ffff-ffff",
      "0000-0000-0000-0002",
      "0000-0000-0000-0001",
    ].map((it) => `d--${it}`);
    const summaries = [
      '{"big":9007199254740993,"text":"ü\\"\\\\\u{1f600}","nested":{"list":[1,null,true]}}',
      null,
      null,
      '{"max":18446744073709551615,"min":-9223372036854775808}',
      null,
      '{"a":1.5}',
      null,
    ];
    const raws = [null, "[1,2]", '"text"', "5", null, '{"a":{"b":[]}}', "9007199254740993"];
    const rows = Array.from({ length: 7 }, (_, row) => [
      slugs[row],
      String(timestamps[row]),
      String(streams[row]),
      String(readingIds[row]),
      HEX[values[row]],
      json(summaries[row]),
      json(raws[row]),
    ]);
    for (const library of ["pyarrow rows", "arrow rows", "polars rows", "polars ipc rows"]) {
      assertEquals(found[library], rows, library);
    }
    assertEquals(found["duckdb times"], [...timestamps].map(String));
    assertEquals(found["duckdb ids"], [...readingIds].map(String));
    assertEquals(found["pyarrow types"], [
      "dictionary<values=string, indices=int32, ordered=0>",
      "timestamp[us, tz=UTC]",
      "uint32",
      "uint64",
      "double",
      "extension<arrow.json>",
      "extension<arrow.json>",
    ]);
    const pandas = [
      "category",
      "datetime64[us, UTC]",
      "uint32",
      "uint64",
      "float64",
      "object",
      "object",
    ];
    assertEquals(found["pandas types"], pandas);
    assertEquals(found["feather types"], pandas);
    assertEquals(found["duckdb types"], [
      "VARCHAR",
      "TIMESTAMP WITH TIME ZONE",
      "UINTEGER",
      "UBIGINT",
      "DOUBLE",
      "VARCHAR",
      "VARCHAR",
    ]);
    assertEquals(found["polars types"].slice(0, 5), [
      "Categorical",
      "Datetime(time_unit='us', time_zone='UTC')",
      "UInt32",
      "UInt64",
      "Float64",
    ]);
    await Deno.remove(folder, { recursive: true });
  },
});

Deno.test({
  name: "readParquet() and readArrow() read what pyarrow, pandas, DuckDB and polars write",
  ignore,
  async fn() {
    const folder = await Deno.makeTempDir();
    await run(script, "write", folder);
    const expected = {
      length: 3,
      devices: BigUint64Array.of(1n, 2n, 1n),
      streams: Uint32Array.of(0, 0x15090, 0xffffffff),
      readingIds: BigUint64Array.of(0n, 2n ** 53n + 1n, 2n ** 64n - 1n),
      timestamps: BigInt64Array.of(0n, 1772431200123456n, -1n),
      values: new Float64Array(3),
      summaryData: [{ big: 9007199254740993n }, null, null],
    };
    const names = [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
    assertEquals(names.length, 10);
    for (const name of names) {
      const path = `${folder}/${name}`;
      const chunks = name.endsWith(".parquet")
        ? readParquet(path)
        : readArrow((await Deno.open(path)).readable);
      const values = Float64Array.of(name.startsWith("pandas") ? 2.5 : NaN, -0, -Infinity);
      assertSameReadings(await gather(chunks), asRead({ ...expected, values }));
    }
    await Deno.remove(folder, { recursive: true });
  },
});
