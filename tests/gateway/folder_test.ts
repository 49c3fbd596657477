/** The folder source: complete files and files that grow. */
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { folderSource } from "../../src/gateway/mod.ts";
import { running, TestSink } from "./_sink.ts";
import { TestCloud } from "./_cloud.ts";
import { assertCounted, startGateway, until, withFolder, workerQueue } from "./_gateway.ts";

const rows = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => {
    const time = new Date(1_767_225_600_000 + 1000 * (from + i)).toISOString();
    return `${time},${from + i}\n`;
  }).join("");
const numbers = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);
const HEADER = "timestamp,value\n";
const common = { device: "d--1", read: { stream: "5090" }, pollMs: 20, settleMs: 0 } as const;

async function names(folder: string): Promise<string[]> {
  const found = [];
  for await (const { name } of Deno.readDir(folder)) found.push(name);
  return found.sort();
}

Deno.test("folderSource() reads complete files in order, and moves them when they are durable", () =>
  withFolder(async (path) => {
    await Deno.writeTextFile(`${path}/b.csv`, HEADER + rows(10, 20));
    await Deno.writeTextFile(`${path}/a.csv`, HEADER + rows(0, 10));
    await Deno.writeTextFile(`${path}/.hidden.csv`, "x");
    await Deno.writeTextFile(`${path}/c.csv.part`, "x");
    await Deno.writeTextFile(`${path}/notes.md`, "x");
    const sink = new TestSink();
    await running(folderSource({ ...common, path, match: "*.csv" }), sink, async () => {
      await until("both are read", () => sink.values.length === 20);
      await Deno.writeTextFile(`${path}/c.tmp`, HEADER + rows(20, 30));
      await Deno.rename(`${path}/c.tmp`, `${path}/c.csv`);
      await until("the third is moved", async () => (await names(`${path}/done`)).length === 3);
    });
    assertEquals(sink.values, numbers(0, 30));
    assertEquals(await names(path), [".hidden.csv", "c.csv.part", "done", "notes.md"]);
    assertEquals(sink.problems, []);
  }));

Deno.test("folderSource() does not read a file that is still growing", () =>
  withFolder(async (path) => {
    const sink = new TestSink();
    const source = folderSource({ ...common, path, settleMs: 300 });
    await running(source, sink, async () => {
      for (let i = 0; i < 5; i++) {
        const text = (i === 0 ? HEADER : "") + rows(10 * i, 10 * i + 10);
        await Deno.writeTextFile(`${path}/a.csv`, text, { append: true });
        await new Promise((resolve) => setTimeout(resolve, 60));
      }
      await until("it is read", () => sink.values.length > 0);
    });
    assertEquals(sink.values, numbers(0, 50));
  }));

Deno.test("folderSource() delivers every reading exactly once when it is stopped in the middle of a file", () =>
  withFolder(async (path) => {
    await Deno.writeTextFile(`${path}/a.csv`, HEADER + rows(0, 100));
    await Deno.writeTextFile(`${path}/b.csv`, HEADER + rows(100, 150));
    const sink = new TestSink();
    let pushes = 0;
    sink.before = () => {
      if (++pushes === 4) throw new Error("killed");
    };
    const options = { ...common, path, read: { stream: "5090", chunkReadings: 10 } };
    await assertRejects(
      () => folderSource(options).run(sink, new AbortController().signal),
      Error,
      "killed",
    );
    assertEquals(sink.values, numbers(0, 30));
    await running(
      folderSource(options),
      sink,
      () => until("all is read", () => sink.values.length >= 150),
    );
    assertEquals(sink.values, numbers(0, 150));
  }));

