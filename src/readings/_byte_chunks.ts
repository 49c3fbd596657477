/**
 * Bytes from wherever they come, piece by piece.
 *
 * @module
 */
import type { ByteSource } from "./read_options.ts";

/** The longest piece, so that progress is reported on the way. */
const LONGEST_PIECE = 1024 * 1024;

function* cut(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += LONGEST_PIECE) {
    yield bytes.subarray(at, at + LONGEST_PIECE);
  }
}

/** The pieces of a source; a stream is cancelled where reading stops early. */
export async function* byteChunks(source: ByteSource): AsyncGenerator<Uint8Array> {
  if (source instanceof Uint8Array) {
    yield* cut(source);
  } else if (typeof (source as ReadableStream).getReader === "function") {
    // Not every browser can iterate a stream.
    const reader = (source as ReadableStream<Uint8Array>).getReader();
    let done = false;
    try {
      while (true) {
        const next = await reader.read();
        done = next.done;
        if (next.done) return;
        yield* cut(mustBeBytes(next.value));
      }
    } finally {
      if (!done) await reader.cancel().catch(() => undefined);
      reader.releaseLock();
    }
  } else {
    for await (const bytes of source as AsyncIterable<Uint8Array>) yield* cut(mustBeBytes(bytes));
  }
}

function mustBeBytes(bytes: unknown): Uint8Array {
  if (bytes instanceof Uint8Array) return bytes;
  throw new TypeError(`Cannot read a stream of ${typeof bytes}: it must be of Uint8Array`);
}

/** Whether a value is a source of bytes. */
export function isByteSource(source: unknown): source is ByteSource {
  const stream = source as Partial<ReadableStream & AsyncIterable<Uint8Array>> | null | undefined;
  return source instanceof Uint8Array || typeof stream?.getReader === "function" ||
    (typeof stream === "object" && typeof stream?.[Symbol.asyncIterator] === "function");
}
