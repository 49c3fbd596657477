/** archfx report encode: the inputs that it rejects, and the errors. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { archfx, names, withFolder } from "./_archfx.ts";
import { decode, FIXED, THREE } from "./_encoded.ts";

for (
  const [what, text, args, code, message] of [
    ["an empty file", "", FIXED, 1, "it is empty"],
    [
      "a header alone",
      "timestamp,value\n",
      FIXED,
      1,
      'Cannot encode "bad.csv": it has no readings',
    ],
    ["a missing column", "time,value\n", FIXED, 1, 'the columns are "time", "value"'],
    [
      "a value that is not a number",
      "timestamp,value\n2026-03-02 00:00,1\n2026-03-03 00:00,n/a\n",
      FIXED,
      1,
      '"n/a"',
    ],
    ["an invalid time", "timestamp,value\nyesterday,1\n", FIXED, 1, '"yesterday"'],
    [
      "a missing device",
      "timestamp,value\n2026-03-02T00:00Z,1\n",
      ["--stream", "0001"],
      1,
      "--device-column",
    ],
    [
      "an invalid device",
      "timestamp,value\n2026-03-02,1\n",
      ["--device", "x", "--stream", "0001"],
      2,
      '"x"',
    ],
    [
      "an invalid stream",
      "timestamp,value\n2026-03-02,1\n",
      ["--device", "d--1", "--stream", "y"],
      2,
      '"y"',
    ],
    [
      "an id of 0",
      "timestamp,value\n2026-03-02,1\n",
      [...FIXED, "--first-id", "0"],
      2,
      'from 1 to 2^53-1, or "cloud"',
    ],
    [
      "--first-id cloud without --state",
      "timestamp,value\n2026-03-02,1\n",
      [...FIXED, "--first-id", "cloud"],
      2,
      "two runs before an upload would get the same ids",
    ],
  ] as [string, string, string[], number, string][]
) {
  Deno.test(`archfx report encode rejects ${what} in one line and writes nothing`, () =>
    withFolder(async (cwd) => {
      await Deno.writeTextFile(`${cwd}/bad.csv`, text);
      const ended = await archfx(["report", "encode", "bad.csv", ...args, "-o", "out.mp"], { cwd });
      assertEquals([ended.code, ended.out], [code, ""], ended.err);
      assertStringIncludes(ended.err, message);
      assertEquals(ended.err.trim().split("\n").length, code === 2 ? 2 : 1, ended.err);
      assertEquals(names(cwd), ["bad.csv"]);
    }));
}

Deno.test("archfx report encode shows line, column and text of a bad row", () =>
  withFolder(async (cwd) => {
    await Deno.writeTextFile(
      `${cwd}/bad.csv`,
      "timestamp,value\n2026-03-02 06:00,1\n2026-03-02 07:00,n/a\n",
    );
    const { err } = await archfx(["report", "encode", "bad.csv", ...FIXED], { cwd });
    assertEquals(
      err,
      'archfx report encode: Cannot read "bad.csv", line 3: "n/a" in column "value" is not a number; try --words or --skip-bad-rows\n',
    );
  }));

Deno.test("archfx report encode --skip-bad-rows counts them", () =>
  withFolder(async (cwd) => {
    await Deno.writeTextFile(
      `${cwd}/bad.csv`,
      `${THREE}yesterday,1\n2026-03-02 06:00:09Z,n/a\n2026-03-02 06:00:10Z,5\n`,
    );
    const ended = await archfx([
      "report",
      "encode",
      "bad.csv",
      ...FIXED,
      "--skip-bad-rows",
      "--first-id",
      "1",
    ], { cwd });
    assertEquals([ended.code, ended.err], [
      0,
      'Skipped "bad.csv", line 5: "yesterday" in column "timestamp" is not a timestamp of the form ' +
      'YYYY-MM-DDThh:mm:ss\nSkipped "bad.csv", line 6: "n/a" in column "value" is not a number\n' +
      "2 rows were skipped, because they cannot be read\n",
    ]);
    assertEquals([...(await decode(`${cwd}/bad.mp`)).columns().readingIds], [1n, 2n, 3n, 4n]);
  }));

Deno.test("archfx report encode says which file it cannot read or write", () =>
  withFolder(async (cwd) => {
    await Deno.writeTextFile(`${cwd}/three.csv`, THREE);
    const message = async (...args: string[]) => {
      const { code, err } = await archfx(["report", "encode", ...args], { cwd });
      assertEquals(code, 1, err);
      return err;
    };
    await Deno.mkdir(`${cwd}/folder`);
    assertEquals(
      await message("none.csv", ...FIXED),
      'archfx report encode: Cannot read "none.csv": the file does not exist\n',
    );
    assertEquals(
      await message("folder", ...FIXED),
      'archfx report encode: Cannot read "folder": the folder has no file that ends in .csv, .tsv, ' +
        ".json, .ndjson, .parquet or .arrow\n",
    );
    assertEquals(
      await message("three.csv", ...FIXED, "-o", "no/such/out.mp"),
      'archfx report encode: Cannot write "no/such/out.mp": the folder does not exist\n',
    );
    assertEquals(names(cwd), ["folder", "three.csv"]);
  }));

/** Readings of a million rows, made once. */
