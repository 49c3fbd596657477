/**
 * Parquet and Arrow files that pyarrow wrote, with the options of text; without pyarrow in .venv the test does not run.
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { withFolder } from "../_folder.ts";
import { ArchFXFlexibleDictionaryReport } from "../../src/reports/mod.ts";
import { runHere } from "./_command.ts";

const root = new URL("../../", import.meta.url).pathname;

async function python(...args: string[]): Promise<boolean> {
  try {
    const { success, stderr } = await new Deno.Command(`${root}.venv/bin/python`, { args })
      .output();
    if (!success && args[0] !== "-c") throw new Error(new TextDecoder().decode(stderr));
    return success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** Looks for pyarrow without importing it, which takes a quarter of a second. */
const noPyarrow = !(await python(
  "-c",
  "import importlib.util as i; exit(i.find_spec('pyarrow') is None)",
));

interface Case {
  file: string;
  args: string[];
  want: [micros: number, stream: number, value: number][] | null;
  error: string | null;
}

Deno.test({
  name: "report encode reads the Parquet and Arrow files of pyarrow with the options of text",
  ignore: noPyarrow,
  async fn() {
    await withFolder(async (folder) => {
      await python(`${root}tests/intake/tables.py`, folder);
      await Deno.writeTextFile(
        `${folder}/tags.csv`,
        "name,stream,scale\nOven,0001-5090,0.1\nDoor,0001-5091,\n",
      );
      const cases: Case[] = JSON.parse(await Deno.readTextFile(`${folder}/cases.json`));
      assert(cases.length > 100);
      for (const { file, args, want, error } of cases) {
        const output = `${folder}/out.mp`;
        const typed = args.map((it) => it === "TAGS" ? `${folder}/tags.csv` : it);
        const ended = await runHere([
          "report",
          "encode",
          `${folder}/${file}`,
          ...typed,
          "-o",
          output,
        ]);
        if (want === null) {
          assertEquals(ended.code, 1, `${file} ${args}: ${ended.err}`);
          assertEquals(ended.err.trim().split("\n").length, 1, ended.err);
          assertStringIncludes(ended.err, file);
          assertStringIncludes(ended.err, error!, file);
          assertEquals(
            [...Deno.readDirSync(folder)].some(({ name }) => name.startsWith("out.mp")),
            false,
          );
          continue;
        }
        assertEquals(ended.code, 0, `${file} ${args}: ${ended.err}`);
        const { timestamps, streams, values } = ArchFXFlexibleDictionaryReport
          .decode(await Deno.readFile(output)).columns();
        const found = [...values].map((value, i) => [Number(timestamps[i]), streams[i], value]);
        assertEquals(found, want, `${file} ${args}`);
        await Deno.remove(output);
      }
      // A file that is cut at any byte is rejected in one line.
      for (const name of ["wide.parquet", "wide.arrow", "wide.stream.arrow"]) {
        const bytes = await Deno.readFile(`${folder}/${name}`);
        for (const part of [0.3, 0.6, 0.9]) {
          await Deno.writeFile(
            `${folder}/cut.${name}`,
            bytes.subarray(0, Math.floor(bytes.length * part)),
          );
          const ended = await runHere([
            "report",
            "encode",
            `${folder}/cut.${name}`,
            "--time-column",
            "Zeit",
            "--map",
            "press=5091",
            "--device",
            "d--1",
            "-o",
            `${folder}/cut.mp`,
          ]);
          assertEquals(ended.code, 1, `${name} ${part}`);
          assertEquals(ended.err.trim().split("\n").length, 1, ended.err);
          assertStringIncludes(ended.err, "cut off");
        }
      }
    });
  },
});

Deno.test({
  name:
    "report encode --state skips a Parquet file that it has encoded, by the hash of the whole file",
  ignore: noPyarrow,
  async fn() {
    await withFolder(async (folder) => {
      const path = `${folder}/large.parquet`;
      const script = "import pyarrow as pa, pyarrow.parquet as pq, random, sys; n=200000; " +
        "pq.write_table(pa.table({'timestamp': pa.array([1772431200000000+i for i in range(n)]).cast(pa.timestamp('us','UTC')), 'value': [random.random() for _ in range(n)]}), sys.argv[1])";
      const { success } = await new Deno.Command(`${root}.venv/bin/python`, {
        args: ["-c", script, path],
      }).output();
      assert(success && Deno.statSync(path).size > 2 << 20);
      const args = [
        "report",
        "encode",
        path,
        "--device",
        "d--1",
        "--stream",
        "5090",
        "--state",
        `${folder}/ids.json`,
      ];
      assertEquals((await runHere([...args, "-o", `${folder}/{first}.mp`])).code, 0);
      const again = await runHere([...args, "-o", `${folder}/{first}.mp`]);
      assertStringIncludes(again.err, "an earlier run has encoded it");
      assertEquals(
        [...Deno.readDirSync(folder)].filter(({ name }) => name.endsWith(".mp")).length,
        1,
      );
    });
  },
});
