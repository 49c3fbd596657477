/** lastReadingId() and confirmUpload(): which responses come from the API, and which prove an upload. */
import { assert, assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import {
  Api,
  ArchFXDataPoint,
  ArchFXFlexibleDictionaryReport,
  confirmUpload,
  DataError,
  HttpAuthenticationError,
  HttpNotFoundError,
  HttpServerError,
  type Id,
  lastReadingId,
  RestHttpBaseException,
} from "../../mod.ts";
import { json, serve } from "./_server.ts";
import { withCloud } from "./_with_cloud.ts";

/** A report of device 1 with readings of these ids. */
function reportOf(...ids: Id[]): ArchFXFlexibleDictionaryReport {
  const data = ids.map((readingId) =>
    new ArchFXDataPoint({ timestamp: Number(readingId), stream: 0x5051, value: 1, readingId })
  );
  return ArchFXFlexibleDictionaryReport.fromReadings({ device: 1, data });
}

Deno.test("lastReadingId() is 0 only if the API says so: its own 404, a last_id of 0 or null", async () => {
  const page = "<html><title>404 Not Found</title></html>";
  const html = { "content-type": "text/html" };
  const good: [Response, Id][] = [
    [json({ detail: "Not found." }, 404), 0],
    [json({ last_id: 0 }), 0],
    [json({ last_id: null }), 0],
    [json({ last_id: 12 }), 12],
    [new Response('{"last_id": 9007199254740993}'), 9007199254740993n],
    [new Response('{"last_id": 18446744073709551615}'), 2n ** 64n - 1n],
  ];
  const bad: [Response, string][] = [
    [new Response(page, { status: 404, headers: html }), "404 Not Found"],
    [new Response("", { status: 404 }), "not the API's own 404"],
    [json({ message: "no Route matched" }, 404), "not the API's own 404"],
    [json(["Not found."], 404), "not the API's own 404"],
    [json({}), "the response has no last_id"],
    [json([]), "the response is not a JSON object"],
    [json([{ last_id: 7 }]), "the response is not a JSON object"],
    [json(7), "the response is not a JSON object"],
    [json(null), "the response is not a JSON object"],
    [json({ last_id: "" }), "last_id is not a reading id"],
    [json({ last_id: "x" }), "last_id is not a reading id"],
    [json({ last_id: "12" }), "last_id is not a reading id"],
    [json({ last_id: -5 }), "last_id is not a reading id: -5"],
    [json({ last_id: 1.5 }), "last_id is not a reading id: 1.5"],
    [json({ last_id: true }), "last_id is not a reading id"],
    [json({ last_id: [5] }), "last_id is not a reading id"],
    [new Response('{"last_id": 1e400}'), "last_id is not a reading id: Infinity"],
    [new Response('{"last_id": 9007199254740993.5}'), "last_id is not a reading id"],
    [new Response('{"last_id": 18446744073709551616}'), "last_id is not a reading id"],
    [new Response('{"last_id": -9223372036854775808}'), "last_id is not a reading id"],
    [new Response(page, { headers: html }), ""],
    [new Response(""), ""],
  ];
  let next: Response;
  const server = serve(() => next);
  const api = new Api(server.url, { retries: 0 });
  for (const [response, id] of good) {
    next = response;
    assertEquals(await lastReadingId(api, 1), id);
  }
  for (const [response, says] of bad) {
    const { status } = response;
    next = response;
    const error = await assertRejects(() => lastReadingId(api, 1), RestHttpBaseException, says);
    assertEquals(error.status, status);
    if (status === 404) assertInstanceOf(error, HttpNotFoundError);
  }
  await server.close();
});

Deno.test("lastReadingId() does not show the token in an error about an invalid response", async () => {
  const server = serve(() => json({ last_id: "canary-token", token: "canary-token" }));
  const api = new Api(server.url);
  api.setToken("canary-token");
  const error = await assertRejects(() => lastReadingId(api, 1), RestHttpBaseException);
  assert(!(Deno.inspect(error) + JSON.stringify(error) + error.message).includes("canary"));
  await server.close();
});

Deno.test("Api() accepts a domain that ends in /api/v1, and adds it once", () => {
  for (const end of ["/api/v1", "/api/v1/", "/plant/api/v1//", "/plant", ""]) {
    const api = new Api(`https://cloud.example${end}`);
    const path = end.startsWith("/plant") ? "/plant" : "";
    assertEquals(api.domain, `https://cloud.example${path}`);
    assertEquals(api.baseUrl, `https://cloud.example${path}/api/v1`);
  }
});

Deno.test("confirmUpload() waits until a report that is counted later is counted", () =>
  withCloud(async (api, emulator) => {
    const report = reportOf(3, 1, 2);
    assertEquals(await report.upload(api), 3);
    assertEquals(emulator.counting.waiting, 1);
    assertEquals(await confirmUpload(api, report, { before: 0 }), true);
    assertEquals(emulator.counting.waiting, 0);
  }, { counting: { workers: 2, delayMs: 100 } }));

Deno.test("confirmUpload() returns false after timeoutMs for a report that is never counted", () =>
  withCloud(async (api, emulator) => {
    emulator.faults.add({ kind: "worker-fails", path: "streamer/report/" });
    const report = reportOf(1, 2);
    assertEquals(await report.upload(api), 2);
    assertEquals(await confirmUpload(api, report, { before: 0, timeoutMs: 50 }), false);
    // There is one request, even if the time is very short.
    assertEquals(await report.upload(api), 2);
    assertEquals(await confirmUpload(api, report, { before: 0n, timeoutMs: 0 }), true);
  }));

Deno.test("confirmUpload() throws DataError if last_id was not below the report's ids before it", () =>
  withCloud(async (api) => {
    assertEquals(await reportOf(10).upload(api), 1);
    for (const [report, before] of [[reportOf(1, 2, 3), 10], [reportOf(10), 10]] as const) {
      assertEquals(await report.upload(api), 0);
      const error = await assertRejects(
        () => confirmUpload(api, report, { before }),
        DataError,
        "its ids are too low. last_id of the streamer is already 10",
      );
      assert(error.message.includes("t--0000-0000-0000-0001--0100"), error.message);
    }
    // A decoded report has the ids of its readings, even if its header has others.
    const bytes = reportOf(11, 12).encode().slice();
    const header = bytes.findIndex((_, at) =>
      new TextDecoder().decode(bytes.subarray(at, at + 10)) === "lowest_id\x0b"
    );
    bytes[header + 9] = 5;
    const report = ArchFXFlexibleDictionaryReport.decode(bytes);
    assertEquals(report.lowestId, 5);
    assertEquals(await report.upload(api), 2);
    assertEquals(await confirmUpload(api, report, { before: 10 }), true);
  }));

Deno.test("confirmUpload() throws DataError if last_id is above the highest id without having been equal to it", () =>
  withCloud(async (api) => {
    await reportOf(1, 2, 8).upload(api);
    await assertRejects(
      () => confirmUpload(api, reportOf(3, 4), { before: 2 }),
      DataError,
      "last_id is 8 and was never 4",
    );
  }));

Deno.test("confirmUpload() of a report without readings is true, of readings without ids a DataError", async () => {
  const api = new Api("http://127.0.0.1:1");
  assertEquals(await confirmUpload(api, reportOf(), { before: 7 }), true);
  await assertRejects(() => confirmUpload(api, reportOf(0, 0), { before: 0 }), DataError, "no ids");
});

Deno.test("confirmUpload() continues after a temporary failure, and stops after a permanent one", async () => {
  const answers = [
    new Response("<title>down</title>", { status: 404 }),
    new Response("", { status: 503 }),
    json({ last_id: 0 }),
    new Response("<p>sign in</p>", { headers: { "content-type": "text/html" } }),
    json({ last_id: 1 }),
    json({ last_id: 2 }),
  ];
  // All later queries are the same: one that was given up may still arrive.
  let last = () => new Response("", { status: 503 });
  const server = serve(() => answers.shift() ?? last());
  const api = new Api(server.url, { retries: 0 });
  assertEquals(await confirmUpload(api, reportOf(1, 2), { before: 0 }), true);
  assertEquals(server.seen.length, 6);
  await assertRejects(
    () => confirmUpload(api, reportOf(1, 2), { before: 0, timeoutMs: 60 }),
    HttpServerError,
  );
  last = () => json({ detail: "no" }, 401);
  await assertRejects(
    () => confirmUpload(api, reportOf(1, 2), { before: 0 }),
    HttpAuthenticationError,
  );
  await server.close();
});

Deno.test("confirmUpload() stops at an abort, and rejects options by name", async () => {
  const controller = new AbortController();
  const server = serve(() => {
    setTimeout(() => controller.abort(new Error("enough")), 10);
    return json({ last_id: 0 });
  });
  const api = new Api(server.url);
  const { signal } = controller;
  await assertRejects(
    () => confirmUpload(api, reportOf(1), { before: 0, signal }),
    Error,
    "enough",
  );
  const confirm = (options: unknown) =>
    assertRejects(() => confirmUpload(api, reportOf(1), options as { before: Id }), TypeError);
  for (
    const [options, says] of [
      [{}, 'Cannot use undefined as "before"'],
      [{ before: -1 }, 'Cannot use -1 as "before"'],
      [{ before: 1.5 }, 'Cannot use 1.5 as "before"'],
      [{ before: 0, timeoutMs: NaN }, 'Cannot use NaN as "timeoutMs"'],
      [{ before: 0, timeout: 1 }, 'Cannot use "timeout" as option of confirmUpload'],
    ] as const
  ) assert((await confirm(options)).message.startsWith(says));
  await server.close();
});
