/**
 * archfx export against an emulator: verified, and honest about what it cannot do.
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { archfx, withFolder } from "./_archfx.ts";
import { withCloud } from "./_emulator.ts";
import { exported, fill } from "./_export.ts";

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
