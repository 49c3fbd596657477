/**
 * The REST client on other runtimes: the sources in one bundle, against the same servers.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from "node:zlib";
import { json, serve } from "./_server.ts";
import { bundle, runtimes } from "./_runtimes.ts";
import { serveRaw, wire } from "./_raw_server.ts";

const here = new URL(".", import.meta.url);

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
    if (name === "packed") return compressed(path.split("/")[4], method);
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

/** A response of a proxy that compresses although the request does not accept it. */
function compressed(encoding: string, method: string): Response {
  const packers: Record<string, (text: string) => Uint8Array> = {
    gzip: gzipSync,
    "x-gzip": gzipSync,
    deflate: deflateSync,
    br: brotliCompressSync,
    "deflate-raw": deflateRawSync,
  };
  const body = packers[encoding](JSON.stringify([encoding, method, "x".repeat(200_000)]));
  const headers = {
    "content-type": "application/json",
    "content-encoding": encoding.replace("-raw", ""),
  };
  return new Response(new Uint8Array(body), { headers });
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
  "compressed without being asked": ["gzip", "deflate", "deflate-raw", "br"].flatMap((name) =>
    ["GET", "POST"].map((method) => [name, method, 200_000])
  ),
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
  "dropped in the response": "whole",
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
const library = await bundle(folder);
globalThis.addEventListener("unload", () => Deno.removeSync(folder, { recursive: true }));

for (const [name, [command, ...args]] of await runtimes()) {
  Deno.test(`the REST client does the same on ${name}`, async () => {
    const its = servers();
    const script = new URL("_on_runtime.mjs", here).pathname;
    const urls = [its.plain.url, its.secure.url, its.raw.url];
    const child = new Deno.Command(command, {
      args: [...args, script, library, ...urls, folder],
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
