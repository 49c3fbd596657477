/**
 * The REST client on other runtimes: the sources in one bundle, against the same servers.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { json, serve } from "./_server.ts";
import { serveRaw, wire } from "./_raw_server.ts";

const here = new URL(".", import.meta.url);

/** Runtimes on this machine, by name: its own Node, and what `deno task test:npm` has installed. */
async function runtimes(): Promise<Map<string, string[]>> {
  const tools = new URL("../../.tools/consumers/node_modules/", here).pathname;
  const bun = `${Deno.build.os}-${Deno.build.arch === "aarch64" ? "aarch64" : "x64"}`;
  const found = new Map([["deno", [Deno.execPath(), "run", "-A", "--no-config"]]]);
  const candidates = {
    "the machine's node": "node",
    "node 20": `${tools}node-20/bin/node`,
    "node 22": `${tools}node-22/bin/node`,
    "node 24": `${tools}node-24/bin/node`,
    bun: `${tools}@oven/bun-${bun}/bin/bun`,
  };
  const missing: string[] = [];
  const versions = new Set<string>();
  for (const [name, path] of Object.entries(candidates)) {
    let version: string;
    try {
      const { stdout } = await new Deno.Command(path, { args: ["--version"] }).output();
      version = new TextDecoder().decode(stdout).trim();
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
      missing.push(name);
      continue;
    }
    // The machine's own Node may be one of the others.
    if (!versions.has(version)) found.set(`${name} ${version}`, [path]);
    versions.add(version);
  }
  const own = [...versions].find((version) => version.startsWith("v20."));
  const left = missing.filter((name) => !(own && name === "node 20"));
  if (left.length > 0) {
    console.log(
      `not on this machine before "deno task test:npm" installs them: ${left.join(", ")}`,
    );
  }
  return found;
}

/** Servers for one run. */
function servers() {
  let busy = 0, refreshes = 0, posts = 0, drops = 0;
  const plain = serve(async ({ method, path, search, text, headers }, _, request) => {
    const name = path.split("/")[3];
    if (name === "echo") return json([method, path, search, text, headers.get("authorization")]);
    if (name === "busy") return busy++ < 2 ? new Response("", { status: 503 }) : json({ ok: true });
    if (name === "auth") {
      refreshes++;
      return json({ access: "new", refresh: "r2" });
    }
    if (name === "guarded") {
      return headers.get("authorization") === "jwt new" ? json({}) : json({ detail: "no" }, 401);
    }
    if (name === "away") {
      return new Response(null, { status: 302, headers: { location: "http://127.0.0.1:9/" } });
    }
    if (name === "size") return json(await sizeOf(request) > 300 * 2 ** 20);
    if (name === "hash") return json(await described(request, headers));
    return new Response(null, { status: 204 });
  });
  const secure = serve(async ({ path, text }, _, request) => {
    if (path.includes("echo")) return json(text);
    if (path.includes("hash")) return json((await described(request, request.headers))[3]);
    return new Response(null, { status: 204 });
  }, {
    cert: Deno.readTextFileSync(new URL("tls/test_only_cert.pem", here)),
    key: Deno.readTextFileSync(new URL("tls/test_only_key.pem", here)),
  });
  const raw = serveRaw(async (connection, head) => {
    if (head.startsWith("POST")) posts++;
    if (head.includes("/never/")) await new Promise(() => {});
    if (head.includes("/drop-once/") && drops++ > 0) return await connection.write(wire('"whole"'));
    if (head.includes("/drop-once/")) await connection.write(wire('"ha', undefined, 100));
    connection.close();
  });
  return {
    plain,
    secure,
    raw,
    counts: () => ({ refreshes, posts }),
    async close() {
      await plain.close();
      await secure.close();
      raw.close();
    },
  };
}

async function sizeOf(request: Request): Promise<number> {
  let size = 0;
  for await (const chunk of request.body!) size += chunk.length;
  return size;
}

