/** Files that are damaged, endless, changing or inaccessible: one line, exit code 1, and no incomplete output. */
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { symlinkSync, writeFileSync } from "node:fs";
import { Context } from "../../src/cli/_command.ts";
import { openInput } from "../../src/cli/_input_bytes.ts";
import { readCsv } from "../../mod.ts";
import { archfx, withFolder } from "../cli/_archfx.ts";
import { noFullDisk, withSmallDisk } from "../_full_disk.ts";
import { io, runHere } from "./_command.ts";

const FIXED = ["--device", "d--1", "--stream", "0001-5090"];
const row = (i: number) => `${new Date(1772431200000 + i * 1000).toISOString()},${i}\n`;
const plain = (count: number) =>
  "timestamp,value\n" + Array.from({ length: count }, (_, i) => row(i)).join("");

/** The content of a folder. */
const names = (folder: string) => [...Deno.readDirSync(folder)].map((it) => it.name).sort();

Deno.test("report encode reads 5,000 columns", () =>
  withFolder(async (cwd) => {
    const columns = Array.from({ length: 5000 }, (_, i) => `c${i}`);
    const line = (i: number) => `2026-03-02T06:00:0${i}Z,${columns.map((_, n) => n + i / 10)}\n`;
    await Deno.writeTextFile(`${cwd}/wide.csv`, `timestamp,${columns}\n${line(0)}${line(1)}`);
    const map = columns.flatMap((name, i) => ["--map", `${name}=${i}`]);
    const args = ["report", "encode", `${cwd}/wide.csv`, "--device", "d--1", "--ids", "decimal"];
    const { code, out, err } = await runHere([...args, ...map, "-o", `${cwd}/out.mp`]);
    assertEquals(code, 0, err);
    assertStringIncludes(out, "10000 readings");
    const wrong = await runHere([...args, "--value-column", "c5000", "--stream", "5"]);
    assertEquals([wrong.code, wrong.err.length < 2000], [1, true]);
    assertEquals((await runHere(["profile", `${cwd}/wide.csv`])).code, 0);
  }));

for (
  const [what, change, says] of [
    ["becomes shorter", (path: string) => Deno.truncateSync(path, 10), "it became shorter"],
    [
      "grows",
      (path: string) => Deno.writeTextFileSync(path, row(1), { append: true }),
      "it was changed",
    ],
    ["is written over", (path: string) => {
      const { size } = Deno.statSync(path);
      using file = Deno.openSync(path, { write: true });
      file.writeSync(new Uint8Array(10));
      assertEquals(Deno.statSync(path).size, size);
    }, "it was changed"],
    ["is removed", (path: string) => Deno.removeSync(path), "it was removed"],
  ] as const
) {
  Deno.test(`openInput() rejects a file that ${what} while it is read`, () =>
    withFolder(async (cwd) => {
      const path = `${cwd}/a.csv`;
      await Deno.writeTextFile(path, plain(100_000));
      const input = await openInput(new Context(io(), {}), path, false);
      try {
        await assertRejects(
          async () => {
            let isFirst = true;
            for await (const _ of input.bytes) {
              if (isFirst) change(path);
              isFirst = false;
            }
          },
          Error,
          says,
        );
      } finally {
        input.close();
      }
    }));
}

Deno.test("report encode of a changing file leaves nothing", () =>
  withFolder(async (cwd) => {
    await Deno.writeTextFile(`${cwd}/a.csv`, plain(300_000));
    const running = archfx(["report", "encode", "a.csv", ...FIXED, "-o", "out.mp"], { cwd });
    // Appends rows until the command has ended, like a logger.
    const timer = setInterval(() => writeFileSync(`${cwd}/a.csv`, row(1), { flag: "a" }), 5);
    const { code, err } = await running;
    clearInterval(timer);
    assertEquals([code, err.trim().split("\n").length, names(cwd)], [1, 1, ["a.csv"]], err);
    assertStringIncludes(err, "while it was read");
  }));

Deno.test("a file whose name is not UTF-8 is named, alone and in a folder, with the remedy", {
  ignore: Deno.build.os !== "linux",
}, () =>
  withFolder(async (cwd) => {
    await Deno.mkdir(`${cwd}/logs`);
    // Deno and Node write names as UTF-8.
    const script = String.raw`printf "timestamp,value\n" > "$(printf "logs/a\377.csv")"`;
    const { success } = await new Deno.Command("sh", { args: ["-c", script], cwd }).output();
    assert(success);
    const { code, err } = await runHere(["report", "encode", `${cwd}/logs`, ...FIXED]);
    assertEquals([code, err.trim().split("\n").length], [1, 1]);
    assertStringIncludes(err, "a\ufffd.csv");
    assertStringIncludes(err, "rename it");
  }));

Deno.test("report encode and profile name a folder, a missing file and a broken link", () =>
  withFolder(async (cwd) => {
    await Deno.mkdir(`${cwd}/empty`);
    symlinkSync("nowhere", `${cwd}/link.csv`);
    for (const name of ["empty", "none.csv", "link.csv"]) {
      for (
        const args of [["report", "encode", `${cwd}/${name}`, ...FIXED], [
          "profile",
          `${cwd}/${name}`,
        ]]
      ) {
        const { code, err } = await runHere(args);
        assertEquals([code, err.trim().split("\n").length], [1, 1], err);
        assertStringIncludes(err, name);
      }
    }
  }));

