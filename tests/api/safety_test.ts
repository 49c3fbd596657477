import { assert, assertEquals, assertNotMatch, assertRejects, assertThrows } from "@std/assert";
import { configure, reset } from "@logtape/logtape";
import {
  Api,
  HttpAuthenticationError,
  ImproperlyConfigured,
  lastReadingId,
  RestBaseException,
  RestHttpBaseException,
  stream,
} from "../../mod.ts";
import { json, serve } from "./_server.ts";

const here = new URL(".", import.meta.url);

Deno.test("a redirect to another origin is rejected, and receives neither token nor call", async () => {
  const other = serve(() => json({ stolen: true }));
  const server = serve(({ path }) =>
    new Response(null, { status: 302, headers: { location: other.url + path } })
  );
  const api = new Api(server.url);
  api.setToken("canary-token");
  const error = await assertRejects(() => api.org.get(), RestHttpBaseException, "another origin");
  assertEquals([error.status, other.seen.length], [302, 0]);
  await server.close();
  await other.close();
});

Deno.test("get() follows redirects on the same origin, but no loop; other methods follow none", async () => {
  const server = serve(({ path }) => {
    if (path === "/api/v1/new/") return json({ here: true });
    if (path === "/api/v1/loop/") {
      return new Response(null, { status: 302, headers: { location: "" } });
    }
    return new Response(null, { status: 301, headers: { location: "../new/" } });
  });
  const api = new Api(server.url, { retries: 0 });
  api.setToken("t");
  assertEquals(await api("old").get(), { here: true });
  assert(server.seen.every(({ headers }) => headers.get("authorization") === "jwt t"));
  await assertRejects(() => api("old").post({}), RestHttpBaseException, "only a GET");
  await assertRejects(
    () => api("files").uploadFp(new Uint8Array(3)),
    RestHttpBaseException,
    "only a GET",
  );
  await assertRejects(() => api("loop").get(), RestHttpBaseException, "cycle");
  assertEquals(server.seen.length, 2 + 1 + 1 + 6);
  await server.close();
});

Deno.test("a rejected redirect, JSON that is not valid and a response that is too large have status, data and requestId", async () => {
  const headers = { "x-request-id": "r-7" };
  const server = serve(({ path }) => {
    if (path.includes("away")) {
      const away = { ...headers, location: "http://127.0.0.1:9/" };
      return new Response("moved, canary-token", { status: 302, headers: away });
    }
    if (path.includes("large")) return new Response(new Uint8Array(2 ** 26 + 1), { headers });
    return new Response("<p>canary-token</p>", {
      headers: { ...headers, "content-type": "application/json" },
    });
  });
  const api = new Api(server.url);
  api.setToken("canary-token");
  const failed = (call: () => Promise<unknown>) => assertRejects(call, RestHttpBaseException);
  const away = await failed(() => api("away").get());
  assertEquals([away.status, away.data, away.requestId], [302, "moved, ***", "r-7"]);
  const large = await failed(() => api("large").get());
  assertEquals([large.status, large.requestId], [200, "r-7"]);
  assertEquals((large.data as string).length, 65536);
  for (
    const call of [
      () => api("x").get(),
      () => api("x").all(),
      () => lastReadingId(api, "d--1"),
      () => Array.fromAsync(stream(api, "sl--1--1--5051").readings()),
    ]
  ) {
    const broken = await failed(call);
    assertEquals([broken.status, broken.data, broken.requestId], [200, "<p>***</p>", "r-7"]);
    assert(broken.message.startsWith(`Cannot GET "${server.url}/api/v1/`));
    assertNotMatch(Deno.inspect(broken) + JSON.stringify(broken), /canary/);
  }
  await server.close();
});

Deno.test("a redirect from https to http on the same host is rejected, and no token is sent there", async () => {
  const plain = serve(() => json({}));
  const file = (name: string) => Deno.readTextFileSync(new URL(`tls/test_only_${name}.pem`, here));
  const secure = serve(
    ({ path }) => new Response(null, { status: 307, headers: { location: plain.url + path } }),
    {
      cert: file("cert"),
      key: file("key"),
    },
  );
  const api = new Api(secure.url, { caCerts: [file("authority")] });
  api.setToken("canary-token");
  await assertRejects(() => api.org.get(), RestHttpBaseException, "another origin, http://");
  await assertRejects(
    () => api("org" as string).post({}),
    RestHttpBaseException,
    "another origin, http://",
  );
  assertEquals([secure.seen.length, plain.seen.length], [2, 0]);
  assertEquals(secure.seen[0].headers.get("authorization"), "jwt canary-token");
  await secure.close();
  await plain.close();
});

