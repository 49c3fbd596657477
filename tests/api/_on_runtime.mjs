// What the REST client must do on every runtime: run by runtimes_long_test.ts, on Node, Bun and Deno.
// Prints a line of JSON for each check; the process must end by itself.
import process from "node:process";
import { inspect } from "node:util";
import { readFile, rm, truncate, writeFile } from "node:fs/promises";

const [bundle, plain, tls, raw, folder] = process.argv.slice(2);
const { Api, ...errors } = await import(bundle);
const authority = await readFile(new URL("./tls/test_only_authority.pem", import.meta.url), "utf8");

async function check(name, work) {
  try {
    console.log(JSON.stringify({ name, got: await work() ?? null }));
  } catch (error) {
    console.log(JSON.stringify({ name, error: `${error?.stack ?? error}` }));
  }
}

const failure = (promise) =>
  promise.then(
    () => "no error",
    (error) => [error.name, error.attempts, error instanceof errors[error.name]],
  );

await check("json", async () => {
  const api = new Api(plain);
  api.setToken("t");
  return [await api.echo("é 1").post({ a: [1, "é"] }, { q: "x+y" }), await api.empty.get()];
});
await check("inspection", async () => {
  const api = new Api(plain);
  api.setToken("canary");
  const shown = [inspect(api), inspect(api.org(1)), inspect({ deep: api.org }), `${api.org}`];
  return [
    shown.map((text) => text.replaceAll(plain, "URL")),
    (await api.org).url().replace(plain, "URL"),
  ];
});
await check("compressed without being asked", async () => {
  const api = new Api(plain, { retries: 0 });
  const got = [];
  for (const encoding of ["gzip", "deflate", "deflate-raw", "br"]) {
    got.push(await api.packed(encoding).get());
    got.push(await api.packed(encoding).uploadFp(new Uint8Array(9)));
  }
  return got.map(([name, method, text]) => [name, method, text.length]);
});
await check("503 twice, then 200", () => new Api(plain).busy.get());
await check("50 calls, one refresh", async () => {
  const api = new Api(plain);
  api.setToken({ access: "old", refresh: "r" });
  const all = await Promise.all(Array.from({ length: 50 }, () => api.guarded.get()));
  return [all.length, api.token];
});
await check("redirect to another origin", () => failure(new Api(plain).away.get()));
await check("dropped in the response", () => new Api(raw)("drop-once").get());
await check("POST dropped", () => failure(new Api(raw)("drop-always").post({ a: 1 })));
await check("POST without data dropped", () => failure(new Api(raw)("drop-always").post()));
await check(
  "never answers",
  () => failure(new Api(raw, { timeoutMs: 60, retries: 1 }).never.get()),
);
await check("not there", () => failure(new Api("http://127.0.0.1:9", { retries: 0 }).x.get()));
await check("aborted", async () => {
  const error = await new Api(raw).never.get({}, { signal: AbortSignal.timeout(50) }).catch((e) =>
    e
  );
  return error.name;
});
await check("certificate", () => failure(new Api(tls).x.get()));
await check("certificate, upload", () => failure(new Api(tls).x.uploadFp(new Uint8Array(3))));
for (
  const [name, options] of [["caCerts", { caCerts: [authority] }], ["verify", { verify: false }]]
) {
  await check(name, async () => {
    const api = new Api(tls, options);
    return [
      await api.echo.post({ a: 1 }),
      await api.hash.uploadFp(new Uint8Array(300_000)),
      await api.empty.get(),
    ];
  });
}
await check("uploads", async () => {
  const api = new Api(plain);
  const bytes = Uint8Array.from({ length: 300_001 }, (_, i) => i);
  const name = "ä report.mp";
  return [
    await api.hash.uploadFp({ name, data: bytes }, { data: { note: "ö" } }),
    await api.hash.uploadFp({ name, data: new Blob([bytes]) }),
    await new Api(plain, { fetch: (...args) => fetch(...args) }).hash.uploadFp({
      name,
      data: bytes,
    }),
  ];
});
await check("large file", async () => {
  const path = `${folder}/large.bin`;
  await writeFile(path, "");
  await truncate(path, 300 * 2 ** 20);
  let calls = 0, last, ordered = true;
  const before = process.memoryUsage().rss;
  let peak = before;
  const answer = await new Api(plain).size.uploadFile(path, {
    onProgress({ sent, total }) {
      ordered &&= sent >= (last?.sent ?? 0);
      last = { sent, total };
      if (++calls % 50 === 0) peak = Math.max(peak, process.memoryUsage().rss);
    },
  });
  await rm(path);
  return [answer, calls > 100, ordered, last, Math.round((peak - before) / 2 ** 20)];
});
