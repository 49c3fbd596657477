/** archfx data as a process, with an emulator that has received a report. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { archfx, spawn, withFolder } from "./_archfx.ts";
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

Deno.test("archfx data prints CSV in a pipe, NDJSON and JSON on request, in a range of times", () =>
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
    assertEquals(svg, { code: 0, out: "", err: "Wrote chart.svg: 40 readings\n" });
    assertStringIncludes(await Deno.readTextFile(`${cwd}/chart.svg`), `<title>${STREAM}</title>`);
  }));

Deno.test("archfx data of a range without readings is empty, of an unknown stream ends with exit code 4", () =>
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
      'Cannot read "yesterday" as --start: it must be a time like 2026-03-02',
    );
    const turned = ["--start", "2026-03-03", "--end", "2026-03-02"];
    assertEquals(await archfx(["data", STREAM, ...turned], { env }), {
      code: 2,
      out: "",
      err:
        'archfx data: Cannot read from "2026-03-03" to "2026-03-02": the end is before the start\n' +
        'Try "archfx data --help"\n',
    });
    const bad = await archfx(["data", "d--1"], { env });
    assertEquals([bad.code, bad.out], [1, ""]);
    assertStringIncludes(bad.err, 'Cannot read "d--1" as a stream slug');
  }));

const OTHER = "sl--0000-0001--0000-0000-0000-0001--0001-5091";

/** An emulator with 40 readings in two streams, their times up to now. */
function withRecent(
  task: (
    cwd: string,
    env: Record<string, string>,
    send: (from: number, value: number, ahead?: number) => Promise<void>,
  ) => Promise<void>,
) {
  return withFolder((cwd) =>
    withCloud(async ({ env }) => {
      const send = async (from: number, value: number, ahead = 20) => {
        const lines = ["timestamp,stream,reading_id,value"];
        for (let i = 0; i < 20; i++) {
          const time = new Date(Date.now() + (i - ahead) * 1000).toISOString();
          lines.push(
            `${time},0001-5090,${from + 2 * i},${value + i}`,
            `${time},0001-5091,${from + 2 * i + 1},${-i}`,
          );
        }
        await Deno.writeTextFile(`${cwd}/recent-${from}.csv`, lines.join("\n"));
        const encode = [
          "report",
          "encode",
          `recent-${from}.csv`,
          "--device",
          "d--1",
          "-o",
          `${from}.mp`,
        ];
        assertEquals((await archfx(encode, { cwd, env })).code, 0);
        assertEquals((await archfx(["report", "upload", `${from}.mp`], { cwd, env })).code, 0);
      };
      await send(1, 100);
      await task(cwd, env, send);
    })
  );
}

Deno.test("archfx data reads several streams of the last minutes in order of time, with their device", () =>
  withRecent(async (cwd, env) => {
    const { code, out } = await archfx(["data", STREAM, OTHER, "--last", "5m"], { cwd, env });
    const rows = out.trim().split("\n").map((row) => row.split(","));
    assertEquals([code, rows.length, rows[0].join()], [
      0,
      41,
      "device,timestamp,stream,reading_id,value",
    ]);
    assertEquals(
      rows.slice(1).map((row) => Number(row[3])),
      Array.from({ length: 40 }, (_, i) => i + 1),
    );
    assertEquals(rows[1].slice(2), ["0001-5090", "1", "100"]);
    assertEquals(rows[2].slice(2), ["0001-5091", "2", "-0"].map((it) => it.replace("-0", "0")));
    const none = await archfx(["data", STREAM, "--start", "-2h", "--end", "-1h"], { cwd, env });
    assertEquals(none.out, "timestamp,stream,reading_id,value\n");
    const json = JSON.parse(
      (await archfx(["data", STREAM, OTHER, "--last", "5m", "--json"], { cwd, env })).out,
    );
    assertEquals(json.map(({ stream }: { stream: string }) => stream), [STREAM, OTHER]);
    assertEquals(json[0].readings.length, 20);
  }));

