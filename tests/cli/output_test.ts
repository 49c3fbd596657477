/** The outputs of archfx: existing files are not lost, and outputs that are not regular files are not replaced. */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { writeReport } from "../../src/reports/mod.ts";
import { archfx, archfxProcess, names, spawn, withFolder } from "./_archfx.ts";
import { writeReportFile } from "./_reports.ts";

const ROWS = "timestamp,value\n2026-03-02 06:00:00,1.5\n2026-03-02 06:00:01,2\n";
const ENCODE = ["report", "encode", "in.csv", "--device", "d--1", "--stream", "5090", "-q"];
const STATE = ["--state", "ids.json"];

function withInput(task: (cwd: string) => Promise<void>): Promise<void> {
  return withFolder(async (cwd) => {
    await Deno.writeTextFile(`${cwd}/in.csv`, ROWS);
    await task(cwd);
  });
}

async function removeState(cwd: string): Promise<void> {
  for (const name of ["ids.json", "ids.json.commits"]) {
    await Deno.remove(`${cwd}/${name}`, { recursive: true }).catch(() => {});
  }
}

async function mode(path: string): Promise<number> {
  return (await Deno.lstat(path)).mode! & 0o777;
}

Deno.test("archfx report encode rejects an output that already exists before it uses an id", () =>
  withInput(async (cwd) => {
    for (const output of ["out.mp", "out-{last}.mp"]) {
      const file = output.replace("{last}", "2");
      await removeState(cwd);
      const args = [...ENCODE, ...STATE, "-o", output];
      assertEquals((await archfx(args, { cwd })).code, 0);
      const before = await Deno.readFile(`${cwd}/${file}`);
      await removeState(cwd);
      await Deno.writeTextFile(`${cwd}/ids.json`, '{"version":1,"next":{}}');
      assertEquals(await archfx(args, { cwd }), {
        code: 1,
        out: "",
        err: `archfx report encode: Cannot write "${file}": it already exists and may not ` +
          "have been sent; choose another name with --output, or replace it with --force\n",
      });
      assertEquals(await Deno.readFile(`${cwd}/${file}`), before);
      assertEquals(await Deno.readTextFile(`${cwd}/ids.json`), '{"version":1,"next":{}}');
    }
    assertEquals(names(cwd), ["ids.json", "in.csv", "out-2.mp", "out.mp"]);
    assertEquals((await archfx([...ENCODE, "-o", "out.mp", "--force"], { cwd })).code, 0);
  }));

Deno.test("archfx report encode puts device and ids into the name, assigned ids or those of the readings", () =>
  withInput(async (cwd) => {
    for (let run = 0; run < 2; run++) {
      // A file that the state has recorded is skipped.
      if (run > 0) await Deno.writeTextFile(`${cwd}/in.csv`, ROWS.replace(",1", ",11"));
      const { code, err } = await archfx(
        [...ENCODE, ...STATE, "-o", "{device}-{first}-{last}.mp"],
        { cwd },
      );
      assertEquals([code, err], [0, ""]);
    }
    await Deno.writeTextFile(
      `${cwd}/own.csv`,
      "timestamp,value,reading_id,device\n2026-03-02 06:00:00,1,90,d--2\n2026-03-02 06:00:01,2,70,d--2\n",
    );
    const own = [
      "report",
      "encode",
      "own.csv",
      "--stream",
      "0001",
      "-o",
      "{device}-{first}-{last}.mp",
    ];
    assertEquals((await archfx(own, { cwd })).code, 0);
    assertEquals(names(cwd).filter((name) => name.endsWith(".mp")), [
      "d--0000-0000-0000-0001-1-2.mp",
      "d--0000-0000-0000-0001-3-4.mp",
      "d--0000-0000-0000-0002-70-90.mp",
    ]);
    const folder = await archfx([...ENCODE, "-o", "{first}/out.mp"], { cwd });
    assertEquals(folder.code, 2);
    assertStringIncludes(folder.err, "must be in the file's name");
  }));

Deno.test("archfx report encode and decode reject an output that is also an input or their state", () =>
  withInput(async (cwd) => {
    await Deno.symlink("in.csv", `${cwd}/link.csv`);
    await writeReportFile(`${cwd}/a.mp`);
    for (
      const [args, what] of [
        [[...ENCODE, "--force", "-o", "link.csv"], '"link.csv": it is the input'],
        [
          [...ENCODE, ...STATE, "--force", "-o", "./ids.json"],
          '"./ids.json": it is the file of --state',
        ],
        [["report", "decode", "a.mp", "-o", `${cwd}/a.mp`], 'a.mp": it is the input'],
      ] as [string[], string][]
    ) {
      const { code, err } = await archfx(args, { cwd });
      assertEquals(code, 2);
      assertStringIncludes(err, what);
    }
    assertEquals(await Deno.readTextFile(`${cwd}/in.csv`), ROWS);
    assertEquals(names(cwd), ["a.mp", "in.csv", "link.csv"]);
  }));

