/**
 * Responses that do not come from the API: sign-in pages, captive portals, proxies.
 *
 * @module
 */
import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import {
  Api,
  HttpNotFoundError,
  HttpPermissionError,
  HttpServerError,
  ImproperlyConfigured,
  RestHttpBaseException,
} from "../../mod.ts";
import { json, jwt, serve } from "./_server.ts";

const PAGE = "<!DOCTYPE html><html><title>Sign in - Plant Wi-Fi</title><form></form></html>";

/** A captive portal: a page with status 200 for every request. */
const portal = (type: string | undefined, status = 200) =>
  serve(() => {
    const response = new Response(PAGE, { status });
    response.headers.delete("content-type");
    if (type !== undefined) response.headers.set("content-type", type);
    return response;
  });

for (const type of ["text/html; charset=utf-8", "application/xhtml+xml", "text/plain", undefined]) {
  Deno.test(`every method rejects a sign-in page of status 200 sent as ${type ?? "nothing"}`, async () => {
    const server = portal(type);
    const api = new Api(server.url, { retries: 0 });
    api.setToken("the-token");
    const calls = {
      GET: [() => api.org.get(), () => api.org.all(), () => api.auth("user-info").get()],
      POST: [
        () => api("org" as string).post({}),
        () => api.org.uploadFp(new Uint8Array(3)),
        () => api.login({ email: "e", password: "p" }),
        () => api.logout(),
      ],
      PATCH: [() => api.org("a").patch({})],
      PUT: [() => api.org("a").put({})],
      DELETE: [() => api.org("a").delete()],
    };
    for (const [method, of] of Object.entries(calls)) {
      for (const call of of) {
        const error = await assertRejects(call, RestHttpBaseException, "web page");
        assertEquals([error.method, error.status], [method, 200]);
        assertEquals(error.contentType, type?.split(";")[0]);
        assertStringIncludes(error.message, "Sign in - Plant Wi-Fi");
        assertStringIncludes(error.message, "status 200");
      }
    }
    assertEquals(api.token, "the-token");
    await server.close();
  });
}

Deno.test("login() throws for a 403 that is a web page, and returns false for one of the API", async () => {
  const page = portal("text/html", 403);
  await assertRejects(
    () => new Api(page.url).login({ email: "e", password: "p" }),
    RestHttpBaseException,
    "web page",
  );
  await page.close();
  const api = serve(() => json("Already Logged-in", 403));
  assertEquals(await new Api(api.url).login({ email: "e", password: "p" }), false);
  await api.close();
});

for (const status of [200, 401, 403]) {
  Deno.test(`refreshToken() keeps the tokens when a web page of status ${status} answers`, async () => {
    const server = portal("text/html", status);
    const api = new Api(server.url, { retries: 0 });
    api.setToken({ access: "a", refresh: "r" });
    const error = await assertRejects(() => api.refreshToken(), RestHttpBaseException, "web page");
    assertEquals([error.method, error.status], ["POST", status]);
    assertStringIncludes(error.url, "/auth/api-jwt-refresh/");
    assertEquals(api.token, "a");
    await server.close();
  });
}

Deno.test("get() parses JSON that has no content type, or another one, and returns other bytes", async () => {
  const bodies: Record<string, [body: string, type: string | undefined]> = {
    none: ['{"a":1}', undefined],
    plain: ['{"a":2}', "text/plain"],
    binary: ["[3]", "application/octet-stream"],
    problem: ['{"a":4}', "application/problem+json"],
    csv: ["a,b\n", "text/csv"],
    empty: ["", "text/html"],
  };
  const server = serve(({ path }) => {
    const [body, type] = bodies[path.split("/")[3]];
    const response = new Response(body);
    response.headers.delete("content-type");
    if (type) response.headers.set("content-type", type);
    return response;
  });
  const api = new Api(server.url);
  const got: unknown[] = [];
  for (const name of Object.keys(bodies)) got.push(await api(name).get());
  const csv = new TextEncoder().encode("a,b\n");
  assertEquals(got, [{ a: 1 }, { a: 2 }, [3], { a: 4 }, csv, undefined]);
  assertEquals(await api("plain").delete(), true);
  await assertRejects(() => api("csv").delete(), RestHttpBaseException, "status 200, text/csv");
  await server.close();
});

