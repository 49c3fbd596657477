/** archfx report upload as a process against an emulator: order, reports that are held back, exit codes. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { archfx, spawn } from "./_archfx.ts";
import { login } from "./_kill_refresh.ts";
import { writeReportFile } from "./_reports.ts";
import { uploads, withSpool } from "./_spool.ts";

const LINE = {
  a: "a.mp\tt--0000-0000-0000-0001--0100\t100 readings\t",
  b: "b.mp\tt--0000-0000-0000-0001--0100\t100 readings\t",
  c: "c.mp\tt--0000-0000-0000-0002--0100\t300 readings\t",
};

Deno.test("archfx report upload sends by streamer and lowest id, for any order of the names", () =>
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

Deno.test("archfx report upload holds back the reports after a failed report of the same streamer", () =>
  withSpool(async (spool) => {
    // Device 0x20 of the demo seed is not claimed: the cloud rejects its reports.
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
      'archfx report upload: "cut.mp": Cannot decode the report: it is cut off',
    );
  }));

Deno.test("archfx report upload sends nothing if the streamer of a file is unknown, unless --skip-unreadable is set", () =>
  withSpool(async (spool) => {
    await Deno.writeTextFile(`${spool.cwd}/text.mp`, "hello");
    const rejected = await archfx(["report", "upload", "a.mp", "text.mp", "none.mp"], spool);
    assertEquals([rejected.code, rejected.out], [1, ""]);
    assertStringIncludes(rejected.err, '"text.mp": Cannot decode the report: it is not a map');
    assertStringIncludes(rejected.err, 'Cannot read "none.mp": the file does not exist');
    assertStringIncludes(rejected.err, "Nothing was sent");
    assertEquals(uploads(spool.emulator), 0);
    const skipped = await archfx(
      ["report", "upload", "a.mp", "text.mp", "--skip-unreadable"],
      spool,
    );
    assertEquals([skipped.code, skipped.out], [5, `${LINE.a}100 new\n`]);
  }));

Deno.test("archfx report upload stops immediately if the cloud rejects the token", () =>
  withSpool(async (spool) => {
    const { code, out, err } = await archfx(["report", "upload", "a.mp", "c.mp"], {
      ...spool,
      env: { ...spool.env, ARCHFX_TOKEN: "nonsense" },
    });
    assertEquals([code, out], [3, `${LINE.a}failed\n${LINE.c}not sent\n`]);
    assertStringIncludes(err, 'run "archfx login"');
    assertEquals(err.includes("nonsense"), false);
  }));

Deno.test("archfx report upload rejects readings without ids unless --allow-missing-ids is set", () =>
  withSpool(async (spool) => {
    await writeReportFile(`${spool.cwd}/zero.mp`, { device: 3, firstId: 0, readings: 3 });
    const rejected = await archfx(["report", "upload", "zero.mp"], spool);
    assertEquals(rejected.code, 5);
    assertStringIncludes(rejected.err, "has no id, and the cloud would never count it");
    assertEquals(uploads(spool.emulator), 0);
    const sent = await archfx(["report", "upload", "zero.mp", "--allow-missing-ids"], spool);
    assertEquals([sent.code, sent.out.endsWith("3 readings\t2 new\n")], [5, true]);
    assertStringIncludes(sent.err, "The cloud never counts a reading without an id");
  }));

Deno.test("archfx report upload prints after Ctrl-C what was sent, and exits with 130", () =>
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
