/** How `archfx gateway run` signs in: an API key in a file, a token, email and password, and what `archfx login` keeps. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { DEMO_API_KEY } from "../../src/emulator/mod.ts";
import { archfx, spawn } from "../cli/_archfx.ts";
import { TestCloud } from "./_cloud.ts";
import { until, withFolder } from "./_gateway.ts";

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
  const source = { type: "folder", path: "spool", device: "d--1", settleMs: 0, pollMs: 50 };
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

Deno.test("archfx gateway run signs in with the API key in apiKeyFile", () =>
  withFolder(async (cwd) => {
    await using cloud = await TestCloud.start();
    await Deno.writeTextFile(`${cwd}/key`, `${DEMO_API_KEY}\n`, { mode: 0o600 });
    const sent = await signIn(cloud, cwd, {}, { apiKeyFile: "key" });
    assertEquals(sent, `Api-Key ${DEMO_API_KEY}`);
  }));

Deno.test("archfx gateway run signs in with the token in ARCHFX_TOKEN", () =>
  withFolder(async (cwd) => {
    await using cloud = await TestCloud.start();
    const token = (await cloud.api()).token!;
    assertEquals(await signIn(cloud, cwd, { ARCHFX_TOKEN: token }), `jwt ${token}`);
  }));

Deno.test("archfx gateway run signs in with what archfx login keeps", () =>
  withFolder(async (cwd) => {
    await using cloud = await TestCloud.start();
    const env = { XDG_CONFIG_HOME: `${cwd}/own` };
    const args = ["login", "--domain", cloud.url, "--user", "user@example.com"];
    const login = await archfx([...args, "--password-stdin"], { cwd, env, input: "my.pass\n" });
    assertEquals(login.code, 0, login.err);
    assertMatch(await signIn(cloud, cwd, env), /^jwt ./);
  }));
