/** BaseMain as a process: the steps, the tokens of the .ini file, the prompt on a pseudo-terminal. */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { createEmulator, type Emulator } from "../../src/emulator/mod.ts";
import { DENO_RUN } from "../_deno_run.ts";
import { hasTerminal, onTerminal as runOnTerminal } from "./_on_terminal.ts";
import { ProgramHost } from "../_program_host.ts";

const SCRIPT = new URL("./_script.ts", import.meta.url).pathname;
const HOST = new URL("./_script_host_process.ts", import.meta.url).pathname;
const EXAMPLE = new URL("../../examples/my_script.ts", import.meta.url).pathname;
const USER = ["--server", "dev", "--user", "user@example.com"];

interface Cloud {
  emulator: Emulator;
  url: string;
  folder: string;
}

async function withCloud(task: (cloud: Cloud) => Promise<void>): Promise<void> {
  const emulator = await createEmulator();
  const { url } = await emulator.listen();
  const folder = await Deno.makeTempDir();
  try {
    await task({ emulator, url, folder });
  } finally {
    await emulator.close();
    await Deno.remove(folder, { recursive: true });
  }
}

function command(script: string, args: string[]): string[] {
  return [Deno.execPath(), ...DENO_RUN, script, ...args];
}

/** Starting a process for each of some 30 runs took most of the time of these tests. */
let host: ProgramHost;

Deno.test.beforeAll(() => {
  host = new ProgramHost(HOST, Deno.env.toObject());
});

Deno.test.afterAll(() => host.close());

/** Runs the script in the process that these tests keep for it. */
async function runScript(args: string[], env: Record<string, string>) {
  const all = { ...Deno.env.toObject(), ...env };
  const { code, out, err } = await host.run({ args, env: all, cwd: Deno.cwd(), input: "" });
  const text = (base64: string) => new TextDecoder().decode(Uint8Array.fromBase64(base64));
  return { code, out: text(out), err: text(err) };
}

/** Runs a script on a pseudo-terminal; when a text appears, types another one. */
function onTerminal(steps: string[], argv: string[], env: Record<string, string>) {
  return runOnTerminal(argv, steps, { env: { NO_COLOR: "1", ...env }, stdin: "null" });
}

async function tokensOf(url: string) {
  const response = await fetch(`${url}/api/v1/auth/login/`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ email: "user@example.com", password: "my.pass" }),
  });
  const { token, jwt, jwt_refresh_token: refresh } = await response.json();
  return { token, jwt, refresh } as { token: string; jwt: string; refresh: string };
}

Deno.test({
  name: "BaseMain asks for the password without showing it and runs the steps in order",
  ignore: !hasTerminal,
  fn: () =>
    withCloud(async ({ url }) => {
      const { code, out } = await onTerminal(
        ["Password: ", "my.paxx\\x7f\\x7fss\\r"],
        command(SCRIPT, ["work", ...USER]),
        { EMULATOR: url },
      );
      assertEquals(code, 0, out);
      assertEquals(out.includes("my.pa"), false);
      assertEquals(out.split("\n").filter((line) => /^(before|after)?log/i.test(line)), [
        `beforeLogin ${url}`,
        "login true",
        "afterLogin true",
        "logout",
        "afterLogout",
      ]);
      assertMatch(
        out,
        /\[\d\d\/[A-Z][a-z]{2}\/\d{4} \d\d:\d\d:\d\d\] INFO {3}Welcome user@example.com/,
      );
    }),
});

Deno.test({
  name: "BaseMain ends with 3 if the password is wrong, with 130 if the prompt is cancelled",
  ignore: !hasTerminal,
  fn: () =>
    withCloud(async ({ url }) => {
      const argv = command(SCRIPT, ["work", ...USER]);
      const wrong = await onTerminal(["Password: ", "wrong\\r"], argv, { EMULATOR: url });
      assertEquals(wrong.code, 3, wrong.out);
      assertStringIncludes(wrong.out, "ERROR  The cloud rejects this user and password");
      assertEquals(wrong.out.includes("afterLogin"), false);
      const given = await onTerminal(["Password: ", "\\x03"], argv, { EMULATOR: url });
      assertEquals(given.code, 130, given.out);
    }),
});

