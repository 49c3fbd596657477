/**
 * archfx export as a process against an emulator: complete after kills, verified, and honest about what it cannot do.
 */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { readParquet } from "../../src/arrow/mod.ts";
import { ArchFXFlexibleDictionaryReport } from "../../src/reports/mod.ts";
import { archfx, spawn, withFolder } from "./_archfx.ts";
import { withCloud } from "./_emulator.ts";

const DAY = 86_400_000_000n;
const START = BigInt(Date.parse("2026-03-01T12:00:00Z")) * 1000n;

/** Uploads readings of four streams of a device, spread over three days. */
async function fill(cwd: string, env: Record<string, string>, readings: number): Promise<void> {
  const step = 2n * DAY / BigInt(readings);
  const report = ArchFXFlexibleDictionaryReport.fromColumns({
    device: "d--1",
    columns: {
      length: readings,
      streams: Uint32Array.from({ length: readings }, (_, i) => 0x15090 + i % 4),
      readingIds: BigUint64Array.from({ length: readings }, (_, i) => BigInt(i + 1)),
      timestamps: BigInt64Array.from({ length: readings }, (_, i) => START + step * BigInt(i)),
      values: Float64Array.from({ length: readings }, (_, i) => i),
    },
  });
  await report.save(`${cwd}/all.mp`);
  const { code, err } = await archfx(["report", "upload", "all.mp"], { cwd, env });
  assertEquals(code, 0, err);
}

/** The values in all files of an export, by their stream and day. */
async function exported(folder: string): Promise<{ files: string[]; values: number[] }> {
  const files: string[] = [];
  const values: number[] = [];
  for (const { name: stream, isDirectory } of Deno.readDirSync(folder)) {
    if (!isDirectory) continue;
    for (const { name } of Deno.readDirSync(`${folder}/${stream}`)) {
      files.push(`${stream}/${name}`);
      for await (const chunk of readParquet(`${folder}/${stream}/${name}`)) {
        assertEquals(chunk.devices?.[0], 1n);
        values.push(...chunk.values);
      }
    }
  }
  return { files: files.sort(), values: values.sort((a, b) => a - b) };
}

Deno.test("archfx export is complete after two kills, with a file for each stream and day", () =>
  withFolder((cwd) =>
    withCloud(async ({ env }) => {
      await fill(cwd, env, 30_000);
      const args = ["export", "pl--0000-0001", "--end", "2026-03-10", "-o", "out", "--jobs", "2"];
      for (const files of [1, 5]) {
        const child = spawn(args, { cwd, env });
        const enough = async () => {
          while (true) {
            const log = await Deno.readTextFile(`${cwd}/out/export.ndjson`).catch(() => "");
            if (log.split("\n").length - 2 >= files) return;
            await new Promise((resolve) => setTimeout(resolve, 5));
          }
        };
        await Promise.race([enough(), child.status]);
        try {
          child.kill("SIGKILL");
        } catch {
          // It was faster than the kill.
        }
        await child.output();
      }
      const { code, err } = await archfx(args, { cwd, env });
      assertEquals(code, 0, err);
      assertMatch(
        err,
        /Exported \d+ streams, 30000 readings to 12 files in out, [5-9]|1[012] of them/,
      );
      const { files, values } = await exported(`${cwd}/out`);
      assertEquals(values, Array.from({ length: 30_000 }, (_, i) => i));
      assertEquals(files.length, 12);
      assertEquals(
        files.slice(0, 3),
        [1, 2, 3].map((day) =>
          `sl--0000-0001--0000-0000-0000-0001--0001-5090/2026-03-0${day}.parquet`
        ),
      );
      const again = await archfx([...args, "--json"], { cwd, env });
      assertEquals(JSON.parse(again.out).readings, 30_000);
    })
  ));

Deno.test("archfx export writes a day again if more of it is requested", () =>
  withFolder((cwd) =>
    withCloud(async ({ env }) => {
      await fill(cwd, env, 400);
      const run = (end: string) =>
        archfx([
          "export",
          "d--1",
          "--start",
          "2026-03-01T18:00Z",
          "--end",
          end,
          "-o",
          "out",
          "--json",
        ], { cwd, env });
      const part = JSON.parse((await run("2026-03-02T06:00Z")).out);
      assertEquals([part.readings, part.files], [100, 8]);
      const whole = JSON.parse((await run("2026-03-03")).out);
      assertEquals([whole.readings, whole.files], [250, 8]);
      const { values } = await exported(`${cwd}/out`);
      assertEquals(values, Array.from({ length: 250 }, (_, i) => i + 50));
    })
  ));

Deno.test("archfx export reads a day again if a reading arrives while its pages are read", () =>
  withFolder((cwd) =>
    withCloud(async ({ url, env }) => {
      await fill(cwd, env, 40);
      let late = 1;
      // Adds a reading that is earlier than all others, right after the first page of a day was read.
      const proxy = Deno.serve(
        { hostname: "127.0.0.1", port: 0, onListen() {} },
        async (request) => {
          const { pathname, search } = new URL(request.url);
          const headers = new Headers(request.headers);
          headers.delete("host");
          const forward = (path: string, init: RequestInit) =>
            fetch(url + path, { ...init, headers });
          const body = request.body === null ? null : await request.arrayBuffer();
          const response = await forward(pathname + search, { method: request.method, body });
          if (/page_size=5000/.test(search) && /5090/.test(search) && late > 0) {
            late--;
            const reading = {
              stream: "sl--0000-0001--0000-0000-0000-0001--0001-5090",
              timestamp: "2026-03-01T12:00:00.000001Z",
              value: -1,
              streamer_local_id: 1000,
            };
            const sent = await forward("/api/v1/data/", {
              method: "POST",
              body: new Blob([JSON.stringify(reading)], { type: "application/json" }),
            });
            assertEquals(sent.status, 201, await sent.text());
          }
          return response;
        },
      );
      const domain = `http://127.0.0.1:${proxy.addr.port}`;
      const { code, out, err } = await archfx(
        ["export", "d--1", "--end", "2026-03-10", "-o", "out", "--json"],
        { cwd, env: { ...env, ARCHFX_DOMAIN: domain } },
      );
      await proxy.shutdown();
      assertEquals([code, late], [0, 0], err);
      assertEquals(JSON.parse(out).readings, 41);
      assert((await exported(`${cwd}/out`)).values.includes(-1));
    })
  ));

Deno.test("archfx export names what it cannot export, and does not mix two exports", () =>
  withFolder((cwd) =>
    withCloud(async ({ env }) => {
      await fill(cwd, env, 8);
      const run = (...args: string[]) => archfx(["export", ...args], { cwd, env });
      const ended = ["--end", "2026-03-10"];
      assertEquals((await run("d--1", ...ended, "-o", "out", "-q")).code, 0);
      const other = await run("pl--0000-0001", ...ended, "-o", "out");
      assertEquals(other.code, 1);
      assertStringIncludes(
        other.err,
        'Cannot export pl--0000-0001 into "out": it has the export of d--1',
      );
      assertEquals((await run("pl--0000-9999", ...ended, "-o", "new")).code, 4);
      assertEquals((await run("d--1", "-o", "new", "--jobs", "0")).code, 2);
      assertEquals((await run("d--1")).code, 2);
      await Deno.writeTextFile(`${cwd}/file`, "");
      const file = await run("d--1", ...ended, "-o", "file");
      assertEquals(file.code, 1);
      assertStringIncludes(file.err, 'Cannot write "file/export.ndjson"');
    })
  ));