Deno.test("folderSource() puts bad rows into FILE.bad, and a file with too many of them into failed/", () =>
  withFolder(async (path) => {
    await Deno.writeTextFile(`${path}/a.csv`, `${HEADER}${rows(0, 3)}nonsense,1\n${rows(3, 5)}`);
    await Deno.writeTextFile(`${path}/b.csv`, `${HEADER}${rows(5, 6)}x,1\ny,2\nz,3\n`);
    await Deno.writeTextFile(`${path}/c.csv`, "zeit;wert\n1;2\n");
    await Deno.writeTextFile(`${path}/d.csv`, HEADER + rows(5, 7));
    await Deno.writeTextFile(`${path}/e.dat`, HEADER + rows(5, 7));
    const sink = new TestSink();
    await running(
      folderSource({ ...common, path, maxBadRows: 2 }),
      sink,
      () => until("all are moved", async () => (await names(path)).join() === "done,failed"),
    );
    assertEquals(sink.values, numbers(0, 7));
    assertEquals(await names(`${path}/failed`), ["b.csv", "c.csv", "e.dat"]);
    assertEquals(await names(`${path}/done`), ["a.csv", "a.csv.bad", "d.csv"]);
    const bad = await Deno.readTextFile(`${path}/done/a.csv.bad`);
    assert(bad.startsWith("5\t"), bad);
    assertEquals(sink.problems.length, 4);
    assert(sink.problems[0]!.includes("line 5"), sink.problems[0]);
    assert(sink.problems[1]!.includes("more than 2 bad rows"), sink.problems[1]);
  }));

Deno.test("folderSource() writes FILE.bad before the readings are stored, also for long names and names with line ends", () =>
  withFolder(async (path) => {
    const name = `${"n".repeat(245)}\n.csv`;
    await Deno.writeTextFile(`${path}/${name}`, `${HEADER}${rows(0, 2)}nonsense,1\n`);
    const sink = new TestSink();
    sink.before = async () => {
      const [bad] = (await names(`${path}/done`)).filter((it) => it.endsWith(".bad"));
      assert((await Deno.readTextFile(`${path}/done/${bad}`)).startsWith("4\t"));
    };
    await running(
      folderSource({ ...common, path }),
      sink,
      () =>
        until(
          "it is moved",
          async () => (await names(`${path}/done`).catch(() => [])).length === 2,
        ),
    );
    assertEquals(sink.values, [0, 1]);
    assertEquals(sink.problems.length, 1);
  }));

Deno.test("folderSource() reads another file of the same name, size and time, but not the same one again", () =>
  withFolder(async (path) => {
    const sink = new TestSink();
    const put = async (from: number) => {
      await Deno.writeTextFile(`${path}/a.tmp`, HEADER + rows(from, from + 5));
      await Deno.utime(`${path}/a.tmp`, 1_767_225_600, 1_767_225_600);
      await Deno.rename(`${path}/a.tmp`, `${path}/a.csv`);
    };
    const moved = (count: number) =>
      until(
        "it is moved",
        async () => (await names(`${path}/done`).catch(() => [])).length === count,
      );
    await running(folderSource({ ...common, path }), sink, async () => {
      await put(10);
      await moved(1);
      await put(20);
      await moved(2);
      await Deno.rename(`${path}/done/a.csv.1`, `${path}/a.csv`);
      await until("it is moved again", async () => !(await names(path)).includes("a.csv"));
    });
    assertEquals(sink.values, [...numbers(10, 15), ...numbers(20, 25)]);
  }));

Deno.test("folderSource() follows files that are extended, renamed, truncated and replaced", () =>
  withFolder(async (path) => {
    const sink = new TestSink();
    const options = { ...common, path, mode: "append", match: "*.csv" } as const;
    const append = (name: string, text: string) =>
      Deno.writeTextFile(`${path}/${name}`, text, { append: true });
    await append("log.csv", HEADER + rows(0, 10));
    await running(folderSource(options), sink, async () => {
      await until("the first rows", () => sink.values.length === 10);
      // A record that is not complete waits.
      await append("log.csv", rows(10, 12) + "2026-01-01T00:00:12Z,");
      await until("complete rows", () => sink.values.length === 12);
      await append("log.csv", "12\n");
      await until("the completed row", () => sink.values.length === 13);
      // Rotation: the old file gets its last rows, then a new one begins.
      await append("log.csv", rows(13, 15));
      await Deno.rename(`${path}/log.csv`, `${path}/log.csv.1`);
      await append("log.csv", HEADER + rows(15, 20));
      await until("both files", () => sink.values.length === 20);
    });
    assertEquals(sink.values, numbers(0, 20));
    // While the source does not run, it is rotated again.
    await append("log.csv", rows(20, 22));
    await Deno.rename(`${path}/log.csv`, `${path}/log.csv.2`);
    await append("log.csv", HEADER + rows(22, 25));
    await running(folderSource(options), sink, async () => {
      await until("both files again", () => sink.values.length === 25);
      // Shortened in place: a new file.
      await Deno.writeTextFile(`${path}/log.csv`, HEADER + rows(25, 26));
      await until("the shorter file", () => sink.values.length === 26);
    });
    assertEquals(sink.values, numbers(0, 26));
    assertEquals(sink.problems, []);
  }));

