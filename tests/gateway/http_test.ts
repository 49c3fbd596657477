/** POST /readings and streams. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { httpSource, streamSource } from "../../src/gateway/mod.ts";
import { startGateway, withFolder, workerQueue } from "./_gateway.ts";
import { TestCloud } from "./_cloud.ts";
import type { HttpOptions } from "../../src/gateway/sources/http.ts";
import { running, TestSink } from "./_sink.ts";

const TOKEN = "a-token-for-tests";
const line = (value: number, device = "d--1") =>
  JSON.stringify({ timestamp: "2026-03-02T06:00:00Z", stream: "0000-5090", value, device }) + "\n";

/** A source on a port that is free, and which one. */
function listening(options: Partial<HttpOptions> = {}) {
  const opened = Promise.withResolvers<number>();
  const source = httpSource({
    listen: "127.0.0.1:0",
    token: TOKEN,
    onListen: opened.resolve,
    ...options,
  });
  return { source, port: opened.promise };
}

async function withHttp(
  sink: TestSink,
  test: (
    post: (body: BodyInit, headers?: Record<string, string>) => Promise<Response>,
  ) => Promise<void>,
) {
  const { source, port } = listening({ maxBodyBytes: 100_000 });
  await running(source, sink, async () => {
    const url = `http://127.0.0.1:${await port}/readings`;
    await test((body, headers = {}) =>
      fetch(url, {
        method: "POST",
        body,
        headers: {
          authorization: `Bearer ${TOKEN}`,
          "content-type": "application/x-ndjson",
          ...headers,
        },
      })
    );
  });
}

Deno.test("httpSource() stores NDJSON, CSV and gzip, and returns 202 when they are durable", async () => {
  const sink = new TestSink();
  let durable = false;
  sink.before = async () => {
    await new Promise((resolve) => setTimeout(resolve, 30));
    durable = true;
  };
  await withHttp(sink, async (post) => {
    const response = await post(line(1) + line(2, "d--2"));
    assert(durable);
    assertEquals([response.status, await response.json()], [202, { readings: 2 }]);
    const csv = "timestamp,device,stream,value\n2026-03-02 06:00:00,d--3,0000-5090,3\n";
    const second = await post(csv, { "content-type": "text/csv; charset=utf-8" });
    assertEquals([second.status, await second.json()], [202, { readings: 1 }]);
    const zipped = new Response(line(4)).body!.pipeThrough(new CompressionStream("gzip"));
    const packed = await new Response(zipped).arrayBuffer();
    const third = await post(packed, { "content-encoding": "gzip" });
    assertEquals([third.status, await third.json()], [202, { readings: 1 }]);
  });
  assertEquals(sink.values, [1, 2, 3, 4]);
  assertEquals(sink.devices, ["1", "2", "3", "1"]);
  assertEquals(sink.problems, []);
});

Deno.test("httpSource() rejects invalid requests as a whole, logs one line for each, and continues", async () => {
  const sink = new TestSink();
  await withHttp(sink, async (post) => {
    const status = async (response: Promise<Response>) => {
      const { status, body } = await response;
      await body?.cancel();
      return status;
    };
    const wrong: Record<string, string> = { authorization: "Bearer of bad news" };
    assertEquals(await status(post(line(1), wrong)), 401);
    assertEquals(await status(post(line(1) + "{broken\n")), 400);
    assertEquals(await status(post(line(1), { "content-type": "image/png" })), 415);
    assertEquals(await status(post(line(1), { "content-encoding": "br" })), 415);
    assertEquals(await status(post("not gzip", { "content-encoding": "gzip" })), 400);
    assertEquals(await status(post(line(1), { "idempotency-key": "x".repeat(201) })), 400);
    assertEquals(await status(post("x".repeat(100_001))), 413);
    // A body of 1 GB of zeros, packed: it is not unpacked as a whole.
    const bomb = new ReadableStream<BufferSource>({
      pull(controller) {
        controller.enqueue(new Uint8Array(1 << 20));
      },
    }).pipeThrough(new CompressionStream("gzip"));
    const packed: Uint8Array[] = [];
    let size = 0;
    for await (const piece of bomb) {
      packed.push(piece);
      if ((size += piece.length) > 90_000) break;
    }
    assertEquals(
      await status(post(new Blob(packed as BlobPart[]), { "content-encoding": "gzip" })),
      413,
    );
    assertEquals(await status(post(line(7))), 202);
  });
  assertEquals(sink.values, [7]);
  assertEquals(sink.problems.length, 8);
  assert(sink.problems[1]!.includes("line 2"), sink.problems[1]);
  assert(sink.problems.every((it) => !it.includes(TOKEN) && !it.includes("bad news")));
});

