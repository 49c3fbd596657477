/** archfx login, logout, whoami as processes, and the tokens they share. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { createEmulator, type Emulator } from "../../src/emulator/mod.ts";
import { archfx, archfxProcess, withFolder } from "./_archfx.ts";
import { NO_SERVER } from "../_no_server.ts";

interface Cloud {
  emulator: Emulator;
  url: string;
  /** The folder of archfx's files is below. */
  folder: string;
  env: Record<string, string>;
  file: string;
}

/** Runs a task with an emulator and a folder for the tokens. */
function withCloud(task: (cloud: Cloud) => Promise<void>): Promise<void> {
  return withFolder(async (folder) => {
    const emulator = await createEmulator();
    try {
      const { url } = await emulator.listen();
      const env = { XDG_CONFIG_HOME: folder };
      await task({ emulator, url, folder, env, file: `${folder}/archfx/credentials.json` });
    } finally {
      await emulator.close();
    }
  });
}

function login({ url, env }: Pick<Cloud, "url" | "env">, password = "my.pass") {
  return archfx(
    ["login", "--user", "user@example.com", "--domain", url, "--password-stdin"],
    { env, input: `${password}\n` },
  );
}

Deno.test("archfx login saves tokens that whoami and get use, until logout", () =>
  withCloud(async (cloud) => {
    const { url, env, file, emulator } = cloud;
    assertEquals(await archfx(["whoami"], { env }), {
      code: 3,
      out: "",
      err:
        'archfx whoami: Cannot use https://arch.archfx.io without a login: run "archfx login", or set ' +
        "ARCHFX_TOKEN or ARCHFX_API_KEY\n",
    });
    assertEquals(await login(cloud), {
      code: 0,
      out: "",
      err: `Logged in to ${url} as user@example.com; the tokens are in ${file}\n`,
    });
    assertEquals((await Deno.stat(file)).mode! & 0o777, 0o600);
    assertEquals((await Deno.readTextFile(file)).includes("my.pass"), false);
    assertEquals((await archfx(["whoami"], { env })).out, `user@example.com on ${url}\n`);
    const json = JSON.parse((await archfx(["whoami", "--json"], { env })).out);
    assertEquals([json.domain, json.email, json.isStaff], [url, "user@example.com", false]);
    const orgs = await archfx(["get", "org"], { env });
    assertEquals([orgs.code, JSON.parse(orgs.out).slug], [0, "acme"]);
    assertEquals((await archfx(["logout"], { env })).err, `Logged out of ${url}\n`);
    assertEquals(emulator.events.requests.at(-1)!.path, "/api/v1/auth/logout/");
    assertEquals((await archfx(["whoami"], { env })).code, 3);
    assertEquals((await archfx(["logout"], { env })).code, 3);
  }));

Deno.test("archfx login rejects a wrong password with 3 and saves nothing", () =>
  withCloud(async (cloud) => {
    const { code, out, err } = await login(cloud, "wrong");
    assertEquals([code, out], [3, ""]);
    assertEquals(
      err,
      `archfx login: Cannot log in to ${cloud.url} as user@example.com: the cloud rejects this user and password\n`,
    );
    assertEquals(await Deno.stat(cloud.file).then(() => true, () => false), false);
  }));

Deno.test("archfx login names what is missing", () =>
  withCloud(async ({ url, env }) => {
    const nobody = await archfx(["login", "--domain", url], { env });
    assertEquals(nobody, {
      code: 2,
      out: "",
      err: "archfx login: Cannot log in without --user: it is the email of the account\n" +
        'Try "archfx login --help"\n',
    });
    const silent = await archfx(["login", "--domain", url, "--user", "a@b.c"], { env });
    assertEquals(silent.code, 3);
    assertStringIncludes(silent.err, "Cannot ask for the password: there is no terminal");
    const empty = await archfx(["login", "--domain", url, "--user", "a@b.c", "--password-stdin"], {
      env,
      input: "",
    });
    assertEquals(empty.code, 2);
    assertStringIncludes(empty.err, "Cannot read the password from standard input: it is empty");
    const secret = await archfx([
      "login",
      "--domain",
      "https://user:geheim@x.io",
      "--user",
      "a@b.c",
    ]);
    assertEquals([secret.code, secret.err.includes("geheim")], [2, false]);
  }));

Deno.test("archfx prints one line if a cloud cannot be reached", async () => {
  const { code, out, err } = await archfx(
    ["login", "--domain", NO_SERVER, "--user", "a@b.c", "--password-stdin"],
    { input: "x\n" },
  );
  assertEquals([code, out, err.split("\n").length], [1, "", 2], err);
  assertStringIncludes(err, NO_SERVER);
});

Deno.test("archfx keeps several clouds side by side", () =>
  withCloud(async (first) => {
    const second = await createEmulator();
    const { url } = await second.listen();
    try {
      await login(first);
      await login({ ...first, url });
      const list = async () => JSON.parse((await archfx(["whoami", "--all", "--json"], first)).out);
      assertEquals(await list(), [
        { domain: first.url, email: "user@example.com", current: false },
        { domain: url, email: "user@example.com", current: true },
      ]);
      const named = await archfx(["whoami", "--domain", first.url], first);
      assertEquals(named.out, `user@example.com on ${first.url}\n`);
      await archfx(["logout"], first);
      assertEquals(await list(), [{ domain: first.url, email: "user@example.com", current: true }]);
      assertEquals((await archfx(["logout", "--all"], first)).code, 0);
      assertEquals(await list(), []);
    } finally {
      await second.close();
    }
  }));

