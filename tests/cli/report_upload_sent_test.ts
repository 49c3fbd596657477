/** archfx report upload: the removal of counted reports, and files that are not reports. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { archfx, spawn, withFolder } from "./_archfx.ts";
import { identityOf, removeSentFile } from "../../src/cli/_sent_file.ts";
import { writeReportFile } from "./_reports.ts";
import { withSpool } from "./_spool.ts";

Deno.test("archfx report upload --remove-sent removes only reports that are proved to be counted", () =>
  withSpool(async (spool) => {
    await Deno.mkdir(`${spool.cwd}/spool/sub`, { recursive: true });
    for (const name of ["a", "b", "c"]) {
      await Deno.rename(`${spool.cwd}/${name}.mp`, `${spool.cwd}/spool/${name}.mp`);
    }
    await Deno.writeTextFile(`${spool.cwd}/spool/x.mp.123-01234567.part`, "half");
    // A copy of a.mp, and other readings with ids that will be taken.
    await Deno.copyFile(`${spool.cwd}/spool/a.mp`, `${spool.cwd}/spool/again.mp`);
    await writeReportFile(`${spool.cwd}/spool/b.mp`, { firstId: 51 });
    await writeReportFile(`${spool.cwd}/spool/other.mp`, { firstId: 2 });
    await writeReportFile(`${spool.cwd}/spool/z.mp`, { firstId: 201 });
    await writeReportFile(`${spool.cwd}/spool/box.mp`, { device: 0x20 });
    const { code, out, err } = await archfx([
      "report",
      "upload",
      "--remove-sent",
      "spool/",
      "--json",
    ], spool);
    assertEquals(code, 5);
    const { reports } = JSON.parse(out) as {
      reports: { file: string; new: number; status: string }[];
    };
    assertEquals(reports.map((it) => [it.file, it.new, it.status]), [
      ["spool/a.mp", 100, "sent"],
      ["spool/again.mp", 0, "counted before"],
      ["spool/other.mp", 0, "nothing new"],
      ["spool/b.mp", 0, "nothing new"],
      ["spool/z.mp", 100, "sent"],
      ["spool/c.mp", 300, "sent"],
      ["spool/box.mp", null, "failed"],
    ]);
    assertEquals([...Deno.readDirSync(`${spool.cwd}/spool`)].map((it) => it.name).sort(), [
      "b.mp",
      "box.mp",
      "other.mp",
      "sub",
      "x.mp.123-01234567.part",
    ]);
    assertStringIncludes(
      err,
      'archfx report upload: "spool/b.mp": Cannot upload the report of t--0000-0000-0000-0001--0100 with ' +
        "the reading ids 51 to 150: its ids are too low. last_id of the streamer is already 100, and the " +
        "cloud counts only readings with ids from 101 on. It already has other readings with the ids of this " +
        'report. Compare its readings with those of the cloud ("archfx data"). If they are not there, ' +
        "encode them again with --first-id 101, or with --state FILE --first-id cloud\n",
    );
    assertStringIncludes(
      err,
      "3 of 7 reports sent, 500 of 500 readings new, 1 counted before, 2 with ids that are too low, 1 failed\n",
    );
  }));

/** Thirty reports of one streamer in a spool folder. */
async function fillSpool(cwd: string, reports = 30): Promise<string[]> {
  await Deno.mkdir(`${cwd}/spool`, { recursive: true });
  const names: string[] = [];
  for (let n = 0; n < reports; n++) {
    const name = `spool/${String(n).padStart(2, "0")}.mp`;
    names.push(name);
    await writeReportFile(`${cwd}/${name}`, { firstId: 100 * n + 1 });
  }
  return names;
}

Deno.test("archfx report upload --remove-sent loses nothing if two workers count later, out of order", () =>
  withSpool(async (spool) => {
    const { emulator, cwd } = spool;
    emulator.counting.set({ workers: 2, delayMs: [0, 10], seed: 5 });
    await fillSpool(cwd);
    const { code, err } = await archfx(["report", "upload", "--remove-sent", "spool"], spool);
    assertEquals([code, err], [0, "30 of 30 reports sent, 3000 of 3000 readings new\n"]);
    assertEquals([...Deno.readDirSync(`${cwd}/spool`)], []);
    await emulator.counting.idle();
    assertEquals(emulator.events.reports.reduce((sum, it) => sum + it.new, 0), 3000);
  }));

