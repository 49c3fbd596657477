/** archfx report upload as a process against an emulator: order, what is held back, exit codes. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { createEmulator, type Emulator } from "../../src/emulator/mod.ts";
import { archfx, spawn, withFolder } from "./_archfx.ts";
import { identityOf, removeSentFile } from "../../src/cli/_sent_file.ts";
import { login } from "./_kill_refresh.ts";
import { writeReportFile } from "./_reports.ts";

interface Spool {
  emulator: Emulator;
  cwd: string;
  env: Record<string, string>;
}

/** Runs a task beside an emulator, in a folder with a.mp and b.mp of device 1 and c.mp of device 2. */
function withSpool(task: (spool: Spool) => Promise<void>): Promise<void> {
  return withFolder(async (cwd) => {
    await writeReportFile(`${cwd}/a.mp`);
    await writeReportFile(`${cwd}/b.mp`, { firstId: 101 });
    await writeReportFile(`${cwd}/c.mp`, { device: 2, readings: 300 });
    const emulator = await createEmulator();
    try {
      const { url } = await emulator.listen();
      const env = {
        ARCHFX_DOMAIN: url,
        ARCHFX_EMAIL: "user@example.com",
        ARCHFX_PASSWORD: "my.pass",
      };
      await task({ emulator, cwd, env });
    } finally {
      await emulator.close();
    }
  });
}

function uploads(emulator: Emulator): number {
  return emulator.events.requests.filter((it) => it.path.startsWith("/api/v1/streamer/report/"))
    .length;
}

const LINE = {
  a: "a.mp\tt--0000-0000-0000-0001--0100\t100 readings\t",
  b: "b.mp\tt--0000-0000-0000-0001--0100\t100 readings\t",
  c: "c.mp\tt--0000-0000-0000-0002--0100\t300 readings\t",
};

Deno.test("archfx report upload sends by streamer and lowest id, whatever the order of the names", () =>
  withSpool(async (spool) => {
    assertEquals(await archfx(["report", "upload", "b.mp", "c.mp", "a.mp"], spool), {
      code: 0,
      out: `${LINE.a}100 new\n${LINE.b}100 new\n${LINE.c}300 new\n`,
      err: "3 of 3 reports sent, 500 of 500 readings new\n",
    });
    const again = await archfx(["report", "upload", "a.mp", "c.mp", "--json", "--quiet"], spool);
    assertEquals([again.code, again.err], [0, ""]);
    const row = { new: 0, status: "counted before" };
    assertEquals(JSON.parse(again.out), {
      reports: [
        { file: "a.mp", streamer: "t--0000-0000-0000-0001--0100", readings: 100, ...row },
        { file: "c.mp", streamer: "t--0000-0000-0000-0002--0100", readings: 300, ...row },
      ],
      readings: 400,
      new: 0,
      countedBefore: 2,
      failed: 0,
      heldBack: 0,
      notSent: 0,
    });
  }));

Deno.test("archfx report upload --dry-run prints the order and sends nothing, without a login", () =>
  withSpool(async ({ emulator, cwd }) => {
    const { code, out } = await archfx(["report", "upload", "--dry-run", "c.mp", "b.mp", "a.mp"], {
      cwd,
    });
    assertEquals([code, out], [0, `${LINE.a}not sent\n${LINE.b}not sent\n${LINE.c}not sent\n`]);
    assertEquals(emulator.events.requests.length, 0);
  }));

Deno.test("archfx report upload holds back what follows a failed report of its streamer", () =>
  withSpool(async (spool) => {
    // The demo seed has device 0x20 in a box: the cloud takes no report of it.
    await writeReportFile(`${spool.cwd}/x.mp`, { device: 0x20 });
    await writeReportFile(`${spool.cwd}/y.mp`, { device: 0x20, firstId: 101 });
    const failed = await archfx(["report", "upload", "y.mp", "x.mp", "c.mp"], spool);
    const device = "t--0000-0000-0000-0020--0100";
    assertEquals([failed.code, failed.out], [
      5,
      `${LINE.c}300 new\n` +
      `x.mp\t${device}\t100 readings\tfailed\n` +
      `y.mp\t${device}\t100 readings\theld back\n`,
    ]);
    assertStringIncludes(failed.err, 'archfx report upload: "x.mp": Cannot POST');
    assertStringIncludes(failed.err, "has not been claimed");
    assertStringIncludes(
      failed.err,
      "1 of 3 reports sent, 300 of 300 readings new, 1 failed, 1 held back\n",
    );
    assertEquals(uploads(spool.emulator), 2);
  }));

