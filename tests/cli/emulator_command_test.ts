/** archfx emulator and archfx emulator exec as processes. */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { archfx, archfxProcess, MAIN, spawn, withFolder } from "./_archfx.ts";
import { DENO_RUN } from "../_deno_run.ts";

/** The command line of archfx itself. */
const ARCHFX = [Deno.execPath(), ...DENO_RUN, MAIN];

Deno.test("archfx emulator says that it is ready, answers, and stops at Ctrl-C with code 0", async () => {
  const child = spawn(["emulator"]);
  const reader = child.stdout.getReader();
  const line = new TextDecoder().decode((await reader.read()).value);
  const match =
    /^ArchFX Cloud emulator ready: (http:\/\/127\.0\.0\.1:\d+) {2}user user@example.com {2}password my.pass\n$/
      .exec(line)!;
  const login = await fetch(`${match[1]}/api/v1/auth/login/`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ email: "user@example.com", password: "my.pass" }),
  });
  assertEquals([login.status, (await login.json()).email], [200, "user@example.com"]);
  child.kill("SIGINT");
  await reader.cancel();
  let err = "";
  for await (const text of child.stderr.pipeThrough(new TextDecoderStream())) err += text;
  assertEquals([(await child.status).code, err], [0, "Stopped\n"]);
});

Deno.test("archfx emulator rejects a port in use, a host that others can reach, a database in a folder that does not exist", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const port = String((listener.addr as Deno.NetAddr).port);
  const inUse = await archfx(["emulator", "--port", port]);
  listener.close();
  assertEquals(inUse, {
    code: 1,
    out: "",
    err: `archfx emulator: Cannot listen on 127.0.0.1:${port}: the port is in use\n`,
  });
  const exposed = await archfx(["emulator", "--host", "0.0.0.0"]);
  assertEquals([exposed.code, exposed.out], [2, ""]);
  assertStringIncludes(
    exposed.err,
    'Cannot listen on "0.0.0.0" without --expose: others could reach it',
  );
  assertEquals(await archfx(["emulator", "--seed", "nope.json"]), {
    code: 1,
    out: "",
    err: 'archfx emulator: Cannot read the seed "nope.json": the file does not exist\n',
  });
  const place = await archfx(["emulator", "--db", "/nonexistent/cloud.sqlite"]);
  assertEquals([place.code, place.out], [1, ""]);
  assertMatch(
    place.err,
    /^archfx emulator: Cannot open the store "\/nonexistent\/cloud.sqlite": .*\n$/,
  );
});

Deno.test("archfx emulator exec passes an address and a login to the command, and ends with its exit code", async () => {
  const ended = await archfxProcess([
    "emulator",
    "exec",
    "--",
    ...ARCHFX,
    "get",
    "org/acme",
    "--fields",
    "name",
  ]);
  assertEquals(ended, { code: 0, out: '{"name":"Acme"}\n', err: "" });
  const missing = await archfxProcess(["emulator", "exec", "--", ...ARCHFX, "get", "org/none"]);
  assertEquals([missing.code, missing.out], [4, ""]);
});

Deno.test("archfx emulator exec names a command that does not exist", async () => {
  assertEquals(await archfxProcess(["emulator", "exec", "--", "no-such-command"]), {
    code: 1,
    out: "",
    err: 'archfx emulator exec: Cannot run "no-such-command": the file does not exist\n',
  });
});

Deno.test("archfx emulator --export-on-exit writes what --import reads", () =>
  withFolder(async (folder) => {
    const exec = (option: string, ...command: string[]) =>
      archfxProcess(["emulator", "exec", option, `${folder}/out`, "--", ...ARCHFX, ...command]);
    const made = await exec("--export-on-exit", "post", "org", "--data", '{"name": "Kept"}');
    assertEquals([made.code, made.err, JSON.parse(made.out).slug], [0, "", "kept"]);
    const env = ["--", "env", "ARCHFX_EMAIL=user@example.com", "ARCHFX_PASSWORD=my.pass"];
    const found = await archfxProcess(
      ["emulator", "exec", "--import", `${folder}/out`, ...env, ...ARCHFX, "get", "org/kept"],
    );
    assertEquals([found.code, found.err, JSON.parse(found.out).name], [0, "", "Kept"]);
  }));
