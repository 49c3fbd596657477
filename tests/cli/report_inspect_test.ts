/** archfx report inspect, verify and decode as processes. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { ArchFXFlexibleDictionaryReport } from "../../src/reports/mod.ts";
import { archfx, withFolder } from "./_archfx.ts";
import { writeReportFile } from "./_reports.ts";

Deno.test("archfx report inspect shows header, ranges and a line for each stream", () =>
  withFolder(async (cwd) => {
    const bytes = await writeReportFile(`${cwd}/a.mp`, { firstId: 5, readings: 20 });
    assertEquals(await archfx(["report", "inspect", "a.mp"], { cwd }), {
      code: 0,
      out: `a.mp
  device     d--0000-0000-0000-0001
  streamer   t--0000-0000-0000-0001--0100
  selector   65535
  report id  0
  sent       not said
  readings   20 in ${bytes.length} bytes
  ids        5 to 24
  times      2026-03-02T06:00:00Z to 2026-03-02T06:00:09.500Z
  values     20 to 29

  stream     readings  lowest  mean  highest  mean over time
  0001-5090        20      20  24.5       29  ▁▂▃▃ ▄▅▆▆ ▇█▁▂ ▃▃▄▅ ▆▆▇█
`,
      err: "",
    });
    const json = JSON.parse((await archfx(["report", "inspect", "--json", "a.mp"], { cwd })).out);
    assertEquals(json, [{
      file: "a.mp",
      device: "d--0000-0000-0000-0001",
      streamer: 256,
      selector: 65535,
      reportId: 0,
      sent: null,
      lowestId: 5,
      highestId: 24,
      bytes: bytes.length,
      readings: 20,
      missingIds: 0,
      first: "2026-03-02T06:00:00Z",
      last: "2026-03-02T06:00:09.500Z",
      minimum: 20,
      maximum: 29,
      streams: [{
        stream: "0001-5090",
        readings: 20,
        first: "2026-03-02T06:00:00Z",
        last: "2026-03-02T06:00:09.500Z",
        minimum: 20,
        maximum: 29,
        mean: 24.5,
      }],
    }]);
  }));

Deno.test("archfx report inspect shows the exact lowest, mean and highest value", () =>
  withFolder(async (cwd) => {
    const values = [1_000_000_000_001, 1_000_000_000_004, 1_000_000_000_010];
    const report = ArchFXFlexibleDictionaryReport.fromColumns({
      device: 1,
      columns: {
        length: 3,
        streams: Uint32Array.of(0x5001, 0x5001, 0x5001),
        readingIds: Uint32Array.of(1, 2, 3),
        timestamps: BigInt64Array.of(1n, 2n, 3n),
        values: Float64Array.from(values),
      },
    });
    await Deno.writeFile(`${cwd}/a.mp`, report.encode());
    const { out } = await archfx(["report", "inspect", "a.mp"], { cwd });
    assertStringIncludes(out, "values     1000000000001 to 1000000000010");
    assertStringIncludes(out, "1000000000001  1000000000005  1000000000010");
  }));

Deno.test("archfx report inspect and decode reject a file that is not a report, in one line", () =>
  withFolder(async (cwd) => {
    await Deno.writeTextFile(`${cwd}/text.mp`, "hello");
    for (const command of ["inspect", "decode"]) {
      const { code, err } = await archfx(["report", command, "text.mp"], { cwd });
      assertEquals([code, err], [
        1,
        `archfx report ${command}: "text.mp": Cannot decode the report: it is not a map, at byte 0\n`,
      ]);
    }
  }));

Deno.test("archfx report verify shows each problem and its place", () =>
  withFolder(async (cwd) => {
    await writeReportFile(`${cwd}/good.mp`);
    assertEquals(await archfx(["report", "verify", "good.mp"], { cwd }), {
      code: 0,
      out: "good.mp\tok\n",
      err: "",
    });
    const report = ArchFXFlexibleDictionaryReport.fromColumns({
      device: 1,
      columns: {
        length: 4,
        streams: new Uint32Array(4),
        readingIds: Uint32Array.of(7, 0, 7, 9),
        timestamps: BigInt64Array.of(2_000_000n, 3_000_000n, 1_000_000n, 4_000_000n),
        values: Float64Array.of(1, 2, NaN, 4),
      },
    });
    await Deno.writeFile(`${cwd}/bad.mp`, report.encode());
    await Deno.writeTextFile(`${cwd}/text.mp`, "hello");
    const { code, out, err } = await archfx(["report", "verify", "bad.mp", "text.mp", "good.mp"], {
      cwd,
    });
    assertEquals([code, err], [1, ""]);
    const rows = out.trim().split("\n").map((line) => line.split("\t"));
    assertEquals(rows.map((row) => row.slice(0, 3)), [
      ["bad.mp", "error", "missing-id"],
      ["bad.mp", "error", "duplicate-id"],
      ["bad.mp", "warning", "not-finite"],
      ["bad.mp", "warning", "time-order"],
      ["bad.mp", "warning", "unlikely-time"],
      ["text.mp", "error", "unreadable"],
      ["good.mp", "ok"],
    ]);
    assertStringIncludes(rows[0]![3]!, "row 2: ");
    const json = JSON.parse((await archfx(["report", "verify", "--json", "bad.mp"], { cwd })).out);
    assertEquals([json[0].file, json[0].problems.length, json[0].problems[1].row], [
      "bad.mp",
      5,
      3,
    ]);
  }));

Deno.test("archfx report verify --strict treats warnings as errors", () =>
  withFolder(async (cwd) => {
    const report = ArchFXFlexibleDictionaryReport.fromColumns({
      device: 1,
      columns: {
        length: 1,
        streams: Uint32Array.of(1),
        readingIds: Uint32Array.of(1),
        timestamps: BigInt64Array.of(1n),
        values: Float64Array.of(Infinity),
      },
    });
    await Deno.writeFile(`${cwd}/a.mp`, report.encode());
    assertEquals((await archfx(["report", "verify", "a.mp"], { cwd })).code, 0);
    assertEquals((await archfx(["report", "verify", "--strict", "a.mp"], { cwd })).code, 1);
  }));

Deno.test("archfx report decode prints CSV, NDJSON with extra data, and an array", () =>
  withFolder(async (cwd) => {
    const report = ArchFXFlexibleDictionaryReport.fromReadings({
      device: 1,
      data: [
        { timestamp: "2026-03-02T06:00:00.000001Z", stream: "0001-5090", value: 1.5, readingId: 3 },
        {
          timestamp: "2026-03-02T06:00:00.25Z",
          stream: 7,
          value: Infinity,
          readingId: 2n ** 60n,
          summaryData: { ok: true },
          rawData: [1, { a: new Uint8Array([1, 2]) }],
        },
      ],
    });
    await Deno.writeFile(`${cwd}/a.mp`, report.encode());
    const csv = await archfx(["report", "decode", "a.mp"], { cwd });
    assertEquals(csv, {
      code: 0,
      out: "device,timestamp,stream,reading_id,value\n" +
        "d--0000-0000-0000-0001,2026-03-02T06:00:00.000001Z,0001-5090,3,1.5\n" +
        "d--0000-0000-0000-0001,2026-03-02T06:00:00.250Z,0000-0007,1152921504606846976,Infinity\n",
      err: "CSV cannot hold extra_data and data, which 1 reading has: --format ndjson\n",
    });
    const lines = (await archfx(["report", "decode", "a.mp", "--format", "ndjson"], { cwd })).out
      .trim().split("\n").map((line) => JSON.parse(line));
    assertEquals(lines, [
      {
        device: "d--0000-0000-0000-0001",
        timestamp: "2026-03-02T06:00:00.000001Z",
        stream: 0x15090,
        reading_id: 3,
        value: 1.5,
      },
      {
        device: "d--0000-0000-0000-0001",
        timestamp: "2026-03-02T06:00:00.250Z",
        stream: 7,
        reading_id: "1152921504606846976",
        value: "Infinity",
        extra_data: { ok: true },
        data: [1, { a: "AQI=" }],
      },
    ]);
    const json = await archfx(["report", "decode", "a.mp", "a.mp", "--json"], { cwd });
    assertEquals(JSON.parse(json.out), [...lines, ...lines]);
  }));

Deno.test("archfx report verify names a file that is not a report or cannot be read only once", () =>
  withFolder(async (cwd) => {
    await Deno.writeTextFile(`${cwd}/text.mp`, "hello");
    const { code, out } = await archfx(["report", "verify", "text.mp", "none.mp"], { cwd });
    assertEquals(code, 1);
    assertEquals(
      out,
      "text.mp\terror\tunreadable\tCannot decode the report: it is not a map, at byte 0\n" +
        "none.mp\terror\tunreadable\tcannot be read: the file does not exist\n",
    );
  }));

Deno.test("archfx report verify lists header fields that the cloud rejects as errors", () =>
  withFolder(async (cwd) => {
    const bytes = await writeReportFile(`${cwd}/a.mp`, { readings: 1, streamer: 0x100 });
    const name = new TextEncoder().encode("streamer_index");
    const at = bytes.findIndex((_, row) =>
      name.every((byte, index) => bytes[row + index] === byte)
    );
    // 0x0100 in three bytes becomes 0x10000 in five.
    const wide = [0xce, 0, 1, 0, 0];
    const end = at + name.length;
    await Deno.writeFile(
      `${cwd}/wide.mp`,
      Uint8Array.of(...bytes.subarray(0, end), ...wide, ...bytes.subarray(end + 3)),
    );
    const { code, out } = await archfx(["report", "verify", "wide.mp"], { cwd });
    assertEquals(code, 1, out);
    assertStringIncludes(out, "wide.mp\terror\t");
    assertStringIncludes(out, "65536");
  }));