Deno.test(
  "report encode reads a pipe to its end, in pieces of any size, and rejects /dev/zero and /dev/null",
  {
    ignore: Deno.build.os === "windows",
  },
  () =>
    withFolder(async (cwd) => {
      const { success } = await new Deno.Command("mkfifo", { args: [`${cwd}/pipe`] }).output();
      assert(success);
      const running = archfx(["report", "encode", "pipe", ...FIXED, "-o", "out.mp"], { cwd });
      const pipe = await Deno.open(`${cwd}/pipe`, { write: true });
      const text = new TextEncoder().encode(plain(50));
      for (let at = 0; at < text.length; at += 100) await pipe.write(text.subarray(at, at + 100));
      pipe.close();
      assertStringIncludes((await running).out, "50 readings");
      for (const [path, says] of [["/dev/zero", "longer than"], ["/dev/null", "it is empty"]]) {
        const { code, err } = await archfx(["report", "encode", path!, ...FIXED, "-o", "no.mp"], {
          cwd,
        });
        assertEquals([code, names(cwd).includes("no.mp")], [1, false]);
        assertStringIncludes(err, says!);
      }
    }),
);

Deno.test("Ctrl-C ends a command that waits for a pipe to be written to", {
  ignore: Deno.build.os === "windows",
}, () =>
  withFolder(async (cwd) => {
    await new Deno.Command("mkfifo", { args: [`${cwd}/pipe`] }).output();
    for (
      const args of [["report", "encode", `${cwd}/pipe`, ...FIXED], ["profile", `${cwd}/pipe`]]
    ) {
      const controller = new AbortController();
      const running = runHere(args, controller.signal);
      setTimeout(() => controller.abort(new Error("interrupted")), 100);
      assertStringIncludes((await running).err, "interrupted");
      // Releases the thread that opens it.
      const pipe = await Deno.open(`${cwd}/pipe`, { read: true, write: true });
      await new Promise((resolve) => setTimeout(resolve, 50));
      pipe.close();
    }
  }));

Deno.test("a line without an end is rejected in little memory, even if lines are left out", async () => {
  const piece = new Uint8Array(1 << 20).fill(0x31);
  async function* endless(head: string): AsyncGenerator<Uint8Array> {
    yield new TextEncoder().encode(head);
    // 200 MB: if any of it were kept, the measurement would show it.
    for (let i = 0; i < 200; i++) yield piece;
  }
  for (
    const options of [{}, { skipFooter: 1 }, { table: 1 }, { skipFooter: 1, skipBadRows: true }, {
      quote: "'",
    }]
  ) {
    const before = Deno.memoryUsage().rss;
    const head = `timestamp,value\n2026-03-02T06:00:00Z,1\n${"quote" in options ? "'" : ""}`;
    await assertRejects(
      async () => {
        for await (const _ of readCsv(endless(head), { stream: 1, ...options }));
      },
      Error,
      "longer than",
    ).catch((error) => {
      if (!("quote" in options)) throw error;
    });
    assert(Deno.memoryUsage().rss - before < 150e6, JSON.stringify(options));
  }
});

Deno.test("two runs with the same output leave one complete report", () =>
  withFolder(async (cwd) => {
    await Deno.writeTextFile(`${cwd}/a.csv`, plain(20_000));
    const run = () => archfx(["report", "encode", "a.csv", ...FIXED, "-o", "out.mp"], { cwd });
    const ended = await Promise.all([run(), run(), run()]);
    assertEquals(ended.map(({ code }) => code).sort(), [0, 1, 1]);
    for (const { code, err } of ended) {
      if (code === 1) assertStringIncludes(err, "already exists");
    }
    assertEquals(names(cwd), ["a.csv", "out.mp"]);
    const verified = await archfx(["report", "verify", "out.mp"], { cwd });
    assertEquals(verified.code, 0, verified.err);
  }));

Deno.test({
  name: "report encode on a full disk says so and leaves nothing, with bad rows and state too",
  ignore: noFullDisk !== undefined,
  fn: () =>
    withSmallDisk(async (disk) => {
      await withFolder(async (cwd) => {
        await Deno.writeTextFile(`${cwd}/a.csv`, plain(20_000) + "x,1\n".repeat(20_000));
        await disk.fill(5);
        const before = names(disk.folder);
        for (
          const more of [
            ["--skip-bad-rows", "-o", `${disk.folder}/out.mp`],
            ["--bad-rows", `${disk.folder}/bad.csv`, "-o", `${cwd}/out.mp`],
            ["--skip-bad-rows", "--max-readings", "100", "-o", `${disk.folder}/{part}.mp`],
          ]
        ) {
          const { code, err } = await archfx(["report", "encode", "a.csv", ...FIXED, ...more], {
            cwd,
          });
          assertEquals(code, 1, `${more}: ${err}`);
          assertStringIncludes(err.trim().split("\n").at(-1)!, "the disk is full");
          assertEquals([names(disk.folder), names(cwd)], [before, ["a.csv"]], `${more}`);
        }
      });
    }),
});