async function described(request: Request, headers: Headers): Promise<unknown[]> {
  const form = await request.formData();
  const file = form.get("file") as File;
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", await file.arrayBuffer()));
  const whole = Number(headers.get("content-length")) > file.size &&
    !headers.has("transfer-encoding");
  return [file.name, form.get("note"), whole, `${file.size} ${digest.toHex().slice(0, 8)}`];
}

const FILE_HASH = await hashOf(Uint8Array.from({ length: 300_001 }, (_, i) => i));
const ZERO_HASH = await hashOf(new Uint8Array(300_000));

async function hashOf(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return `${bytes.length} ${digest.toHex().slice(0, 8)}`;
}

const ONE_LARGE = { sent: 300 * 2 ** 20, total: 300 * 2 ** 20 };
const EXPECTED: Record<string, unknown> = {
  json: [["POST", "/api/v1/echo/%C3%A9%201/", "?q=x%2By", '{"a":[1,"é"]}', "jwt t"], null],
  inspection: [
    [
      'Api {"domain":"URL","tokenType":"jwt"}',
      "RestResource URL/api/v1/org/1/",
      "{ deep: RestResource URL/api/v1/org/ }",
      "URL/api/v1/org/",
    ],
    "URL/api/v1/org/",
  ],
  "503 twice, then 200": { ok: true },
  "50 calls, one refresh": [50, "new"],
  "redirect to another origin": ["RestHttpBaseException", 1, true],
  "dropped in the answer": "whole",
  "POST dropped": ["HttpNetworkError", 1, true],
  "POST without data dropped": ["HttpNetworkError", 1, true],
  "never answers": ["HttpTimeoutError", 2, true],
  "not there": ["HttpNetworkError", 1, true],
  aborted: "TimeoutError",
  certificate: ["HttpCouldNotVerifyServerError", 1, true],
  "certificate, upload": ["HttpCouldNotVerifyServerError", 1, true],
  caCerts: ['{"a":1}', ZERO_HASH, null],
  verify: ['{"a":1}', ZERO_HASH, null],
  uploads: [
    ["ä report.mp", "ö", true, FILE_HASH],
    ["ä report.mp", null, true, FILE_HASH],
    ["ä report.mp", null, true, FILE_HASH],
  ],
};

const folder = await Deno.makeTempDir();
const bundle = `${folder}/archfx.mjs`;
const bundled = await new Deno.Command(Deno.execPath(), {
  args: ["bundle", "--platform", "deno", "-o", bundle, new URL("../../mod.ts", here).pathname],
}).output();
assert(bundled.success, new TextDecoder().decode(bundled.stderr));
globalThis.addEventListener("unload", () => Deno.removeSync(folder, { recursive: true }));

for (const [name, [command, ...args]] of await runtimes()) {
  Deno.test(`the REST client does the same on ${name}`, async () => {
    const its = servers();
    const script = new URL("_on_runtime.mjs", here).pathname;
    const urls = [its.plain.url, its.secure.url, its.raw.url];
    const child = new Deno.Command(command, {
      args: [...args, script, `file://${bundle}`, ...urls, folder],
      signal: AbortSignal.timeout(60_000),
    });
    const { code, stdout, stderr } = await child.output();
    const counts = its.counts();
    await its.close();
    const lines = new TextDecoder().decode(stdout).trim().split("\n").map((line) =>
      JSON.parse(line)
    );
    const got = Object.fromEntries(lines.map((line) => [line.name, line.error ?? line.got]));
    const { "large file": large, ...rest } = got;
    assertEquals(rest, EXPECTED);
    const [arrived, often, ordered, last, megabytes] = large;
    assertEquals([arrived, often, ordered, last], [true, true, true, ONE_LARGE]);
    console.log(`${name}: uploading 300 MiB from a file took ${megabytes} MiB of memory`);
    assert(megabytes < 150, `uploading 300 MiB from a file took ${megabytes} MiB of memory`);
    assertEquals(counts, { refreshes: 1, posts: 2 });
    assertEquals(code, 0, new TextDecoder().decode(stderr));
  });
}