Deno.test("delete() does not treat the 404 page of a proxy as a success of its first attempt", async () => {
  const server = serve((_, count) =>
    count === 0 ? new Response("", { status: 503 }) : new Response(PAGE, {
      status: 404,
      headers: { "content-type": "text/html" },
    })
  );
  await assertRejects(() => new Api(server.url).org("a").delete(), HttpNotFoundError);
  await server.close();
});

Deno.test("a refreshed token that a header cannot carry is rejected without showing it", async () => {
  const bad = [
    { access: "canary\r\nx: y", refresh: "r" },
    { access: "good", refresh: "canary\n" },
    { access: 5 },
    { token: "can ary" },
    [],
  ];
  const server = serve((_, count) => json(bad[count]));
  for (const _ of bad) {
    const api = new Api(server.url);
    api.setToken({ access: "a", refresh: "r" });
    const error = await assertRejects(() => api.refreshToken(), RestHttpBaseException, "no valid");
    assertEquals(/can ?ary/.test(Deno.inspect(error) + JSON.stringify(error)), false);
    assertEquals(api.token, "a");
  }
  await server.close();
});

Deno.test("list() ends if the API does not have the page that it named as the next one", async () => {
  const server = serve(({ search, path }) => {
    const page = Number(new URLSearchParams(search).get("page") ?? 1);
    if (path.includes("/html/") && page === 2) {
      return new Response(PAGE, { status: 404, headers: { "content-type": "text/html" } });
    }
    if (path.includes("/gone/") && page === 2) return json({ detail: "Not found." }, 404);
    if (page === 3 || path.includes("/never/")) return json({ detail: "Invalid page." }, 404);
    const next = `http://elsewhere/?page=${page + 1}`;
    return json({ count: 9, next, previous: null, results: [{ page }] });
  });
  const api = new Api(server.url);
  assertEquals(await api("rows").all(), [{ page: 1 }, { page: 2 }]);
  for (const path of ["never", "html", "gone"]) {
    await assertRejects(() => api(path).all(), HttpNotFoundError);
  }
  await server.close();
});

Deno.test("setToken(key, 'Api-Key') is sent unchanged, never refreshed, and a 401 names what was rejected", async () => {
  const server = serve(({ headers }) =>
    headers.get("authorization") === "Api-Key good.key" ? json({ ok: true }) : json({
      detail: "Authentication credentials were not provided.",
    }, 401)
  );
  const api = new Api(server.url, { renewTokens: () => Promise.reject(new Error("never called")) });
  api.setToken("good.key", "Api-Key");
  assertEquals(await api("x").get(), { ok: true });
  assertEquals(await api("x").uploadFp(new Uint8Array(3)), { ok: true });
  await assertRejects(() => api.refreshToken(), ImproperlyConfigured, '"Api-Key"');
  await assertRejects(
    () => api.login({ email: "e", password: "p" }),
    ImproperlyConfigured,
    "needs no login",
  );
  // An additional refresh token, and an expired JWT as the key: neither starts a refresh.
  api.setToken({ access: jwt(-60), refresh: "r" }, "api-key");
  const error = await assertRejects(() => api("x").get(), RestHttpBaseException);
  assertStringIncludes(error.message, "the server rejected the API key");
  assertEquals(server.seen.map(({ path }) => path), Array(3).fill("/api/v1/x/"));
  await api.logout();
  assertEquals([api.token, server.seen.length], [undefined, 3]);
  await server.close();
});

