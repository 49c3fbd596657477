/**
 * Unpacking of gzip and zstd, by `node:zlib` where the runtime has it, else by DecompressionStream, which takes one member
 * of gzip only.
 *
 * @module
 */
import { asError } from "../_error_fields.ts";
import type { NodeStream } from "./_packed_stream.ts";
import { zstdFrames } from "./_zstd_frames.ts";
import { problemError } from "./problem.ts";

/** The unpacker of Node; undefined where there is none. */
async function nodeUnpacker(kind: "gzip" | "zstd"): Promise<NodeStream | undefined> {
  try {
    const { unpacker } = await import("./_node_zlib.ts");
    return unpacker(kind);
  } catch {
    return undefined; // A browser.
  }
}

/** The bytes of packed ones. */
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
      message: `it is packed as ${kind}, which this runtime cannot unpack: unpack it first`,
    });
  }
  const reader = fromGenerator(packed).pipeThrough(web).getReader();
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value;
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

/** Not `ReadableStream.from`: types for browsers do not have it, and other compilers than Deno's use those. */
function fromGenerator(
  packed: AsyncGenerator<Uint8Array>,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new ReadableStream({
    async pull(controller) {
      const next = await packed.next();
      if (next.done) controller.close();
      else controller.enqueue(next.value.slice()); // A copy, as in `throughNode`.
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
        // A copy, since the stream may read it after the source has used its buffer again.
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
