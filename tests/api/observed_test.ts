/**
 * The information that an application gets about its calls, and the properties that it cannot set.
 *
 * @module
 */
import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { configure, reset } from "@logtape/logtape";
import {
  Api,
  type ApiOptions,
  HttpNetworkError,
  HttpTimeoutError,
  type IncomingResponse,
  RestHttpBaseException,
} from "../../mod.ts";
import { json, serve } from "./_server.ts";
import { serveRaw, wire } from "./_raw_server.ts";

Deno.test("request() returns the response of any status, with headers, bytes and address", async () => {
  const server = serve(({ path, method, text }) => {
    if (path.includes("csv")) {
      return new Response("a,b\n", { headers: { "content-type": "text/csv", "x-total": "2" } });
    }
    if (path.includes("html")) return new Response("<html>", { status: 418 });
    if (path.includes("empty")) return new Response(null, { status: 204 });
    return json({ method, text });
  });
  const api = new Api(server.url);
  api.setToken("t");
  const csv = await api("csv").request("GET", { params: { page: 2 } });
  assertEquals([csv.status, csv.headers.get("x-total"), await csv.text()], [200, "2", "a,b\n"]);
  assertEquals(csv.url, `${server.url}/api/v1/csv/?page=2`);
  const page = await api("html").request("get");
  assertEquals([page.status, page.ok, await page.text()], [418, false, "<html>"]);
  assertEquals((await api("empty").request("DELETE")).status, 204);
  const sent = await api("echo").request("POST", { data: { a: 1 }, headers: { "x-a": "b" } });
  assertEquals(await sent.json(), { method: "POST", text: '{"a":1}' });
  const head = await api("csv").request("HEAD");
  assertEquals([head.headers.get("x-total"), await head.text()], ["2", ""]);
  const { headers } = server.seen[3];
  assertEquals([headers.get("x-a"), headers.get("authorization")], ["b", "jwt t"]);
  for (const bad of ["", "GET /", "G\r\nX", 5, undefined]) {
    await assertRejects(() => api.org.request(bad as string), TypeError, "method");
  }
  const wrong = { query: {} } as Record<string, unknown>;
  await assertRejects(() => api.org.request("GET", wrong), TypeError, "query");
  await server.close();
});

Deno.test("request() has the tokens, retries, redirects and limits of the other methods", async () => {
  let busy = 0;
  const server = serve(({ path, headers }) => {
    if (path.includes("auth")) return json({ access: "new", refresh: "r2" });
    if (path.includes("busy")) return busy++ < 2 ? json({}, 503) : json({ ok: true });
    if (path.includes("down")) return json({ detail: "later" }, 503, { "retry-after": "0" });
    if (path.includes("away")) {
      return new Response(null, { status: 302, headers: { location: "http://127.0.0.1:9/" } });
    }
    return json({}, headers.get("authorization") === "jwt new" ? 200 : 401);
  });
  const api = new Api(server.url, { retries: 3 });
  api.setToken({ access: "old", refresh: "r" });
  assertEquals((await api("guarded").request("GET")).status, 200);
  assertEquals(await (await api("busy").request("GET")).json(), { ok: true });
  assertEquals((await api("down").request("GET", {}, { retries: 1 })).status, 503);
  assertEquals(server.seen.filter(({ path }) => path.includes("down")).length, 2);
  assertEquals((await api("down").request("POST")).status, 503);
  assertEquals(server.seen.filter(({ path }) => path.includes("down")).length, 3);
  await assertRejects(() => api("away").request("GET"), RestHttpBaseException, "another origin");
  await server.close();
  let drops = 0;
  const raw = serveRaw(async (connection, head) => {
    if (head.includes("/never/")) await new Promise(() => {});
    await connection.write(drops++ === 0 ? wire('"ha', undefined, 100) : wire('"whole"'));
    connection.close();
  });
  assertEquals(await (await new Api(raw.url)("cut").request("GET")).text(), '"whole"');
  await assertRejects(
    () => new Api(raw.url)("never").request("GET", {}, { timeoutMs: 40, retries: 0 }),
    HttpTimeoutError,
  );
  raw.close();
});

Deno.test("onRequest adds headers to each attempt, and sees no token; onResponse sees the result", async () => {
  const server = serve(({ path, method }, count) =>
    path.includes("auth")
      ? json({ access: "canary2", refresh: "r2" })
      : count < 2
      ? json({}, 503)
      : json({ method, ok: true })
  );
  const seen: unknown[] = [];
  const api = new Api(server.url, {
    onRequest({ method, attempt, headers, sentBytes, url }) {
      seen.push([method, attempt, sentBytes, headers.get("authorization"), url.slice(-7)]);
      headers.set("traceparent", `00-${attempt}`);
      headers.set("authorization", "jwt stolen");
    },
    async onResponse({ status, attempt, ms, receivedBytes, headers, error }) {
      await Promise.resolve();
      seen.push([status, attempt, ms >= 0, receivedBytes, headers?.get("content-type"), error]);
    },
  });
  api.setToken("canary1");
  await api("x").get({ a: 1 });
  assertEquals(seen, [
    ["GET", 1, 0, null, "/x/?a=1"],
    [503, 1, true, 2, "application/json", undefined],
    ["GET", 2, 0, null, "/x/?a=1"],
    [503, 2, true, 2, "application/json", undefined],
    ["GET", 3, 0, null, "/x/?a=1"],
    [200, 3, true, 26, "application/json", undefined],
  ]);
  assertEquals(server.seen.map(({ headers }) => headers.get("traceparent")), [
    "00-1",
    "00-2",
    "00-3",
  ]);
  assertEquals(
    server.seen.map(({ headers }) => headers.get("authorization")),
    Array(3).fill("jwt canary1"),
  );
  seen.length = 0;
  await api("x").post({ a: "é" });
  await api("x").uploadFp(new Uint8Array(1000));
  const [[, , posted], , [, , uploaded]] = seen as unknown[][];
  assertEquals(posted, 10);
  assert((uploaded as number) > 1000);
  await server.close();
});

