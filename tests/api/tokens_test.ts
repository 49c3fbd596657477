import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  Api,
  HttpAuthenticationError,
  HttpServerError,
  HttpTimeoutError,
  ImproperlyConfigured,
  type Tokens,
} from "../../mod.ts";
import { json, jwt, serve, type TestServer } from "./_server.ts";

const REFRESH = "/api/v1/auth/api-jwt-refresh/";

/** Accepts only `good` tokens; a refresh returns the next of `fresh`, or a response. */
function guarded(good: Set<string>, refresh: (count: number) => Response): TestServer {
  let refreshes = 0;
  return serve(async ({ path, headers }) => {
    if (path === REFRESH) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      return refresh(refreshes++);
    }
    const token = headers.get("authorization")?.replace(/^jwt /, "") ?? "";
    return good.has(token) ? json({ count: 1 }, 201) : json({ detail: "token not valid" }, 401);
  });
}

const refreshes = (server: TestServer) => server.seen.filter(({ path }) => path === REFRESH);

Deno.test("50 parallel calls on a rejected token, uploads among them, refresh it once", async () => {
  const server = guarded(new Set(["new"]), () => json({ access: "new", refresh: "r2" }));
  const stored: Tokens[] = [];
  const api = new Api(server.url, { onTokens: (tokens) => void stored.push(tokens) });
  api.setToken({ access: "old", refresh: "r1" });
  const calls = Array.from(
    { length: 50 },
    (_, i) => i % 5 ? api.org.get() : api("files").uploadFp(new Uint8Array(10)),
  );
  assertEquals((await Promise.all(calls)).length, 50);
  assertEquals(refreshes(server).map(({ text }) => text), ['{"refresh":"r1"}']);
  assertEquals(refreshes(server)[0].headers.get("authorization"), null);
  assertEquals(stored, [{ access: "new", refresh: "r2" }]);
  assertEquals(api.token, "new");
  await server.close();
});

Deno.test("a token about to expire is refreshed before it is used", async () => {
  const fresh = jwt(3600, "fresh");
  const server = guarded(new Set([fresh]), () => json({ access: fresh }));
  const api = new Api(server.url);
  api.setToken({ access: jwt(20, "stale", 3600), refresh: "r1" });
  await Promise.all(Array.from({ length: 50 }, () => api.org.get()));
  await api.org.get();
  assertEquals([refreshes(server).length, server.seen.length], [1, 52]);
  // The server did not rotate the refresh token, so it is still the one to use.
  await api.refreshToken();
  assertEquals(refreshes(server)[1].text, '{"refresh":"r1"}');
  await server.close();
});

Deno.test("a clock that is hours ahead does not cause a refresh for each call", async () => {
  const behind = jwt(-7200, "server's now + 5 min", 7500);
  const server = guarded(new Set([behind]), () => json({ access: behind, refresh: "r2" }));
  const api = new Api(server.url);
  api.setToken({ access: jwt(-9000, "old", 12600), refresh: "r1" });
  for (let i = 0; i < 5; i++) await api.org.get();
  assertEquals(refreshes(server).length, 1);
  await server.close();
});

Deno.test("refreshToken({ timeoutMs }) limits each attempt, and retries after it", async () => {
  const server = serve(async (_, count) => {
    if (count < 2) await new Promise((resolve) => setTimeout(resolve, 600));
    return json({ access: jwt(600), refresh: "r2" });
  });
  const api = new Api(server.url);
  api.setToken({ access: jwt(600), refresh: "r1" });
  const error = await assertRejects(
    () => api.refreshToken({ timeoutMs: 100, retries: 0 }),
    HttpTimeoutError,
  );
  assertEquals([error.attempts, server.seen.length], [1, 1]);
  assertEquals(await api.refreshToken({ timeoutMs: 100 }), true);
  assertEquals(server.seen.length, 3);
  await server.close();
});