Deno.test("archfx data resamples, and writes the format of the file's extension", () =>
  withRecent(async (cwd, env) => {
    const every = ["--last", "1h", "--every", "1d", "--by"];
    const count = await archfx(["data", STREAM, ...every, "count"], { cwd, env });
    const sum = count.out.trim().split("\n").slice(1).map((row) => Number(row.split(",")[3]));
    assertEquals(sum.reduce((a, b) => a + b, 0), 20); // Two intervals if a day ends in between.
    const bytes: Record<string, Uint8Array> = {};
    for (const extension of ["csv", "ndjson", "parquet", "arrow", "svg"]) {
      const path = `out.${extension}`;
      const written = await archfx(["data", STREAM, OTHER, "--last", "1h", "-o", path], {
        cwd,
        env,
      });
      assertEquals(written, { code: 0, out: "", err: `Wrote ${path}: 40 readings\n` });
      bytes[extension] = await Deno.readFile(`${cwd}/${path}`);
    }
    assertEquals(new TextDecoder().decode(bytes.csv).split("\n").length, 42);
    assertEquals(new TextDecoder().decode(bytes.svg).match(/<title>/g)?.length, 2);
    const { readArrow, readParquet } = await import("../../src/arrow/mod.ts");
    for await (const columns of readParquet(bytes.parquet)) {
      assertEquals([columns.length, columns.devices?.[0]], [40, 1n]);
    }
    for await (const columns of readArrow(bytes.arrow)) assertEquals(columns.length, 40);
    const decoded = await archfx(["report", "decode", "1.mp", "-o", "1.parquet"], { cwd });
    assertEquals(decoded, { code: 0, out: "", err: "" });
    for await (const columns of readParquet(`${cwd}/1.parquet`)) assertEquals(columns.length, 40);
  }));

Deno.test("archfx data --follow prints each new reading once, until it is stopped", () =>
  withRecent(async (cwd, env, send) => {
    const child = spawn(["data", STREAM, "--last", "5m", "--follow"], { cwd, env });
    let out = "";
    const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
    const until = async (lines: number) => {
      while (out.split("\n").length - 1 < lines) {
        const { done, value } = await reader.read();
        if (done) break;
        out += value;
      }
    };
    await until(21);
    await send(41, 200, 0); // From now on.
    await until(41);
    child.kill("SIGINT");
    const [{ code }] = await Promise.all([child.status, child.stderr.cancel(), reader.cancel()]);
    const ids = out.trim().split("\n").slice(1).map((row) => Number(row.split(",")[2]));
    assertEquals(ids, Array.from({ length: 40 }, (_, i) => 2 * i + 1));
    assertEquals(code, 130);
  }));

Deno.test("archfx data rejects options that contradict each other before it logs in", async () => {
  const wrong: [string[], string][] = [
    [["--last", "2h", "--start", "2026-03-02"], "last"],
    [
      ["--last", "2 hours"],
      'Cannot read "2 hours" as --last: it must be a length of time like 90s',
    ],
    [["--every", "1x"], 'Cannot read "1x" as --every'],
    [["--by", "mean"], "without --every"],
    [["--follow", "--end", "2026-03-02"], "--follow with --end"],
    [["--follow", "--json"], "--follow with --json"],
    [
      ["-o", "a.xlsx"],
      'Cannot write "a.xlsx": the name must end in .csv, .ndjson, .parquet, .arrow, .svg',
    ],
    [["-o", "a.csv", "--format", "csv"], "Cannot use --format with a file"],
    [["--svg", "a.png"], 'Cannot write "a.png": the name must end in .svg'],
    [[STREAM], "it is named twice"],
  ];
  for (const [args, message] of wrong) {
    const { code, err } = await archfx(["data", STREAM, ...args], {
      env: { ARCHFX_DOMAIN: "http://127.0.0.1:9" },
    });
    assertEquals(code, 2, err);
    assertStringIncludes(err, message);
  }
});
