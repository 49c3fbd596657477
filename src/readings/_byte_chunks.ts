/**
 * Reads bytes from any source, piece by piece.
 *
 * @module
 */
import { isRecord } from "../_is_record.ts";
import type { ByteSource } from "./read_options.ts";

/** The longest piece. Longer ones are split, so that progress is reported. */
const LONGEST_PIECE = 1024 * 1024;

function* cut(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += LONGEST_PIECE) {
    yield bytes.subarray(at, at + LONGEST_PIECE);
  }
}

/** The pieces of a source; if reading stops early, a stream is cancelled. */
export async function* byteChunks(source: ByteSource): AsyncGenerator<Uint8Array> {
  if (source instanceof Uint8Array) {
    yield* cut(source);
  } else if (isReadable(source)) {
    // Some browsers cannot iterate a stream.
    const reader = source.getReader();
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
    for await (const bytes of source) yield* cut(mustBeBytes(bytes));
  }
}

function mustBeBytes(bytes: unknown): Uint8Array {
  if (bytes instanceof Uint8Array) return bytes;
  throw new TypeError(`Cannot read a stream of ${typeof bytes}: it must be a stream of Uint8Array`);
}

/** Whether a source is a web stream. */
function isReadable(source: unknown): source is ReadableStream<Uint8Array> {
  return isRecord(source) && typeof source.getReader === "function";
}

/** Whether a value is a source of bytes. */
export function isByteSource(source: unknown): source is ByteSource {
  return source instanceof Uint8Array || isReadable(source) ||
    (typeof source === "object" && source !== null && Symbol.asyncIterator in source &&
      typeof source[Symbol.asyncIterator] === "function");
}
