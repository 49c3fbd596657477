/** archfx data as a process against an emulator that was sent a report. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { archfx, withFolder } from "./_archfx.ts";
import { withCloud } from "./_emulator.ts";
import { writeReportFile } from "./_reports.ts";

const STREAM = "sl--0000-0001--0000-0000-0000-0001--0001-5090";

function withReadings(task: (cwd: string, env: Record<string, string>) => Promise<void>) {
  return withFolder((cwd) =>
    withCloud(async ({ env }) => {
      await writeReportFile(`${cwd}/a.mp`, { readings: 40 });
      assertEquals((await archfx(["report", "upload", "a.mp"], { cwd, env })).code, 0);
      await task(cwd, env);
    })
  );
}

Deno.test("archfx data prints CSV in a pipe, NDJSON and JSON where told, in a range of times", () =>
  withReadings(async (cwd, env) => {
    const csv = await archfx(["data", STREAM], { cwd, env });
    assertEquals([csv.code, csv.err], [0, ""]);
    const rows = csv.out.trim().split("\n");
    assertEquals(rows.length, 41);
    assertEquals(rows.slice(0, 3), [
      "timestamp,stream,reading_id,value",
      "2026-03-02T06:00:00Z,0001-5090,1,20",
      "2026-03-02T06:00:00.500Z,0001-5090,2,21",
    ]);
    const range = ["--start", "2026-03-02T06:00:05Z", "--end", "2026-03-02T06:00:06Z"];
    const lines = await archfx(["data", STREAM, ...range, "--format", "ndjson"], { cwd, env });
    assertEquals(lines.out.trim().split("\n").map((line) => JSON.parse(line)), [
      { timestamp: "2026-03-02T06:00:05Z", stream: 0x15090, reading_id: 11, value: 20 },
      { timestamp: "2026-03-02T06:00:05.500Z", stream: 0x15090, reading_id: 12, value: 21 },
    ]);
    const json = JSON.parse((await archfx(["data", STREAM, ...range, "--json"], { cwd, env })).out);
    assertEquals(json, {
      stream: STREAM,
      readings: [
        { timestamp: "2026-03-02T06:00:05Z", reading_id: 11, value: 20 },
        { timestamp: "2026-03-02T06:00:05.500Z", reading_id: 12, value: 21 },
      ],
    });
  }));

Deno.test("archfx data draws a chart, in the terminal and as SVG", () =>
  withReadings(async (cwd, env) => {
    const chart = await archfx(["data", STREAM, "--format", "chart"], { cwd, env });
    assertEquals(chart.code, 0);
    assertEquals(chart.out.split("\n")[0], `${STREAM}, 40 readings, UTC`);
    assertStringIncludes(chart.out, "2026-03-02 06:00:19");
    const svg = await archfx(["data", STREAM, "--svg", "chart.svg"], { cwd, env });
    assertEquals(svg, { code: 0, out: "", err: "Wrote chart.svg\n" });
    assertStringIncludes(await Deno.readTextFile(`${cwd}/chart.svg`), `<title>${STREAM}</title>`);
  }));

Deno.test("archfx data of a range without readings is empty, of a stream that is not there exit code 4", () =>
  withReadings(async (cwd, env) => {
    const range = ["--start", "2030-01-01T00:00:00Z"];
    const csv = await archfx(["data", STREAM, ...range], { cwd, env });
    assertEquals(csv, { code: 0, out: "timestamp,stream,reading_id,value\n", err: "" });
    const json = await archfx(["data", STREAM, ...range, "--json"], { cwd, env });
    assertEquals(JSON.parse(json.out), { stream: STREAM, readings: [] });
    const chart = await archfx(["data", STREAM, ...range, "--format", "chart"], { cwd, env });
    assertStringIncludes(chart.out, "(no readings)");
    for (const args of [[], ["--json"], ["--format", "chart"], ["--svg", "x.svg"]]) {
      const none = await archfx(["data", STREAM.replace("5090", "5099"), ...args], { cwd, env });
      assertEquals([none.code, none.out], [4, ""]);
      assertStringIncludes(none.err, "404");
    }
    const day = await archfx(["data", STREAM, "--start", "2026-03-02", "--end", "2026-03-03"], {
      cwd,
      env,
    });
    assertEquals([day.code, day.out.trim().split("\n").length], [0, 41]);
    const when = await archfx(["data", STREAM, "--start", "yesterday"], { env });
    assertEquals(when.code, 2);
    assertStringIncludes(
      when.err,
      'Cannot take "yesterday" as --start: it must be a time like 2026-03-02',
    );
    const turned = ["--start", "2026-03-03", "--end", "2026-03-02"];
    assertEquals(await archfx(["data", STREAM, ...turned], { env }), {
      code: 2,
      out: "",
      err: 'archfx data: Cannot take "2026-03-02" as --end: it must not be before --start, ' +
        '"2026-03-03"\nTry "archfx data --help"\n',
    });
    const bad = await archfx(["data", "d--1"], { env });
    assertEquals([bad.code, bad.out], [1, ""]);
    assertStringIncludes(bad.err, 'Cannot read "d--1" as a stream slug');
  }));
