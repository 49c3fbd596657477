import {
  assert,
  assertEquals,
  assertGreaterOrEqual,
  assertInstanceOf,
  assertLess,
  assertRejects,
} from "@std/assert";
import {
  Api,
  HttpClientError,
  HttpNetworkError,
  HttpNotFoundError,
  HttpRateLimitError,
  HttpServerError,
  HttpTimeoutError,
} from "../../mod.ts";
import { retryAfterMs } from "../../src/api/_retry_after.ts";
import { waitMs } from "../../src/api/retry.ts";
import { json, serve } from "./_server.ts";
import { countedSignal } from "./_volume.ts";
import { serveRaw, wire } from "./_raw_server.ts";
import { NO_SERVER } from "../_no_server.ts";

Deno.test("get() is repeated on 503 until it succeeds", async () => {
  const server = serve((_, count) =>
    count < 2 ? new Response("busy", { status: 503 }) : json({ ok: true })
  );
  assertEquals(await new Api(server.url)("x").get(), { ok: true });
  assertEquals(server.seen.length, 3);
  await server.close();
});

Deno.test("a 408 is repeated", async () => {
  const server = serve((_, count) =>
    count === 0 ? new Response("", { status: 408 }) : json({ ok: true })
  );
  assertEquals(await new Api(server.url)("x").get(), { ok: true });
  assertEquals(server.seen.length, 2);
  await server.close();
});

Deno.test("get() gives up after its retries, and the error has the number of attempts", async () => {
  const server = serve(() =>
    new Response("<html><title>502 Bad Gateway</title>", {
      status: 502,
      headers: { "content-type": "text/html" },
    })
  );
  const api = new Api(server.url, { retries: 2 });
  const error = await assertRejects(() => api("x").get(), HttpServerError);
  assertEquals([error.attempts, error.status, server.seen.length], [3, 502, 3]);
  assertEquals(
    error.message,
    `Cannot GET "${server.url}/api/v1/x/": the server answered 502: 502 Bad Gateway (3 attempts)`,
  );
  await assertRejects(() => api("x").get({}, { retries: 0 }), HttpServerError);
  assertEquals(server.seen.length, 4);
  await server.close();
});

Deno.test("PUT and DELETE are repeated, POST and PATCH only with retries, 400 never", async () => {
  const server = serve(({ method }, count) =>
    count % 2 === 0 ? new Response("", { status: method === "GET" ? 400 : 500 }) : json({})
  );
  const x = new Api(server.url)("x");
  await x.put({});
  await x.delete();
  await x.post({}, {}, { retries: 1 });
  await x.patch({}, {}, { retries: 1 });
  assertEquals(server.seen.length, 8);
  await assertRejects(() => x.post({}), HttpServerError);
  await x.get();
  await assertRejects(() => x.patch({}), HttpServerError);
  await x.get();
  await assertRejects(() => x.get(), HttpClientError);
  assertEquals(server.seen.length, 13);
  await server.close();
});

Deno.test("a repeated delete() that finds nothing is a success", async () => {
  const server = serve((_, count) => json({ detail: "Not found." }, count === 0 ? 503 : 404));
  const x = new Api(server.url)("x");
  assertEquals(await x(1).delete(), true);
  await assertRejects(() => x(2).delete(), HttpNotFoundError);
  assertEquals(server.seen.length, 3);
  await server.close();
});

Deno.test("get() waits for a Retry-After in seconds and as a date", async () => {
  for (
    const header of ["1", () => new Date(Math.ceil(Date.now() / 1000) * 1000 + 1000).toUTCString()]
  ) {
    const server = serve((_, count) =>
      count === 0
        ? json({ detail: "slow down" }, 429, {
          "retry-after": typeof header === "string" ? header : header(),
        })
        : json("ok")
    );
    const started = performance.now();
    assertEquals(await new Api(server.url)("x").get(), "ok" as unknown);
    assertGreaterOrEqual(performance.now() - started, 999);
    assertEquals(server.seen.length, 2);
    await server.close();
  }
});

Deno.test("a Retry-After beyond the budget fails immediately, and the error names the time", async () => {
  const server = serve(() =>
    json({ detail: "Request was throttled." }, 429, { "retry-after": "3600" })
  );
  const started = performance.now();
  const error = await assertRejects(() => new Api(server.url)("x").get(), HttpRateLimitError);
  assertLess(performance.now() - started, 5_000);
  assertEquals([error.retryAfterMs, server.seen.length], [3_600_000, 1]);
  assert(error.message.includes("asks to wait 3600 s"), error.message);
  await server.close();
});

