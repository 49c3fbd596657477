import { assert, assertEquals, assertRejects } from "@std/assert";
import { withFolder } from "../_folder.ts";
import {
  ArchFXFlexibleDictionaryReport,
  DataError,
  type ReadingColumns,
  writeReport,
} from "../../src/reports/mod.ts";
import { columnsOf } from "./_readings.ts";

/** Runs a test in a folder that is removed afterwards. */
function folderTest(name: string, run: (folder: string) => Promise<void>): void {
  Deno.test(name, async () => {
    await withFolder(async (folder) => {
      await run(folder);
    });
  });
}

function join(chunks: ReadingColumns[]): ReadingColumns {
  const length = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  return {
    length,
    streams: Uint32Array.from(chunks.flatMap((chunk) => [...chunk.streams])),
    readingIds: Float64Array.from(chunks.flatMap((chunk) => [...chunk.readingIds].map(Number))),
    timestamps: BigInt64Array.from(chunks.flatMap((chunk) => [...chunk.timestamps])),
    values: Float64Array.from(chunks.flatMap((chunk) => [...chunk.values])),
  };
}

const names = (folder: string) => [...Deno.readDirSync(folder)].map(({ name }) => name);

folderTest(
  "writeReport() writes what fromColumns() encodes, and nothing beside it",
  async (folder) => {
    const chunks = [columnsOf(3000), columnsOf(0), columnsOf(70_000, 3001)];
    const path = `${folder}/line.mp`;
    const progress: number[] = [];
    const written = await writeReport(chunks, path, {
      device: 0x1234,
      sentTimestamp: "2021-01-21T00:00Z",
      onProgress: (readings) => progress.push(readings),
    });
    const bytes = await Deno.readFile(path);
    const whole = ArchFXFlexibleDictionaryReport.fromColumns({
      device: 0x1234,
      sentTimestamp: "2021-01-21T00:00Z",
      columns: join(chunks),
    });
    const expected = whole.encode();
    assert(bytes.every((byte, i) => byte === expected[i]));
    assertEquals(written, { readings: 73_000, bytes: whole.byteLength });
    assertEquals(bytes.length, whole.byteLength);
    assertEquals(progress, [3000, 3000, 73_000]);
    assertEquals(names(folder), ["line.mp"]);
  },
);

folderTest("writeReport() assigns ids in sequence and keeps free-form data", async (folder) => {
  const chunk = { ...columnsOf(2, 0), rawData: [null, "x".repeat(3_000_000)] };
  await writeReport([chunk, columnsOf(1, 0)], `${folder}/a.mp`, { device: 1, nextReadingId: 7 });
  const report = ArchFXFlexibleDictionaryReport.decode(await Deno.readFile(`${folder}/a.mp`));
  assertEquals([...report.columns().readingIds], [7n, 8n, 9n]);
  assertEquals((report.visibleData[1].rawData as string).length, 3_000_000);
  assertEquals([report.lowestId, report.highestId], [7, 9]);
});

folderTest("writeReport() does not change the target when the source fails", async (folder) => {
  const path = `${folder}/a.mp`;
  await Deno.writeTextFile(path, "before");
  async function* failing(): AsyncGenerator<ReadingColumns> {
    yield columnsOf(10);
    await Promise.resolve();
    throw new Error("the line went down");
  }
  await assertRejects(() => writeReport(failing(), path, { device: 1 }), Error, "the line went");
  const bad = { ...columnsOf(1), timestamps: BigInt64Array.of(2n ** 62n) };
  await assertRejects(() => writeReport([bad], path, { device: 1 }), DataError, "reading 0");
  const signal = AbortSignal.abort();
  await assertRejects(() => writeReport([columnsOf(1)], path, { device: 1, signal }));
  assertEquals(await Deno.readTextFile(path), "before");
  assertEquals(names(folder), ["a.mp"]);
});