Deno.test("httpSource() stores a request with an Idempotency-Key once, and returns 429 when the queue is full", () =>
  withFolder(async (folder) => {
    await using cloud = await TestCloud.start();
    cloud.onReport = () => new Response("", { status: 502 });
    const queue = await workerQueue(`${folder}/queue.sqlite`, { maxBytes: 1000 });
    const { source, port } = listening();
    const { gateway, stop } = await startGateway(cloud, queue, { sources: [source] });
    const url = `http://127.0.0.1:${await port}/readings`;
    const post = async (key: string) => {
      const response = await fetch(url, {
        method: "POST",
        body: line(1),
        headers: { authorization: `Bearer ${TOKEN}`, "idempotency-key": key },
      });
      await response.body?.cancel();
      return response;
    };
    assertEquals((await post("1")).status, 202);
    assertEquals((await post("1")).status, 202);
    assertEquals((await queue.depth()).readings, 1);
    for (let i = 2;; i++) {
      const response = await post(String(i));
      if (response.status === 202) continue;
      assertEquals([response.status, response.headers.get("retry-after")], [429, "5"]);
      break;
    }
    const { sources: [state] } = await gateway.status();
    assertEquals([state!.name, state!.state, state!.bad], ["http", "running", 1]);
    await stop();
    await queue.close();
  }));

Deno.test("httpSource() ends a request that takes longer than timeoutMs with one line, and serves others in the meantime", async () => {
  const sink = new TestSink();
  const { source, port: opened } = listening({ timeoutMs: 300 });
  await running(source, sink, async () => {
    const port = await opened;
    const head = `POST /readings HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${TOKEN}\r\n` +
      "Content-Type: application/x-ndjson\r\nContent-Length: 1000\r\n\r\n";
    // One stops within its body, one sends it byte by byte, one never ends its head.
    const slow = async (text: string, drip: string) => {
      const connection = await Deno.connect({ port, hostname: "127.0.0.1" });
      const encoder = new TextEncoder();
      await connection.write(encoder.encode(text));
      const timer = setInterval(() => {
        if (drip) connection.write(encoder.encode(drip)).catch(() => clearInterval(timer));
      }, 50);
      const answer = await new Response(connection.readable).text().catch(() => "");
      clearInterval(timer);
      return answer.split("\r\n")[0];
    };
    const slowOnes = Promise.all([
      slow(head + line(1), ""),
      slow(head, " "),
      slow(head.slice(0, 60), ""),
    ]);
    const response = await fetch(`http://127.0.0.1:${port}/readings`, {
      method: "POST",
      body: line(7),
      headers: { authorization: `Bearer ${TOKEN}` },
    });
    assertEquals([response.status, await response.json()], [202, { readings: 1 }]);
    const [stopped, dripping, headless] = await slowOnes;
    const timeout = "HTTP/1.1 408 Request Timeout";
    assertEquals([stopped, headless], [timeout, timeout]);
    // A byte that arrives at the closed socket resets the connection, and can take the answer with it.
    assert(["", timeout].includes(dripping!), dripping);
  });
  assertEquals(sink.values, [7]);
  assertEquals(sink.problems.length, 3, sink.problems.join("\n"));
  assert(sink.problems.every((it) => /took longer than 300 ms/.test(it)), sink.problems[0]);
});

