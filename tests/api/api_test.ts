import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  Api,
  factoryMap,
  HttpNotFoundError,
  HttpValidationError,
  ImproperlyConfigured,
  stream,
} from "../../mod.ts";
import { json, serve } from "./_server.ts";

Deno.test("Api calls send method, path, query, token and JSON", async () => {
  const server = serve(({ method }) =>
    method === "DELETE" ? new Response(null, { status: 204 }) : json({ ok: 1 })
  );
  const api = new Api(server.url);
  api.setToken("big-ugly-token");
  assertEquals(
    await api("org" as string).get({ page: 2, a: [1, true], d: new Date(0), no: undefined }),
    {
      ok: 1,
    } as unknown,
  );
  await api.org("my org").patch({ about: "x" });
  await api.machine("d--0000-0001-0000-0001").devices.get();
  await api.auth("user-info").get();
  await api("a/b").post({ big: 2n ** 60n });
  await api.org(0).put();
  assertEquals(await api.org("x").delete(), true);
  assertEquals(
    server.seen.map(({ method, path, search, text }) => `${method} ${path}${search} ${text}`),
    [
      "GET /api/v1/org/?page=2&a=1&a=true&d=1970-01-01T00%3A00%3A00.000Z ",
      'PATCH /api/v1/org/my%20org/ {"about":"x"}',
      "GET /api/v1/machine/d--0000-0001-0000-0001/devices/ ",
      "GET /api/v1/auth/user-info/ ",
      'POST /api/v1/a/b/ {"big":"1152921504606846976"}',
      "PUT /api/v1/org/0/ {}",
      "DELETE /api/v1/org/x/ ",
    ],
  );
  assert(server.seen.every(({ headers }) => headers.get("authorization") === "jwt big-ugly-token"));
  assertEquals(server.seen[1].headers.get("content-length"), "13");
  await server.close();
});

Deno.test("login() is sent without a token, and stores tokens and user name", async () => {
  const given: unknown[] = [];
  const server = serve(({ path, text }) => {
    if (path === "/api/v1/auth/login/") {
      return text.includes("my.pass")
        ? json({ jwt: "access-1", jwt_refresh_token: "refresh-1", username: "user" })
        : json("Username/password combination invalid.", 401);
    }
    return new Response(null, { status: 204 });
  });
  const api = new Api(server.url, { onTokens: (tokens) => void given.push(tokens) });
  api.setToken("old");
  assertEquals(await api.login({ email: "user@example.com", password: "wrong" }), false);
  assertEquals(await api.login({ email: "user@example.com", password: "my.pass" }), true);
  assertEquals([api.token, api.username, given], [
    "access-1",
    "user",
    [{ access: "access-1", refresh: "refresh-1" }],
  ]);
  assertEquals(server.seen.map(({ headers }) => headers.get("authorization")), [null, null]);
  await api.logout();
  assertEquals([api.token, api.username, server.seen[2].path], [
    undefined,
    undefined,
    "/api/v1/auth/logout/",
  ]);
  await server.close();
});

Deno.test("uploadFp() and uploadFile() send a part file with its name and fields", async () => {
  const parts: unknown[] = [];
  const server = serve(async (_, __, request) => {
    const form = await request.formData();
    const file = form.get("file") as File;
    parts.push([file.name, [...new Uint8Array(await file.arrayBuffer())], form.get("note")]);
    return json({ count: 3 }, 201);
  });
  const api = new Api(server.url);
  const bytes = new Uint8Array([1, 2, 0xff]);
  const path = await Deno.makeTempFile({ suffix: ".mp" });
  await Deno.writeFile(path, bytes);
  const progress: unknown[] = [];
  assertEquals(
    await api("streamer/report").uploadFp({ name: "report.mp", data: bytes }, {
      params: { timestamp: "2021-01-20T00:00:00+00:00" },
      data: { note: "n" },
      onProgress: (p) => void progress.push(p),
    }),
    { count: 3 },
  );
  await api("files").uploadFp(bytes);
  await api("files").uploadFp(new File([bytes], "my.bin"));
  await api("files").uploadFile(path, { data: { note: 5 } });
  assertEquals(parts, [
    ["report.mp", [1, 2, 255], "n"],
    ["file", [1, 2, 255], null],
    ["my.bin", [1, 2, 255], null],
    [path.replace(/^.*\//, ""), [1, 2, 255], "5"],
  ]);
  assertEquals(progress.at(-1), { sent: 3, total: 3 });
  assertEquals(server.seen[0].search, "?timestamp=2021-01-20T00%3A00%3A00%2B00%3A00");
  assert(server.seen.every(({ headers }) => Number(headers.get("content-length")) > 100));
  await Deno.remove(path);
  await server.close();
});

Deno.test("an error response throws a typed error with the text of the server", async () => {
  const server = serve(({ path }) =>
    path.endsWith("/404/")
      ? json({ detail: "Not found." }, 404, { "x-request-id": "r-1" })
      : json({ name: ["This field is required."], at: { x: ["bad"] } }, 400)
  );
  const api = new Api(server.url);
  const missing = await assertRejects(() => api.org(404).get(), HttpNotFoundError);
  assertEquals(
    missing.message,
    `Cannot GET "${server.url}/api/v1/org/404/": the server answered 404: Not found`,
  );
  assertEquals([missing.status, missing.requestId, missing.data], [404, "r-1", {
    detail: "Not found.",
  }]);
  const invalid = await assertRejects(() => api("org" as string).post({}), HttpValidationError);
  assertEquals(invalid.fields, { name: ["This field is required."], "at.x": ["bad"] });
  await server.close();
});

Deno.test("Api rejects options, domains and tokens that are not valid, by name", () => {
  const cases: [() => unknown, string][] = [
    [() => new Api("arch.archfx.io"), '"arch.archfx.io" as domain'],
    [() => new Api("ftp://x"), "http"],
    [() => new Api("https://user:secret@x"), "user name"],
    [() => new Api(undefined, { retries: -1 }), '-1 as "retries"'],
    [() => new Api(undefined, { timeoutMs: 0 }), '0 as "timeoutMs"'],
    [() => new Api(undefined, { timeout: 5 } as object), '"timeout" as option'],
    [() => new Api(undefined, { verify: false, fetch }), "verify: false"],
    [() => new Api().setToken(""), "access token"],
    [() => new Api().setToken("a\nb"), "access token"],
    [() => new Api("http://example.com").setToken("abc"), "plain http"],
  ];
  for (const [work, text] of cases) assertThrows(work, ImproperlyConfigured, text);
  new Api("http://example.com", { allowInsecureHttp: true }).setToken("abc");
  new Api("http://localhost:1").setToken("abc");
});

Deno.test("unknown options of calls and of factoryMap() are rejected by name", async () => {
  const api = new Api("http://127.0.0.1:9", { retries: 0 });
  await assertRejects(
    () => api("org").get({}, { timeout: 5 } as never),
    TypeError,
    'Cannot use "timeout" as option of a call: the names are signal, timeoutMs',
  );
  await assertRejects(
    () => factoryMap(api, { page_size: 5 } as never),
    TypeError,
    'Cannot use "page_size" as option of factoryMap: the names are org',
  );
  await assertRejects(
    () => stream(api, "sl--1--2--5051").readings({ page_size: 5 } as never).next(),
    TypeError,
    'Cannot use "page_size" as option of readings: the names are start',
  );
});