Deno.test("onResponse gets a typed error if no response arrives; an error of a hook is distinguished", async () => {
  const responses: IncomingResponse[] = [];
  const onResponse = (response: IncomingResponse) => void responses.push(response);
  const gone = new Api("http://127.0.0.1:9", { retries: 0, onResponse });
  await assertRejects(() => gone.org.get(), HttpNetworkError);
  assertEquals([responses[0].status, responses[0].headers], [undefined, undefined]);
  assert(responses[0].error instanceof HttpNetworkError);
  const server = serve(() => json({ ok: true }));
  const made = (options: ApiOptions) => new Api(server.url, options)("x").get();
  await assertRejects(
    () => made({ onRequest: () => Promise.reject(new Error("not today")) }),
    Error,
    "not today",
  );
  assertEquals(server.seen.length, 0);
  const look = () => {
    throw new Error("broken");
  };
  assertEquals(await made({ onResponse: look }), { ok: true });
  const slow = () => new Promise<void>(() => {});
  await assertRejects(() => made({ onRequest: slow, totalTimeoutMs: 30 }), HttpTimeoutError);
  await assertRejects(() => made({ onResponse: slow, totalTimeoutMs: 30 }), HttpTimeoutError);
  await server.close();
});

Deno.test("debug logs have method, path, status, time, attempt and sizes, and neither query nor token", async () => {
  const records: Record<string, unknown>[] = [];
  const texts: string[] = [];
  await configure({
    sinks: {
      all: (record) => {
        records.push(record.properties);
        texts.push(record.message.join(""));
      },
    },
    loggers: [
      { category: ["archfx", "api"], lowestLevel: "debug", sinks: ["all"] },
      { category: ["logtape", "meta"], lowestLevel: "error", sinks: [] },
    ],
    reset: true,
  });
  const server = serve((_, count) => count === 0 ? json({}, 503) : json({ ok: true }));
  const api = new Api(server.url);
  api.setToken("canary");
  await api("x").put({ abc: 1 }, { password: "canary" });
  const [first, again, second] = records;
  assertEquals(
    [first.method, first.path, first.status, first.attempt, first.sent, first.received],
    ["PUT", "/api/v1/x/", 503, 1, 9, 2],
  );
  assertEquals([again.path, second.status, second.attempt], ["/api/v1/x/", 200, 2]);
  assertEquals(typeof first.ms, "number");
  assertStringIncludes(texts[0], "attempt 1, 9 bytes sent, 2 received");
  assert(!(texts.join() + JSON.stringify(records)).includes("canary"));
  await reset();
  await server.close();
});

Deno.test("assigning a property of an Api that would have no effect throws, and names the right way", () => {
  const api = new Api();
  // deno-lint-ignore no-explicit-any -- what JavaScript can do
  const open = api as any;
  for (
    const [name, said] of [
      ["timeout", "timeoutMs"],
      ["timeoutMs", "new Api(domain, { timeoutMs })"],
      ["session", "fetch"],
      ["verify", "new Api(domain, { verify })"],
      ["retries", "new Api(domain, { retries })"],
      ["token", "setToken(token)"],
      ["tokenType", "setToken(token, type)"],
      ["refresh_token_data", "setToken({ access, refresh })"],
      ["domain", "new Api(domain)"],
      ["baseUrl", "new Api(domain)"],
      ["username", "login()"],
      ["headers", "onRequest"],
      ["anything", "no effect"],
      ["constructor2", "no effect"],
    ]
  ) {
    const error = assertThrows(() => open[name] = 5, TypeError, `Cannot set "${name}" of an Api`);
    assertStringIncludes(error.message, said);
  }
  assertThrows(() => open.org.page = 5, TypeError, 'Cannot set "page" of a resource');
  // A method can be replaced, for a test; a class of the application has its own properties.
  const login = () => Promise.resolve(true);
  open.login = login;
  assertEquals(open.login, login);
  class Mine extends Api {
    count = 1;
    set(name: string) {
      // deno-lint-ignore no-explicit-any -- what JavaScript can do
      (this as any)[name] = 2;
    }
  }
  const mine = new Mine();
  mine.count = 3;
  mine.set("other");
  assertEquals([mine.count, (mine as unknown as { other: number }).other], [3, 2]);
  assertThrows(() => mine.set("token"), TypeError, "setToken");
});
