/** archfx on a full disk: no token is lost, nothing is half written, and the error names the file. */
import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { withFolder } from "../_folder.ts";
import { createEmulator } from "../../src/emulator/mod.ts";
import { readCsv, writeReport } from "../../mod.ts";
import { noFullDisk, type SmallDisk, withSmallDisk } from "../_full_disk.ts";
import { archfx, names } from "./_archfx.ts";
import { login } from "./_kill_refresh.ts";

const ignore = noFullDisk !== undefined;
const ROWS = "timestamp,value\n" +
  Array.from({ length: 2_000 }, (_, row) => `2026-03-02T06:00:00.${row + 1000}Z,${row}\n`).join("");

function test(name: string, task: (disk: SmallDisk) => Promise<void>): void {
  Deno.test({ name, ignore, fn: () => withSmallDisk(task) });
}

for (const freePages of [0, 1, 2]) {
  test(`archfx does not refresh a token that it cannot save, with ${freePages} pages free`, async (disk) => {
    const emulator = await createEmulator();
    try {
      const { url } = await emulator.listen();
      const env = { XDG_CONFIG_HOME: disk.folder };
      await login(url, env);
      await disk.fill(freePages);
      emulator.expireTokens();
      emulator.events.clearRequests();
      const ended = await archfx(["get", "org"], { env });
      assertEquals([ended.code, ended.out], [1, ""], ended.err);
      assertMatch(
        ended.err,
        /^archfx get: Cannot save the credentials in ".*credentials.json": the disk is full\n/,
      );
      const paths = emulator.events.requests.map((it) => it.path);
      assert(!paths.some((path) => path.includes("refresh")), "the old token must stay good");
      assert(paths.length <= 1, `a full disk is not a lost connection: ${paths}`);
      await disk.free();
      const after = await archfx(["get", "org"], { env });
      assertEquals(after.code, 0, after.err);
    } finally {
      await emulator.close();
    }
  });
}

test("archfx report encode names the report that does not fit on a full disk, and leaves nothing", async (disk) => {
  await Deno.writeTextFile(`${disk.folder}/in.csv`, ROWS);
  const run = (...more: string[]) =>
    archfx(["report", "encode", "in.csv", "--device", "d--1", "--stream", "5090", ...more], {
      cwd: disk.folder,
    });
  await disk.fill(1);
  const before = names(disk.folder);
  const report = await run("--first-id", "1");
  assertEquals(report, {
    code: 1,
    out: "",
    err: 'archfx report encode: Cannot write "in.mp": the disk is full\n',
  });
  assertEquals(names(disk.folder), before);
});

test("archfx report encode names the state that a full disk has no room for, and writes no report", async (disk) => {
  await withFolder(async (output) => {
    await Deno.writeTextFile(`${disk.folder}/in.csv`, ROWS);
    await disk.fill(0);
    const before = names(disk.folder);
    const args = ["--device", "d--1", "--stream", "5090", "-o", `${output}/out.mp`];
    const ended = await archfx(["report", "encode", "in.csv", ...args, "--state", "ids.json"], {
      cwd: disk.folder,
    });
    assertEquals([ended.code, ended.out], [1, ""]);
    assertMatch(ended.err, /^archfx report encode: Cannot write "ids.json": the disk is full\n$/);
    assertEquals([names(disk.folder), names(output)], [before, []]);
  });
});

test("writeReport() names the file that does not fit on a full disk, and leaves nothing", async (disk) => {
  await disk.fill(2);
  const path = `${disk.folder}/out.mp`;
  const source = readCsv(new TextEncoder().encode(ROWS), { stream: 1 });
  const error = await assertRejects(
    () => writeReport(source, path, { device: 1, nextReadingId: 1 }),
    Error,
    `Cannot write "${path}": `,
  );
  assertEquals((error as { code?: string }).code, "ENOSPC");
  assertEquals(names(disk.folder), ["filler"]);
});