Deno.test("archfx report encode and decode say that an output is a directory", () =>
  withInput(async (cwd) => {
    await writeReportFile(`${cwd}/a.mp`);
    await Deno.mkdir(`${cwd}/spool`);
    for (
      const args of [
        [...ENCODE, "-o", "spool"],
        [...ENCODE, "--force", "-o", "spool"],
        ["report", "decode", "a.mp", "-o", "spool"],
      ]
    ) {
      const { code, err } = await archfx(args, { cwd });
      assertEquals(code, 1);
      assertStringIncludes(err, ': Cannot write "spool": it is a directory\n');
    }
    assertEquals(names(cwd), ["a.mp", "in.csv", "spool"]);
  }));

Deno.test("archfx report encode and decode keep the mode of a file and the link to it", () =>
  withInput(async (cwd) => {
    for (
      const command of [
        [...ENCODE, "--force", "-o"],
        ["report", "decode", "a.mp", "-o"],
      ]
    ) {
      await writeReportFile(`${cwd}/a.mp`);
      await Deno.writeTextFile(`${cwd}/kept`, "old", { mode: 0o600 });
      await Deno.symlink("kept", `${cwd}/link`);
      const { code, err } = await archfx([...command, "link"], { cwd });
      assertEquals([code, err], [0, ""]);
      assertEquals((await Deno.lstat(`${cwd}/link`)).isSymlink, true);
      assertEquals([await mode(`${cwd}/kept`), (await Deno.stat(`${cwd}/kept`)).size > 3], [
        0o600,
        true,
      ]);
      await Deno.remove(`${cwd}/kept`);
      // A link to a missing file creates that file.
      assertEquals((await archfx([...command, "link"], { cwd })).code, 0);
      assertEquals((await Deno.lstat(`${cwd}/kept`)).isFile, true);
      await Deno.remove(`${cwd}/kept`);
      await Deno.remove(`${cwd}/link`);
    }
  }));

for (const signal of ["SIGTERM", "SIGHUP"] as const) {
  Deno.test({
    name:
      `archfx report encode writes parts as private as their target, and ${signal} removes them`,
    ignore: Deno.build.os === "windows",
    fn: () =>
      withFolder(async (cwd) => {
        await Deno.writeTextFile(`${cwd}/kept.mp`, "old", { mode: 0o600 });
        const child = spawn([...ENCODE.with(2, "-"), "--force", "-o", "kept.mp"], {
          cwd,
          input: "",
        });
        const input = child.stdin.getWriter();
        // More than the reader collects before it passes rows on.
        const rows = Array.from({ length: 100_000 }, (_, row) => `2026-03-02 06:00:00,${row}\n`);
        const text = "timestamp,value\n" + rows.join("");
        // The command ends without reading everything.
        const written = input.write(new TextEncoder().encode(text)).catch(() => {});
        for (let tries = 0; tries < 2_000 && names(cwd).length < 3; tries++) {
          await new Promise((resolve) => setTimeout(resolve, 10));
        }
        assertEquals(names(cwd).length, 3);
        // The part of the command, and the events file of writeReport.
        for (const name of names(cwd)) {
          assertEquals([name, await mode(`${cwd}/${name}`)], [name, 0o600]);
        }
        child.kill(signal);
        const { code } = await child.output();
        await written.then(() => input.close()).catch(() => {});
        assertEquals([code, names(cwd)], [130, ["kept.mp"]]);
        assertEquals(await Deno.readTextFile(`${cwd}/kept.mp`), "old");
      }),
  });
}

/**
 * A device in the folder of the test: if it were replaced by a file, a real one in /dev would be missing on the
 * whole machine. Without the right to create one, the test also cannot replace one in /dev, unless it is root
 * without that right: `undefined`.
 */
async function device(cwd: string, name: "full" | "null"): Promise<string | undefined> {
  const path = `${cwd}/${name}`;
  const minor = name === "full" ? "7" : "3";
  const made = await new Deno.Command("mknod", {
    args: ["-m", "666", path, "c", "1", minor],
    stderr: "null",
  }).output();
  if (made.success) return path;
  return Deno.uid() === 0 ? undefined : `/dev/${name}`;
}