Deno.test("BaseMain does not prompt without a terminal, and needs --user", () =>
  withCloud(async ({ url }) => {
    const silent = await runScript(["work", ...USER], { EMULATOR: url });
    assertEquals(silent.code, 3);
    assertStringIncludes(silent.err, "Cannot ask for the password: there is no terminal");
    const nobody = await runScript(["work", "--server", "dev"], { EMULATOR: url });
    assertEquals(nobody.code, 2);
    assertStringIncludes(nobody.err, "ERROR  User email is required: --user");
  }));

Deno.test("BaseMain reads a key or a pair of tokens from the .ini file", () =>
  withCloud(async ({ url, folder }) => {
    const { token, jwt, refresh } = await tokensOf(url);
    const env = { EMULATOR: url, INI: `${folder}/.ini` };
    for (const lines of [`token = ${token}`, `jwt_access = ${jwt}\njwt_refresh = ${refresh}`]) {
      await Deno.writeTextFile(env.INI, `[c-acme]\n${lines}\n[c-other]\ntoken = nonsense\n`);
      const { code, out, err } = await runScript(
        ["work", "--server", "dev", "--customer", "acme"],
        env,
      );
      assertEquals(code, 0, err);
      assertStringIncludes(err, "INFO   Using token for user@example.com");
      assertStringIncludes(out, "login true\nafterLogin true\nlogout\nafterLogout\n");
    }
  }));

Deno.test("BaseMain writes a rotated pair back and does not change the rest of the .ini file", () =>
  withCloud(async ({ emulator, url, folder }) => {
    const { jwt, refresh } = await tokensOf(url);
    const env = { EMULATOR: url, INI: `${folder}/.ini` };
    const text = (access: string, next: string) =>
      `; mine\n[c-other]\njwt_access = a\n\n[c-arch]\njwt_access = ${access}\njwt_refresh=${next}\n# end\n`;
    await Deno.writeTextFile(`${folder}/tokens`, text(jwt, refresh), { mode: 0o600 });
    await Deno.symlink("tokens", env.INI);
    emulator.expireTokens();
    const argv = ["work", "--server", "dev"];
    assertEquals((await runScript(argv, env)).code, 0);
    const written = await Deno.readTextFile(env.INI);
    const [access, next] = [...written.matchAll(/(?:access|refresh) ?= ?(ey\S+)/g)].map((it) =>
      it[1]!
    );
    assertEquals(written, text(access!, next!));
    assertEquals([access === jwt, next === refresh], [false, false]);
    assertEquals((await Deno.stat(env.INI)).mode! & 0o777, 0o600);
    assertEquals((await Deno.lstat(env.INI)).isSymlink, true);
    // The old pair is not valid any more; the one in the file is.
    emulator.expireTokens();
    assertEquals((await runScript(argv, env)).code, 0);
  }));

Deno.test("BaseMain says that a token has expired and asks for --user", () =>
  withCloud(async ({ emulator, url, folder }) => {
    const { jwt, refresh } = await tokensOf(url);
    const env = { EMULATOR: url, INI: `${folder}/.ini` };
    await Deno.writeTextFile(env.INI, `[c-arch]\njwt_access = ${jwt}\njwt_refresh = ${refresh}\n`);
    emulator.expireTokens();
    emulator.revokeRefreshTokens();
    const { code, err } = await runScript(["work", "--server", "dev"], env);
    assertEquals(code, 2, err);
    assertStringIncludes(err, "INFO   Token is illegal or has expired");
    assertStringIncludes(err, "ERROR  User email is required: --user");
  }));

Deno.test("BaseMain names a .ini file that cannot be read", () =>
  withCloud(async ({ url, folder }) => {
    await Deno.mkdir(`${folder}/.ini`);
    const { code, err } = await runScript(["work", "--server", "dev"], {
      EMULATOR: url,
      INI: `${folder}/.ini`,
    });
    assertEquals(code, 1, err);
    assertStringIncludes(
      err,
      `ERROR  Cannot read the tokens in "${folder}/.ini": it is a directory`,
    );
  }));

