/** Reading the bodies of responses. */
import { assert, assertEquals } from "@std/assert";
import { readBody } from "../../src/api/_body.ts";

/** A response whose length is not known in advance, as bytes that come in chunks. */
function chunked(...chunks: readonly string[]): Response {
  const bytes = chunks.map((chunk) => new TextEncoder().encode(chunk));
  return new Response(
    new ReadableStream({
      type: "bytes",
      pull(controller) {
        const next = bytes.shift();
        if (next) return controller.enqueue(next);
        controller.close();
        controller.byobRequest?.respond(0);
      },
    }),
  );
}

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

Deno.test("readBody() keeps no more memory than a short response needs", async () => {
  const server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen: () => {} },
    () => chunked("{}"),
  );
  const response = await fetch(`http://127.0.0.1:${server.addr.port}/`);
  assertEquals(response.headers.get("content-length"), null);
  const body = await readBody(response, 2 ** 20, false);
  assertEquals(text(body), "{}");
  assert(body.buffer.byteLength <= 4096, `${body.buffer.byteLength} bytes`);
  await server.shutdown();
});

Deno.test("readBody() reads bodies of any length, from byte streams and from plain streams", async () => {
  const parts = [1, 4095, 4096, 100_000, 3].map((length, i) => String(i).repeat(length));
  assertEquals(text(await readBody(chunked(...parts), 2 ** 20, false)), parts.join(""));
  assertEquals(text(await readBody(chunked(...parts), 5000, true)), parts.join("").slice(0, 5000));
  const plain = ReadableStream.from(parts.map((part) => new TextEncoder().encode(part)));
  assertEquals(text(await readBody(new Response(plain), 2 ** 20, false)), parts.join(""));
});