Deno.test({
  name: "archfx report encode and decode write through a FIFO and a device",
  ignore: Deno.build.os !== "linux",
  fn: () =>
    withInput(async (cwd) => {
      await writeReportFile(`${cwd}/a.mp`, { readings: 2 });
      const fullDevice = await device(cwd, "full");
      await new Deno.Command("mkfifo", { args: [`${cwd}/pipe`] }).output();
      for (
        const [command, size] of [
          [[...ENCODE, "-o"], 296],
          [["report", "decode", "a.mp", "-o"], 163],
        ] as [string[], number][]
      ) {
        if (fullDevice !== undefined) {
          const full = await archfx([...command, fullDevice], { cwd });
          assertEquals(full.code, 1);
          assertStringIncludes(full.err, `Cannot write "${fullDevice}": the disk is full\n`);
          assertEquals(full.err.trim().split("\n").length, 1);
          assertEquals((await Deno.stat(fullDevice)).isCharDevice, true);
        }
        const [read, ended] = await Promise.all([
          Deno.readFile(`${cwd}/pipe`),
          archfx([...command, "pipe"], { cwd }),
        ]);
        assertEquals([ended.code, read.length], [0, size], ended.err);
        assertEquals((await Deno.lstat(`${cwd}/pipe`)).isFifo, true);
      }
      const { out } = await archfxProcess([...ENCODE, "-o", "/dev/fd/1"], { cwd });
      assertStringIncludes(out, "v200");
      assertEquals(names(cwd).filter((it) => it !== "full"), ["a.mp", "in.csv", "pipe"]);
    }),
});

Deno.test("writeReport() keeps the mode of a file, follows a link and writes through a device", () =>
  withFolder(async (cwd) => {
    const columns = {
      length: 1,
      streams: Uint32Array.of(0x5090),
      readingIds: Float64Array.of(1),
      timestamps: BigInt64Array.of(1772431200000000n),
      values: Float64Array.of(1),
    };
    await Deno.writeTextFile(`${cwd}/kept`, "old", { mode: 0o600 });
    await Deno.symlink("kept", `${cwd}/link`);
    const { bytes } = await writeReport([columns], `${cwd}/link`, { device: 1 });
    assertEquals((await Deno.lstat(`${cwd}/link`)).isSymlink, true);
    assertEquals((await Deno.stat(`${cwd}/kept`)).size, bytes);
    assertEquals(await mode(`${cwd}/kept`), 0o600);
    const none = Deno.build.os === "linux" ? await device(cwd, "null") : undefined;
    if (none !== undefined) {
      await writeReport([columns], none, { device: 1 });
      assertEquals((await Deno.stat(none)).isCharDevice, true);
    }
    assertEquals(names(cwd).filter((it) => it !== "null"), ["kept", "link"]);
  }));

Deno.test("archfx report encode removes the leftovers of a killed run with the same output, and no other part", () =>
  withFolder(async (cwd) => {
    const args = ["report", "encode", "-", "--device", "d--1", "--stream", "0001"]
      .concat("-o", "{device}-{first}.mp", "-q");
    const child = spawn(args, { cwd, input: "" });
    const writer = child.stdin.getWriter();
    await writer.write(new TextEncoder().encode(ROWS.repeat(1)));
    const row = new TextEncoder().encode("2026-03-02 06:00:02,3\n".repeat(5_000));
    // Continues until the report is started.
    while (names(cwd).length === 0) await writer.write(row);
    child.kill("SIGKILL");
    await writer.close().catch(() => {});
    await child.output();
    const [left] = names(cwd);
    assertMatch(
      left!,
      new RegExp(`^d--0000-0000-0000-0001-new\\.mp\\.${child.pid}-[0-9a-f]{8}\\.part`),
    );
    // Parts of a running process, and of another machine.
    const others = [
      left!.replace(`.${child.pid}-`, `.${Deno.pid}-`),
      left!.replace(`.${child.pid}-`, `.${child.pid}-0`).replace(/[0-9a-f](?=\.part)/, ""),
    ];
    for (const name of others) await Deno.writeTextFile(`${cwd}/${name}`, "");
    const ofDecode = left!.replace(/^.*\.mp\./, "out.csv.");
    await Deno.writeTextFile(`${cwd}/${ofDecode}`, "");
    const { code, err } = await archfx(args, { cwd, input: ROWS });
    assertEquals([code, err], [0, ""]);
    const report = "d--0000-0000-0000-0001-1.mp";
    assertEquals(names(cwd), [...others, report, ofDecode].sort());
    assertEquals((await archfx(["report", "decode", report, "-o", "out.csv"], { cwd })).code, 0);
    assertEquals(names(cwd), [...others, report, "out.csv"].sort());
  }));
