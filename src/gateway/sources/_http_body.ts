/**
 * The body of a request, unpacked, up to a limit.
 *
 * @module
 */
import { joinedBytes } from "../../_joined_bytes.ts";
import type { IncomingMessage } from "node:http";
import { createGunzip } from "node:zlib";
import type { Readable } from "node:stream";
import { errorMessage } from "../../_error_fields.ts";

/** A body that cannot be used. */
export class BodyError extends Error {
  override readonly name = "BodyError";
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/**
 * Reads a body; more than `limit` bytes, packed or unpacked, are not kept.
 *
 * @throws {BodyError} If it cannot be used, or does not arrive in time.
 */
export async function readRequestBody(
  request: IncomingMessage,
  limit: number,
  timeoutMs: number,
): Promise<Uint8Array> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  // It does not destroy the request, because the response still has to be sent on its connection.
  const late = new Promise<never>((_, reject) => {
    const error = new BodyError(408, `the body took longer than ${timeoutMs} ms`);
    timer = setTimeout(() => reject(error), timeoutMs);
  });
  const body = readAll(request, limit);
  body.catch(() => {}); // It may fail after a timeout, when nothing waits for it.
  try {
    return await Promise.race([body, late]);
  } finally {
    clearTimeout(timer);
  }
}

async function readAll(request: IncomingMessage, limit: number): Promise<Uint8Array> {
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
    // If the body is too large, the connection stays open for the response.
    const pieces: AsyncIterable<Uint8Array> = source.iterator({ destroyOnReturn: false });
    for await (const chunk of pieces) {
      total += chunk.length;
      if (total > limit) throw tooLarge();
      chunks.push(chunk);
    }
  } catch (error) {
    if (error instanceof BodyError) throw error;
    throw new BodyError(400, `the body cannot be read: ${errorMessage(error)}`);
  }
  return joinedBytes(chunks);
}