Deno.test("archfx uses the cloud and a login from the environment, and writes no file", () =>
  withCloud(async ({ url, env, file, emulator }) => {
    const machine = { ...env, ARCHFX_DOMAIN: url };
    const byPassword = await archfx(["whoami"], {
      env: { ...machine, ARCHFX_EMAIL: "user@example.com", ARCHFX_PASSWORD: "my.pass" },
    });
    assertEquals(byPassword, { code: 0, out: `user@example.com on ${url}\n`, err: "" });
    assertEquals(emulator.events.requests.at(-1)!.path, "/api/v1/auth/logout/");
    const answer = await emulator.fetch(`${url}/api/v1/auth/login/`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ email: "user@example.com", password: "my.pass" }),
    });
    const { token, jwt } = await answer.json();
    for (const ARCHFX_TOKEN of [token, jwt]) {
      const { code, out } = await archfx(["whoami"], { env: { ...machine, ARCHFX_TOKEN } });
      assertEquals([code, out], [0, `user@example.com on ${url}\n`]);
    }
    const bad = await archfx(["get", "org"], { env: { ...machine, ARCHFX_TOKEN: "nonsense" } });
    assertEquals([bad.code, bad.out], [3, ""]);
    assertStringIncludes(bad.err, 'run "archfx login"');
    assertEquals(await Deno.stat(file).then(() => true, () => false), false);
    const stdin = await archfx(["login", "--token-stdin", "--domain", url], {
      env,
      input: `${token}\n`,
    });
    assertEquals(stdin.code, 0, stdin.err);
    assertEquals((await archfx(["whoami"], { env })).out, `user@example.com on ${url}\n`);
  }));

Deno.test("archfx saves rotated tokens", () =>
  withCloud(async (cloud) => {
    await login(cloud);
    const before = await Deno.readTextFile(cloud.file);
    cloud.emulator.expireTokens();
    assertEquals((await archfx(["get", "org"], cloud)).code, 0);
    const after = await Deno.readTextFile(cloud.file);
    assert(before !== after);
    cloud.emulator.expireTokens();
    const verbose = await archfx(["get", "org", "--verbose"], cloud);
    assertEquals(verbose.code, 0, verbose.err);
    assertStringIncludes(verbose.err, "token: refreshed\n");
    assertEquals(/eyJ/.test(verbose.err), false);
  }));

Deno.test("archfx ends with 3 if the refresh token is not valid, and the file stays readable", () =>
  withCloud(async (cloud) => {
    await login(cloud);
    cloud.emulator.expireTokens();
    cloud.emulator.revokeRefreshTokens();
    const { code, out, err } = await archfx(["get", "org"], cloud);
    assertEquals([code, out], [3, ""]);
    assertMatch(err, /run "archfx login"\n$/);
    assertEquals((await login(cloud)).code, 0);
    assertEquals((await archfx(["get", "org"], cloud)).code, 0);
  }));

Deno.test("archfx get of two processes that refresh at the same time: both continue to work, one refresh is sent", () =>
  withCloud(async (cloud) => {
    await login(cloud);
    for (let round = 0; round < 3; round++) {
      cloud.emulator.expireTokens();
      cloud.emulator.events.clearRequests();
      cloud.emulator.faults.add({
        kind: "delay",
        milliseconds: 150,
        path: "auth/api-jwt-refresh/",
      });
      const ended = await Promise.all([1, 2].map(() => archfxProcess(["get", "org"], cloud)));
      assertEquals(ended.map((it) => it.code), [0, 0], ended.map((it) => it.err).join());
      const refreshes = cloud.emulator.events.requests
        .filter((it) => it.path.endsWith("/api-jwt-refresh/"));
      assertEquals(refreshes.length, 1);
    }
  }));

Deno.test("archfx logout --force removes a token file that cannot be read, and logout mentions it", () =>
  withCloud(async ({ env, file, folder }) => {
    await Deno.mkdir(`${folder}/archfx`);
    for (const text of ["{ broken", '{ "version": 2 }']) {
      await Deno.writeTextFile(file, text, { mode: 0o600 });
      const rejected = await archfx(["logout"], { env });
      assertEquals([rejected.code, rejected.out], [1, ""]);
      assertMatch(
        rejected.err,
        /Cannot read the credentials in ".*"archfx logout --force" removes/,
      );
      assertEquals(await Deno.readTextFile(file), text);
      const forced = await archfx(["logout", "--force"], { env });
      assertEquals(forced.code, 0);
      assertStringIncludes(forced.err, `Removed ${file}; the clouds were not notified\n`);
      assertEquals([...Deno.readDirSync(`${folder}/archfx`)], []);
    }
  }));

Deno.test("archfx names the URL if a token refresh returns a web page, and keeps the tokens", () =>
  withFolder(async (folder) => {
    const page = "<html><title>Portal</title></html>";
    const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, ({ url }) => {
      if (url.includes("auth/login")) {
        return Response.json({ jwt: "a", jwt_refresh_token: "r", username: "u", email: "u@x.io" });
      }
      if (!url.includes("api-jwt-refresh")) return Response.json({ detail: "no" }, { status: 401 });
      return new Response(page, { headers: { "content-type": "text/html" } });
    });
    const env = { XDG_CONFIG_HOME: folder };
    const url = `http://127.0.0.1:${server.addr.port}`;
    await login({ url, env });
    const { code, out, err } = await archfx(["get", "org"], { env });
    assertEquals([code, out], [1, ""]);
    assertStringIncludes(err, `Cannot POST "${url}/api/v1/auth/api-jwt-refresh/"`);
    assertStringIncludes(err, "web page");
    assertStringIncludes(err, "status 200, text/html");
    assertEquals(
      JSON.parse(await Deno.readTextFile(`${folder}/archfx/credentials.json`))
        .clouds[url].refresh,
      "r",
    );
    await server.shutdown();
  }));
