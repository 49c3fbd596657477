/**
 * Bodies: those that are sent, and reading those of responses up to a limit.
 *
 * @module
 */
import { errorMessage } from "../_error_fields.ts";
import type { Answer } from "./_types.ts";

/** The largest answer that is read: a page of 20,000 streams is some 10 MiB. */
export const MAX_ANSWER_BYTES = 64 * 2 ** 20;
/** At most this much of an error response is kept. */
export const MAX_ERROR_BYTES = 64 * 2 ** 10;

/** Thrown if a response has more bytes than are read. */
export class TooLarge {
  /** The answer, with the first of its bytes. */
  answer: Answer | undefined;

  /** `limit` is in bytes. */
  constructor(readonly limit: number, readonly head: Uint8Array<ArrayBuffer>) {}
}

/**
 * A JSON body. A Blob, not text: when a kept connection breaks, Deno sends text, bytes and empty bodies
 * of a POST again by itself (denoland/deno#35610), a Blob only once; and unlike a stream it carries
 * a Content-Length on every runtime. For the same reason a call without data sends `{}`.
 */
export function jsonBody(data: unknown): Blob {
  let text: string | undefined;
  try {
    text = JSON.stringify(data === undefined ? {} : data, plainBigints);
  } catch (cause) {
    // The engine describes a cycle on further lines.
    const [reason] = (errorMessage(cause)).split("\n");
    throw new TypeError(`Cannot send this data as JSON: ${reason}`, { cause });
  }
  if (text === undefined) {
    throw new TypeError("Cannot send this data as JSON: it has no form in JSON");
  }
  return new Blob([text], { type: "application/json" });
}

function plainBigints(_key: string, value: unknown): unknown {
  if (typeof value !== "bigint") return value;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : String(value);
}

/** Reads a body up to a limit; beyond it `TooLarge` is thrown, or the rest dropped where `cut` is set. */
export async function readBody(
  response: Response,
  limit: number,
  cut: boolean,
): Promise<Uint8Array<ArrayBuffer>> {
  const length = Number(response.headers.get("content-length") ?? NaN);
  // fetch decompresses: only of a plain body the length is known ahead.
  if (length <= limit && !response.headers.has("content-encoding")) {
    // `body` is not used: it would make a stream of bytes that Deno can read at once.
    return new Uint8Array(await response.arrayBuffer());
  }
  if (!response.body) return new Uint8Array();
  // TypeScript before 5.9 (dnt 0.42) has no type for bytes that are not shared memory.
  const body = response.body as ReadableStream<Uint8Array<ArrayBuffer>>;
  const reader = body.getReader();
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let total = 0;
  while (true) {
    const { done, value } = await reader.read();
    if (done) break;
    const room = limit - total;
    if (value.length > room) {
      reader.cancel().catch(() => {}); // The answer is given up: how it ends does not matter.
      if (!cut) throw new TooLarge(limit, beginning([...chunks, value]));
      chunks.push(value.subarray(0, room));
      total = limit;
      break;
    }
    chunks.push(value);
    total += value.length;
  }
  return concat(chunks, total);
}

/** The first bytes of chunks, as many as an error keeps. */
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

function concat(
  chunks: readonly Uint8Array<ArrayBuffer>[],
  total: number,
): Uint8Array<ArrayBuffer> {
  if (chunks.length === 1) return chunks[0];
  const all = new Uint8Array(total);
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.length;
  }
  return all;
}