Deno.test("httpSource() returns 413 for an endless chunked body, packed or not, and continues", async () => {
  const sink = new TestSink();
  const { source, port: opened } = listening({ maxBodyBytes: 100_000 });
  await running(source, sink, async () => {
    const port = await opened;
    const pack = async (bytes: Uint8Array<ArrayBuffer>) => {
      const packed = new Blob([bytes]).stream().pipeThrough(new CompressionStream("gzip"));
      return new Uint8Array(await new Response(packed).arrayBuffer());
    };
    const endless = async (more: string, piece: Uint8Array<ArrayBuffer>) => {
      const connection = await Deno.connect({ port, hostname: "127.0.0.1" });
      const encoder = new TextEncoder();
      const head = `POST /readings HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${TOKEN}\r\n` +
        `Transfer-Encoding: chunked\r\n${more}\r\n`;
      await connection.write(encoder.encode(head));
      const answer = new Response(connection.readable).text().catch((error) => String(error));
      const write = async () => {
        const writer = connection.writable.getWriter();
        for (;;) {
          await writer.write(encoder.encode(`${piece.length.toString(16)}\r\n`));
          await writer.write(piece);
          await writer.write(encoder.encode("\r\n"));
        }
      };
      await write().catch(() => {}); // The connection was ended.
      return (await answer).split("\r\n")[0];
    };
    const zeros = new Uint8Array(1 << 16);
    await endless("", zeros);
    await endless("Content-Encoding: gzip\r\n", await pack(new Uint8Array(1 << 20)));
    // A body that ends in the end, so that the client can read the response.
    const body = new ReadableStream({
      start(controller) {
        for (let i = 0; i < 3; i++) controller.enqueue(zeros);
        controller.close();
      },
    });
    const headers = { authorization: `Bearer ${TOKEN}` };
    const url = `http://127.0.0.1:${port}/readings`;
    const told = await fetch(url, { method: "POST", body, headers });
    assertEquals(told.status, 413);
    await told.body?.cancel();
    const response = await fetch(url, { method: "POST", body: line(7), headers });
    assertEquals([response.status, await response.json()], [202, { readings: 1 }]);
  });
  assertEquals(sink.values, [7]);
  assertEquals(sink.problems.length, 3, sink.problems.join("\n"));
  assert(
    sink.problems.every((it) => /^request of 127.0.0.1: the body must not be larger/.test(it)),
  );
});

Deno.test("httpSource() listens on this machine only, unless exposed, and needs a token", () => {
  assertThrows(() => httpSource({ listen: "0.0.0.0:80", token: TOKEN }), TypeError, "expose");
  assertThrows(() => httpSource({ listen: "127.0.0.1:80", token: "short" }), TypeError, "token");
  assertThrows(() => httpSource({ listen: "localhost", token: TOKEN }), TypeError, "listen");
  httpSource({ listen: "0.0.0.0:80", token: TOKEN, expose: true });
});

Deno.test("streamSource() pushes readings when they arrive, and reports the line of invalid ones", async () => {
  const pieces = new TransformStream<string, string>();
  const writer = pieces.writable.getWriter();
  const sink = new TestSink();
  const source = streamSource({ input: pieces.readable.pipeThrough(new TextEncoderStream()) });
  const ended = source.run(sink, new AbortController().signal);
  await writer.write(line(1) + line(2).slice(0, 20));
  const { until } = await import("./_gateway.ts");
  await until("the first line is there", () => sink.values.length === 1);
  await writer.write(line(2).slice(20) + "{oops}\n" + line(3));
  await until("the others are there", () => sink.values.length === 3);
  await writer.write(line(4).trimEnd());
  await writer.close();
  await ended;
  assertEquals(sink.values, [1, 2, 3, 4]);
  assertEquals(sink.problems.length, 1);
  assert(sink.problems[0]!.startsWith("line 3"), sink.problems[0]);
});

Deno.test("Gateway.run() ends when every source has ended and everything is counted", () =>
  withFolder(async (folder) => {
    await using cloud = await TestCloud.start();
    const queue = await workerQueue(`${folder}/queue.sqlite`);
    const { Gateway } = await import("../../src/gateway/mod.ts");
    const input = new Blob([line(1), line(2), line(3)]).stream();
    const gateway = new Gateway({
      api: await cloud.api(),
      queue,
      sources: [streamSource({ input })],
      confirmMs: 20,
      maxDelayMs: 0,
    });
    await gateway.run();
    assertEquals((await cloud.readings("d--1")).length, 3);
    await queue.close();
  }));
