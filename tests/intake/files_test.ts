/** `archfx report encode` with many files: names, splitting, skipping, bad rows, exit codes. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { withFolder } from "../_folder.ts";
import { gzipSync } from "node:zlib";
import { ArchFXFlexibleDictionaryReport } from "../../src/reports/mod.ts";
import { runHere } from "./_command.ts";

const row = (i: number) => `${new Date(1772431200000 + i * 1000).toISOString()},${i}\n`;
const csv = (from: number, to: number) =>
  "timestamp,value\n" + Array.from({ length: to - from }, (_, i) => row(from + i)).join("");
const FIXED = ["--device", "d--1", "--stream", "0001-5090"];

async function withFiles(task: (folder: string) => Promise<void>): Promise<void> {
  await withFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/a.csv`, csv(0, 10));
    await Deno.writeFile(`${folder}/b.csv.gz`, gzipSync(new TextEncoder().encode(csv(10, 30))));
    await Deno.writeTextFile(`${folder}/notes.txt`, "not readings");
    await task(folder);
  });
}

const names = (folder: string) =>
  [...Deno.readDirSync(folder)].map(({ name }) => name).filter((name) => name.endsWith(".mp"))
    .sort();
const valuesOf = async (
  path: string,
) => [...ArchFXFlexibleDictionaryReport.decode(await Deno.readFile(path)).columns().values];

Deno.test("report encode reads files, folders and patterns, each into its own report", () =>
  withFiles(async (folder) => {
    const encode = (...args: string[]) => runHere(["report", "encode", ...args, ...FIXED]);
    const missing = await encode(folder, "-o", `${folder}/out.mp`);
    assertEquals(missing.code, 2);
    assertStringIncludes(missing.err, "{file}");
    const both = await encode(folder, "-o", `${folder}/{file}.mp`);
    assertEquals([both.code, names(folder)], [0, ["a.mp", "b.mp"]], both.err);
    assertEquals((await valuesOf(`${folder}/b.mp`)).length, 20);
    // Existing outputs are left alone, with a note.
    const again = await encode(`${folder}/*.csv*`, "-o", `${folder}/{file}.mp`);
    assertEquals([again.code, again.out], [0, ""]);
    assertStringIncludes(again.err, "already exists");
    assertEquals((await encode(`${folder}/*.tsv`)).code, 1);
  }));

Deno.test("report encode encodes the valid files and names the invalid ones", () =>
  withFiles(async (folder) => {
    await Deno.writeTextFile(`${folder}/c.csv`, "timestamp,value\nyesterday,1\n");
    const ended = await runHere([
      "report",
      "encode",
      folder,
      ...FIXED,
      "-o",
      `${folder}/{file}.mp`,
      "--json",
    ]);
    assertEquals([ended.code, names(folder)], [5, ["a.mp", "b.mp"]], ended.err);
    assertStringIncludes(ended.err, `c.csv", line 2: "yesterday" in column "timestamp"`);
    const { readings, failures } = JSON.parse(ended.out);
    assertEquals([readings, failures], [30, 1]);
  }));

Deno.test("report encode --state continues ids over files and skips finished ones", () =>
  withFiles(async (folder) => {
    const encode = (...more: string[]) =>
      runHere([
        "report",
        "encode",
        folder,
        ...FIXED,
        "--state",
        `${folder}/ids.state`,
        "-o",
        `${folder}/{first}.mp`,
        ...more,
      ]);
    assertEquals([(await encode()).code, names(folder)], [0, ["1.mp", "11.mp"]]);
    await Deno.writeTextFile(`${folder}/d.csv`, csv(30, 35));
    const again = await encode();
    assertEquals([again.code, names(folder)], [0, ["1.mp", "11.mp", "31.mp"]], again.err);
    assertEquals(again.err.match(/an earlier run has encoded it/g)?.length, 2);
    // A file that has changed is encoded again.
    await Deno.writeTextFile(`${folder}/d.csv`, csv(30, 36));
    await encode();
    assertEquals(names(folder), ["1.mp", "11.mp", "31.mp", "36.mp"]);
  }));

Deno.test("report encode --max-readings and --max-bytes split reports without losing a reading", () =>
  withFiles(async (folder) => {
    const encode = (...more: string[]) =>
      runHere(["report", "encode", `${folder}/b.csv.gz`, ...FIXED, ...more]);
    assertEquals((await encode("--max-readings", "8", "-o", `${folder}/out.mp`)).code, 2);
    const split = await encode("--max-readings", "8", "-o", `${folder}/r{first}-{last}.mp`);
    assertEquals([split.code, names(folder)], [0, ["r1-8.mp", "r17-20.mp", "r9-16.mp"]], split.err);
    assertEquals(await valuesOf(`${folder}/r17-20.mp`), [26, 27, 28, 29]);
    const limit = 900;
    const small = await encode("--max-bytes", String(limit), "-o", `${folder}/s{part}.mp`);
    assertEquals(small.code, 0, small.err);
    const all: number[] = [];
    const parts = names(folder).filter((name) => name.startsWith("s"))
      .sort((a, b) => Number(a.slice(1, -3)) - Number(b.slice(1, -3)));
    for (const name of parts) {
      assertEquals((await Deno.stat(`${folder}/${name}`)).size <= limit, true, name);
      all.push(...await valuesOf(`${folder}/${name}`));
    }
    assertEquals([parts.length > 1, all], [true, Array.from({ length: 20 }, (_, i) => 10 + i)]);
    const tiny = await encode("--max-bytes", "10", "-o", `${folder}/t{part}.mp`);
    assertEquals([tiny.code, names(folder).filter((name) => name.startsWith("t"))], [1, []]);
    assertStringIncludes(tiny.err, "--max-bytes");
  }));

Deno.test("report encode --bad-rows writes the skipped rows, --max-bad limits them", () =>
  withFiles(async (folder) => {
    await Deno.writeTextFile(
      `${folder}/a.csv`,
      csv(0, 5) + 'x,1\n2026-03-02T06:00:00Z,"n,a"\n' + row(6),
    );
    const encode = (...more: string[]) =>
      runHere([
        "report",
        "encode",
        `${folder}/a.csv`,
        ...FIXED,
        ...more,
        "-o",
        `${folder}/a.mp`,
        "--force",
      ]);
    const limited = await encode("--max-bad", "1", "--bad-rows", `${folder}/bad.csv`);
    assertEquals([limited.code, names(folder)], [1, []], limited.err);
    assertStringIncludes(limited.err, "2 rows cannot be read, and only 1 are allowed");
    const written = await encode("--bad-rows", `${folder}/bad.csv`);
    assertEquals([written.code, (await valuesOf(`${folder}/a.mp`)).length], [0, 6], written.err);
    const lines = (await Deno.readTextFile(`${folder}/bad.csv`)).trim().split("\n");
    assertEquals([lines.length, lines[0]], [3, "file,line,column,text,problem,row"]);
    assertStringIncludes(lines[2], '8,value,"n,a"');
    assertEquals((await encode("--max-bad", "20%")).code, 1);
    assertEquals((await encode("--max-bad", "25%")).code, 0);
  }));

Deno.test("report encode rejects options that contradict each other with exit code 2, before it opens a file", async () => {
  const wrong: [string[], string][] = [
    [["--decimal", ",", "--thousands", ","], "--thousands"],
    [["--map", "a=0001", "--value-column", "v"], "--value-column"],
    [["--good", "Good"], "--good"],
    [["--quality-column", "q"], "--quality-column"],
    [["--keep-bad"], "--keep-bad"],
    [["--time-format", "%d.%m"], "--time-format"],
    [["--time-format", "%Q"], "--time-format"],
    [["--time-zone", "Europe/Nowhere"], "--time-zone"],
    [["--encoding", "no-such"], "--encoding"],
    [["--delimiter", "abcde"], "--delimiter"],
    [["--headerless", "--unit-row"], "--unit-row"],
    [["--words", "TRUE"], "--words"],
    [["--map", "a"], "--map"],
    [["--max-bad", "some"], "--max-bad"],
    [["--header-rows", "0"], "--header-rows"],
    [["--nan", "maybe"], "--nan"],
  ];
  for (const [args, text] of wrong) {
    const ended = await runHere([
      "report",
      "encode",
      "no-such-file.csv",
      "--device",
      "d--1",
      ...args,
    ]);
    assertEquals(ended.code, 2, `${args}: ${ended.err}`);
    assertStringIncludes(ended.err, text);
  }
});

Deno.test("report encode --max-readings writes a thousand reports at once, whose parts have different names", async () => {
  await withFolder(async (folder) => {
    const rows = Array.from(
      { length: 1000 },
      (_, i) => `${new Date(1772431200000 + i).toISOString()},${i}\n`,
    );
    await Deno.writeTextFile(`${folder}/a.csv`, `timestamp,value\n${rows.join("")}`);
    const ended = await runHere([
      ...["report", "encode", `${folder}/a.csv`, "--device", "d--1", "--stream", "5090"],
      ...["--max-readings", "1", "-o", `${folder}/{part}.mp`],
    ]);
    assertEquals([ended.code, [...Deno.readDirSync(folder)].length], [0, 1001], ended.err);
  });
});