Deno.test("archfx report upload holds back the streamer of a file that is cut off", () =>
  withSpool(async (spool) => {
    const bytes = await Deno.readFile(`${spool.cwd}/b.mp`);
    await Deno.writeFile(`${spool.cwd}/cut.mp`, bytes.subarray(0, 500));
    const { code, out, err } = await archfx(["report", "upload", "a.mp", "c.mp", "cut.mp"], spool);
    assertEquals([code, out], [5, `${LINE.a}held back\n${LINE.c}300 new\n`]);
    assertStringIncludes(
      err,
      'archfx report upload: "cut.mp": Cannot decode the report as it is cut off',
    );
  }));

Deno.test("archfx report upload sends nothing where a file does not tell its streamer, unless told", () =>
  withSpool(async (spool) => {
    await Deno.writeTextFile(`${spool.cwd}/text.mp`, "hello");
    const refused = await archfx(["report", "upload", "a.mp", "text.mp", "none.mp"], spool);
    assertEquals([refused.code, refused.out], [1, ""]);
    assertStringIncludes(refused.err, '"text.mp": Cannot decode the report as it is not a map');
    assertStringIncludes(refused.err, 'Cannot read "none.mp": there is no such file');
    assertStringIncludes(refused.err, "Nothing was sent");
    assertEquals(uploads(spool.emulator), 0);
    const skipped = await archfx(
      ["report", "upload", "a.mp", "text.mp", "--skip-unreadable"],
      spool,
    );
    assertEquals([skipped.code, skipped.out], [5, `${LINE.a}100 new\n`]);
  }));

Deno.test("archfx report upload stops at once where the cloud takes no token", () =>
  withSpool(async (spool) => {
    const { code, out, err } = await archfx(["report", "upload", "a.mp", "c.mp"], {
      ...spool,
      env: { ...spool.env, ARCHFX_TOKEN: "nonsense" },
    });
    assertEquals([code, out], [3, `${LINE.a}failed\n${LINE.c}not sent\n`]);
    assertStringIncludes(err, 'run "archfx login"');
    assertEquals(err.includes("nonsense"), false);
  }));

Deno.test("archfx report upload refuses readings without ids unless told", () =>
  withSpool(async (spool) => {
    await writeReportFile(`${spool.cwd}/zero.mp`, { device: 3, firstId: 0, readings: 3 });
    const refused = await archfx(["report", "upload", "zero.mp"], spool);
    assertEquals(refused.code, 5);
    assertStringIncludes(refused.err, "has no id, and the cloud would never count it");
    assertEquals(uploads(spool.emulator), 0);
    const sent = await archfx(["report", "upload", "zero.mp", "--allow-missing-ids"], spool);
    assertEquals([sent.code, sent.out.endsWith("3 readings\t2 new\n")], [5, true]);
    assertStringIncludes(sent.err, "The cloud never counts a reading without an id");
  }));

Deno.test("archfx report upload says at Ctrl-C what was sent, and ends with 130", () =>
  withSpool(async (spool) => {
    spool.emulator.faults.add({
      kind: "delay",
      milliseconds: 20_000,
      path: "streamer/report/",
      after: 1,
    });
    const child = spawn(["report", "upload", "a.mp", "b.mp", "c.mp"], spool);
    let out = "";
    for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
      out += text;
      if (out.endsWith("100 new\n")) child.kill("SIGINT");
    }
    let err = "";
    for await (const text of child.stderr.pipeThrough(new TextDecoderStream())) err += text;
    assertEquals((await child.status).code, 130, err);
    assert(out.startsWith(`${LINE.a}100 new\n`), out);
    assertStringIncludes(err, "archfx report upload: interrupted: 1 of 3 reports sent\n");
    assertStringIncludes(out, `${LINE.b}failed\n${LINE.c}not sent\n`);
    assertStringIncludes(
      err,
      "1 of 3 reports sent, 100 of 100 readings new, 1 failed, 1 not sent\n",
    );
  }));