Deno.test("folderSource() starts again if its mode was changed", () =>
  withFolder(async (path) => {
    const sink = new TestSink();
    const read = async (mode: "append" | "complete", count: number) => {
      await running(
        folderSource({ ...common, path, mode }),
        sink,
        () => until(`${count} are read`, () => sink.values.length === count),
      );
      return JSON.parse((await sink.position())!);
    };
    await Deno.writeTextFile(`${path}/a.csv`, HEADER + rows(0, 3));
    await read("complete", 3);
    await Deno.writeTextFile(`${path}/b.csv`, HEADER + rows(3, 5));
    assertEquals(Object.keys(await read("append", 5)).length, 1);
    assertEquals((await read("complete", 7)).readings, 2);
    assertEquals(sink.values, [...numbers(0, 5), 3, 4]);
  }));

Deno.test("folderSource() reports file and line of bad rows in growing files", () =>
  withFolder(async (path) => {
    const sink = new TestSink();
    await Deno.writeTextFile(`${path}/log.csv`, HEADER + rows(0, 2));
    await running(folderSource({ ...common, path, mode: "append" }), sink, async () => {
      await until("the first rows", () => sink.values.length === 2);
      await Deno.writeTextFile(`${path}/log.csv`, `${rows(2, 3)}bad,row\n${rows(3, 4)}`, {
        append: true,
      });
      await until("the others", () => sink.values.length === 4);
    });
    assertEquals(sink.values, numbers(0, 4));
    assertEquals(sink.problems.length, 1);
    assert(sink.problems[0]!.includes('"log.csv": left out 1 row,'), sink.problems[0]);
    assert(sink.problems[0]!.includes("line 5"), sink.problems[0]);
    assert((await Deno.readTextFile(`${path}/log.csv.bad`)).startsWith("5\t"));
  }));

Deno.test("folderSource() continues at its position after its folder was missing or empty for some time", () =>
  withFolder(async (folder) => {
    await using cloud = await TestCloud.start();
    const path = `${folder}/spool`;
    const append = (file: string, text: string) =>
      Deno.writeTextFile(`${path}/${file}`, text, { append: true });
    const queue = await workerQueue(`${folder}/queue.sqlite`);
    await Deno.mkdir(path);
    await append("log.csv", HEADER + rows(0, 10));
    const sources = [folderSource({ ...common, path, mode: "append" })];
    const { gateway, stop } = await startGateway(cloud, queue, { sources });
    const counted = (count: number) =>
      until(
        `${count} are counted`,
        async () => (await cloud.readings("d--1")).length >= count,
      );
    const source = () => (gateway.toJSON().sources as { state: string; lastError: string }[])[0]!;
    await counted(10);
    // A disk that is unmounted, as others see it: first an error, then an empty folder.
    await Deno.rename(path, `${folder}/away`);
    await until("it has failed", () => source().state === "failed");
    assert(source().lastError.includes("the folder does not exist"), source().lastError);
    await Deno.mkdir(path);
    await until("it runs again", () => source().state === "running");
    await new Promise((resolve) => setTimeout(resolve, 200)); // It looks at the empty folder.
    await append("other.csv", HEADER + rows(10, 15));
    await counted(15);
    await Deno.remove(path, { recursive: true });
    await until("it has failed again", () => source().state === "failed");
    await Deno.rename(`${folder}/away`, path);
    await append("log.csv", rows(15, 20));
    await counted(20);
    await stop();
    await queue.close();
    await assertCounted(cloud, "d--1", 20);
  }));

Deno.test("folderSource() reports that its folder is missing, and rejects invalid options", async () => {
  const source = folderSource({ path: "/no/such/folder" });
  await assertRejects(
    () => source.run(new TestSink(), new AbortController().signal),
    Error,
    'Cannot read the folder "/no/such/folder"',
  );
  assertThrows(() => folderSource({ path: "" }), TypeError, "path");
  assertThrows(() => folderSource({ path: "x", mode: "apend" as never }), TypeError, "apend");
  assertThrows(() => folderSource({ path: "x", pol: 1 } as never), TypeError, "pol");
  assertThrows(() => folderSource({ path: "x", match: "a/*" }), TypeError, "match");
});
