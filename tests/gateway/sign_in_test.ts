/** How `archfx gateway run` signs in: an API key in a file, a token, email and password, and what `archfx login` keeps. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { DEMO_API_KEY } from "../../src/emulator/mod.ts";
import { archfx, spawn } from "../cli/_archfx.ts";
import { TestCloud } from "./_cloud.ts";
import { SPOOL, until, withFolder } from "./_gateway.ts";

/** Runs a gateway until its reading is counted, and gives the `Authorization` that its reports had. */
async function signIn(
  cloud: TestCloud,
  cwd: string,
  env: Record<string, string>,
  more: Record<string, unknown> = {},
): Promise<string> {
  let sent = "";
  cloud.onRequest = (request) => {
    if (request.method === "POST" && request.url.includes("/streamer/report/")) {
      sent = request.headers.get("authorization") ?? "";
    }
    return undefined;
  };
  const times = { confirmMs: 100, maxDelayMs: 0, minFreeBytes: 0, reserveBytes: 65536 };
  const source = SPOOL;
  await Deno.mkdir(`${cwd}/spool`);
  await Deno.writeTextFile(`${cwd}/profile.json`, JSON.stringify({ stream: "0000-5090" }));
  await Deno.writeTextFile(`${cwd}/spool/a.csv`, "timestamp,value\n2026-03-02T06:00:00Z,1\n");
  await Deno.writeTextFile(
    `${cwd}/gateway.json`,
    JSON.stringify({
      ...times,
      domain: cloud.url,
      sources: [{ ...source, profile: "profile.json" }],
      ...more,
    }),
  );
  const child = spawn(["gateway", "run"], { cwd, env });
  const [errors, output] = [new Response(child.stderr).text(), new Response(child.stdout).text()];
  try {
    await until("it is counted", async () => (await cloud.readings("d--1")).length === 1);
  } finally {
    child.kill("SIGTERM");
    assertEquals((await child.status).code, 0, await errors);
    await output;
  }
  // A secret is in no line of the log.
  assert(!(await errors).includes(sent.split(" ")[1]!), await errors);
  return sent;
}

Deno.test("archfx gateway run authenticates with the API key in apiKeyFile", () =>
  withFolder(async (cwd) => {
    await using cloud = await TestCloud.start();
    await Deno.writeTextFile(`${cwd}/key`, `${DEMO_API_KEY}\n`, { mode: 0o600 });
    const sent = await signIn(cloud, cwd, {}, { apiKeyFile: "key" });
    assertEquals(sent, `Api-Key ${DEMO_API_KEY}`);
  }));

Deno.test("archfx gateway run authenticates with the token in ARCHFX_TOKEN", () =>
  withFolder(async (cwd) => {
    await using cloud = await TestCloud.start();
    const token = (await cloud.api()).token!;
    assertEquals(await signIn(cloud, cwd, { ARCHFX_TOKEN: token }), `jwt ${token}`);
  }));

Deno.test("archfx gateway run authenticates with the credentials of archfx login", () =>
  withFolder(async (cwd) => {
    await using cloud = await TestCloud.start();
    const env = { XDG_CONFIG_HOME: `${cwd}/own` };
    const args = ["login", "--domain", cloud.url, "--user", "user@example.com"];
    const login = await archfx([...args, "--password-stdin"], { cwd, env, input: "my.pass\n" });
    assertEquals(login.code, 0, login.err);
    assertMatch(await signIn(cloud, cwd, env), /^jwt ./);
  }));

Deno.test("archfx gateway run renews tokens that expire while it runs, and uses those of a later login", () =>
  withFolder(async (cwd) => {
    await using cloud = await TestCloud.start({ accessTokenSeconds: 1, refreshTokenSeconds: 3600 });
    const env = { XDG_CONFIG_HOME: `${cwd}/own` };
    const login = async () => {
      const args = ["login", "--domain", cloud.url, "--user", "user@example.com"];
      const { code, err } = await archfx([...args, "--password-stdin"], {
        cwd,
        env,
        input: "my.pass\n",
      });
      assertEquals(code, 0, err);
    };
    const saved = async () => {
      const text = await Deno.readTextFile(`${cwd}/own/archfx/credentials.json`);
      return JSON.parse(text).clouds[cloud.url] as { access: string; refresh: string };
    };
    await login();
    const first = await saved();
    await Deno.mkdir(`${cwd}/spool`);
    const put = (second: number) =>
      Deno.writeTextFile(
        `${cwd}/spool/${second}.csv`,
        `timestamp,value\n2026-03-02T06:00:0${second}Z,${second}\n`,
      );
    const source = SPOOL;
    await Deno.writeTextFile(
      `${cwd}/gateway.json`,
      JSON.stringify({
        domain: cloud.url,
        confirmMs: 100,
        maxDelayMs: 0,
        minFreeBytes: 0,
        reserveBytes: 65536,
        listen: "127.0.0.1:0",
        sources: [{ ...source, read: { stream: "0000-5090" } }],
      }),
    );
    let rejected = 0;
    const child = spawn(["gateway", "run"], { cwd, env });
    const [errors, output] = [new Response(child.stderr).text(), new Response(child.stdout).text()];
    const direct = await cloud.direct();
    const counted = async (count: number) => {
      await until(`${count} are counted`, async () => {
        const rows = await direct.data.all({ filter: "d--1" }).catch(() => []);
        if (rows.length === 0) {
          await direct.login({ email: "user@example.com", password: "my.pass" });
        }
        return rows.length === count;
      });
    };
    try {
      await put(1);
      await counted(1);
      await new Promise((resolve) => setTimeout(resolve, 1500)); // The access token expires.
      await put(2);
      await counted(2);
      const renewed = await saved();
      assert(renewed.refresh !== first.refresh, "the rotated refresh token was not stored");
      assert(renewed.access !== first.access);

      // No token is worth anything any more: it backs off, and takes readings in.
      cloud.emulator.revokeRefreshTokens();
      await new Promise((resolve) => setTimeout(resolve, 1500));
      cloud.onRequest = async (request) => {
        const response = await cloud.emulator.fetch(request.clone());
        if (response.status === 401) rejected++;
        await response.body?.cancel();
        return undefined;
      };
      await put(3);
      await until("it was rejected", () => rejected >= 2);
      const before = rejected;
      await new Promise((resolve) => setTimeout(resolve, 3000));
      assert(rejected - before < 12, `${rejected - before} requests in 3 s`);
      cloud.onRequest = () => undefined;
      await counted(2);
      await login();
      await counted(3);
    } finally {
      child.kill("SIGTERM");
      assertEquals((await child.status).code, 0, await errors);
      await output;
    }
    for (const secret of [first.refresh, (await saved()).refresh, "my.pass"]) {
      assert(!(await errors).includes(secret), "a secret is in the log");
    }
  }));