Deno.test("retryAfterMs() reads every form, by the server's clock if it has one", () => {
  const now = Date.UTC(2026, 10, 23, 12, 0, 0);
  const read = (retryAfter: string, date?: string) =>
    retryAfterMs(new Headers({ "retry-after": retryAfter, ...(date ? { date } : {}) }), now);
  assertEquals(read("120"), 120_000);
  assertEquals(read("0"), 0);
  assertEquals(read("1.5"), 1_500);
  assertEquals(read("Mon, 23 Nov 2026 12:00:10 GMT"), 10_000);
  assertEquals(read("Monday, 23-Nov-26 12:00:10 GMT"), 10_000);
  assertEquals(read("Mon Nov 23 12:00:10 2026"), 10_000);
  assertEquals(read("Mon Nov  2 12:00:10 2026"), 0);
  assertEquals(read("Mon, 23 Nov 2026 13:00:10 GMT", "Mon, 23 Nov 2026 13:00:00 GMT"), 10_000);
  for (const bad of ["soon", "-1", "Mon, 23 Foo 2026 12:00:10 GMT", ""]) {
    assertEquals(read(bad), undefined);
  }
});

Deno.test("waitMs() is random over the whole range, and never below Retry-After", () => {
  assertEquals([1, 2, 3, 20].map((attempt) => waitMs(attempt, undefined, () => 1)), [
    300,
    600,
    1200,
    20_000,
  ]);
  assertEquals(waitMs(3, undefined, () => 0), 0);
  assertEquals(waitMs(1, 5_000, () => 0), 5_000);
  assertGreaterOrEqual(waitMs(1, 5_000), 5_000);
});

Deno.test("a connection dropped before and during the response is tried again", async () => {
  const server = serveRaw(async (connection, _, count) => {
    if (count === 1) await connection.write(wire('{"half":', undefined, 100));
    if (count < 2) return connection.close();
    await connection.write(wire('{"whole":true}'));
  });
  assertEquals(await new Api(server.url)("x").get(), { whole: true });
  assertEquals(server.heads.length, 3);
  server.close();
});

Deno.test("a POST whose connection drops is sent once, even on a reused connection", async () => {
  const server = serveRaw(async (connection, head) => {
    if (head.startsWith("POST")) return connection.close();
    await connection.write(wire("{}"));
  });
  const api = new Api(server.url);
  await api("x").get();
  const error = await assertRejects(() => api("x").post({ a: 1 }), HttpNetworkError);
  assertInstanceOf(error.cause, Error);
  await api("x").get();
  await assertRejects(() => api("x").post(), HttpNetworkError);
  await api("x").get();
  await assertRejects(() => api("x").uploadFp(new Uint8Array(5)), HttpNetworkError);
  assertEquals(server.heads.filter((head) => head.startsWith("POST")).length, 3);
  assert(server.heads.every((head) => !/transfer-encoding/i.test(head)));
  server.close();
});

Deno.test("a server that does not exist is a HttpNetworkError", async () => {
  const error = await assertRejects(
    () => new Api(NO_SERVER, { retries: 1 })("x").get(),
    HttpNetworkError,
  );
  assertEquals([error.attempts, error.status], [2, undefined]);
});

Deno.test("a server that never answers is a HttpTimeoutError, tried again within the total", async () => {
  const server = serveRaw(() => new Promise(() => {}));
  const api = new Api(server.url, { timeoutMs: 50, retries: 1 });
  const error = await assertRejects(
    () => api("x").get(),
    HttpTimeoutError,
    "within 50 ms (timeoutMs)",
  );
  assertEquals([error.attempts, server.heads.length], [2, 2]);
  const short = new Api(server.url, { totalTimeoutMs: 60, retries: 9 });
  await assertRejects(() => short("x").get(), HttpTimeoutError, "within 60 ms (totalTimeoutMs)");
  await assertRejects(() => api("x").post({}, {}, { timeoutMs: 20 }), HttpTimeoutError, "20 ms");
  server.close();
});

Deno.test("a response that stalls in its body is a HttpTimeoutError", async () => {
  const server = serveRaw(async (connection) => {
    await connection.write(wire('{"half":', undefined, 100));
    await new Promise(() => {});
  });
  const api = new Api(server.url, { timeoutMs: 50, retries: 0 });
  await assertRejects(() => api("x").get(), HttpTimeoutError);
  server.close();
});

Deno.test("an aborted call rejects with the signal's reason, also while it waits", async () => {
  const server = serve(() => new Response("", { status: 503, headers: { "retry-after": "60" } }));
  const reason = new Error("enough");
  const controller = new AbortController();
  const api = new Api(server.url);
  const call = api("x").get({}, { signal: controller.signal });
  setTimeout(() => controller.abort(reason), 50);
  assertEquals(await call.catch((error: unknown) => error), reason);
  assertEquals(
    await api("x").get({}, { signal: controller.signal }).catch((e: unknown) => e),
    reason,
  );
  assertEquals(server.seen.length, 1);
  const stopped = new Api(server.url, { signal: controller.signal });
  assertEquals(await stopped("x").get().catch((e: unknown) => e), reason);
  await server.close();
});

