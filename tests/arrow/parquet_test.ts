/** writeParquet and readParquet: data is read back unchanged, from a file, bytes and a Blob. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { readParquet, writeParquet } from "../../src/arrow/mod.ts";
import { DataError } from "../../src/codec/data_error.ts";
import type { ReadingChunk } from "../../src/readings/mod.ts";
import { asRead, assertSameReadings, extremes, gather } from "./_columns.ts";
import { withFolder } from "../_folder.ts";

function counting(from: number, length: number): ReadingChunk {
  return {
    length,
    streams: new Uint32Array(length).fill(0x15090),
    readingIds: BigUint64Array.from({ length }, (_, i) => BigInt(from + i)),
    timestamps: BigInt64Array.from({ length }, (_, i) => 1772431200000000n + BigInt(from + i)),
    values: Float64Array.from({ length }, (_, i) => Math.sin(from + i)),
  };
}

Deno.test("readParquet() reads what writeParquet() wrote, every column with its extremes", () =>
  withFolder(async (folder) => {
    for (const compression of ["zstd", "snappy", "gzip", "none"] as const) {
      const path = `${folder}/${compression}.parquet`;
      const written = await writeParquet([extremes()], path, { compression });
      const bytes = await Deno.readFile(path);
      assertEquals(written, { readings: 7, bytes: bytes.length });
      for (const source of [path, new URL(`file://${path}`), bytes, new Blob([bytes])]) {
        assertSameReadings(await gather(readParquet(source)), asRead(extremes()));
      }
    }
  }));

Deno.test("writeParquet() keeps many chunks in order, over several row groups", () =>
  withFolder(async (folder) => {
    const path = `${folder}/many.parquet`;
    const chunks = [counting(0, 0), counting(0, 900), counting(900, 1), counting(901, 2_500)];
    await writeParquet(chunks, path, { rowGroupReadings: 1000 });
    const sizes: number[] = [];
    const all = await gather((async function* () {
      for await (const chunk of readParquet(path, { chunkReadings: 700 })) {
        sizes.push(chunk.length);
        yield chunk;
      }
    })());
    assertSameReadings(all, counting(0, 3401));
    assert(sizes.length >= 5 && Math.max(...sizes) <= 700, `${sizes}`);
  }));

Deno.test("writeParquet() without readings writes the columns and no rows", () =>
  withFolder(async (folder) => {
    const written = await writeParquet([], `${folder}/empty.parquet`);
    assertEquals(written.readings, 0);
    assertEquals((await gather(readParquet(`${folder}/empty.parquet`))).length, 0);
  }));

Deno.test("writeParquet() does not change the target when the source fails or is aborted", () =>
  withFolder(async (folder) => {
    const path = `${folder}/kept.parquet`;
    await writeParquet([counting(0, 5)], path);
    const before = await Deno.readFile(path);
    async function* failing() {
      yield counting(0, 5000);
      throw new RangeError("the source broke");
    }
    await assertRejects(() => writeParquet(failing(), path), RangeError, "the source broke");
    const invalid = { ...counting(0, 1), timestamps: BigInt64Array.of(2n ** 62n) };
    await assertRejects(
      () => writeParquet([counting(0, 9), invalid], path),
      DataError,
      "years 1 to 9999",
    );
    const controller = new AbortController();
    async function* endless() {
      for (let from = 0;; from += 1000) {
        if (from === 5000) controller.abort(new Error("enough"));
        yield counting(from, 1000);
      }
    }
    const { signal } = controller;
    await assertRejects(() => writeParquet(endless(), path, { signal }), Error, "enough");
    assertEquals(await Deno.readFile(path), before);
    assertEquals([...Deno.readDirSync(folder)].map(({ name }) => name), ["kept.parquet"]);
  }));

Deno.test("writeParquet() and readParquet() name the file, the option or the column that is wrong", () =>
  withFolder(async (folder) => {
    const path = `${folder}/a.parquet`;
    await assertRejects(
      () => writeParquet([], path, { compression: "lz4" } as never),
      TypeError,
      'Cannot use "lz4" as compression',
    );
    await assertRejects(() => writeParquet([], `${folder}/no/a.parquet`), Error, "ENOENT");
    await assertRejects(() => gather(readParquet(path)), Error, `Cannot read "${path}": ENOENT`);
    await Deno.writeTextFile(path, "timestamp,value\n");
    await assertRejects(
      () => gather(readParquet(path)),
      DataError,
      `Cannot read "${path}" as Parquet`,
    );
    await writeParquet([counting(0, 5)], path);
    const names = { value: "celsius" };
    await assertRejects(
      () => gather(readParquet(path, { names })),
      DataError,
      'no column "celsius"',
    );
    const whole = await Deno.readFile(path);
    await Deno.writeFile(path, whole.slice(0, whole.length - 100));
    await assertRejects(() => gather(readParquet(path)), DataError, "as Parquet");
  }));