Deno.test("a rejected refresh drops the tokens, a failing server keeps them", async () => {
  let status = 503;
  const server = guarded(
    new Set(["new"]),
    () => status === 200 ? json({ access: "new", refresh: "r2" }) : json({ detail: "x" }, status),
  );
  const api = new Api(server.url, { retries: 0 });
  api.setToken({ access: "old", refresh: "r1" });
  await assertRejects(() => api.org.get(), HttpServerError);
  await assertRejects(() => api.refreshToken(), HttpServerError);
  assertEquals(api.token, "old");
  status = 200;
  assertEquals(await api.refreshToken(), true);
  assertEquals(api.token, "new");
  status = 401;
  assertEquals(await api.refreshToken(), false);
  assertEquals(api.token, undefined);
  await assertRejects(() => api.org.get(), HttpAuthenticationError);
  await server.close();
});

Deno.test("a call whose refresh is rejected is a HttpAuthenticationError, sent once", async () => {
  const server = guarded(new Set(), () => json({ detail: "blacklisted" }, 401));
  const api = new Api(server.url);
  api.setToken({ access: "old", refresh: "r1" });
  await assertRejects(() => api.org.get(), HttpAuthenticationError);
  assertEquals(server.seen.length, 2);
  await server.close();
});

Deno.test("a text token is never refreshed by a call, only by refreshToken() as {token}", async () => {
  const server = guarded(new Set(["new"]), () => json({ token: "new" }));
  const api = new Api(server.url);
  api.setToken(jwt(5));
  await assertRejects(() => api.org.get(), HttpAuthenticationError);
  assertEquals(refreshes(server).length, 0);
  const text = api.token;
  assertEquals(await api.refreshToken(), true);
  assertEquals(refreshes(server)[0].text, JSON.stringify({ token: text }));
  assertEquals(api.token, "new");
  api.setToken("0123456789abcdef", "token");
  await assertRejects(() => api.refreshToken(), ImproperlyConfigured);
  await server.close();
});

Deno.test("the abort of one caller does not stop the refresh for the others", async () => {
  const server = guarded(new Set(["new"]), () => json({ access: "new", refresh: "r2" }));
  const api = new Api(server.url);
  api.setToken({ access: "old", refresh: "r1" });
  const first = new AbortController();
  const aborted = api.org.get({}, { signal: first.signal }).catch((error: Error) => error.name);
  const kept = api.org.get();
  while (refreshes(server).length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  first.abort();
  assertEquals(await aborted, "AbortError");
  assertEquals(await kept, { count: 1 } as unknown);
  assertEquals(refreshes(server).length, 1);
  await server.close();
});

Deno.test("a refresh that ends after setToken() does not replace its token", async () => {
  const server = guarded(new Set(["mine"]), () => json({ access: "late", refresh: "late" }));
  const api = new Api(server.url);
  api.setToken({ access: "old", refresh: "r1" });
  const refreshing = api.refreshToken();
  api.setToken("mine");
  await refreshing;
  assertEquals(api.token, "mine");
  await server.close();
});

Deno.test("a call succeeds although onTokens fails", async () => {
  const server = guarded(new Set(["new"]), () => json({ access: "new", refresh: "r2" }));
  const api = new Api(server.url, {
    onTokens: () => Promise.reject(new Error("disk full")),
  });
  api.setToken({ access: "old", refresh: "r1" });
  await api.org.get();
  assert(api.token === "new");
  await server.close();
});

Deno.test("await using logs out of a session that login() opened, not of a token that was set", async () => {
  const server = serve(({ path }) =>
    path.endsWith("/login/")
      ? json({ jwt: "a", username: "u" })
      : new Response(null, { status: 204 })
  );
  {
    await using api = new Api(server.url);
    await api.login({ email: "e", password: "p" });
  }
  assertEquals(server.seen.map(({ path }) => path), [
    "/api/v1/auth/login/",
    "/api/v1/auth/logout/",
  ]);
  {
    await using api = new Api(server.url);
    api.setToken("abc");
  }
  assertEquals(server.seen.length, 2);
  await server.close();
});