for (
  const [what, text, line] of [
    ["a section without its bracket", "[c-arch\njwt_access = a\n", "1 must be a [section]"],
    ["a name without a value", "; mine\n[c-arch]\njwt_access\n", "3 must be a [section]"],
    ["a value in quotes", '[c-arch]\r\n\r\ntoken: "secret"\r\n', "3 has token in quotes"],
    ["a name outside of a section", "token = secret\n[c-arch]\n", "1 must be below a [section]"],
  ] as [string, string, string][]
) {
  Deno.test(`BaseMain names file and line of ${what} in the .ini file, and ends with 1`, () =>
    withCloud(async ({ url, folder }) => {
      const env = { EMULATOR: url, INI: `${folder}/.ini` };
      await Deno.writeTextFile(env.INI, text);
      const { code, err } = await runScript(["work", "--server", "dev"], env);
      assertEquals(code, 1, err);
      assertStringIncludes(err, `Cannot read the tokens in "${env.INI}": line ${line}`);
      assertEquals(err.includes("secret"), false);
    }));
}

async function iniOf({ url, folder }: Cloud): Promise<Record<string, string>> {
  const INI = `${folder}/.ini`;
  await Deno.writeTextFile(INI, `[c-arch]\ntoken = ${(await tokensOf(url)).token}\n`);
  return { EMULATOR: url, INI };
}

Deno.test("BaseMain logs out if afterLogin throws, and ends with 1", () =>
  withCloud(async (cloud) => {
    const { code, out, err } = await runScript(["fail", "--server", "dev"], await iniOf(cloud));
    assertEquals(code, 1);
    assertMatch(out, /afterLogin true\nlogout\n$/);
    assertStringIncludes(err, "RangeError: the work failed");
    const paths = cloud.emulator.events.requests.map((it) => it.path);
    assertEquals(paths.at(-1), "/api/v1/auth/logout/");
  }));

Deno.test("BaseMain logs out if it is interrupted, and ends with 130", () =>
  withCloud(async (cloud) => {
    const [program, ...args] = command(SCRIPT, ["wait", "--server", "dev"]) as [
      string,
      ...string[],
    ];
    const child = new Deno.Command(program, {
      args,
      env: await iniOf(cloud),
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    let out = "";
    for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
      out += text;
      if (out.endsWith("afterLogin true\n")) child.kill("SIGINT");
    }
    let err = "";
    for await (const text of child.stderr.pipeThrough(new TextDecoderStream())) err += text;
    assertEquals((await child.status).code, 130, err);
    assertMatch(out, /afterLogin true\nlogout\n$/);
    assertStringIncludes(err, "Interrupted, logged out");
  }));

Deno.test("BaseMain lists its own and the extra arguments for --help", async () => {
  const { code, out } = await runScript(["--help"], {});
  assertEquals(code, 0);
  assertEquals(
    out,
    `Usage: _script.ts task [OPTIONS]

Arguments:
  task  What to do (one of work, fail, wait)

Options:
  -u, --user USER          Email used for login (also ARCHFX_EMAIL)
      --server SERVER      Type of server (one of prod, stage, dev; default:
                           prod)
      --customer CUSTOMER  Customer slug: arch, acme (default: arch)
      --save-login         Store the tokens of this login in /nonexistent/.ini
                           for the next runs
  -h, --help               Show this help
`,
  );
});

Deno.test("BaseMain rejects invalid arguments, with 2", async () => {
  for (
    const [argv, message] of [
      [[], 'Cannot run without "task": what to do'],
      [["nap"], 'Cannot use "nap" as task: it must be one of work, fail, wait'],
      [["work", "--server", "stage"], "its address is not known, set domains.stage"],
      [["work", "--customer", "evil.example/"], 'Cannot use "evil.example/" as --customer'],
    ] as [string[], string][]
  ) {
    const { code, out, err } = await runScript(argv, {});
    assertEquals([code, out], [2, ""]);
    assertStringIncludes(err, "Usage: _script.ts task [OPTIONS]\n");
    assertStringIncludes(err, message);
  }
});

Deno.test({
  name: "examples/my_script.ts does the work of the chapter on BaseMain",
  ignore: !hasTerminal,
  fn: () =>
    withCloud(async ({ url }) => {
      const { code, out } = await onTerminal(
        ["Password: ", "my.pass\\r"],
        command(EXAMPLE, ["acme", "--user", "user@example.com"]),
        { ARCHFX_DOMAIN: url },
      );
      assertEquals(code, 0, out);
      const messages = [...out.matchAll(/\] INFO {3}(.*)/g)].map((it) => it[1]);
      assertEquals(messages, [
        "-----------",
        "Welcome user@example.com",
        `Logged in to ${url}`,
        "Guadalajara: 3 lines",
        "Penang: 1 lines",
        "Goodbye!",
      ]);
    }),
});

