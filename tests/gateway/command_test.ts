/** `archfx gateway`: init, run, status, queue. */
import {
  assert,
  assertEquals,
  assertFalse,
  assertMatch,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { checkConfig, configSchema, initialConfig } from "../../src/gateway/config.ts";
import { archfx, spawn } from "../cli/_archfx.ts";
import { json, TestCloud } from "./_cloud.ts";
import { SPOOL, until, withFolder } from "./_gateway.ts";
import { freePort } from "./_kills.ts";

const TOKEN = "0123456789abcdef";

/** A configuration with short times, and what is added. */
function config(more: Record<string, unknown>): string {
  return JSON.stringify({
    confirmMs: 100,
    maxDelayMs: 0,
    retryHeldMs: 1000,
    minFreeBytes: 0,
    reserveBytes: 65536,
    ...more,
  });
}

Deno.test("archfx gateway init writes a configuration with every option, which run accepts", () =>
  withFolder(async (cwd) => {
    const made = await archfx(["gateway", "init"], { cwd });
    assertEquals(made.code, 0, made.err);
    const text = await Deno.readTextFile(`${cwd}/gateway.json`);
    assertEquals(text, initialConfig());
    assertEquals(checkConfig(JSON.parse(text)).streamers, [256, 271]);
    const schema = JSON.parse(await Deno.readTextFile(`${cwd}/gateway.schema.json`));
    assertEquals(schema, JSON.parse(JSON.stringify(configSchema())));
    const names = Object.keys(JSON.parse(text)).filter((it) => it.startsWith("// "));
    assertEquals(names.map((it) => it.slice(3)), Object.keys(schema.properties).slice(1));
    const again = await archfx(["gateway", "init"], { cwd });
    assertEquals(again.code, 1);
    assert(again.err.includes("already exists"));
  }));

Deno.test("archfx gateway init --queue writes a configuration for a queue on NATS, which run accepts", () =>
  withFolder(async (cwd) => {
    const queue = "nats://a,b:4223,[::1]:4222/PLANT-1";
    const made = await archfx(["gateway", "init", "--queue", queue], { cwd });
    assertEquals(made.code, 0, made.err);
    const written = JSON.parse(await Deno.readTextFile(`${cwd}/gateway.json`));
    assertEquals(checkConfig(written).queue, queue);
    assertEquals(["maxBytes", "minFreeBytes", "syncMs"].filter((name) => name in written), []);
    const wrong = await archfx(["gateway", "init", "--config", "b", "--queue", "nats://a"], {
      cwd,
    });
    assertEquals(wrong.code, 2);
    assertStringIncludes(wrong.err, "it must end with the name of a stream");
  }));

Deno.test("archfx gateway run names options that contradict each other", () =>
  withFolder(async (cwd) => {
    const nats = "nats://127.0.0.1:1/PLANT";
    const folder = { type: "folder", path: "spool", device: "d--1" };
    const cases: [object, string][] = [
      [{ queue: nats, maxBytes: 5 }, "maxBytes belongs to a queue in a file"],
      [{ queue: nats, minFreeBytes: 5 }, "minFreeBytes belongs to a queue in a file"],
      [{ queue: nats, overflow: "drop-oldest" }, "which never drops readings"],
      [{ queue: "nats://me:secret@a/PLANT" }, "with a user or a password"],
      [{ queue: "nats://a b/PLANT" }, '"a b" is not a host'],
      [{ credentialsFile: "x" }, "credentialsFile belongs to a queue on NATS"],
      [{ tls: { caFile: "x" } }, "tls belongs to a queue on NATS"],
      [{ queue: nats, tls: { ca: "x" } }, "tls.ca is unknown"],
      [{ queue: nats, tls: { keyFile: "x" } }, "set both, or neither"],
      [
        { queue: nats, credentialsFile: "x", credentialsEnv: "Y" },
        "set only one of credentialsFile and credentialsEnv",
      ],
      [{ queue: nats, role: "sender", sources: [folder] }, "must be empty for role sender"],
      [{ queue: nats, role: "collector", sources: [] }, "role collector needs sources"],
      [{ role: "sender", sources: [] }, "role must be both with a queue in a file"],
    ];
    for (const [given, part] of cases) {
      assertStringIncludes(
        (assertThrows(() => checkConfig({ sources: [folder], ...given })) as Error).message,
        part,
      );
    }
    // A secret that was written into the address does not come back in the error.
    const url = { queue: "nats://me:secret@a/PLANT", sources: [] };
    assertFalse((assertThrows(() => checkConfig(url)) as Error).message.includes("secret"));
    // On the command line, the role selects the part of one configuration that a machine uses.
    await Deno.writeTextFile(`${cwd}/gateway.json`, JSON.stringify({ sources: [folder] }));
    const { code, err } = await archfx(["gateway", "run", "--role", "sender"], { cwd });
    assertEquals(code, 1);
    assertStringIncludes(err, "role must be both with a queue in a file");
    // Credentials of another form than NATS has.
    await Deno.writeTextFile(`${cwd}/secret`, "banana");
    await Deno.writeTextFile(
      `${cwd}/gateway.json`,
      JSON.stringify({
        queue: nats,
        role: "collector",
        credentialsFile: "secret",
        sources: [folder],
      }),
    );
    const bad = await archfx(["gateway", "run"], { cwd });
    assertEquals(bad.code, 1);
    assertStringIncludes(bad.err, "they must be a .creds file, an nkey seed, or USER:PASSWORD");
    assertFalse(bad.err.includes("banana"));
  }));

Deno.test("archfx gateway run names every field of its configuration that is wrong", () =>
  withFolder(async (cwd) => {
    const wrong = {
      confirmMS: 5,
      overflow: "drop",
      maxReadings: 0,
      sources: [{ type: "folder" }, { type: "flder", path: "x" }, { type: "http", listen: 5 }],
    };
    await Deno.writeTextFile(`${cwd}/gateway.json`, JSON.stringify(wrong));
    const { code, err } = await archfx(["gateway", "run"], { cwd });
    assertEquals(code, 1);
    for (
      const part of [
        "confirmMS is unknown",
        'overflow must be one of block, reject, drop-oldest, but is "drop"',
        "maxReadings must be an integer from 1, but is 0",
        "sources[0].path is missing",
        'sources[1].type must be one of folder, stdin, http, mqtt, but is "flder"',
        "sources[2].listen must be a string, but is 5",
      ]
    ) assert(err.includes(part), `${part}: ${err}`);
    // Errors that only a source can find in its options, before it has accepted a reading.
    const bad: [object, string][] = [
      [{ type: "stdin", device: "banana" }, 'sources[0]: Cannot use "banana" as "device"'],
      [
        { type: "stdin", device: "d--1", read: { colums: 3 } },
        'Cannot use "read": Cannot use "colums"',
      ],
      [{ type: "folder", path: "x", streamer: 70_000 }, 'Cannot use 70000 as "streamer"'],
    ];
    for (const [source, part] of bad) {
      await Deno.writeTextFile(`${cwd}/gateway.json`, JSON.stringify({ sources: [source] }));
      const { code, err } = await archfx(["gateway", "run"], { cwd, input: '{"value":1}\n' });
      assert(code === 1 && err.includes(part), `${code}: ${err}`);
    }
    const none = await archfx(["gateway", "run", "--config", "no.json"], { cwd });
    assert(none.err.includes("gateway init"), none.err);
  }));

Deno.test("archfx gateway run takes readings from a folder and over HTTP, and stops on SIGTERM", () =>
  withFolder(async (cwd) => {
    await using cloud = await TestCloud.start();
    cloud.onReport = (passing) =>
      passing.report.columns().values.includes(13) ? json(400, ["unlucky"]) : passing.forward();
    const [port, health] = [freePort(), freePort()];
    const source = SPOOL;
    await Deno.mkdir(`${cwd}/spool`);
    await Deno.writeTextFile(`${cwd}/profile.json`, JSON.stringify({ stream: "0000-5090" }));
    await Deno.writeTextFile(
      `${cwd}/gateway.json`,
      config({
        domain: cloud.url,
        listen: `127.0.0.1:${health}`,
        log: "json",
        sources: [
          { ...source, profile: "profile.json" },
          { type: "http", listen: `127.0.0.1:${port}`, tokenEnv: "TOKEN" },
        ],
      }),
    );
    const env = { ARCHFX_EMAIL: "user@example.com", ARCHFX_PASSWORD: "my.pass", TOKEN };
    const child = spawn(["gateway", "run"], { cwd, env });
    let seen = "";
    const told = () => seen;
    const errors = (async () => {
      for await (const text of child.stderr.pipeThrough(new TextDecoderStream())) seen += text;
      return seen;
    })();
    const output = new Response(child.stdout).text();
    const post = (value: number) =>
      fetch(`http://127.0.0.1:${port}/readings`, {
        method: "POST",
        headers: { authorization: `Bearer ${TOKEN}` },
        body: JSON.stringify({
          timestamp: "2026-03-02T06:00:00Z",
          stream: "0000-5091",
          value,
          device: "d--1",
        }),
      });
    await until(
      "it listens",
      () => post(13).then(async (it) => (await it.body?.cancel(), it.status === 202), () => false),
    );
    await Deno.writeTextFile(
      `${cwd}/spool/a.csv`,
      "timestamp,value\n2026-03-02T06:00:00Z,1\nnonsense,2\n2026-03-02T06:00:01Z,3\n",
    );
    await until("both are counted", async () => (await cloud.readings("d--1")).length === 2);
    await until("the other is dead", async () => {
      const { out } = await archfx(["gateway", "queue", "ls", "--dead", "--json"], { cwd });
      return JSON.parse(out).length === 1;
    });
    // Beside the gateway that runs.
    const status = JSON.parse((await archfx(["gateway", "status", "--json"], { cwd })).out);
    assertEquals([status.running, status.depth.dead, status.depth.readings], [true, 1, 0]);
    const text = (await archfx(["gateway", "status"], { cwd })).out;
    assertMatch(text, /^running\nwaiting {2}0 readings/);
    assertEquals((await Deno.stat(`${cwd}/queue.sqlite.sock`)).mode! & 0o777, 0o600);
    assertEquals((await Deno.stat(`${cwd}/queue.sqlite`)).mode! & 0o777, 0o600);
    assertEquals(await (await fetch(`http://127.0.0.1:${health}/health`)).text(), "ok\n");
    const metrics = await (await fetch(`http://127.0.0.1:${health}/metrics`)).text();
    assert(metrics.includes("archfx_gateway_readings_dead_total 1\n"), metrics);
    assert(metrics.endsWith("# EOF\n"));
    assertEquals((await archfx(["gateway", "queue", "check"], { cwd })).out, "ok\n");
    // A wrong configuration is named, and the old one stays.
    const good = await Deno.readTextFile(`${cwd}/gateway.json`);
    await Deno.writeTextFile(`${cwd}/gateway.json`, "{");
    child.kill("SIGHUP");
    await new Promise((resolve) => setTimeout(resolve, 300));
    // So is one that shows only when it is used: here, a port that is taken. Editors of Windows write a mark first.
    const taken = JSON.stringify({
      ...JSON.parse(good),
      listen: cloud.url.slice("http://".length),
    });
    await Deno.writeTextFile(`${cwd}/gateway.json`, `\ufeff${taken.replaceAll(",", ",\r\n")}`);
    child.kill("SIGHUP");
    await until("it was told", () => told().includes("another program uses this port"));
    await Deno.writeTextFile(`${cwd}/gateway.json`, good);
    await until(
      "it listens again",
      () => post(4).then(async (it) => (await it.body?.cancel(), it.status === 202), () => false),
    );
    await until("it is counted", async () => (await cloud.readings("d--1")).length === 3);
    child.kill("SIGTERM");
    assertEquals((await child.status).code, 0);
    const log = await errors;
    assertEquals(await output, "");
    assert(log.includes("the configuration was not changed"), log);
    const lines = log.split("\n").filter((it) => it.startsWith("{")).map((it) => JSON.parse(it));
    assert(
      lines.some(({ message }) => /gave up reading \d+, which the cloud rejects/.test(message)),
      log,
    );
    assert(lines.some(({ message }) => /"a.csv": left out 1 row/.test(message)), log);
    assert(!log.includes("my.pass") && !log.includes(TOKEN));

    // The gateway is not running: the file is read.
    const letters = JSON.parse(
      (await archfx(["gateway", "queue", "ls", "--dead", "--json"], { cwd })).out,
    );
    assertEquals(letters[0].body, '["unlucky"]');
    const id = String(letters[0].letter);
    const shown = JSON.parse(
      (await archfx(["gateway", "queue", "show", id, "--dead"], { cwd })).out,
    );
    assertEquals(shown.rows[0].value, 13);
    const retried = await archfx(["gateway", "queue", "retry", id], { cwd });
    assertEquals(retried.out, "1 dead letter, 1 reading in the queue again\n", retried.err);
    const listed = (await archfx(["gateway", "queue", "ls"], { cwd })).out;
    assertMatch(listed, /^\d+\td--0000-0000-0000-0001\t\t1\t/);
    assertEquals((await archfx(["gateway", "status"], { cwd })).out.split("\n")[0], "not running");
    const missing = await archfx(["gateway", "queue", "drop", "99"], { cwd });
    assertEquals(missing.code, 1);
  }));

Deno.test("archfx gateway run reads standard input to its end, and ends when everything is counted", () =>
  withFolder(async (cwd) => {
    await using cloud = await TestCloud.start();
    await Deno.writeTextFile(
      `${cwd}/gateway.json`,
      config({ domain: cloud.url, sources: [{ type: "stdin", device: "d--1" }] }),
    );
    const input = Array.from(
      { length: 500 },
      (_, i) =>
        JSON.stringify({ timestamp: 1_767_225_600_000 + i, stream: "0000-5090", value: i }) + "\n",
    ).join("");
    const env = { ARCHFX_EMAIL: "user@example.com", ARCHFX_PASSWORD: "my.pass" };
    const { code, err } = await archfx(["gateway", "run"], { cwd, env, input });
    assertEquals(code, 0, err);
    assertEquals((await cloud.readings("d--1")).length, 500);
  }));

Deno.test("archfx gateway queue take-over shows both sides of a conflict, and continues with --yes", () =>
  withFolder(async (cwd) => {
    await using cloud = await TestCloud.start();
    await Deno.mkdir(`${cwd}/spool`);
    const source = { ...SPOOL, read: { stream: "0000-5090" } };
    await Deno.writeTextFile(
      `${cwd}/gateway.json`,
      config({ domain: cloud.url, sources: [source] }),
    );
    const env = { ARCHFX_EMAIL: "user@example.com", ARCHFX_PASSWORD: "my.pass" };
    const child = spawn(["gateway", "run"], { cwd, env });
    child.stdout.cancel();
    const errors = new Response(child.stderr).text();
    try {
      const file = (name: string, value: number) =>
        Deno.writeTextFile(
          `${cwd}/spool/${name}`,
          `timestamp,value\n2026-03-02T06:00:00Z,${value}\n`,
        );
      await file("a.csv", 1);
      await until("the first is counted", async () => (await cloud.readings("d--1")).length === 1);
      const { ArchFXFlexibleDictionaryReport, ArchFXDataPoint } = await import("../../mod.ts");
      const point = { timestamp: 0, stream: 0x5090, value: 7, readingId: 50 };
      const other = ArchFXFlexibleDictionaryReport.fromReadings({
        device: "d--1",
        streamer: 256,
        data: [new ArchFXDataPoint(point)],
      });
      await other.upload(await cloud.direct());
      await file("b.csv", 2);
      const queue = (...args: string[]) => archfx(["gateway", "queue", ...args], { cwd });
      await until("it is held", async () => {
        const { out } = await archfx(["gateway", "status", "--json"], { cwd });
        return JSON.parse(out).depth?.held === 1;
      });
      const streamer = "t--0000-0000-0000-0001--0100";
      const sides = await queue("take-over", streamer);
      assertMatch(sides.out, /held {7}last_id is 50, 1 was confirmed last/);
      assertMatch(sides.out, /cloud {6}last_id 50\nthis side {2}confirmed 1/);
      assertMatch(sides.out, /batch \d+\t1 reading\t/);
      const done = await queue("take-over", streamer, "--yes");
      assertEquals(done.out, "Taken over at last_id 50; 0 readings given up\n", done.err);
      await until("it goes on", async () => (await cloud.readings("d--1")).length === 3);
    } finally {
      child.kill("SIGTERM");
      await child.status;
      await errors;
    }
  }));