folderTest("write() and save() give the file its name at the end", async (folder) => {
  const report = ArchFXFlexibleDictionaryReport.fromColumns({ device: 1, columns: columnsOf(9) });
  await report.write(`${folder}/a.mp`);
  await report.save(new URL(`file://${folder}/b.mp`));
  for (const name of ["a.mp", "b.mp"]) {
    assertEquals(await Deno.readFile(`${folder}/${name}`), report.encode());
  }
  assertEquals(names(folder).length, 2);
  await assertRejects(() => report.write(`${folder}/none/a.mp`), Error);
});

folderTest("writeReport() checks columns, whether it assigns ids or not", async (folder) => {
  const columns = columnsOf(3);
  const wrong: [unknown, string][] = [
    [{ ...columns, summarydata: [] }, "summarydata"],
    [{ ...columns, readingIds: Float64Array.of(1) }, "readingIds"],
    [{ ...columns, readingIds: [1, 2, 3] }, "readingIds"],
    [null, "null"],
  ];
  for (const nextReadingId of [undefined, 1]) {
    for (const [chunk, text] of wrong) {
      const source = [chunk] as ReadingColumns[];
      const error = await assertRejects(() =>
        writeReport(source, `${folder}/x.mp`, { device: 1, nextReadingId })
      ) as Error;
      assert(error instanceof TypeError || error instanceof RangeError, String(error));
      assert(error.message.startsWith("Cannot") && error.message.includes(text), error.message);
    }
    const readingIds = Float64Array.of(1, 2, 0.5);
    await assertRejects(
      () =>
        writeReport([{ ...columns, readingIds }], `${folder}/x.mp`, { device: 1, nextReadingId }),
      DataError,
      "reading 2",
    );
  }
  assertEquals(names(folder), []);
});

folderTest(
  "writeReport() stops at once when it is aborted, also where its source waits",
  async (folder) => {
    let stopped = false;
    let goOn = () => {};
    const waiting = new Promise<void>((resolve) => goOn = resolve);
    const controller = new AbortController();
    async function* source(): AsyncGenerator<ReadingColumns> {
      try {
        yield columnsOf(10);
        controller.abort(new Error("enough"));
        await waiting;
        yield columnsOf(10, 11);
      } finally {
        stopped = true;
      }
    }
    const { signal } = controller;
    await assertRejects(
      () => writeReport(source(), `${folder}/x.mp`, { device: 1, signal }),
      Error,
      "enough",
    );
    assertEquals([stopped, names(folder)], [false, []]);
    goOn();
    while (!stopped) await new Promise((resolve) => setTimeout(resolve, 1));
  },
);

folderTest("writeReport() rejects a folder before it reads anything", async (folder) => {
  let asked = false;
  function* source(): Generator<ReadingColumns> {
    asked = true;
    yield columnsOf(10);
  }
  const error = await assertRejects(() => writeReport(source(), folder, { device: 1 }), Error);
  assertEquals([(error as NodeJS.ErrnoException).code, asked], ["EISDIR", false]);
});

folderTest("writeReport() moves the events of a report with an odd header", async (folder) => {
  const path = `${folder}/odd.mp`;
  // More than is gathered at first, so that the length of the header is estimated from the beginning.
  const raw = "x".repeat(9000);
  const ids: Record<string, (row: number) => bigint> = {
    "a shorter one": (row) => BigInt(row + 1),
    "a longer one": (row) => BigInt(row + 1) * 2n ** 22n,
  };
  for (const [what, idOf] of Object.entries(ids)) {
    const chunks = [0, 1000, 2000].map((from) => {
      const columns = columnsOf(1000, from);
      const readingIds = BigUint64Array.from({ length: 1000 }, (_, row) => idOf(from + row));
      return { ...columns, readingIds, rawData: Array<unknown>(1000).fill(raw) };
    });
    const { bytes } = await writeReport(chunks, path, { device: 1 });
    const written = await Deno.readFile(path);
    const whole = ArchFXFlexibleDictionaryReport.fromColumns({
      device: 1,
      columns: {
        ...join(chunks),
        readingIds: BigUint64Array.from({ length: 3000 }, (_, row) => idOf(row)),
        rawData: Array<unknown>(3000).fill(raw),
      },
    }).encode();
    assertEquals(bytes, whole.length, what);
    assert(written.every((byte, i) => byte === whole[i]), what);
  }
});
