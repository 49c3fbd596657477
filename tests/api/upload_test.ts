import { assert, assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { encode } from "@msgpack/msgpack";
import {
  Api,
  ArchFXDataPoint,
  ArchFXFlexibleDictionaryReport,
  HttpClientError,
  HttpTimeoutError,
  RestBaseException,
} from "../../mod.ts";
import { UploadQueue } from "../../src/api/_upload_queue.ts";
import { json, serve } from "./_server.ts";
import { serveRaw, wire } from "./_raw_server.ts";

const TIME = "2021-01-20T00:00:00Z";

/** A report of one reading. */
function report(device: number, streamer: number, id: number): Uint8Array {
  const data = [new ArchFXDataPoint({ timestamp: TIME, stream: 0x5051, value: 1, readingId: id })];
  return ArchFXFlexibleDictionaryReport.fromReadings({ device, streamer, data }).encode();
}

Deno.test("uploads of one streamer are sent one after another in order, those of others in parallel", async () => {
  let inFlight = 0, most = 0;
  const running = new Map<string, number>();
  const order: string[] = [];
  const server = serve(async ({ headers }) => {
    const name = headers.get("x-name")!;
    const [key] = name.split(":");
    most = Math.max(most, ++inFlight);
    running.set(key, (running.get(key) ?? 0) + 1);
    assert(running.get(key) === 1, `two uploads of ${key} at a time`);
    await new Promise((resolve) => setTimeout(resolve, 5));
    order.push(name);
    running.set(key, 0);
    inFlight--;
    return json({ count: 1 }, 201);
  });
  const reports = new Api(server.url)("streamer/report");
  const folder = await Deno.makeTempDir();
  const calls: Promise<unknown>[] = [];
  for (let id = 1; id <= 12; id++) {
    for (const [device, streamer] of [[1, 256], [1, 257], [2, 256]]) {
      const bytes = report(device, streamer, id);
      const options = { headers: { "x-name": `${device}/${streamer}:${id}` } };
      const data = id % 3 === 1 ? new Blob([bytes as Uint8Array<ArrayBuffer>]) : bytes;
      if (id % 3 === 2) {
        const path = `${folder}/${device}-${streamer}-${id}.mp`;
        Deno.writeFileSync(path, bytes);
        calls.push(reports.uploadFile(path, options));
      } else calls.push(reports.uploadFp({ name: "report.mp", data }, options));
    }
  }
  await Promise.all(calls);
  for (const key of ["1/256", "1/257", "2/256"]) {
    const ids = order.filter((name) => name.startsWith(`${key}:`)).map((n) =>
      Number(n.split(":")[1])
    );
    assertEquals(ids, Array.from({ length: 12 }, (_, i) => i + 1));
  }
  assertEquals(most, 3);
  await Deno.remove(folder, { recursive: true });
  await server.close();
});

Deno.test("after a failed upload, those with higher ids are rejected unsent until it is counted", async () => {
  const server = serve((_, count) => count === 1 ? json(["no"], 400) : json({ count: 1 }, 201));
  const reports = new Api(server.url)("streamer/report");
  const send = (id: number, device = 1) =>
    reports.uploadFp({ name: "report.mp", data: report(device, 256, id) }).then(
      () => "sent",
      (error: unknown) => error,
    );
  const results = await Promise.all([send(1), send(2), send(3), send(4)]);
  assertEquals(results[0], "sent");
  assertInstanceOf(results[1], HttpClientError);
  for (const error of results.slice(2)) {
    assertInstanceOf(error, RestBaseException);
    assertEquals((error as Error).cause, results[1]);
    assert((error as Error).message.includes("t--0000-0000-0000-0001--0100"));
  }
  assertEquals(server.seen.length, 2);
  // Later calls are also rejected; those of another device are not.
  const later = await send(5);
  assertInstanceOf(later, RestBaseException);
  assertEquals((later as Error).cause, results[1]);
  assertEquals([await send(5, 2), await send(2), await send(3)], ["sent", "sent", "sent"]);
  assertInstanceOf(await send(5), RestBaseException);
  assertEquals([await send(4), await send(5), await send(6)], ["sent", "sent", "sent"]);
  await server.close();
});

Deno.test("UploadQueue runs an upload that is called because of a failure, and rejects queued ones with higher ids", async () => {
  const queue = new UploadQueue();
  const sent: number[] = [];
  const place = (id: number) => () =>
    Promise.resolve({ streamer: "streamer", ids: { lowest: id, highest: id } });
  const run = (id: number) => queue.run(place(id), () => Promise.resolve(sent.push(id)));
  const rejected = Promise.withResolvers<never>();
  const again = queue.run(place(1), () => rejected.promise).catch(() => run(1));
  const behind = Array.from({ length: 200 }, (_, i) => run(i + 2));
  await new Promise((resolve) => setTimeout(resolve, 5));
  rejected.reject(new Error("rejected"));
  const results = await Promise.allSettled(behind);
  assertEquals(new Set(results.map(({ status }) => status)), new Set(["rejected"]));
  await again;
  assertEquals(sent, [1]);
});

Deno.test("report.upload() waits its turn, wherever device and streamer are in the bytes", async () => {
  let [now, most] = [0, 0];
  const server = serve(async () => {
    most = Math.max(most, ++now);
    await new Promise((resolve) => setTimeout(resolve, 20));
    now--;
    return json({ count: 1 }, 201);
  });
  const api = new Api(server.url);
  const { events, ...header } = ArchFXFlexibleDictionaryReport.decode(report(1, 256, 1)).asDict();
  const reports = [1, 2, 3].map(() =>
    ArchFXFlexibleDictionaryReport.decode(encode({ events, ...header }))
  );
  await Promise.all(reports.map((report) => report.upload(api)));
  assertEquals([most, server.seen.length], [1, 3]);
  await server.close();
});

Deno.test("an aborted upload does not let later ones overtake it", async () => {
  const controller = new AbortController();
  const server = serve(async () => {
    controller.abort();
    await new Promise((resolve) => setTimeout(resolve, 50));
    return json({ count: 1 });
  });
  const reports = new Api(server.url)("streamer/report");
  const results = await Promise.allSettled(
    [1, 2].map((id) =>
      reports.uploadFp({ name: "report.mp", data: report(1, 256, id) }, {
        signal: id === 1 ? controller.signal : undefined,
      })
    ),
  );
  assertEquals(results.map(({ status }) => status), ["rejected", "rejected"]);
  assertEquals(server.seen.length, 1);
  await server.close();
});

Deno.test("an upload that is aborted while it waits rejects immediately, and keeps its place", async () => {
  const controller = new AbortController();
  let answer!: () => void;
  const held = new Promise<void>((resolve) => answer = resolve);
  const server = serve(async () => {
    await held;
    return json({ count: 1 });
  });
  const reports = new Api(server.url)("streamer/report");
  const send = (id: number, signal?: AbortSignal) =>
    reports.uploadFp({ name: "report.mp", data: report(1, 256, id) }, { signal });
  const first = send(1);
  const second = send(2, controller.signal).catch((error: Error) => error.name);
  while (server.seen.length < 1) await new Promise((resolve) => setTimeout(resolve, 1));
  controller.abort();
  assertEquals(await second, "AbortError");
  const third = send(3).catch((error: Error) => error.name);
  await new Promise((resolve) => setTimeout(resolve, 20));
  assertEquals(server.seen.length, 1);
  answer();
  assertEquals(await first, { count: 1 });
  assertEquals(await third, "RestBaseException");
  await server.close();
});

Deno.test("a report upload is repeated after 503 and after a dropped connection, other files are not", async () => {
  const bytes = report(1, 256, 1);
  const server = serveRaw(async (connection, head, count) => {
    const length = Number(/content-length: (\d+)/i.exec(head)![1]);
    if (count === 0) return connection.close();
    await connection.skip(length);
    if (count === 1) return await connection.write(wire("{}", "503 Busy"));
    await connection.write(wire('{"count":1}', "201 Created"));
  });
  const api = new Api(server.url);
  const file = { name: "report.mp", data: bytes };
  const params = { timestamp: TIME };
  assertEquals(await api("streamer/report").uploadFp(file, { params }), { count: 1 });
  const lines = server.heads.map((head) => head.split("\r\n")[0]);
  assertEquals(
    lines,
    Array(3).fill(
      "POST /api/v1/streamer/report/?timestamp=2021-01-20T00%3A00%3A00Z HTTP/1.1",
    ),
  );
  server.close();
  const busy = serve(() => new Response("", { status: 503 }));
  const other = new Api(busy.url);
  await assertRejects(() => other("files").uploadFp(file));
  await assertRejects(() => other("streamer/report").uploadFp(file, { retries: 0 }));
  assertEquals(busy.seen.length, 2);
  await busy.close();
});

Deno.test("a connection that drops in the middle of an upload is a network error, then a retry", async () => {
  let sent = 0;
  const server = serveRaw(async (connection, head, count) => {
    const length = Number(/content-length: (\d+)/i.exec(head)![1]);
    if (count === 0) {
      await connection.skip(length >> 2);
      return connection.close();
    }
    await connection.skip(length);
    sent = length;
    await connection.write(wire('{"count":1}', "201 Created"));
  });
  const data = new Uint8Array(4_000_000);
  assertEquals(await new Api(server.url)("streamer/report").uploadFp({ name: "report.mp", data }), {
    count: 1,
  });
  assert(sent > data.length);
  assertEquals(server.heads.length, 2);
  server.close();
});

Deno.test("small reports share a connection, and no other upload does", async () => {
  const ports: number[] = [];
  const server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen() {} },
    async (request, { remoteAddr }) => {
      ports.push(remoteAddr.port);
      const form = await request.formData();
      const { size } = form.get("file") as File;
      return json({ count: 0, size }, 201);
    },
  );
  const api = new Api(`http://127.0.0.1:${server.addr.port}`);
  const connections = async (path: string, data: Uint8Array, options = {}) => {
    ports.length = 0;
    for (let i = 0; i < 3; i++) {
      const reply = await api(path).uploadFp({ name: "report.mp", data }, options);
      assertEquals(reply, { count: 0, size: data.length });
    }
    return new Set(ports).size;
  };
  assertEquals(await connections("streamer/report", report(1, 256, 1)), 1);
  assertEquals(await connections("streamer/report", report(1, 256, 1), { retries: 0 }), 3);
  assertEquals(await connections("streamer/report", new Uint8Array(100_000)), 3);
  assertEquals(await connections("files", report(1, 256, 1)), 3);
  await server.shutdown();
});

