/** archfx map as a process against an emulator. */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { archfx, spawn } from "./_archfx.ts";
import { withCloud, withEmulator } from "./_emulator.ts";

Deno.test("archfx map draws the factory as a tree", () =>
  withCloud(async ({ env }) => {
    const { code, out, err } = await archfx(["map", "--org", "acme", "--tree"], { env });
    assertEquals([code, err], [0, ""]);
    const lines = out.split("\n");
    assertEquals(lines[0], "Acme  acme");
    assertEquals(lines[1], "├─ Guadalajara  ps--0000-0001");
    assertStringIncludes(out, "│  │  ├─ SMT 1  pl--0000-0001\n");
    assertStringIncludes(out, "└─ Penang  ps--0000-0002\n");
    assertEquals(lines.filter((line) => line.includes("Tap ")).length, 17);
  }));

Deno.test("archfx map prints rows as JSON lines, an array, CSV", () =>
  withCloud(async ({ env }) => {
    const lines = (await archfx(["map", "--org", "acme"], { env })).out.trim().split("\n")
      .map((line) => JSON.parse(line));
    const row = lines.find((it) => it.device === "d--0000-0000-0000-0001");
    assertEquals(
      [row.org, row.siteName, row.areaName, row.lineName, row.machine],
      ["acme", "Guadalajara", "Building 1", "SMT 1", "d--0000-0001-0000-0001"],
    );
    assertEquals(
      JSON.parse((await archfx(["map", "--org", "acme", "--json"], { env })).out),
      lines,
    );
    const csv = (await archfx(["map", "--org", "acme", "--csv"], { env })).out.trim().split("\n");
    assertEquals(csv.length, lines.length + 1);
    assertEquals(csv[0], Object.keys(row).join(","));
    assertStringIncludes(csv.join("\n"), "\nacme,Acme,");
  }));

Deno.test("archfx map --resume keeps the rows so far and continues", () =>
  withEmulator(async ({ emulator, cwd, env }) => {
    const whole = (await archfx(["map", "--json"], { env })).out;
    emulator.faults.add({ kind: "status", status: 403, path: "device/" });
    const args = ["map", "--json", "--resume", "part.json", "--concurrency", "1"];
    const failed = await archfx(args, { cwd, env });
    assertEquals([failed.code, failed.out], [1, ""]);
    assertStringIncludes(
      failed.err,
      'The result so far is in "part.json": run the same command to continue\n',
    );
    assertEquals(JSON.parse(await Deno.readTextFile(`${cwd}/part.json`)).version, 1);
    emulator.events.clearRequests();
    const resumed = await archfx(args, { cwd, env });
    assertEquals([resumed.code, resumed.out], [0, whole]);
    const asked = emulator.events.requests.map((it) => it.path).filter((it) =>
      it.includes("/site/")
    );
    assertEquals(asked, [], "sites are not asked for again");
    assertEquals([...Deno.readDirSync(cwd)].length, 0, "the file is gone");
  }));

for (
  const [args, path, done] of [
    [
      ["map", "--resume", "part.json"],
      "device/",
      /The result so far is in "part.json".*interrupted: found before: \d+ rows?\n/s,
    ],
    [
      ["get", "device", "--all", "--query", "page_size=3"],
      "device/",
      /interrupted: 6 rows were read before/,
    ],
  ] as [string[], string, RegExp][]
) {
  Deno.test(`archfx ${args[0]} prints after Ctrl-C what was done, and exits with 130`, () =>
    withEmulator(async ({ emulator, cwd, env }) => {
      const after = args[0] === "get" ? 2 : 0;
      emulator.faults.add({ kind: "delay", milliseconds: 20_000, path, after });
      const child = spawn(args, { cwd, env });
      while (emulator.faults.list().length > 0) await new Promise((wait) => setTimeout(wait, 5));
      // Meanwhile, the other lists of the map are read.
      await new Promise((wait) => setTimeout(wait, 300));
      child.kill("SIGINT");
      const { code, stderr } = await child.output();
      assertEquals(code, 130);
      assertMatch(new TextDecoder().decode(stderr), done);
    }));
}