Deno.test("10,000 calls leave no listener on a long-lived signal", async () => {
  const server = serve(() => json({ count: 0 }));
  const { signal, left } = countedSignal();
  const api = new Api(server.url, { signal });
  await Promise.all(Array.from({ length: 50 }, () => api("x").get({}, { signal })));
  // The rest runs in process, which is faster and uses the same code of the client.
  const fetch = () => Promise.resolve(json({}));
  const near = new Api(server.url, { signal, fetch: fetch as typeof globalThis.fetch });
  for (let round = 0; round < 200; round++) {
    await Promise.all(Array.from({ length: 50 }, () => near("x").get({}, { signal })));
  }
  await api("streamer/report").uploadFp(new Uint8Array(9), { signal });
  assertEquals(left(), 0);
  await server.close();
});

Deno.test("a Retry-After of more than 2^31 ms is waited for, not retried immediately", async () => {
  for (const seconds of ["2147484", "99999999999", "9".repeat(400)]) {
    const server = serve(() =>
      new Response("", { status: 503, headers: { "retry-after": seconds } })
    );
    const api = new Api(server.url, { retries: 50, totalTimeoutMs: Infinity });
    const signal = AbortSignal.timeout(100);
    const error = await api("x").get({}, { signal }).catch((error: unknown) => error);
    // An infinite wait is not waited for: the call fails. Any other wait lasts until the signal ends it.
    assert(error instanceof HttpServerError || (error as Error).name === "TimeoutError");
    assertEquals(server.seen.length, 1);
    await server.close();
  }
});

Deno.test("retryAfterMs() ignores dates that do not exist", () => {
  const now = Date.UTC(2026, 0, 1);
  for (
    const date of [
      "Sun, 32 Dec 2026 10:00:00 GMT",
      "Sun, 00 Dec 2026 10:00:00 GMT",
      "Sun, 30 Feb 2027 10:00:00 GMT",
      "Sun, 06 Dec 2026 25:00:00 GMT",
      "Sun, 06 Dec 2026 10:99:00 GMT",
      "Sun, 06 Dec 2026 10:00:99 GMT",
      "Sunday, 31-Nov-26 10:00:00 GMT",
      "Sun Dec 32 10:00:00 2026",
    ]
  ) {
    assertEquals(retryAfterMs(new Headers({ "retry-after": date }), now), undefined, date);
  }
  const leap = new Headers({ "retry-after": "Thu, 31 Dec 2026 23:59:60 GMT" });
  assertEquals(retryAfterMs(leap, Date.UTC(2026, 11, 31)), 86_400_000);
});

Deno.test("a 425 is repeated like a 408", async () => {
  const server = serve((_, count) => count === 0 ? json({}, 425) : json({ ok: true }));
  assertEquals(await new Api(server.url)("x").get(), { ok: true });
  await server.close();
});

Deno.test("an error in the application's own fetch is thrown unchanged, once; a lost connection is retried", async () => {
  const made = (error: () => Error) => {
    let calls = 0;
    const fetch = () => {
      calls++;
      return Promise.reject(error());
    };
    const api = new Api("https://cloud.test", { fetch: fetch as typeof globalThis.fetch });
    return { api, calls: () => calls };
  };
  const mistake = made(() => {
    const nothing: { send(): Error } | undefined = JSON.parse("null");
    return nothing!.send();
  });
  const thrown = await mistake.api("x").get().catch((error: unknown) => error);
  assert(thrown instanceof TypeError);
  assertEquals(mistake.calls(), 1);
  for (
    const message of [
      "fetch failed",
      "Failed to fetch",
      "error sending request for url (x)",
      "Load failed",
    ]
  ) {
    const lost = made(() => new TypeError(message));
    await assertRejects(() => lost.api("x").get({}, { retries: 1 }), HttpNetworkError);
    assertEquals(lost.calls(), 2, message);
  }
  // A real connection that is lost, with a fetch that only forwards the call.
  const passing = new Api("http://127.0.0.1:9", { fetch: (...args) => fetch(...args), retries: 0 });
  await assertRejects(() => passing("x").get(), HttpNetworkError);
});

Deno.test("no call fails if the logger cannot be imported", async () => {
  const server = serve(() => json({ ok: true }));
  const folder = await Deno.makeTempDir();
  const { imports } = JSON.parse(
    await Deno.readTextFile(new URL("../../deno.json", import.meta.url)),
  );
  imports["@logtape/logtape"] = "data:text/javascript,throw new Error('broken')";
  await Deno.writeTextFile(`${folder}/map.json`, JSON.stringify({ imports }));
  const mod = new URL("../../mod.ts", import.meta.url);
  await Deno.writeTextFile(
    `${folder}/main.ts`,
    `const { Api } = await import("${mod}");
    const api = new Api("${server.url}");
    console.log(JSON.stringify([await api("x").get(), await api("x").get()]));`,
  );
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "-A",
      "--no-lock",
      "--no-check",
      `--import-map=${folder}/map.json`,
      `${folder}/main.ts`,
    ],
  }).output();
  assertEquals(
    new TextDecoder().decode(stdout).trim(),
    '[{"ok":true},{"ok":true}]',
    new TextDecoder().decode(stderr),
  );
  await server.close();
  await Deno.remove(folder, { recursive: true });
});