Deno.test("archfx report upload keeps a file that is not counted in time, and notices later that it was", () =>
  withSpool(async (spool) => {
    const { emulator, cwd } = spool;
    await fillSpool(cwd, 3);
    emulator.faults.add({ kind: "worker-fails", path: "streamer/report/", after: 1 });
    const run = () =>
      archfx(["report", "upload", "--remove-sent", "--confirm-within", "0.2", "spool"], spool);
    const first = await run();
    assertEquals(first.code, 5);
    assertStringIncludes(first.err, "accepted it but did not count it within 200 ms");
    assertStringIncludes(
      first.err,
      "1 of 3 reports sent, 100 of 100 readings new, 1 failed, 1 held back\n",
    );
    const left = () => [...Deno.readDirSync(`${cwd}/spool`)].map(({ name }) => name).sort();
    assertEquals(left(), ["01.mp", "02.mp"]);
    // Counted, but the response and the proof are lost.
    // More often than it is retried, because a runtime may also send it again by itself.
    emulator.faults.add({ kind: "drop", phase: "after", path: "streamer/report/", times: 50 });
    assertEquals((await run()).code, 5);
    emulator.faults.clear();
    assertEquals(left(), ["01.mp", "02.mp"]);
    const last = await run();
    assertEquals([last.code, last.err], [
      0,
      "1 of 2 reports sent, 100 of 100 readings new, 1 counted before\n",
    ]);
    assertStringIncludes(
      last.out,
      "spool/01.mp\tt--0000-0000-0000-0001--0100\t100 readings\tcounted before\n",
    );
    assertEquals(left(), []);
    assertEquals(emulator.events.reports.reduce((sum, it) => sum + it.new, 0), 300);
  }));

Deno.test("removeSentFile() does not remove another file with the same name, or a file that was changed", () =>
  withFolder(async (cwd) => {
    const path = `${cwd}/a.mp`;
    await Deno.writeTextFile(path, "sent");
    const sent = await identityOf(path);
    await Deno.writeTextFile(`${cwd}/new`, "sent");
    await Deno.rename(`${cwd}/new`, path);
    assertEquals([await removeSentFile(path, sent), await Deno.readTextFile(path)], [
      false,
      "sent",
    ]);
    const other = await identityOf(path);
    await Deno.utime(path, 1, 1);
    assertEquals(await removeSentFile(path, other), false);
    assertEquals(await removeSentFile(path, await identityOf(path)), true);
    assertEquals([...Deno.readDirSync(cwd)], []);
    // The link is removed, not its target.
    await Deno.writeTextFile(`${cwd}/target`, "sent");
    await Deno.symlink("target", path);
    assertEquals(await removeSentFile(path, await identityOf(path)), true);
    assertEquals([...Deno.readDirSync(cwd)].map(({ name }) => name), ["target"]);
  }));

Deno.test("archfx report upload does not remove a file that was replaced while it was sent", () =>
  withSpool(async (spool) => {
    const { emulator, cwd } = spool;
    const stop = emulator.events.listen((event) => {
      if (event.kind !== "report") return;
      Deno.copyFileSync(`${cwd}/b.mp`, `${cwd}/next`);
      Deno.renameSync(`${cwd}/next`, `${cwd}/a.mp`);
    });
    const { code, err } = await archfx(["report", "upload", "--remove-sent", "a.mp"], spool);
    stop();
    assertEquals(code, 5);
    assertStringIncludes(
      err,
      'Cannot tell what was sent of "a.mp": the file was changed or replaced',
    );
    assertEquals(await Deno.readFile(`${cwd}/a.mp`), await Deno.readFile(`${cwd}/b.mp`));
  }));

/**
 * The code with which a command ends that waits for ever and gets SIGTERM. One that comes while the runtime still
 * starts ends it with 143: then it is started again and has more time.
 */