Deno.test("archfx report upload refreshes the saved token and sends again", () =>
  withSpool(async (spool) => {
    const env = { XDG_CONFIG_HOME: `${spool.cwd}/config` };
    await login(spool.env.ARCHFX_DOMAIN!, env);
    const before = await Deno.readTextFile(`${env.XDG_CONFIG_HOME}/archfx/credentials.json`);
    assertEquals((await archfx(["report", "upload", "c.mp"], { ...spool, env })).code, 0);
    spool.emulator.expireTokens();
    const { code, out, err } = await archfx(["report", "upload", "a.mp", "b.mp", "-v"], {
      ...spool,
      env,
    });
    assertEquals([code, out], [0, `${LINE.a}100 new\n${LINE.b}100 new\n`], err);
    assertEquals(err.match(/token: refreshed/g)?.length, 1);
    const after = await Deno.readTextFile(`${env.XDG_CONFIG_HOME}/archfx/credentials.json`);
    assert(before !== after);
    spool.emulator.expireTokens();
    spool.emulator.revokeRefreshTokens();
    assertEquals((await archfx(["report", "upload", "a.mp"], { ...spool, env })).code, 3);
  }));

Deno.test("archfx report upload --remove-sent removes what is proved to be counted, and nothing else", () =>
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
        "cloud counts only readings with ids from 101 on. The readings that it has with these ids are " +
        'others. Compare its readings with those of the cloud ("archfx data"). If they are not there, ' +
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

Deno.test("archfx report upload --remove-sent loses nothing where two workers count later, out of order", () =>
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

Deno.test("archfx report upload keeps a file that is not counted in time, and finds out later that it was", () =>
  withSpool(async (spool) => {
    const { emulator, cwd } = spool;
    await fillSpool(cwd, 3);
    emulator.faults.add({ kind: "worker-fails", path: "streamer/report/", after: 1 });
    const run = () =>
      archfx(["report", "upload", "--remove-sent", "--confirm-within", "0.2", "spool"], spool);
    const first = await run();
    assertEquals(first.code, 5);
    assertStringIncludes(first.err, "accepted it, and did not count it within 200 ms");
    assertStringIncludes(
      first.err,
      "1 of 3 reports sent, 100 of 100 readings new, 1 failed, 1 held back\n",
    );
    const left = () => [...Deno.readDirSync(`${cwd}/spool`)].map(({ name }) => name).sort();
    assertEquals(left(), ["01.mp", "02.mp"]);
    // Counted, but the response and the proof are lost.
    // More often than it is retried: a runtime may send it again by itself, too.
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

Deno.test("removeSentFile() leaves another file that has the name by now, and a file that was changed", () =>
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
    // A link is removed, not the file that it stands for.
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

Deno.test({
  name:
    "archfx report upload, verify and inspect go on after a pipe, a name that is not UTF-8 and a bad file",
  ignore: Deno.build.os === "windows",
  fn: () =>
    withSpool(async (spool) => {
      const { cwd } = spool;
      await fillSpool(cwd, 2);
      // No runtime makes such a name, or a pipe.
      const made = await new Deno.Command("sh", {
        args: ["-c", "mkfifo spool/pipe.mp && cp spool/00.mp \"spool/$(printf 'x\\377').mp\""],
        cwd,
      }).output();
      assertEquals(made.code, 0);
      const odd = 'spool/x\ufffd.mp": it is left out: its name is not valid UTF-8';
      const sent = await archfx(["report", "upload", "--remove-sent", "spool"], spool);
      assertEquals(sent.code, 5);
      assertStringIncludes(sent.err, odd);
      assertStringIncludes(sent.err, '"spool/pipe.mp": it is left out: it is not a regular file');
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
      // Somebody may write to a pipe that is named: until then it waits, and a signal ends that.
      for (const command of ["inspect", "verify"]) {
        const child = spawn(["report", command, "spool/pipe.mp"], spool);
        const timer = setInterval(() => child.kill("SIGTERM"), 1000);
        const status = await child.status;
        clearInterval(timer);
        await Promise.all([child.stdout.cancel(), child.stderr.cancel()]);
        assertEquals(status.code, 130);
      }
    }),
});

Deno.test("archfx report inspect shows the other reports where one cannot be read, and exits with 1", () =>
  withSpool(async ({ cwd }) => {
    await Deno.writeTextFile(`${cwd}/bad.mp`, "hello");
    const files = ["a.mp", "bad.mp", "none.mp", "b.mp"];
    const { code, out, err } = await archfx(["report", "inspect", ...files], { cwd });
    assertEquals(code, 1);
    assertEquals(out.match(/^\w+\.mp$/gm), ["a.mp", "b.mp"]);
    assertStringIncludes(err, 'archfx report inspect: "bad.mp": Cannot decode the report');
    assertStringIncludes(
      err,
      'archfx report inspect: Cannot read "none.mp": there is no such file',
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

Deno.test("archfx report upload and verify take an empty folder for no reports, without a login", () =>
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