Deno.test("BaseMain prints one line for an error in a hook, and the stack trace only with debug", () =>
  withCloud(async ({ url }) => {
    const env = { EMULATOR: url, THROW: "no \u001b[31mplant\nhere" };
    const { code, out, err } = await runScript(["work", "--server", "dev"], env);
    assertEquals([code, out], [1, ""]);
    assertEquals(err.trim().split("\n").length, 1, err);
    assertStringIncludes(err, "ERROR  no \\u001b[31mplant here");
    const debug = await runScript(["work", "--server", "dev"], {
      ...env,
      LEVEL: "debug",
    });
    assertStringIncludes(debug.err, "_script.ts:");
    assertEquals(debug.err.includes("\u001b"), false);
  }));

Deno.test("BaseMain passes the result of apiOptions() to the client", async () => {
  const agents = new Set<string | null>();
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, (request) => {
    agents.add(request.headers.get("user-agent"));
    return Response.json({ email: "a@b.c", count: 0, next: null, results: [] });
  });
  try {
    const { code, err } = await runScript(["work"], {
      ARCHFX_DOMAIN: `127.0.0.1:${server.addr.port}`,
      ARCHFX_TOKEN: "eyJ.a.b",
    });
    assertEquals([code, [...agents]], [0, ["script/7"]], err);
  } finally {
    await server.shutdown();
  }
});

Deno.test("BaseMain reads cloud and login from the environment", () =>
  withCloud(async ({ url }) => {
    const { jwt, token } = await tokensOf(url);
    for (
      const login of [
        { ARCHFX_TOKEN: ` ${jwt}\n` },
        { ARCHFX_TOKEN: token },
        { ARCHFX_EMAIL: "user@example.com", ARCHFX_PASSWORD: "my.pass" },
      ] as Record<string, string>[]
    ) {
      const { code, out, err } = await runScript(["work"], {
        ARCHFX_DOMAIN: url,
        ...login,
      });
      assertEquals(code, 0, err);
      assertStringIncludes(out, `beforeLogin ${url}\nlogin true\nafterLogin true\nlogout\n`);
    }
    const quoted = await runScript(["work"], {
      ARCHFX_DOMAIN: url,
      ARCHFX_TOKEN: `"${jwt}"`,
    });
    assertEquals([quoted.code, quoted.err.includes(jwt)], [2, false]);
    assertStringIncludes(
      quoted.err,
      "Cannot use ARCHFX_TOKEN as a token: it is in quotes, remove them",
    );
    const wrong = await runScript(["work"], {
      ARCHFX_DOMAIN: url,
      ARCHFX_TOKEN: "eyJ.a.b",
    });
    assertEquals(wrong.code, 3, wrong.err);
    assertStringIncludes(wrong.err, "ERROR  The cloud rejects ARCHFX_TOKEN");
    // An option names the cloud; it wins.
    const named = await runScript(["work", "--server", "dev"], {
      EMULATOR: url,
      ARCHFX_DOMAIN: "http://127.0.0.1:9",
      ARCHFX_TOKEN: jwt,
    });
    assertEquals(named.code, 0, named.err);
  }));

Deno.test("BaseMain --save-login stores the tokens that the next run uses", () =>
  withCloud(async ({ url, folder }) => {
    const env = { EMULATOR: url, INI: `${folder}/.ini` };
    const password = { ARCHFX_EMAIL: "user@example.com", ARCHFX_PASSWORD: "my.pass" };
    const args = ["work", "--server", "dev", "--customer", "acme"];
    const without = await runScript(args, { ...env, ...password });
    assertEquals([without.code, [...Deno.readDirSync(folder)].length], [0, 0], without.err);
    const first = await runScript([...args, "--save-login"], { ...env, ...password });
    assertEquals(first.code, 0, first.err);
    assertStringIncludes(first.err, `INFO   Stored the tokens in "${env.INI}"`);
    const text = await Deno.readTextFile(env.INI);
    assertMatch(text, /^\[c-acme\]\njwt_access = ey\S+\njwt_refresh = ey\S+\n$/);
    assertEquals(text.includes("my.pass"), false);
    const next = await runScript(args, env);
    assertEquals(next.code, 0, next.err);
    assertStringIncludes(next.err, "INFO   Using token for user@example.com");
  }));