Deno.test("renewTokens is called once for all waiting calls, before the expiry and on a 401", async () => {
  const server = serve(({ headers, path }) =>
    path.includes("auth") || headers.get("authorization") !== "jwt new" ? json({}, 401) : json({})
  );
  for (const access of [jwt(-60), "old"]) {
    const asked: unknown[] = [];
    const stored: unknown[] = [];
    const api = new Api(server.url, {
      renewTokens: (tokens, { signal }) => {
        asked.push([tokens, signal.aborted]);
        return Promise.resolve({ access: "new", refresh: "r2" });
      },
      onTokens: (tokens) => void stored.push(tokens),
    });
    api.setToken({ access, refresh: "r" });
    await Promise.all(Array.from({ length: 20 }, () => api("x").get()));
    assertEquals(asked, [[{ access, refresh: "r" }, false]]);
    assertEquals(stored, [{ access: "new", refresh: "r2" }]);
  }
  assertEquals(server.seen.filter(({ path }) => path.includes("auth")), []);
  await server.close();
});

Deno.test("renewTokens: undefined drops the tokens, an error or an invalid token keeps them, a time limit ends it", async () => {
  const server = serve(() => json({}, 401));
  type Renew = NonNullable<ConstructorParameters<typeof Api>[1]>["renewTokens"];
  const made = (renewTokens: Renew, options = {}) => {
    const api = new Api(server.url, { renewTokens, ...options });
    api.setToken({ access: "a", refresh: "r" });
    return api;
  };
  const rejected = made(() => Promise.resolve(undefined));
  assertEquals([await rejected.refreshToken(), rejected.token], [false, undefined]);
  const failing = made(() => Promise.reject(new Error("the vault is closed")));
  await assertRejects(() => failing.refreshToken(), Error, "the vault is closed");
  assertEquals(failing.token, "a");
  const bad = made(() => Promise.resolve({ access: "can\nary" }));
  const error = await assertRejects(() => bad.refreshToken(), ImproperlyConfigured, "renewTokens");
  assertEquals([bad.token, /can.*ary/s.test(error.message)], ["a", false]);
  let ended = false;
  const slow = made(
    (_, { signal }) =>
      new Promise((_, reject) =>
        signal.addEventListener("abort", () => {
          ended = true;
          reject(new Error("aborted"));
        })
      ),
    { totalTimeoutMs: 30 },
  );
  await assertRejects(() => slow.refreshToken(), RestHttpBaseException, "totalTimeoutMs");
  assertEquals([ended, slow.token], [true, "a"]);
  // A token without a refresh token can also be renewed, because the application does it.
  const plain = new Api(server.url, { renewTokens: () => Promise.resolve({ access: "b" }) });
  plain.setToken("a");
  await assertRejects(() => plain("x").get(), RestHttpBaseException);
  assertEquals(plain.token, "b");
  await server.close();
});

Deno.test("a status outside 200 to 599 is an error of the base class", async () => {
  const { serveRaw, wire } = await import("./_raw_server.ts");
  const raw = serveRaw(async (connection, head) => {
    const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
    await connection.skip(length);
    await connection.write(wire("{}", "999 Odd"));
    connection.close();
  });
  const api = new Api(raw.url, { retries: 0 });
  const plain = await assertRejects(() => api("x").get(), RestHttpBaseException, "999");
  const upload = await assertRejects(
    () => api("x").uploadFp(new Uint8Array(9)),
    RestHttpBaseException,
  );
  for (const error of [plain, upload]) {
    assertEquals([error.name, error.status], ["RestHttpBaseException", 999]);
  }
  raw.close();
});

Deno.test("the error for a proxy's 403 page has its title and content type", async () => {
  const page = portal("text/html", 403);
  const error = await assertRejects(() => new Api(page.url).org.get(), HttpPermissionError);
  assertEquals(error.contentType, "text/html");
  assertStringIncludes(error.message, "Sign in - Plant Wi-Fi");
  await page.close();
  const broken = portal("text/html", 502);
  await assertRejects(() => new Api(broken.url, { retries: 0 }).org.get(), HttpServerError);
  await broken.close();
});
