/** archfx get, post, put, patch, delete as processes against an emulator. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { Context } from "../../src/cli/_command.ts";
import type { Io } from "../../src/cli/_io.ts";
import { printRows } from "../../src/cli/_rows.ts";
import { archfx, withFolder } from "./_archfx.ts";
import { withCloud } from "./_emulator.ts";

Deno.test("archfx get prints a list as JSON lines, --json as an array, --fields only these fields", () =>
  withCloud(async ({ env }) => {
    const lines = await archfx(["get", "site?org=acme", "--fields", "slug,name,nested.member"], {
      env,
    });
    assertEquals(lines, {
      code: 0,
      out: '{"slug":"ps--0000-0001","name":"Guadalajara","nested.member":null}\n' +
        '{"slug":"ps--0000-0002","name":"Penang","nested.member":null}\n',
      err: 'No row has the field "nested.member"\n',
    });
    const array = await archfx(["get", "site", "--query", "org=acme", "--json"], { env });
    assertEquals(
      JSON.parse(array.out).map((site: { slug: string }) => site.slug),
      ["ps--0000-0001", "ps--0000-0002"],
    );
    const none = await archfx(["get", "line", "--query", "area=pa--0000-0002", "--json"], { env });
    assertEquals([none.code, none.out], [0, "[]\n"]);
  }));

Deno.test("archfx get says on standard error that there are more pages, --all gets them", () =>
  withCloud(async ({ env }) => {
    const page = await archfx(["get", "device", "--query", "page_size=2", "--fields", "slug"], {
      env,
    });
    assertEquals(page, {
      code: 0,
      out: '{"slug":"d--0000-0000-0000-0001"}\n{"slug":"d--0000-0000-0000-0002"}\n',
      err: "2 of 17 rows: --all for the rest\n",
    });
    const quiet = await archfx(["get", "device", "--query", "page_size=2", "--quiet"], { env });
    assertEquals([quiet.code, quiet.err], [0, ""]);
    const all = await archfx(["get", "device", "--query", "page_size=2", "--all"], { env });
    assertEquals([all.code, all.out.trim().split("\n").length, all.err], [0, 17, ""]);
    const some = await archfx(["get", "device", "--all", "--limit", "3"], { env });
    assertEquals([some.code, some.out.trim().split("\n").length], [0, 3]);
  }));

Deno.test("archfx get, post, patch, put, delete of one organization", () =>
  withFolder((folder) =>
    withCloud(async ({ env }) => {
      const made = await archfx(["post", "org", "--data", '{"name": "My new Org"}'], { env });
      assertEquals([made.code, JSON.parse(made.out).slug], [0, "my-new-org"]);
      const patched = await archfx(
        ["patch", "org/my-new-org", "--data", "-", "--fields", "about"],
        {
          env,
          input: '{"about": "About new Org"}',
        },
      );
      assertEquals(patched, { code: 0, out: '{"about":"About new Org"}\n', err: "" });
      await Deno.writeTextFile(`${folder}/org.json`, '{"about": "About Org"}');
      const put = await archfx(["put", "org/my-new-org", "--data", `@${folder}/org.json`], { env });
      assertEquals([put.code, JSON.parse(put.out).about], [0, "About Org"]);
      const got = await archfx(["get", "/api/v1/org/my-new-org/", "--json"], { env });
      assertEquals(JSON.parse(got.out).name, "My new Org");
      assertEquals(await archfx(["delete", "org/my-new-org"], { env }), {
        code: 0,
        out: "",
        err: "Deleted org/my-new-org\n",
      });
      const gone = await archfx(["get", "org/my-new-org"], { env });
      assertEquals([gone.code, gone.out, gone.err.split("\n").length], [4, "", 2]);
      assertStringIncludes(gone.err, "404");
    })
  ));

Deno.test("archfx prints one line for data that it cannot send or that the cloud rejects", () =>
  withCloud(async ({ env }) => {
    for (
      const [argv, code, message] of [
        [["get", ".."], 2, 'Cannot use ".." as path segment'],
        [["get", "https://x.io/org"], 2, "give only the path of the resource"],
        [
          ["get", "org", "--query", "x"],
          2,
          'Cannot use "x" as --query: it must be like NAME=VALUE',
        ],
        [["get", "org", "--limit", "3"], 2, 'Cannot use "--limit" without "--all"'],
        [["get", "org", "--customer", "a", "--domain", "b"], 2, "together"],
        [["post", "org", "--data", "{bad"], 2, "Cannot read --data as JSON"],
        [
          ["post", "org", "--data", "@/nonexistent"],
          1,
          'Cannot read "/nonexistent": the file does not exist',
        ],
        [["post", "org", "--data", "{}"], 1, "name: This field is required"],
        [["delete", "device/d--1"], 1, "Restricted Access"],
        [["get", "no-such-resource"], 4, "404"],
      ] as [string[], number, string][]
    ) {
      const ended = await archfx(argv, { env });
      assertEquals([ended.code, ended.out], [code, ""], ended.err);
      assertStringIncludes(ended.err, message);
      assertEquals(ended.err.includes("    at "), false, "no stack trace without --verbose");
    }
    const verbose = await archfx(["get", "no-such-resource", "--verbose"], { env });
    assertStringIncludes(verbose.err, "    at ");
    assertEquals(verbose.err.includes("my.pass"), false);
  }));

Deno.test("archfx get --fields reports a field that no row has", () =>
  withCloud(async ({ env }) => {
    const rows = await archfx(["get", "org", "--fields", "slug,nope,slug.deep"], { env });
    assertEquals(rows.code, 0);
    assertEquals(JSON.parse(rows.out.split("\n")[0]!).nope, null);
    assertEquals(rows.err, 'No row has the field "nope"\nNo row has the field "slug.deep"\n');
    const one = await archfx(["get", "org/acme", "--fields", "slug,nope"], { env });
    assertEquals([one.code, one.err], [0, 'There is no field "nope"\n']);
    // A field that is null exists.
    const site = await archfx(["get", "site", "--fields", "slug,name"], { env });
    assertEquals(site.err, "");
  }));

for (
  const [columns, expected] of [
    [120, ["id", "slug", "name"]],
    [100, ["id", "slug", "name"]],
    [62, ["id", "slug"]],
    [20, ["slug"]],
  ] as [number, string[]][]
) {
  Deno.test(`printRows() keeps slugs whole and shortens ids on a terminal of ${columns} columns`, async () => {
    const lines: string[] = [];
    const io = {
      columns,
      env: {},
      outputIsTerminal: true,
      signal: new AbortController().signal,
      write: (text: string) => Promise.resolve(void lines.push(...text.trimEnd().split("\n"))),
      writeError: () => {},
    };
    const slug = "sl--0000-0001--0000-0000-0000-0001--0001-5090";
    const id = "ded4da46-0000-4000-8000-000000000000";
    const context = new Context({ ...io, env: { NO_COLOR: "1" } } as unknown as Io, {});
    await printRows(context, [{ id, slug, name: "a rather long name" }]);
    assertEquals(lines[0]!.split(/\s+/), expected);
    assertStringIncludes(lines[1]!, slug);
    assertEquals(
      lines.every((line) => line.length <= Math.max(columns, slug.length)),
      true,
      lines.join("\n"),
    );
    if (columns === 100) assertEquals(lines[1]!.startsWith("ded4da46…  sl--"), true);
    if (columns === 120) assertEquals(lines[1]!.startsWith(id), true);
  });
}

Deno.test("archfx report upload and inspect say that a file is CSV or NDJSON", () =>
  withFolder(async (cwd) => {
    await Deno.writeTextFile(`${cwd}/in.csv`, "timestamp,value\n2026-03-02,1\n");
    await Deno.writeTextFile(`${cwd}/in.ndjson`, '{"timestamp":"2026-03-02","value":1}\n');
    for (const [file, kind] of [["in.csv", "CSV"], ["in.ndjson", "NDJSON"]] as const) {
      for (const command of ["upload", "inspect", "verify"]) {
        const { code, out, err } = await archfx(["report", command, file], {
          cwd,
          env: { ARCHFX_TOKEN: "eyJ.a.b" },
        });
        assertEquals(code === 0, false);
        assertStringIncludes(
          out + err,
          `This is ${kind}, not a report: turn it into one with "archfx report encode"`,
        );
      }
    }
  }));
