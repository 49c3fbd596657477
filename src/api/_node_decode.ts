/**
 * Decompresses the body of a node:http response. The client does not request compression, but a proxy may compress.
 *
 * @module
 */
import type { IncomingMessage } from "node:http";
import { type Duplex, PassThrough, pipeline, type Readable } from "node:stream";
import zlib from "node:zlib";

/** The low half of the first byte of zlib's header; a raw deflate stream begins differently. */
const ZLIB_METHOD = 8;

/** The body as a stream. */
export async function decodedBody(
  message: IncomingMessage,
): Promise<ReadableStream<Uint8Array<ArrayBuffer>>> {
  const encodings = (message.headers["content-encoding"] ?? "").toLowerCase().split(",")
    .map((name) => name.trim()).filter((name) => name !== "" && name !== "identity").reverse();
  let body: Readable = message;
  for (const encoding of encodings) {
    const decoder = await decoderFor(encoding, body);
    if (!decoder) break; // An unknown encoding: the caller gets the bytes unchanged.
    // An error on either side destroys both, including the stream underneath.
    pipeline(body, decoder, () => {});
    body = decoder;
  }
  return webStream(body, message);
}

async function decoderFor(name: string, input: Readable): Promise<Duplex | undefined> {
  switch (name) {
    case "gzip":
    case "x-gzip":
      return zlib.createGunzip();
    case "br":
      return zlib.createBrotliDecompress();
    case "deflate":
      return await inflate(input);
    default:
      return undefined;
  }
}

/** `deflate` means zlib's format, but some servers send a raw deflate stream. */
async function inflate(input: Readable): Promise<Duplex> {
  await new Promise<void>((resolve) => {
    const go = () => {
      for (const event of EVENTS) input.off(event, go);
      resolve();
    };
    for (const event of EVENTS) input.once(event, go);
  });
  const head: Uint8Array | null = input.read(1);
  if (head === null) return new PassThrough(); // An empty body, or a failure that the pipeline reports.
  input.unshift(head);
  return (head[0] & 15) === ZLIB_METHOD ? zlib.createInflate() : zlib.createInflateRaw();
}

const EVENTS = ["readable", "end", "error", "close"];

function webStream(
  body: Readable,
  message: IncomingMessage,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  let ended = false;
  return new ReadableStream({
    start(controller) {
      const fail = (error: Error) => {
        if (!ended) controller.error(error);
        ended = true;
      };
      const broken = () =>
        fail(new Error("the connection closed before the response was complete"));
      body.on("data", (chunk: Uint8Array) => {
        if (ended) return;
        controller.enqueue(new Uint8Array(chunk));
        if ((controller.desiredSize ?? 0) <= 0) body.pause();
      });
      body.on("end", () => {
        if (message.complete === false) return broken();
        if (!ended) controller.close();
        ended = true;
      });
      body.on("error", fail);
      message.on("aborted", broken);
      body.on("close", broken);
    },
    pull() {
      body.resume();
    },
    cancel() {
      ended = true;
      message.destroy();
    },
  });
}