Deno.test("login() over plain http to another machine is rejected before anything is sent", async () => {
  const sent: unknown[] = [];
  const fetch = (input: unknown) => {
    sent.push(input);
    return Promise.resolve(json({ jwt: "a", username: "u" }));
  };
  const options = { fetch: fetch as typeof globalThis.fetch };
  const credentials = { email: "e", password: "p" };
  const api = new Api("http://arch.example.com", options);
  await assertRejects(
    () => api.login(credentials),
    ImproperlyConfigured,
    "http://arch.example.com",
  );
  assertEquals(sent, []);
  const allowed = new Api("http://arch.example.com", { ...options, allowInsecureHttp: true });
  assert(await allowed.login(credentials));
  assertEquals(sent.length, 1);
});

Deno.test("ids that would change the path are a TypeError, others are encoded", () => {
  const { org } = new Api();
  const bad = [
    "",
    null,
    undefined,
    "/",
    ".",
    "..",
    "%2e",
    "%2E%2e",
    ".%2E",
    "a/b",
    "a\u0000",
    "a\nb",
    "\u007f",
    NaN,
    -1,
    1.5,
    -1n,
    {},
    [],
    () => 1,
    "\ud800",
    true,
  ];
  // deno-lint-ignore no-explicit-any
  for (const id of bad) assertThrows(() => org(id as any), TypeError, "Cannot use");
  for (const path of ["", "/", "a//b", "/a", "a/", "a/../b", "a/%2e%2E/b"]) {
    assertThrows(() => new Api()(path), TypeError, "Cannot use");
    assertThrows(() => new Api().url(path), TypeError);
  }
  const base = "https://arch.archfx.io/api/v1/org/";
  const good: [string | number | bigint, string][] = [
    [0, "0"],
    [2n ** 64n, "18446744073709551616"],
    ["a b?c#d%\\", "a%20b%3Fc%23d%25%5C"],
    ["...", "..."],
    ["ü", "%C3%BC"],
  ];
  for (const [id, text] of good) assertEquals(org(id).url(), `${base}${text}/`);
  assertEquals(org().url(), base);
});

Deno.test("inspecting an Api or a resource sends nothing and does no harm", async () => {
  const server = serve(() => json({}));
  const api = new Api(server.url);
  api.setToken("canary-token");
  assert((await api.org) !== undefined);
  assert((await api) !== undefined);
  assertEquals(
    JSON.stringify({ api, org: api.org }),
    JSON.stringify({
      api: { domain: server.url, tokenType: "jwt", username: undefined },
      org: `${server.url}/api/v1/org/`,
    }),
  );
  for (const it of [api, api.org, api.org("x").name] as unknown as Record<PropertyKey, unknown>[]) {
    for (
      const name of ["then", "catch", "finally", "_private", "asymmetricMatch", "$$typeof", "0", ""]
    ) {
      assertEquals(it[name], undefined);
    }
    for (const symbol of [Symbol.iterator, Symbol.toPrimitive, Symbol.for("x")]) {
      assertEquals(it[symbol], undefined);
    }
    assertEquals([{ ...it }, Object.keys(it)], [{}, []]);
    assertEquals(it, it);
    assertNotMatch(Deno.inspect(it) + String(it) + `${it}`, /canary/);
    assert(Deno.inspect(it).includes(server.url), Deno.inspect(it));
  }
  assertEquals(String(api.org.name.length), `${server.url}/api/v1/org/name/length/`);
  assertEquals([api instanceof Api, typeof api.org], [true, "function"]);
  assertEquals(server.seen.length, 0);
  await server.close();
});

