/**
 * Trust and proxies, the same for calls and uploads, on each runtime of this machine.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { serveProxy } from "./_proxy_server.ts";
import { bundle, runtimes } from "./_runtimes.ts";
import { json, serve } from "./_server.ts";

const here = new URL(".", import.meta.url);
const tls = (name: string) => new URL(`tls/test_only_${name}.pem`, here).pathname;

const folder = await Deno.makeTempDir();
const library = await bundle(folder);
globalThis.addEventListener("unload", () => Deno.removeSync(folder, { recursive: true }));

/** Answers "get", or how much was uploaded. */
const echo = (cert?: { cert: string; key: string }) =>
  serve(async ({ method, headers }, _, request) => {
    if (headers.get("authorization") !== "jwt canary") return json({}, 401);
    if (method === "GET") return json("get");
    return json((await request.arrayBuffer()).byteLength > 100_000 ? "upload" : "cut");
  }, cert);

const secured = () =>
  echo({ cert: Deno.readTextFileSync(tls("cert")), key: Deno.readTextFileSync(tls("key")) });

type Run = { env?: Record<string, string>; flags?: string[]; url: string; paths: string };

const OK = ["get", "upload"];
const UNTRUSTED = ["HttpCouldNotVerifyServerError", "HttpCouldNotVerifyServerError"];

for (const [name, [command, ...args]] of await runtimes()) {
  if (name.startsWith("bun")) continue; // Bun decides this itself: see docs/runtimes.md.
  const isDeno = name === "deno";
  const run = async ({ env, flags = [], url, paths }: Run): Promise<unknown[]> => {
    const script = new URL("_trust_on_runtime.mjs", here).pathname;
    const clean = {
      PATH: Deno.env.get("PATH") ?? "",
      HOME: folder,
      NO_COLOR: "1",
      DENO_NO_UPDATE_CHECK: "1",
    };
    const all = isDeno ? [args[0], ...args.slice(1), ...flags] : [...args, ...flags];
    const { stdout, stderr } = await new Deno.Command(command, {
      args: [...all, script, library, url, paths],
      env: { ...clean, DENO_DIR: Deno.env.get("DENO_DIR") ?? "", ...env },
      clearEnv: true,
      signal: AbortSignal.timeout(60_000),
    }).output();
    const lines = new TextDecoder().decode(stdout).trim().split("\n");
    if (lines[0] === "") throw new Error(new TextDecoder().decode(stderr));
    return lines.map((line) => JSON.parse(line));
  };

  Deno.test(`${name}: calls and uploads trust the same certificates`, async () => {
    const server = secured();
    const { url } = server;
    assertEquals(await run({ url, paths: "plain,caCerts,other,unverified" }), [
      ["plain", ...UNTRUSTED],
      ["caCerts", ...OK],
      ["other", ...UNTRUSTED],
      ["unverified", ...OK],
    ]);
    // The authorities that the runtime is configured to trust are trusted, also together with further ones.
    const env: Record<string, string> = isDeno
      ? { DENO_CERT: tls("authority") }
      : { NODE_EXTRA_CA_CERTS: tls("authority") };
    assertEquals(await run({ url, env, paths: "plain,other" }), [["plain", ...OK], [
      "other",
      ...OK,
    ]]);
    if (isDeno) {
      const flags = ["--cert", tls("authority")];
      assertEquals(await run({ url, flags, paths: "plain,other" }), [
        ["plain", ...OK],
        ["other", ...OK],
      ]);
    }
    // Deno's fetch ignores this variable, Node's uses it: the same for calls and uploads.
    const off = { NODE_TLS_REJECT_UNAUTHORIZED: "0" };
    const expected = isDeno ? UNTRUSTED : OK;
    assertEquals(await run({ url, env: off, paths: "plain,other" }), [
      ["plain", ...expected],
      ["other", ...expected],
    ]);
    await server.close();
  });

  Deno.test(`${name}: calls and uploads use the proxy of the environment`, async () => {
    const server = secured();
    const plain = echo();
    const port = (url: string) => Number(new URL(url).port);
    const proxy = serveProxy({
      "cloud.test:443": port(server.url),
      "cloud.test:80": port(plain.url),
    });
    const env: Record<string, string> = { HTTPS_PROXY: proxy.url.replace("//", "//user:p%20w@") };
    if (isDeno) env.DENO_CERT = tls("authority");
    else env.NODE_EXTRA_CA_CERTS = tls("authority");
    const url = "https://cloud.test";
    assertEquals(await run({ url, env, paths: "plain,caCerts,unverified" }), [
      ["plain", ...OK],
      ["caCerts", ...OK],
      ["unverified", ...OK],
    ]);
    // Each path makes at least one request, and only the proxy knows this host.
    const connects = new Set(proxy.asked);
    assertEquals(connects, new Set(["CONNECT cloud.test:443 by user:p w"]));
    assertEquals(proxy.asked.length >= 5, true);
    proxy.close();
    await server.close();
    await plain.close();
  });

  Deno.test(`${name}: requests to this machine never use a proxy, even if the environment names one`, async () => {
    const plain = echo();
    const proxy = serveProxy({});
    for (const [variable, host] of [["HTTP_PROXY", "127.0.0.1"], ["all_proxy", "localhost"]]) {
      const env = { [variable]: proxy.url, NODE_USE_ENV_PROXY: "1" };
      const url = plain.url.replace("127.0.0.1", host);
      assertEquals(await run({ url, env, paths: "plain,unverified" }), [
        ["plain", ...OK],
        ["unverified", ...OK],
      ]);
    }
    assertEquals(proxy.asked, []);
    proxy.close();
    await plain.close();
  });
}
