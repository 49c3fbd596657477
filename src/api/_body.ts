/**
 * Request bodies, and reading response bodies up to a limit.
 *
 * @module
 */
import { joinedBytes } from "../_joined_bytes.ts";
import { errorMessage } from "../_error_fields.ts";
import type { Answer } from "./_types.ts";

/** The largest response that is read. A page of 20,000 streams takes about 10 MiB. */
export const MAX_ANSWER_BYTES = 64 * 2 ** 20;
/** At most this much of an error response is kept. */
export const MAX_ERROR_BYTES = 64 * 2 ** 10;

/** Thrown if a response has more bytes than are read. */
export class TooLarge {
  /** The response, with its first bytes. */
  answer: Answer | undefined;

  /** `limit` is in bytes. */
  constructor(readonly limit: number, readonly head: Uint8Array<ArrayBuffer>) {}
}

/**
 * A JSON body as a Blob, not as text. When a kept connection breaks, Deno repeats a POST with text, bytes or an
 * empty body by itself (denoland/deno#35610), but never one with a Blob. Unlike a stream, a Blob has a
 * Content-Length on every runtime. A call without data sends `{}` for the same reason.
 */
export function jsonBody(data: unknown): Blob {
  let text: string | undefined;
  try {
    text = JSON.stringify(data === undefined ? {} : data, plainBigints);
  } catch (cause) {
    // For a cycle, the engine adds lines that describe it.
    const [reason] = (errorMessage(cause)).split("\n");
    throw new TypeError(`Cannot send this data as JSON: ${reason}`, { cause });
  }
  if (text === undefined) {
    throw new TypeError("Cannot send this data as JSON: JSON cannot represent it");
  }
  return new Blob([text], { type: "application/json" });
}

function plainBigints(_key: string, value: unknown): unknown {
  if (typeof value !== "bigint") return value;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : String(value);
}

/** Reads a body up to a limit. Beyond the limit it throws `TooLarge`, or drops the rest if `cut` is set. */
export async function readBody(
  response: Response,
  limit: number,
  cut: boolean,
): Promise<Uint8Array<ArrayBuffer>> {
  const length = Number(response.headers.get("content-length") ?? NaN);
  // fetch decompresses, so the length is known in advance only if the body is not compressed.
  if (length <= limit && !response.headers.has("content-encoding")) {
    // Without `response.body`, Deno reads all bytes at once instead of through a stream.
    return new Uint8Array(await response.arrayBuffer());
  }
  if (!response.body) return new Uint8Array();
  const { read, cancel } = reading(response.body);
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let total = 0;
  while (true) {
    const value = await read();
    if (!value) break;
    const room = limit - total;
    if (value.length > room) {
      cancel().catch(() => {}); // The rest is not needed, so an error here does not matter.
      if (!cut) throw new TooLarge(limit, beginning([...chunks, value]));
      chunks.push(value.subarray(0, room));
      total = limit;
      break;
    }
    chunks.push(value);
    total += value.length;
  }
  return chunks.length === 1 ? chunks[0] : joinedBytes(chunks);
}

/**
 * Small buffers first, in bytes. Deno takes 64 KiB for each chunk, also for a response of 15 bytes, and collects that memory
 * late: with some hundred requests per second, it would be the largest part of a gateway.
 */
const FIRST_READ = 4096, LARGEST_READ = 2 ** 16;

interface Reading {
  /** The next bytes; undefined at the end. */
  read(): Promise<Uint8Array<ArrayBuffer> | undefined>;
  cancel(): Promise<void>;
}

/** Reads a body, into buffers of our own if the runtime can do that. */
function reading(body: ReadableStream<Uint8Array>): Reading {
  // TypeScript before 5.9 (dnt 0.42) has no type that excludes shared memory.
  const stream = body as ReadableStream<Uint8Array<ArrayBuffer>>;
  let reader: ReadableStreamBYOBReader;
  try {
    reader = stream.getReader({ mode: "byob" });
  } catch {
    // A stream that another `fetch` made need not support it.
    const plain = stream.getReader();
    return { read: async () => (await plain.read()).value, cancel: () => plain.cancel() };
  }
  let size = FIRST_READ;
  return {
    async read() {
      const { done, value } = await reader.read(new Uint8Array(size));
      if (done) return undefined;
      if (value.length === size) size = Math.min(4 * size, LARGEST_READ);
      return value;
    },
    cancel: () => reader.cancel(),
  };
}

/** The first bytes of the chunks, as many as an error keeps. */
function beginning(chunks: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const head = new Uint8Array(MAX_ERROR_BYTES);
  let at = 0;
  for (const chunk of chunks) {
    const part = chunk.subarray(0, head.length - at);
    head.set(part, at);
    at += part.length;
    if (at === head.length) break;
  }
  return head.subarray(0, at);
}
