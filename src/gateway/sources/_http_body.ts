/**
 * The body of a request, unpacked, up to a limit.
 *
 * @module
 */
import type { IncomingMessage } from "node:http";
import { createGunzip } from "node:zlib";
import type { Readable } from "node:stream";

/** A body that cannot be used. */
export class BodyError extends Error {
  override readonly name = "BodyError";
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** Reads a body; more than `limit` bytes, packed or unpacked, are not kept. */
export async function readRequestBody(
  request: IncomingMessage,
  limit: number,
): Promise<Uint8Array> {
  const tooLarge = () => new BodyError(413, `the body must not be larger than ${limit} bytes`);
  if (Number(request.headers["content-length"] ?? 0) > limit) throw tooLarge();
  const encoding = (request.headers["content-encoding"] ?? "identity").toLowerCase();
  let source: Readable = request;
  if (encoding === "gzip") {
    const unzip = createGunzip();
    request.on("error", (error) => unzip.destroy(error));
    source = request.pipe(unzip);
  } else if (encoding !== "identity") {
    throw new BodyError(415, "the content encoding must be gzip or identity");
  }
  const chunks: Uint8Array[] = [];
  let total = 0;
  try {
    for await (const chunk of source) {
      total += (chunk as Uint8Array).length;
      if (total > limit) throw tooLarge();
      chunks.push(chunk as Uint8Array);
    }
  } catch (error) {
    if (error instanceof BodyError) throw error;
    throw new BodyError(400, `the body cannot be read: ${(error as Error).message}`);
  }
  const body = new Uint8Array(total);
  let at = 0;
  for (const chunk of chunks) {
    body.set(chunk, at);
    at += chunk.length;
  }
  return body;
}