Deno.test("an upload may take longer than timeoutMs with progress, but not without", async () => {
  let slow = true;
  const server = serveRaw(async (connection, head) => {
    let left = Number(/content-length: (\d+)/i.exec(head)![1]);
    if (!slow) return await new Promise(() => {});
    for (; left > 0; left -= 1_000_000) {
      await connection.skip(Math.min(left, 1_000_000));
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    await connection.write(wire('{"count":1}', "201 Created"));
  });
  const files = new Api(server.url)("files");
  const data = new Uint8Array(20_000_000);
  const progress: number[] = [];
  const options = {
    timeoutMs: 1500,
    onProgress: (p: { sent: number }) => void progress.push(p.sent),
  };
  const started = performance.now();
  assertEquals(await files.uploadFp(data, options), { count: 1 });
  assert(performance.now() - started > 1500, "too quick to tell");
  assert(progress.length > 10 && progress.at(-1) === data.length);
  assertEquals(progress, progress.toSorted((a, b) => a - b));
  // With a custom fetch there is no progress: the time limit depends on the size.
  const own = new Api(server.url, { fetch: (...args) => fetch(...args) });
  assertEquals(await own("files").uploadFp(data, { timeoutMs: 300 }), { count: 1 });
  const total = new Api(server.url, { totalTimeoutMs: 200 });
  await assertRejects(
    () => total("files").uploadFp(data),
    HttpTimeoutError,
    "200 ms (totalTimeoutMs)",
  );
  slow = false;
  await assertRejects(() => files.uploadFp(data, { timeoutMs: 300 }), HttpTimeoutError);
  server.close();
});

Deno.test("a response before the whole body was sent is used", async () => {
  const server = serveRaw(async (connection) => {
    await connection.write(wire('{"detail":"too large"}', "413 Payload Too Large"));
    await connection.skip(30_000_000);
  });
  const error = await assertRejects(
    () => new Api(server.url)("files").uploadFp(new Uint8Array(30_000_000)),
    HttpClientError,
    "too large",
  );
  assertEquals(error.status, 413);
  server.close();
});

Deno.test("uploadFile() of a missing file, a folder and a file that changes is one clear error", async () => {
  const server = serve(() => json({}));
  const files = new Api(server.url)("files");
  const folder = await Deno.makeTempDir();
  await assertRejects(() => files.uploadFile(`${folder}/none.mp`), RestBaseException, "none.mp");
  await assertRejects(() => files.uploadFile(folder), TypeError, "not a file");
  assertEquals(server.seen.length, 0);
  const path = `${folder}/grows.mp`;
  await Deno.writeFile(path, new Uint8Array(1000));
  const onProgress = ({ sent }: { sent: number }) =>
    void (sent === 0 && Deno.writeFileSync(path, new Uint8Array(2000)));
  await assertRejects(
    () => files.uploadFile(path, { onProgress }),
    RestBaseException,
    "changed during the upload",
  );
  await Deno.remove(folder, { recursive: true });
  await server.close();
});

Deno.test("file names and fields arrive unchanged, with any characters", async () => {
  const got: unknown[] = [];
  const server = serve(async (_, __, request) => {
    const form = await request.formData();
    got.push([(form.get("file") as File).name, form.get("näme"), form.get("when")]);
    return json({});
  });
  const files = new Api(server.url)("files");
  const own = new Api(server.url, { fetch: (...args) => fetch(...args) })("files");
  const data = new Uint8Array(3);
  for (const to of [files, own]) {
    await to.uploadFp({ name: "a ü, b.mp", data }, {
      data: { "näme": "x\r\ny", when: new Date(0), no: undefined },
    });
  }
  assertEquals(got, Array(2).fill(["a ü, b.mp", "x\r\ny", "1970-01-01T00:00:00.000Z"]));
  assert(server.seen.every(({ headers }) => Number(headers.get("content-length")) > 200));
  await server.close();
});