async function codeAfterSigterm(start: () => Deno.ChildProcess): Promise<number> {
  for (let ms = 500;; ms *= 2) {
    const child = start();
    await new Promise((resolve) => setTimeout(resolve, ms));
    child.kill("SIGTERM");
    const { code } = await child.status;
    await Promise.all([child.stdout.cancel(), child.stderr.cancel()]);
    if (code !== 143 || ms > 10_000) return code;
  }
}

Deno.test({
  name:
    "archfx report upload, verify and inspect go on after a pipe, a name that is not UTF-8 and a bad file",
  ignore: Deno.build.os === "windows",
  fn: () =>
    withSpool(async (spool) => {
      const { cwd } = spool;
      await fillSpool(cwd, 2);
      // Runtimes cannot create such a name or a pipe.
      const made = await new Deno.Command("sh", {
        args: ["-c", "mkfifo spool/pipe.mp && cp spool/00.mp \"spool/$(printf 'x\\377').mp\""],
        cwd,
      }).output();
      assertEquals(made.code, 0);
      const odd = 'spool/x\ufffd.mp": left out: its name is not valid UTF-8';
      const sent = await archfx(["report", "upload", "--remove-sent", "spool"], spool);
      assertEquals(sent.code, 5);
      assertStringIncludes(sent.err, odd);
      assertStringIncludes(sent.err, '"spool/pipe.mp": left out: it is not a regular file');
      assertStringIncludes(sent.err, "2 of 3 reports sent, 200 of 200 readings new, 1 failed\n");
      const explicit = await archfx(["report", "upload", "spool/pipe.mp"], spool);
      assertEquals(explicit.code, 1);
      assertStringIncludes(explicit.err, 'Cannot send "spool/pipe.mp": it is not a regular file');
      const verified = await archfx(["report", "verify", "spool", "a.mp"], spool);
      assertEquals(verified.code, 1);
      assertStringIncludes(verified.out, "a.mp\tok\n");
      assertStringIncludes(
        verified.out,
        "spool/pipe.mp\terror\tunreadable\tit is not a regular file\n",
      );
      // Another process may write to a named pipe. Until then, the command waits, and a signal ends the wait.
      for (const command of ["inspect", "verify"]) {
        const start = () => spawn(["report", command, "spool/pipe.mp"], spool);
        assertEquals(await codeAfterSigterm(start), 130);
      }
    }),
});

Deno.test("archfx report inspect shows the other reports if one cannot be read, and exits with 1", () =>
  withSpool(async ({ cwd }) => {
    await Deno.writeTextFile(`${cwd}/bad.mp`, "hello");
    const files = ["a.mp", "bad.mp", "none.mp", "b.mp"];
    const { code, out, err } = await archfx(["report", "inspect", ...files], { cwd });
    assertEquals(code, 1);
    assertEquals(out.match(/^\w+\.mp$/gm), ["a.mp", "b.mp"]);
    assertStringIncludes(err, 'archfx report inspect: "bad.mp": Cannot decode the report');
    assertStringIncludes(
      err,
      'archfx report inspect: Cannot read "none.mp": the file does not exist',
    );
    const json = await archfx(["report", "inspect", "--json", ...files], { cwd });
    assertEquals(json.code, 1);
    assertEquals(
      JSON.parse(json.out).map((it: { file: string; error?: string }) => [it.file, "error" in it]),
      [
        ["a.mp", false],
        ["bad.mp", true],
        ["none.mp", true],
        ["b.mp", false],
      ],
    );
  }));

Deno.test("archfx report upload and verify accept an empty folder, without a login", () =>
  withFolder(async (cwd) => {
    await Deno.mkdir(`${cwd}/spool`);
    assertEquals(await archfx(["report", "upload", "spool/"], { cwd }), {
      code: 0,
      out: "",
      err: "There are no reports to send\n",
    });
    const json = await archfx(["report", "upload", "spool", "--json", "-q"], { cwd });
    assertEquals([json.code, JSON.parse(json.out).reports, json.err], [0, [], ""]);
    assertEquals(await archfx(["report", "verify", "spool"], { cwd }), {
      code: 0,
      out: "",
      err: "",
    });
    assertEquals((await archfx(["report", "upload", "none/"], { cwd })).code, 1);
  }));