Deno.test("class X extends Api has fields, private state and methods besides resources", () => {
  class Mine extends Api {
    #secret = 5;
    count = 1;
    orgUrl(): string {
      return this.org(this.#secret + this.count).url();
    }
  }
  const mine = new Mine();
  assertEquals(mine.orgUrl(), "https://arch.archfx.io/api/v1/org/6/");
  assert(mine instanceof Mine && mine instanceof Api);
});

Deno.test("no token, password or header shows in errors, logs, inspection or JSON", async () => {
  const token = "canary-access-4f1b", refresh = "canary-refresh-99aa", password = 'canary "pw" 7c';
  const records: unknown[] = [];
  await configure({
    sinks: { all: (record) => void records.push(record) },
    loggers: [
      { category: ["archfx"], lowestLevel: "debug", sinks: ["all"] },
      { category: ["logtape", "meta"], lowestLevel: "error", sinks: [] },
    ],
    reset: true,
  });
  // The worst case: a server that returns everything that it received.
  const server = serve(({ path, headers, text }) => {
    const echo = {
      detail: `${text} ${headers.get("authorization")}`,
      sent: path.includes("/login/") ? [password] : [token, refresh],
    };
    if (path.includes("/login/") && text.includes("right")) {
      return json({ jwt: token, username: "u" });
    }
    return json(echo, path.includes("/login/") ? 409 : path.includes("refresh") ? 400 : 401);
  });
  const found: unknown[] = [];
  const api = new Api(server.url, { retries: 0 });
  const keep = (error: unknown) => void found.push(error);
  await api.login({ email: "e", password }).catch(keep);
  api.setToken({ access: token, refresh });
  await api.org.get().catch(keep);
  api.setToken({ access: token, refresh });
  found.push(await api.refreshToken());
  api.setToken(token);
  await api("a").post({ a: 1 }).catch(keep);
  await api("files").uploadFp(new Uint8Array(3)).catch(keep);
  await api.login({ email: "e", password: "right" + password }).catch(keep);
  try {
    api.setToken({ access: token + "\n" });
  } catch (error) {
    keep(error);
  }
  found.push(api, api.org);
  await reset();
  await server.close();
  assertEquals(found.length, 8);
  assert(found[1] instanceof HttpAuthenticationError && records.length > 5);
  for (const it of [...found, ...records]) {
    const plain = JSON.stringify(
      it,
      (_key, value) =>
        value instanceof Error
          ? { ...value, message: value.message, stack: value.stack, cause: value.cause }
          : value,
    );
    const shown = Deno.inspect(it, { depth: 20, showHidden: true }) + plain + String(it);
    assertNotMatch(shown, /canary/);
  }
});

Deno.test("a response larger than 64 MiB is rejected, the body of an error is cut", async () => {
  const megabyte = new Uint8Array(2 ** 20).fill(0x20);
  const flood = (megabytes: number) => {
    let left = megabytes;
    return new ReadableStream<Uint8Array>({
      pull: (controller) => left-- > 0 ? controller.enqueue(megabyte) : controller.close(),
    });
  };
  const server = serve(({ path }) =>
    path.includes("bad")
      ? new Response(flood(4), { status: 409 })
      : new Response(flood(path.includes("big") ? 100 : 3))
  );
  const api = new Api(server.url);
  await assertRejects(() => api("big").get(), RestHttpBaseException, "larger than 67108864 bytes");
  assertEquals((await api("small").get() as Uint8Array).length, 3 * 2 ** 20);
  const error = await assertRejects(() => api("bad").get(), RestHttpBaseException);
  assertEquals((error.data as string).length, 65536);
  await server.close();
});

Deno.test("responses: 204 and empty are undefined, JSON is parsed, others are bytes", async () => {
  const answers = [
    () => new Response(null, { status: 204 }),
    () => new Response(null, { status: 205 }),
    () => new Response("", { status: 200, headers: { "content-type": "application/json" } }),
    () => json([1, { a: null }]),
    () => new Response("a,b\n", { headers: { "content-type": "text/csv" } }),
    () => new Response('{"a":', { headers: { "content-type": "application/json" } }),
  ];
  const server = serve((_, count) => answers[count]());
  const x = new Api(server.url)("x");
  const got: unknown[] = [];
  for (let i = 0; i < 5; i++) got.push(await x.get());
  assertEquals(got, [
    undefined,
    undefined,
    undefined,
    [1, { a: null }],
    new TextEncoder().encode("a,b\n"),
  ]);
  await assertRejects(() => x.get(), RestBaseException, "is not");
  await server.close();
});

Deno.test("a call rejects options, parameters and headers that are not valid, by name", async () => {
  const x = new Api()("x");
  // deno-lint-ignore no-explicit-any
  const any = (value: unknown) => value as any;
  for (
    const [work, text] of [
      [() => x.get({}, any({ timeoutMs: "5" })), '5 as "timeoutMs"'],
      [() => x.get({}, { retries: -1 }), '-1 as "retries"'],
      [() => x.get({}, { headers: { Authorization: "jwt x" } }), '"authorization"'],
      [() => x.get(any({ a: {} })), '"a" as query parameter'],
      [() => x.get({ a: new Date(NaN) }), '"a" as query parameter'],
      [() => x.get({ a: NaN }), '"a" as query parameter'],
      [() => x.post(() => 1), "JSON cannot represent it"],
      [() => x.uploadFp(any("text")), "neither bytes"],
      [() => x.all({}, { limit: -1 }), '-1 as "limit"'],
    ] as [() => Promise<unknown>, string][]
  ) await assertRejects(work, TypeError, text);
});
