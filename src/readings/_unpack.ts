/**
 * Decompresses gzip and zstd, with `node:zlib` if the runtime has it, otherwise with DecompressionStream, which reads
 * only one member of gzip.
 *
 * @module
 */
import { asError } from "../_error_fields.ts";
import type { NodeStream } from "./_packed_stream.ts";
import { zstdFrames } from "./_zstd_frames.ts";
import { problemError } from "./problem.ts";

/** The decompression stream of Node; undefined on other runtimes. */
async function nodeUnpacker(kind: "gzip" | "zstd"): Promise<NodeStream | undefined> {
  try {
    const { unpacker } = await import("./_node_zlib.ts");
    return unpacker(kind);
  } catch {
    return undefined; // A browser.
  }
}

/** Decompresses bytes. */
export async function* unpack(
  packed: AsyncGenerator<Uint8Array>,
  kind: "gzip" | "zstd",
): AsyncGenerator<Uint8Array> {
  if (kind === "zstd") {
    for await (const frame of zstdFrames(packed)) yield* unpackOne(frame, kind);
  } else {
    yield* unpackOne(packed, kind);
  }
}

async function* unpackOne(
  packed: AsyncGenerator<Uint8Array>,
  kind: "gzip" | "zstd",
): AsyncGenerator<Uint8Array> {
  const stream = await nodeUnpacker(kind);
  if (stream) {
    yield* throughNode(packed, stream);
    return;
  }
  let web: DecompressionStream;
  try {
    web = new DecompressionStream(kind as CompressionFormat);
  } catch {
    throw problemError({
      message:
        `it is compressed with ${kind}, which this runtime cannot decompress: decompress it first`,
    });
  }
  const reader = fromGenerator(packed).pipeThrough(web).getReader();
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value;
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

/**
 * Used instead of `ReadableStream.from`, which is missing in the browser types that compilers other than Deno's use.
 */
function fromGenerator(
  packed: AsyncGenerator<Uint8Array>,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new ReadableStream({
    async pull(controller) {
      const next = await packed.next();
      if (next.done) controller.close();
      else controller.enqueue(next.value.slice()); // A copy, like in `throughNode`.
    },
    async cancel() {
      await packed.return(undefined);
    },
  });
}

async function* throughNode(
  packed: AsyncGenerator<Uint8Array>,
  stream: NodeStream,
): AsyncGenerator<Uint8Array> {
  let failure: unknown;
  const feed = async () => {
    try {
      for await (const piece of packed) {
        if (stream.destroyed) return;
        // A copy, since the stream may read it after the source has reused its buffer.
        if (!stream.write(piece.slice())) {
          await new Promise<void>((resolve) => {
            const done = () => {
              stream.off("drain", done);
              stream.off("close", done);
              resolve();
            };
            stream.once("drain", done);
            stream.once("close", done);
          });
        }
      }
      stream.end();
    } catch (error) {
      failure = error;
      stream.destroy(asError(error));
    }
  };
  const fed = feed();
  try {
    for await (const piece of stream) yield piece;
  } catch (error) {
    throw failure ?? error;
  } finally {
    stream.destroy();
    await packed.return(undefined).catch(() => undefined);
    await fed;
  }
}
