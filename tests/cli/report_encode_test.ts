/** archfx report encode as a process: input, output, and errors. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { ArchFXFlexibleDictionaryReport } from "../../src/reports/mod.ts";
import { archfx, archfxProcess, names, withFolder } from "./_archfx.ts";
import { decode, FIXED, THREE } from "./_encoded.ts";
import { withCloud } from "./_emulator.ts";
import { writeReportFile } from "./_reports.ts";

const NOTE =
  "The reading ids begin at 1. If the cloud already has readings of this device, it ignores every " +
  "reading whose id is not above its last one.\n" +
  'Before you upload, encode again with "--first-id cloud --state ids.json --force": that continues ' +
  "after the last id in the cloud, and later runs after that one.\n";

Deno.test("archfx report encode writes the same report as the library", () =>
  withFolder(async (cwd) => {
    await Deno.writeTextFile(`${cwd}/three.csv`, THREE);
    const ended = await archfx(["report", "encode", "three.csv", ...FIXED, "-o", "out.mp"], {
      cwd,
    });
    const report = ArchFXFlexibleDictionaryReport.fromColumns({
      device: 0x1234,
      columns: {
        length: 3,
        streams: Uint32Array.of(0x15090, 0x15090, 0x15090),
        readingIds: Uint32Array.of(1, 2, 3),
        timestamps: BigInt64Array.of(1772431200000000n, 1772431201250000n, 1772431202000000n),
        values: Float64Array.of(1.5, 2, -300),
      },
    });
    assertEquals(ended, {
      code: 0,
      out: `out.mp\td--0000-0000-0000-1234\t3 readings\t${report.byteLength} bytes\tids 1 to 3\n`,
      err: NOTE,
    });
    assertEquals(await Deno.readFile(`${cwd}/out.mp`), report.encode());
    assertEquals(names(cwd), ["out.mp", "three.csv"]);
  }));

Deno.test("archfx report encode names the report after the file and reads standard input", () =>
  withFolder(async (cwd) => {
    await Deno.writeTextFile(`${cwd}/three.csv`, THREE);
    const json = await archfx(["report", "encode", "three.csv", ...FIXED, "--json", "-q"], { cwd });
    const { reports: [written], readings, skippedRows } = JSON.parse(json.out);
    assertEquals([json.code, json.err, readings, skippedRows], [0, "", 3, 0]);
    assertEquals(written.file, "three.mp");
    assertEquals(written.ids, { first: 1, last: 3 });
    const piped = await archfx(["report", "encode", "-", ...FIXED, "--first-id", "7"], {
      cwd,
      input: THREE,
    });
    assertEquals([piped.code, piped.err], [0, ""]);
    assertEquals((await decode(`${cwd}/report.mp`)).lowestId, 7);
  }));

Deno.test("archfx report encode writes a report for each device of a column", () =>
  withFolder(async (cwd) => {
    const csv = "timestamp,device,stream,value\n" +
      [1, 2, 1, 3, 1].map((device, row) =>
        `2026-03-02T06:00:0${row}Z,d--${device},0-509${row},${row}\n`
      )
        .join("");
    await Deno.writeTextFile(`${cwd}/line.csv`, csv);
    const { code, out } = await archfx(["report", "encode", "line.csv"], { cwd });
    assertEquals(code, 0);
    assertEquals(out.split("\n").map((line) => line.split("\t").slice(0, 3)), [
      ["line-d--0000-0000-0000-0001.mp", "d--0000-0000-0000-0001", "3 readings"],
      ["line-d--0000-0000-0000-0002.mp", "d--0000-0000-0000-0002", "1 reading"],
      ["line-d--0000-0000-0000-0003.mp", "d--0000-0000-0000-0003", "1 reading"],
      [""],
    ]);
    const first = await decode(`${cwd}/line-d--0000-0000-0000-0001.mp`);
    assertEquals([...first.columns().values], [0, 2, 4]);
    assertEquals([...first.columns().readingIds], [1n, 2n, 3n]);
    assertEquals([...first.columns().streams], [0x5090, 0x5092, 0x5094]);
    const one = await archfx(["report", "encode", "line.csv", "-o", "one.mp"], { cwd });
    assertEquals([one.code, one.out], [1, ""]);
    assertStringIncludes(one.err, "--output must contain {device}, since a report has one device");
    const nine = ["report", "encode", "line.csv", "--device", "d--9", "-o", "9.mp"];
    const wrong = await archfx(nine, { cwd });
    assertEquals([wrong.code, wrong.out], [1, ""]);
    assertStringIncludes(wrong.err, "is not the device of --device; try --override");
    const fixed = await archfx([...nine, "--override"], { cwd });
    assertEquals([fixed.code, (await decode(`${cwd}/9.mp`)).length], [0, 5]);
  }));

Deno.test("archfx report encode reads columns by name and by position, and ids", () =>
  withFolder(async (cwd) => {
    await Deno.writeTextFile(`${cwd}/a.csv`, "when;n;celsius\n2026-03-02 06:00:00Z;40;21.5\n");
    const columns = ["--time-column", "when", "--value-column", "celsius", "--id-column", "n"];
    const named = await archfx(
      ["report", "encode", "a.csv", ...FIXED, ...columns, "--delimiter", ";", "-o", "a.mp"],
      { cwd },
    );
    assertEquals([named.code, named.err], [0, ""]);
    assertEquals((await decode(`${cwd}/a.mp`)).columns().readingIds[0], 40n);
    await Deno.writeTextFile(`${cwd}/b.csv`, "7,x,2026-03-02 06:00:00Z\n");
    const counted = await archfx(
      [
        "report",
        "encode",
        "b.csv",
        ...FIXED,
        "--headerless",
        "--time-column",
        "2",
        "--value-column",
        "0",
      ],
      { cwd },
    );
    assertEquals([counted.code, (await decode(`${cwd}/b.mp`)).columns().values[0]], [0, 7]);
    const both = await archfx(
      ["report", "encode", "a.csv", ...FIXED, ...columns, "--delimiter", ";", "--first-id", "1"],
      { cwd },
    );
    assertEquals(both.code, 1);
    assertStringIncludes(both.err, 'its readings have ids, in column "n"');
  }));

Deno.test("archfx report encode reads back what report decode prints, CSV and NDJSON", () =>
  withFolder(async (cwd) => {
    await Deno.writeTextFile(`${cwd}/three.csv`, THREE);
    await archfx(["report", "encode", "three.csv", ...FIXED, "-o", "in.mp"], { cwd });
    for (const format of ["csv", "ndjson"]) {
      const file = `back.${format}`;
      const args = ["report", "decode", "in.mp", "--format", format, "-o", file];
      assertEquals(await archfx(args, { cwd }), { code: 0, out: "", err: "" });
      const back = await archfx(["report", "encode", file, "--force", "-o", "{device}.mp"], {
        cwd,
      });
      assertEquals([back.code, back.err], [0, ""]);
      assertEquals(
        await Deno.readFile(`${cwd}/d--0000-0000-0000-1234.mp`),
        await Deno.readFile(`${cwd}/in.mp`),
      );
    }
  }));

Deno.test("archfx report encode --state continues the ids of the last run, by streamer", () =>
  withFolder(async (cwd) => {
    await Deno.writeTextFile(`${cwd}/three.csv`, THREE);
    const run = (device: string, output: string) =>
      archfx(
        [
          "report",
          "encode",
          "three.csv",
          "--device",
          device,
          "--stream",
          "5090",
          "--state",
          "ids.json",
        ]
          .concat("-o", output),
        { cwd },
      );
    assertEquals((await run("d--1", "a.mp")).err, "");
    await run("d--2", "b.mp");
    // Encoded files are not encoded again.
    const again = await run("d--1", "c.mp");
    assertEquals([again.code, again.out, names(cwd).includes("c.mp")], [0, "", false]);
    assertStringIncludes(again.err, "an earlier run has encoded it");
    await Deno.writeTextFile(`${cwd}/three.csv`, `${THREE}\n`);
    await run("d--1", "c.mp");
    assertEquals((await decode(`${cwd}/b.mp`)).lowestId, 1);
    assertEquals((await decode(`${cwd}/c.mp`)).lowestId, 4);
    const { files, ...state } = JSON.parse(await Deno.readTextFile(`${cwd}/ids.json`));
    assertEquals(files.length, 3);
    assertEquals([files[2].path, files[2].readings, files[2].reports], ["three.csv", 3, [{
      streamer: "t--0000-0000-0000-0001--0100",
      first: 4,
      last: 6,
    }]]);
    assertEquals(state, {
      version: 1,
      next: { "t--0000-0000-0000-0001--0100": 7, "t--0000-0000-0000-0002--0100": 4 },
    });
    // Two runs at the same time wait for each other.
    const force = (output: string) => {
      const args = ["report", "encode", "three.csv", "--device", "d--2", "--stream", "5090"];
      return archfxProcess([...args, "--state", "ids.json", "--force", "-o", output], { cwd });
    };
    await Promise.all([force("d.mp"), force("e.mp")]);
    const lowest = await Promise.all(
      ["d", "e"].map(async (it) => (await decode(`${cwd}/${it}.mp`)).lowestId),
    );
    assertEquals(lowest.sort(), [4, 7]);
    // A run that fails does not use any id.
    await Deno.writeTextFile(`${cwd}/three.csv`, `${THREE}nonsense,1\n`);
    assertEquals((await run("d--2", "f.mp")).code, 1);
    assertEquals(
      JSON.parse(await Deno.readTextFile(`${cwd}/ids.json`)).next["t--0000-0000-0000-0002--0100"],
      10,
    );
    await Deno.writeTextFile(`${cwd}/ids.json`, "{");
    const broken = await run("d--1", "g.mp");
    assertEquals(
      broken.err,
      'archfx report encode: Cannot read the next ids in "ids.json": it is not JSON\n',
    );
    assertEquals(names(cwd).filter((name) => /lock|part/.test(name)), []);
  }));

Deno.test("archfx report encode --first-id cloud continues after the cloud's last id or the state's", () =>
  withCloud(({ env }) =>
    withFolder(async (cwd) => {
      await Deno.writeTextFile(`${cwd}/three.csv`, THREE);
      await writeReportFile(`${cwd}/before.mp`, { device: 1, firstId: 1, readings: 20 });
      assertEquals((await archfx(["report", "upload", "before.mp"], { cwd, env })).code, 0);
      const encode = (output: string) =>
        archfx(
          ["report", "encode", "three.csv", "--device", "d--1", "--stream", "0001-5090"].concat(
            ["--first-id", "cloud", "--state", "ids.json", "--force", "-o", output],
          ),
          { cwd, env },
        );
      // Two runs before an upload: the second one uses the state, which is higher.
      assertEquals((await encode("a.mp")).err, "");
      await encode("b.mp");
      const lowest = ["a", "b"].map(async (it) => (await decode(`${cwd}/${it}.mp`)).lowestId);
      assertEquals(await Promise.all(lowest), [21, 24]);
      const sent = await archfx(["report", "upload", "a.mp", "b.mp", "--json"], { cwd, env });
      assertEquals(JSON.parse(sent.out).new, 6, sent.err);
      // Another machine has sent more in the meantime: the cloud is higher.
      await writeReportFile(`${cwd}/other.mp`, { device: 1, firstId: 100, readings: 5 });
      await archfx(["report", "upload", "other.mp"], { cwd, env });
      await encode("c.mp");
      assertEquals((await decode(`${cwd}/c.mp`)).lowestId, 105);
      const nobody = await archfx(
        ["report", "encode", "three.csv", ...FIXED, "--first-id", "cloud", "--state", "new.json"],
        { cwd },
      );
      assertEquals(nobody.code, 3, nobody.err);
      assertEquals(names(cwd).filter((name) => name === "three.mp" || /part/.test(name)), []);
    })
  ));
